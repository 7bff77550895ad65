package io.synctools;

import io.synctools.Run.Action;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how many items are listed and not done, and with them the memory; an item that has to wait for another runner
 * lends its turn. Thread-safe.
 */
final class Turns implements AutoCloseable {
    private static final int AT_ONCE = 4;
    private static final long PATIENCE_SECONDS = 1;

    private final Semaphore turns = new Semaphore(AT_ONCE);
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Coordinator.threads("sync-turns"));

    /** Waits for a turn. */
    void take() throws InterruptedException {
        turns.acquire();
    }

    /** Gives a turn back. */
    void giveBack() {
        turns.release();
    }

    /** Runs something within a turn that may wait for somebody else; where it does, another item takes the turn. */
    void lendDuring(Action action) throws IOException, InterruptedException {
        Runnable lend = turns::release;
        Future<?> lending = timer.schedule(lend, PATIENCE_SECONDS, TimeUnit.SECONDS);
        try {
            action.run();
        } finally {
            if (!lending.cancel(false)) {
                turns.acquireUninterruptibly();
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
