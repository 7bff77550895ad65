package io.synctools.examples;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** One thread that does small things at intervals, and does not keep the process alive. */
final class Ticker {
    private Ticker() {}

    static ScheduledExecutorService create() {
        return Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "console");
            thread.setDaemon(true);
            return thread;
        });
    }
}
