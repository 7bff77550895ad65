package io.synctools.internal.disk;

import io.synctools.internal.threads.Crew;
import io.synctools.internal.threads.Threads;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;

/**
 * Does many small things to a disk, several at a time: on a network disk each of them is a round trip. The threads are
 * shared by all who ask; whoever asks works, too, so that nobody waits behind a disk that hangs. Thread-safe.
 */
public final class ParallelIo {
    private static final int AT_ONCE = 16;

    /** So many are done alone before others are asked to help: on a near disk the rest is done sooner than threads begin. */
    private static final int ALONE = 4;

    /** So many are worth several threads on any disk. */
    private static final int MANY = 256;

    /** What one takes on a disk that is near. */
    private static final long NEAR_NANOS = 200_000;

    private final ExecutorService threads;

    private ParallelIo(Threads threads) {
        this.threads = threads.pool("sync-disk", AT_ONCE);
    }

    /** The threads of all who share this context. */
    public static ParallelIo of(RunContext context) {
        return context.shared(ParallelIo.class, s -> new ParallelIo(Threads.of(s)));
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
        if (items.size() >= MANY) {
            return Crew.each(threads, AT_ONCE - 1, items, action::on);
        }
        int alone = Math.min(ALONE, items.size());
        long begin = System.nanoTime();
        if (!Crew.each(threads, 0, items.subList(0, alone), action::on)) {
            return false;
        }
        List<T> rest = items.subList(alone, items.size());
        boolean near = System.nanoTime() - begin < alone * NEAR_NANOS;
        return Crew.each(threads, near ? 0 : Math.min(AT_ONCE - 1, rest.size() / 2), rest, action::on);
    }
}
