package io.synctools.internal.disk;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.threads.Threads;
import io.synctools.spi.Settings;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Does many small things to a disk, several at a time: on a network disk each of them is a round trip. The threads are
 * shared by all who ask; whoever asks works, too, so that nobody waits behind a disk that hangs. Thread-safe.
 */
public final class ManyLooks {
    private static final int AT_ONCE = 16;
    private static final long GRACE_NANOS = 5_000_000_000L;

    private final ExecutorService threads;

    private ManyLooks(Threads threads) {
        this.threads = threads.pool("sync-disk", AT_ONCE);
    }

    /** The threads of all who share these settings. */
    public static ManyLooks of(Settings settings) {
        return settings.shared(ManyLooks.class, s -> new ManyLooks(Threads.of(s)));
    }

    /** What is done with one item; thread-safe. */
    @FunctionalInterface
    public interface Action<T> {
        /** Does it; false if nothing more is to be begun. */
        boolean on(T item) throws IOException, InterruptedException;
    }

    /**
     * Does something with each of the items, in no order. After a false answer, a failure or an interruption nothing more is
     * begun, and what was begun has ended, unless it hangs in a dead disk.
     *
     * @return whether all answers were true
     * @throws IOException one of the failures
     */
    public <T> boolean each(List<T> items, Action<? super T> action) throws IOException, InterruptedException {
        Share<T> share = new Share<>(items, action);
        int helpers = Math.min(AT_ONCE - 1, items.size() / 16); // a few are done sooner than threads begin
        for (int i = 0; i < helpers; i++) {
            threads.execute(share::help);
        }
        share.work();
        return share.result();
    }

    /** Items that several threads take one after another. */
    private static final class Share<T> {
        private final List<T> items;
        private final Action<? super T> action;

        @GuardedBy("this")
        private int next;

        @GuardedBy("this")
        private int atWork;

        @GuardedBy("this")
        private boolean no;

        @GuardedBy("this")
        private @Nullable Throwable failure;

        Share(List<T> items, Action<? super T> action) {
            this.items = items;
            this.action = action;
        }

        void help() {
            work();
            if (Thread.interrupted()) {
                stop(new InterruptedException()); // the threads were ended
            }
        }

        void work() {
            for (int item = take(); item >= 0; item = take()) {
                boolean yes = false;
                Throwable thrown = null;
                try {
                    yes = action.on(items.get(item));
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
            if (next >= items.size() || no || failure != null) {
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
            failure = failure == null && next < items.size() ? why : failure;
            notifyAll();
        }

        synchronized boolean result() throws IOException, InterruptedException {
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
}
