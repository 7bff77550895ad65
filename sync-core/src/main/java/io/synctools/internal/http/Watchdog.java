package io.synctools.internal.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.retry.StalledException;
import io.synctools.internal.retry.TimeSource;
import io.synctools.internal.threads.Threads;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Ends calls that wait for a silent or dripping server, and calls whose thread was interrupted: a socket hears of
 * neither by itself. OkHttp's own read timeout would do the first, but costs a third of the throughput
 * (performance.md section 1).
 *
 * <p>One daemon thread, there only while calls are. Thread-safe.
 */
final class Watchdog {
    private static final long TICK_MILLIS = 200;
    private static final int IDLE_TICKS = 10;
    private static final long LEAST_BYTES_PER_SECOND = 1024;

    private final TimeSource time;
    private final Threads threads;
    private final long stall;
    private final long leastBytes;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private final Object lock = new Object();

    @GuardedBy("lock")
    private @Nullable Thread thread;

    Watchdog(Duration stall, TimeSource time, Threads threads) {
        this.stall = stall.toNanos();
        this.leastBytes = Math.max(1, stall.toMillis() * LEAST_BYTES_PER_SECOND / 1000);
        this.time = time;
        this.threads = threads;
    }

    /**
     * Begins to watch a call.
     *
     * @param what names the request in messages
     * @param cancel ends the call from another thread
     */
    Watch watch(String what, Runnable cancel) {
        Watch watch = new Watch(what, cancel);
        watches.add(watch);
        synchronized (lock) {
            if (thread == null) {
                thread = threads.start("sync-watchdog", this::run);
            }
        }
        return watch;
    }

    /** Looks at every call once. */
    void check() {
        long now = time.nanos();
        watches.forEach(watch -> watch.check(now));
    }

    private void run() {
        int idle = 0;
        while (true) {
            check();
            synchronized (lock) {
                idle = watches.isEmpty() ? idle + 1 : 0;
                if (idle == IDLE_TICKS) {
                    thread = null;
                    return;
                }
                try {
                    lock.wait(TICK_MILLIS);
                } catch (InterruptedException e) {
                    idle = 0;
                }
            }
        }
    }

    private enum Verdict {
        NONE,
        INTERRUPTED,
        SILENT,
        SLOW
    }

    /**
     * One call. Its thread says when it begins and ends to wait for the server; only that time counts, so that a slow
     * disk or a bandwidth limit on our side is not taken for a slow server.
     */
    final class Watch implements AutoCloseable {
        private final String what;
        private final Runnable cancel;
        private volatile @Nullable Thread owner;
        private volatile boolean waiting;
        private volatile long since;
        private volatile long waited;
        private volatile long bytes;
        private volatile boolean answered;
        private volatile Verdict verdict = Verdict.NONE;

        private Watch(String what, Runnable cancel) {
            this.what = what;
            this.cancel = cancel;
        }

        /** The calling thread begins to wait for the server. */
        void enter() {
            owner = Thread.currentThread();
            since = time.nanos();
            waiting = true;
        }

        /** The wait is over and brought that many bytes. */
        void leave(long arrived) {
            waiting = false;
            long total = waited + time.nanos() - since;
            long sum = bytes + arrived;
            boolean windowIsGood = total >= stall && sum >= leastBytes;
            waited = windowIsGood ? 0 : total;
            bytes = windowIsGood ? 0 : sum;
        }

        /** The headers are here: what follows is measured anew. */
        void answered() {
            answered = true;
            waited = 0;
            bytes = 0;
        }

        /** What a failure of the call really means; interruption leaves the thread's flag set. */
        IOException explain(IOException failure) {
            boolean interrupted = Thread.currentThread().isInterrupted();
            if (interrupted || verdict == Verdict.INTERRUPTED) {
                InterruptedIOException e = new InterruptedIOException(what + ": interrupted");
                e.initCause(failure);
                return e;
            }
            return switch (verdict) {
                case SILENT -> new StalledException(what + ": no byte for " + text(stall), answered);
                case SLOW -> new StalledException(what + ": less than 1 KiB/s for " + text(stall), answered);
                default -> failure;
            };
        }

        private void check(long now) {
            Thread waiter = owner;
            if (!waiting || waiter == null || verdict != Verdict.NONE) {
                return;
            }
            long silent = now - since;
            if (waiter.isInterrupted()) {
                end(Verdict.INTERRUPTED);
            } else if (silent >= stall) {
                end(Verdict.SILENT);
            } else if (answered && waited + silent >= stall && bytes < leastBytes) {
                end(Verdict.SLOW);
            }
        }

        private void end(Verdict why) {
            verdict = why;
            cancel.run();
        }

        @Override
        public void close() {
            watches.remove(this);
        }
    }

    private static String text(long nanos) {
        long millis = nanos / 1_000_000;
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
