package io.synctools.internal.threads;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Items that several threads take one after another. Whoever asks works, too, so that nobody waits for a thread.
 *
 * @param <T> the items' type
 */
public final class Crew<T> {
    private static final long GRACE_NANOS = 5_000_000_000L;

    /** What is done with one item; thread-safe. */
    @FunctionalInterface
    public interface Step<T> {
        /** Does it; false if nothing more is to be begun. */
        boolean on(T item) throws IOException, InterruptedException;
    }

    private final List<T> items;
    private final int size; // who comes to help when all is done touches the items no more: they may be gone
    private final Step<? super T> step;

    @GuardedBy("this")
    private int next;

    @GuardedBy("this")
    private int atWork;

    @GuardedBy("this")
    private boolean no;

    @GuardedBy("this")
    private @Nullable Throwable failure;

    private Crew(List<T> items, Step<? super T> step) {
        this.items = items;
        this.size = items.size();
        this.step = step;
    }

    /**
     * Does something with each of the items, in no order. After a false answer, a failure or an interruption nothing more is
     * begun, and what was begun has ended, unless it hangs in a dead disk.
     *
     * @param helpers threads of the pool that are asked to help
     * @return whether all answers were true
     * @throws IOException one of the failures
     */
    public static <T> boolean each(ExecutorService pool, int helpers, List<T> items, Step<? super T> step)
            throws IOException, InterruptedException {
        Crew<T> crew = new Crew<>(items, step);
        for (int i = 0; i < helpers; i++) {
            pool.execute(crew::help);
        }
        crew.work();
        return crew.result();
    }

    private void help() {
        work();
        if (Thread.interrupted()) {
            stop(new InterruptedException()); // the threads were ended
        }
    }

    private void work() {
        for (int item = take(); item >= 0; item = take()) {
            boolean yes = false;
            Throwable thrown = null;
            try {
                yes = step.on(items.get(item));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                thrown = e;
            } catch (Throwable e) { // Whatever it is, the asking thread throws it.
                thrown = e;
            }
            settled(yes, thrown);
        }
    }

    private synchronized int take() {
        if (next >= size || no || failure != null) {
            return -1;
        }
        atWork++;
        return next++;
    }

    private synchronized void settled(boolean yes, @Nullable Throwable thrown) {
        atWork--;
        no |= !yes;
        failure = failure == null ? thrown : failure;
        notifyAll();
    }

    private synchronized void stop(Throwable why) {
        failure = failure == null && next < size ? why : failure;
        notifyAll();
    }

    private synchronized boolean result() throws IOException, InterruptedException {
        boolean interrupted = Thread.interrupted();
        long end = System.nanoTime() + GRACE_NANOS;
        while (atWork > 0 && (!interrupted || System.nanoTime() < end)) {
            try {
                if (interrupted) {
                    wait(100);
                } else {
                    wait();
                }
            } catch (InterruptedException e) {
                interrupted = true;
                no = true;
                end = System.nanoTime() + GRACE_NANOS;
            }
        }
        if (interrupted) {
            throw new InterruptedException();
        }
        if (failure != null) {
            rethrow(failure);
        }
        return !no;
    }

    private static void rethrow(Throwable failure) throws IOException, InterruptedException {
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        throw failure instanceof IOException io ? io : new IOException(failure);
    }
}
