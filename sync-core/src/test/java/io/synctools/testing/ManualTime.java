package io.synctools.testing;

import io.synctools.internal.retry.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Time that passes only when a test says so; sleeping passes it at once and is remembered. Thread-safe. */
public final class ManualTime implements TimeSource {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final List<Duration> sleeps = new ArrayList<>();
    private Duration passed = Duration.ZERO;

    /** Lets time pass. */
    public synchronized void pass(Duration duration) {
        passed = passed.plus(duration);
    }

    /** Every pause so far, in order. */
    public synchronized List<Duration> sleeps() {
        return List.copyOf(sleeps);
    }

    @Override
    public synchronized long nanos() {
        // Close to the end of the range, so that code which compares absolute values fails.
        return Long.MAX_VALUE - 1_000_000 + passed.toNanos();
    }

    @Override
    public synchronized Instant now() {
        return BEGIN.plus(passed);
    }

    @Override
    public void sleep(Duration pause) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        synchronized (this) {
            sleeps.add(pause);
            passed = passed.plus(pause);
        }
    }
}
