package io.synctools.skopeo;

import io.synctools.internal.retry.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** Time that passes only when a test says so. */
final class PassedTime implements TimeSource {
    private volatile Duration passed = Duration.ZERO;

    void pass(Duration duration) {
        passed = passed.plus(duration);
    }

    @Override
    public long nanos() {
        // Close to the end of the range, so that code which compares absolute values fails.
        return Long.MAX_VALUE - 1_000_000 + passed.toNanos();
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plus(passed);
    }

    @Override
    public void sleep(Duration pause) {
        pass(pause);
    }
}
