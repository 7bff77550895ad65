package io.synctools.internal.retry;

import io.synctools.spi.RunContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Where time comes from and how it passes, so that tests need not wait. Thread-safe. */
public interface TimeSource {

    /** The machine's time. */
    TimeSource SYSTEM = new TimeSource() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void sleep(Duration pause) throws InterruptedException {
            if (!pause.isNegative() && !pause.isZero()) {
                Thread.sleep(Math.max(1, pause.toMillis()));
            }
        }
    };

    /** The machine's time, but for the dates, which are those of a clock. */
    static TimeSource with(Clock clock) {
        return new TimeSource() {
            @Override
            public long nanos() {
                return SYSTEM.nanos();
            }

            @Override
            public Instant now() {
                return clock.instant();
            }

            @Override
            public void sleep(Duration pause) throws InterruptedException {
                SYSTEM.sleep(pause);
            }
        };
    }

    /** The time of a run, shared through its context; the machine's, unless a test has put another one there. */
    static TimeSource of(RunContext context) {
        return context.shared(TimeSource.class, s -> SYSTEM);
    }

    /** A monotonic count of nanoseconds; only differences mean something. */
    long nanos();

    /** The wall clock, used only to read dates that a server sent. */
    Instant now();

    /** Lets time pass; returns at once for a pause that is not positive. */
    void sleep(Duration pause) throws InterruptedException;
}
