package io.synctools.internal.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.retry.Incidents;
import io.synctools.internal.retry.RetryPolicy;
import io.synctools.internal.retry.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Holds every thread's next request to a host back for as long as that host asked to wait. Thread-safe. */
final class HostGate {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST_GUESS = Duration.ofSeconds(20);

    private final TimeSource time;
    private final RetryPolicy policy;
    private final Map<String, State> hosts = new ConcurrentHashMap<>();

    HostGate(RetryPolicy policy, TimeSource time) {
        this.policy = policy;
        this.time = time;
    }

    /** Waits until the host may be asked again; returns the time of leaving, to be given to {@link #close}. */
    long pass(String host) throws InterruptedException {
        State state = hosts.get(host);
        while (state != null) {
            long left = state.left(time.nanos());
            if (left <= 0) {
                break;
            }
            time.sleep(Duration.ofNanos(left));
        }
        return time.nanos();
    }

    /**
     * The host refused a request and asked for a pause.
     *
     * @param sent when that request left; of many that are refused together only the first makes a guessed pause grow
     * @param hint empty where the host named no time: then a guess that doubles each time
     */
    void close(String host, long sent, Optional<Duration> hint) {
        State state = hosts.computeIfAbsent(host, name -> new State());
        state.close(time.nanos(), sent, hint.filter(pause -> !pause.isZero()).map(policy::cap), policy)
                .ifPresent(pause -> Incidents.current().paused(host, pause));
    }

    /** The hosts that may not be asked yet, with the time that is left. */
    Map<String, Duration> pauses() {
        long now = time.nanos();
        Map<String, Duration> pauses = new TreeMap<>();
        hosts.forEach((host, state) -> {
            long left = state.left(now);
            if (left > 0) {
                pauses.put(host, Duration.ofNanos(left));
            }
        });
        return pauses;
    }

    /** The host answered as it should: its next refusal begins with a short pause again. */
    void open(String host) {
        State state = hosts.get(host);
        if (state != null) {
            state.open();
        }
    }

    /** What is known of one host. */
    private static final class State {
        @GuardedBy("this")
        private boolean closed;

        @GuardedBy("this")
        private long notBefore;

        @GuardedBy("this")
        private long closedAt;

        @GuardedBy("this")
        private int refusals;

        synchronized long left(long now) {
            return closed ? notBefore - now : 0;
        }

        /** The pause from now on; empty where the one that others asked for lasts. */
        synchronized Optional<Duration> close(long now, long sent, Optional<Duration> asked, RetryPolicy policy) {
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

        synchronized void open() {
            refusals = 0;
        }

        private static Duration min(Duration a, Duration b) {
            return a.compareTo(b) < 0 ? a : b;
        }
    }
}
