package io.synctools.file;

import io.synctools.internal.retry.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only when somebody sleeps, and lets a test act meanwhile. */
final class FakeTime implements TimeSource {
    private final AtomicLong nanos = new AtomicLong();
    volatile Runnable whileSleeping = () -> {};

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public Instant now() {
        return Instant.EPOCH;
    }

    @Override
    public void sleep(Duration pause) {
        nanos.addAndGet(pause.toNanos());
        whileSleeping.run();
    }

    Duration passed() {
        return Duration.ofNanos(nanos.get());
    }
}
