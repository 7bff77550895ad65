package io.synctools.internal.disk;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Does many small things to a disk, several at a time: on a network disk each of them is a round trip. */
public final class Abreast {
    private static final int THREADS = 8;
    private static final long GRACE_SECONDS = 5;

    private Abreast() {}

    /** What is done with one item; thread-safe. */
    @FunctionalInterface
    public interface Action<T> {
        /** Does it. */
        void on(T item) throws IOException, InterruptedException;
    }

    /**
     * Does something with each of the items, in no order. After a failure or an interruption nothing more is begun, and what
     * was begun has ended, unless it hangs in a dead disk.
     *
     * @throws IOException one of the failures
     */
    public static <T> void each(List<T> items, Action<? super T> action) throws IOException, InterruptedException {
        if (items.size() < 2 * THREADS) { // done sooner than threads begin
            for (T item : items) {
                action.on(item);
            }
            return;
        }
        AtomicInteger next = new AtomicInteger();
        Callable<Boolean> worker = () -> {
            boolean well = false;
            try {
                for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
                    action.on(items.get(i));
                }
                well = true;
            } finally {
                next.addAndGet(well ? 0 : items.size());
            }
            return well;
        };
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "sync-abreast");
            thread.setDaemon(true);
            return thread;
        });
        try {
            for (Future<Boolean> one : threads.invokeAll(Collections.nCopies(THREADS, worker))) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw unwrapped(e);
        } finally {
            threads.shutdownNow();
            if (!threads.isTerminated()) {
                threads.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    /** The failure itself, as if it had happened on the calling thread. */
    private static IOException unwrapped(ExecutionException e) throws InterruptedException {
        Throwable cause = e.getCause();
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        return cause instanceof IOException failure ? failure : new IOException(cause);
    }
}
