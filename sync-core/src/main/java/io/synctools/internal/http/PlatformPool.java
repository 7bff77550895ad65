package io.synctools.internal.http;

import io.synctools.internal.threads.Crew;
import io.synctools.internal.threads.Threads;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;

/** The threads that a run lends to platforms, which start none; what they do is counted for who asked. Thread-safe. */
public final class PlatformPool {
    private final ExecutorService threads;
    private final int size;

    private PlatformPool(ExecutorService threads, int size) {
        this.threads = threads;
        this.size = size;
    }

    /** The threads of a run. */
    public static PlatformPool of(RunContext context) {
        int size = context.options().get(SyncOptions.JOBS);
        return context.shared(
                PlatformPool.class, s -> new PlatformPool(Threads.of(s).pool("sync-platform", size), size));
    }

    /** Fails as {@link RunContext#each}. */
    public <T> void each(List<T> items, RunContext.Step<? super T> step) throws IOException, InterruptedException {
        ItemMeter meter = ItemMeter.current();
        Crew.each(threads, Math.min(size, items.size()) - 1, items, item -> {
            ItemMeter.Scope scope = meter.bind();
            try {
                step.on(item);
            } finally {
                scope.close();
            }
            return true;
        });
    }
}
