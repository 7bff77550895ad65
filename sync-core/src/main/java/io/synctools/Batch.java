package io.synctools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.model.Entry;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * Entries of one item that are to be settled in one way; the pool hands them out from both ends of their order by size.
 *
 * <p>Thread-safe; its state is guarded by the pool's lock.
 */
final class Batch {

    /** Settles one entry and records how that went; throws only when it was told to stop. */
    @FunctionalInterface
    interface Step {
        void settle(Batch batch, int entry) throws InterruptedException;
    }

    private static final int CHUNK = 64;

    private final List<Entry> entries;
    private final int[] order;
    private final Step step;
    private final int sharing;

    /** The pool's. */
    private final Lock lock;

    private final Condition changed;

    @GuardedBy("lock")
    private int low;

    @GuardedBy("lock")
    private int high;

    @GuardedBy("lock")
    private int inFlight;

    @GuardedBy("lock")
    private boolean raised;

    private Batch(List<Entry> entries, int[] order, int size, Step step, int sharing, Lock lock) {
        this.entries = entries;
        this.order = order;
        this.step = step;
        this.sharing = sharing;
        this.lock = lock;
        this.changed = lock.newCondition();
        this.high = size;
    }

    /** All entries, in the listing's order and several at a time: for what usually costs little. */
    static Batch all(List<Entry> entries, Step step, EntryPool pool) {
        return new Batch(entries, new int[0], entries.size(), step, pool.size() * 4, pool.lock());
    }

    /** Some entries, by size, one at a time: for what moves bytes. */
    static Batch bySize(List<Entry> entries, int[] chosen, Step step, EntryPool pool) {
        return new Batch(entries, ascending(entries, chosen), chosen.length, step, Integer.MAX_VALUE, pool.lock());
    }

    // One sort of primitive keys, size in KiB above the index: 270,000 boxed numbers would cost more than the sort.
    private static int[] ascending(List<Entry> entries, int[] chosen) {
        long[] keys = new long[chosen.length];
        for (int i = 0; i < keys.length; i++) {
            long kibibytes = Math.min(Math.max(0, entries.get(chosen[i]).size()) >> 10, 0xffff_ffffL);
            keys[i] = kibibytes << 31 | chosen[i];
        }
        Arrays.sort(keys);
        int[] sorted = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            sorted[i] = (int) (keys[i] & 0x7fff_ffffL);
        }
        return sorted;
    }

    boolean handedOut() {
        lock.lock();
        try {
            return low >= high;
        } finally {
            lock.unlock();
        }
    }

    boolean done() {
        lock.lock();
        try {
            return low >= high && inFlight == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Hands out nothing more. */
    void exhaust() {
        lock.lock();
        try {
            low = high;
        } finally {
            lock.unlock();
        }
    }

    /** Size of what would be handed out next from that end; entries that are only looked at count as nothing. */
    long next(boolean biggest) {
        lock.lock();
        try {
            return order.length == 0
                    ? 0
                    : Math.max(0, entries.get(order[biggest ? high - 1 : low]).size());
        } finally {
            lock.unlock();
        }
    }

    /** Takes the next positions from one end; not empty unless all is handed out. */
    Claim claim(boolean biggest) {
        lock.lock();
        try {
            int count = Math.max(1, Math.min(CHUNK, (high - low) / sharing));
            inFlight++;
            if (biggest && order.length > 0) {
                high -= count;
                return new Claim(this, high, high + count);
            }
            low += count;
            return new Claim(this, low - count, low);
        } finally {
            lock.unlock();
        }
    }

    /** What was claimed is settled. */
    void settled() {
        lock.lock();
        try {
            inFlight--;
            if (done()) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Asks for the attention of the thread that waits. */
    void raise() {
        lock.lock();
        try {
            raised = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all is done (true), or something asks for attention (false). */
    boolean await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!done() && !raised) {
                changed.await();
            }
            raised = false;
            return done();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing is at work, or the time is over; an interruption does not end the wait, and stays set. */
    void awaitIdle(long nanos) {
        lock.lock();
        try {
            boolean interrupted = Thread.interrupted();
            long left = nanos;
            while (inFlight > 0 && left > 0) {
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Positions of a batch's order that one thread settles. */
    record Claim(Batch batch, int from, int to) {
        void settle() throws InterruptedException {
            for (int position = from; position < to; position++) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                batch.step.settle(batch, batch.order.length == 0 ? position : batch.order[position]);
            }
        }
    }
}
