package io.synctools;

import io.synctools.internal.threads.Threads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A run that goes on by itself: its report when it has ended, and what it does until then. Thread-safe. */
public final class SyncRun {
    private final CompletableFuture<SyncReport> report = new CompletableFuture<>();
    private final Supplier<Activity> activity;
    private final Thread thread;

    private SyncRun(Threads threads, Supplier<SyncReport> walk, Supplier<Activity> activity) {
        this.activity = activity;
        this.thread = threads.start("sync-run", () -> {
            try {
                report.complete(walk.get());
            } catch (Throwable e) { // Whatever it is, whoever waits for the report gets it.
                report.completeExceptionally(e);
            }
        });
    }

    static SyncRun start(Threads threads, Supplier<SyncReport> walk, Supplier<Activity> activity) {
        return new SyncRun(threads, walk, activity);
    }

    /**
     * The report, once the run has ended, also after {@link #cancel}; exceptional only where a fault of ours ended the run.
     * What depends on it runs on the run's thread: hand what takes long to another.
     */
    public CompletionStage<SyncReport> report() {
        return report.minimalCompletionStage();
    }

    /** Ends it within seconds: the report tells what was not finished as {@code INTERRUPTED}. Returns at once. */
    public void cancel() {
        thread.interrupt();
    }

    /** What goes on at the moment of asking; cheap. */
    public Activity progress() {
        return activity.get();
    }
}
