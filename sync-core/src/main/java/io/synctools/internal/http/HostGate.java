package io.synctools.internal.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.retry.Incidents;
import io.synctools.internal.retry.RetryPolicy;
import io.synctools.internal.retry.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets requests to a host through: none for as long as it asked to wait, as many at a time as serve best ({@link Window}),
 * and no faster than it allows ({@link Pace}). Thread-safe.
 */
final class HostGate {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST_GUESS = Duration.ofSeconds(20);
    private static final long BETWEEN_LOOKS = 20_000_000;

    private final TimeSource time;
    private final RetryPolicy policy;
    private final Concurrency concurrency;
    private final Map<String, Host> hosts = new ConcurrentHashMap<>();

    /** @param concurrency is told what is found */
    HostGate(RetryPolicy policy, Concurrency concurrency, TimeSource time) {
        this.policy = policy;
        this.concurrency = concurrency;
        this.time = time;
    }

    /**
     * Waits for room to ask a host something, of which other hosts may be asked too, since it redirects; who has room already
     * does not wait for others to leave.
     */
    Passage pass(String host) throws InterruptedException {
        return host(host).pass();
    }

    private Host host(String name) {
        return hosts.computeIfAbsent(name, Host::new);
    }

    /** The hosts that may not be asked yet, with the time that is left. */
    Map<String, Duration> pauses() {
        Map<String, Duration> pauses = new TreeMap<>();
        hosts.forEach((name, host) -> {
            long left = host.pause();
            if (left > 0) {
                pauses.put(name, Duration.ofNanos(left));
            }
        });
        return pauses;
    }

    /** Why a host refused a request that it may grant later. */
    enum Refusal {
        /** So many in a time are too many. */
        TOO_OFTEN,
        /** It has too much to do. */
        TOO_BUSY
    }

    /**
     * Room for one question, from before its first request to the end of the last one's answer. Used by one thread after
     * another.
     */
    final class Passage implements AutoCloseable {
        private final Host asked;
        private final Thread holder = Thread.currentThread();
        private Host at;
        private long began;
        private long sent;
        private volatile boolean closed;

        private Passage(Host asked) {
            this.asked = asked;
            this.at = asked;
        }

        /** Waits until a host may be sent the next request. */
        void await(String host) throws InterruptedException {
            at = host(host);
            at.await();
            sent = time.nanos();
            began = began == 0 ? sent : began;
        }

        /** The host answers as it should; its next refusal begins with a short pause again. */
        void answered() {
            at.answered();
        }

        /** The question is answered. */
        void served() {
            asked.served(began);
        }

        /** Bytes of the answer came. */
        void arrived(long bytes) {
            asked.arrived(bytes);
        }

        /**
         * The host refused the request; ends the passage.
         *
         * @param hint the pause that it asked for; where it named none and fewer at a time may mend it, those are tried, else
         *     a pause is guessed, which doubles each time
         */
        void refused(Refusal why, Optional<Duration> hint) {
            close();
            boolean mended =
                    switch (why) {
                        case TOO_OFTEN -> {
                            at.slower(sent);
                            yield false;
                        }
                        case TOO_BUSY -> asked.fewer(sent);
                    };
            if (!mended || hint.isPresent()) {
                at.close(sent, hint.filter(pause -> !pause.isZero()).map(policy::cap));
            }
        }

        /** The connection broke; ends the passage. */
        void broke() {
            close();
            asked.broke(sent);
        }

        @Override
        public void close() {
            asked.leave(this);
        }
    }

    /** What is known of one host. */
    private final class Host {
        private final String name;
        private final ReentrantLock lock = new ReentrantLock(); // a fair one puts each thread to sleep at each step
        private final Condition room = lock.newCondition();
        private final LongAdder bytes = new LongAdder();
        private volatile long lookedAt;

        @GuardedBy("lock")
        private final Map<Thread, Integer> holders = new HashMap<>();

        @GuardedBy("lock")
        private final Window window;

        @GuardedBy("lock")
        private final Pace pace;

        @GuardedBy("lock")
        private int told;

        @GuardedBy("lock")
        private boolean closed;

        @GuardedBy("lock")
        private long notBefore;

        @GuardedBy("lock")
        private long closedAt;

        @GuardedBy("lock")
        private int refusals;

        Host(String name) {
            this.name = name;
            this.window = new Window(concurrency.most(), time.nanos());
            this.pace = new Pace(time.nanos());
            this.lookedAt = time.nanos();
        }

        Passage pass() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                boolean waits = !holders.containsKey(Thread.currentThread())
                        && (!window.hasRoom() || lock.hasWaiters(room)); // who came before passes before, as a rule
                while (waits) {
                    room.await();
                    waits = !window.hasRoom();
                }
                window.enter();
                if (window.hasRoom()) {
                    room.signal();
                }
                holders.merge(Thread.currentThread(), 1, Integer::sum);
                return new Passage(this);
            } finally {
                lock.unlock();
            }
        }

        void await() throws InterruptedException {
            long turn = turn();
            for (long left = left(turn); left > 0; left = left(turn)) {
                time.sleep(Duration.ofNanos(left));
            }
        }

        private long left(long turn) {
            return Math.max(pause(), turn - time.nanos());
        }

        long pause() {
            lock.lock();
            try {
                return closed ? notBefore - time.nanos() : 0;
            } finally {
                lock.unlock();
            }
        }

        private long turn() {
            lock.lock();
            try {
                return pace.turn(time.nanos());
            } finally {
                lock.unlock();
            }
        }

        void leave(Passage passage) {
            lock.lock();
            try {
                if (!passage.closed) {
                    passage.closed = true;
                    window.leave();
                    holders.computeIfPresent(passage.holder, (thread, count) -> count == 1 ? null : count - 1);
                    room.signal();
                }
            } finally {
                lock.unlock();
            }
        }

        void answered() {
            lock.lock();
            try {
                refusals = 0;
                pace.answered(time.nanos());
            } finally {
                lock.unlock();
            }
        }

        void served(long began) {
            lock.lock();
            try {
                long now = time.nanos();
                window.answered(now - began, now);
                tell();
            } finally {
                lock.unlock();
            }
        }

        void arrived(long count) {
            bytes.add(count);
            long now = time.nanos();
            if (now - lookedAt < BETWEEN_LOOKS || !lock.tryLock()) {
                return;
            }
            try {
                lookedAt = now;
                window.arrived(bytes.sumThenReset(), now);
                tell();
            } finally {
                lock.unlock();
            }
        }

        void slower(long sent) {
            lock.lock();
            try {
                pace.refused(sent, time.nanos());
            } finally {
                lock.unlock();
            }
        }

        boolean fewer(long sent) {
            lock.lock();
            try {
                boolean mended = window.refused(sent, time.nanos());
                tell();
                return mended;
            } finally {
                lock.unlock();
            }
        }

        void broke(long sent) {
            lock.lock();
            try {
                window.broke(sent, time.nanos());
                tell();
            } finally {
                lock.unlock();
            }
        }

        @GuardedBy("lock")
        private void tell() {
            if (window.limit() != told) {
                told = window.limit();
                concurrency.found(name, told);
                room.signalAll();
            }
        }

        /** Of many that are refused together only the first makes a guessed pause grow. */
        void close(long sent, Optional<Duration> asked) {
            lock.lock();
            try {
                closeNow(sent, asked, time.nanos())
                        .ifPresent(pause -> Incidents.current().paused(name, pause));
            } finally {
                lock.unlock();
            }
        }

        @GuardedBy("lock")
        private Optional<Duration> closeNow(long sent, Optional<Duration> asked, long now) {
            boolean another = refusals == 0 || sent - closedAt >= 0;
            if (asked.isEmpty() && !another) {
                return Optional.empty();
            }
            if (another) {
                refusals = Math.min(refusals + 1, 20);
            }
            Duration guess = policy.cap(min(LONGEST_GUESS, FIRST.multipliedBy(1L << (refusals - 1))));
            Duration pause = asked.orElse(guess);
            long until = now + pause.toNanos();
            boolean longer = !closed || until - notBefore > 0;
            if (longer) {
                notBefore = until;
            }
            closed = true;
            closedAt = now;
            return Optional.of(pause).filter(any -> longer && another);
        }

        private static Duration min(Duration a, Duration b) {
            return a.compareTo(b) < 0 ? a : b;
        }
    }
}
