package io.synctools;

import io.synctools.model.Entry;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Condition;

/**
 * Entries of one item that are to be settled in one way; the pool hands them out from both ends of their order by size.
 *
 * <p>Its state is guarded by the pool's lock.
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

    final Condition changed;
    private int low;
    private int high;
    int inFlight;
    boolean raised;

    private Batch(List<Entry> entries, int[] order, int size, Step step, int sharing, Condition changed) {
        this.entries = entries;
        this.order = order;
        this.step = step;
        this.sharing = sharing;
        this.changed = changed;
        this.high = size;
    }

    /** All entries, in the listing's order and several at a time: for what usually costs little. */
    static Batch all(List<Entry> entries, Step step, EntryPool pool) {
        return new Batch(entries, new int[0], entries.size(), step, pool.size() * 4, pool.condition());
    }

    /** Some entries, by size, one at a time: for what moves bytes. */
    static Batch bySize(List<Entry> entries, int[] chosen, Step step, EntryPool pool) {
        return new Batch(entries, ascending(entries, chosen), chosen.length, step, Integer.MAX_VALUE, pool.condition());
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
        return low >= high;
    }

    boolean done() {
        return handedOut() && inFlight == 0;
    }

    /** Hands out nothing more. */
    void exhaust() {
        low = high;
    }

    /** Size of what would be handed out next from that end; entries that are only looked at count as nothing. */
    long next(boolean biggest) {
        return order.length == 0
                ? 0
                : Math.max(0, entries.get(order[biggest ? high - 1 : low]).size());
    }

    /** Takes the next positions from one end; not empty unless all is handed out. */
    Claim claim(boolean biggest) {
        int count = Math.max(1, Math.min(CHUNK, (high - low) / sharing));
        inFlight++;
        if (biggest && order.length > 0) {
            high -= count;
            return new Claim(this, high, high + count);
        }
        low += count;
        return new Claim(this, low - count, low);
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
