package io.synctools.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.time.Duration;

/** Keeps the bytes of a run below a rate; no limit where none is set. Thread-safe. */
public final class Bandwidth {
    private final long bytesPerSecond;
    private final TimeSource time;

    @GuardedBy("this")
    private long freeAt;

    private Bandwidth(RunContext context) {
        this.bytesPerSecond = context.options().find(SyncOptions.BANDWIDTH).orElse(0L);
        this.time = context.shared(TimeSource.class, s -> TimeSource.SYSTEM);
        this.freeAt = time.nanos();
    }

    /** That of a run, shared through its context: the option {@code bandwidth}, in bytes per second. */
    public static Bandwidth of(RunContext context) {
        return context.shared(Bandwidth.class, Bandwidth::new);
    }

    /** Waits until that many bytes, already read, are within the rate; unread bytes pile up at the sender. */
    public void spend(long bytes) throws InterruptedException {
        if (bytesPerSecond == 0) {
            return;
        }
        long wait;
        synchronized (this) {
            long now = time.nanos();
            freeAt = Math.max(freeAt, now) + bytes * 1_000_000_000L / bytesPerSecond;
            wait = freeAt - now;
        }
        if (wait > 0) {
            time.sleep(Duration.ofNanos(wait));
        }
    }
}
