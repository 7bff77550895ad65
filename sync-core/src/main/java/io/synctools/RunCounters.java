package io.synctools;

import io.synctools.Activity.Transfer;
import io.synctools.internal.http.Pauses;
import io.synctools.model.Entry;
import io.synctools.model.SyncItem;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Counts what goes on in a run, for whoever asks. Thread-safe. */
final class RunCounters {
    private final int items;
    private final Pauses pauses;
    private final AtomicInteger itemsDone = new AtomicInteger();
    private final LongAdder entries = new LongAdder();
    private final LongAdder entriesDone = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder bytesDone = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final Queue<Pull> pulls = new ConcurrentLinkedQueue<>();

    RunCounters(int items, Pauses pauses) {
        this.items = items;
        this.pauses = pauses;
    }

    void itemDone() {
        itemsDone.incrementAndGet();
    }

    /** That much more, or less, is to be fetched. */
    void expect(long moreEntries, long moreBytes) {
        entries.add(moreEntries);
        bytes.add(moreBytes);
    }

    /** An entry begins to be fetched. */
    Pull begin(SyncItem item, Entry entry, ItemLog log) {
        Pull pull = new Pull(item, entry, log);
        pulls.add(pull);
        return pull;
    }

    Activity now() {
        List<Transfer> active = pulls.stream()
                .map(pull -> new Transfer(pull.item, pull.entry, pull.done()))
                .toList();
        long inFlight = active.stream().mapToLong(Transfer::done).sum();
        return new Activity(
                items,
                itemsDone.get(),
                entries.sum(),
                entriesDone.sum(),
                bytes.sum(),
                bytesDone.sum() + inFlight,
                received.sum(),
                active,
                pauses.now());
    }

    /** One entry being fetched; closed when it is settled. */
    final class Pull implements io.synctools.spi.Progress {
        private final SyncItem item;
        private final Entry entry;
        private final ItemLog log;
        private final LongAdder arrived = new LongAdder();

        private Pull(SyncItem item, Entry entry, ItemLog log) {
            this.item = item;
            this.entry = entry;
            this.log = log;
        }

        @Override
        public void received(long count) {
            arrived.add(count);
            RunCounters.this.received.add(count);
            log.received(count);
        }

        @Override
        public void reused(long count) {
            arrived.add(count);
            log.reused(count);
        }

        @Override
        public void note(String text) {
            log.note(entry.path() + ": " + text);
        }

        /** Never more than the entry's size, although bytes that were wasted count as received. */
        private long done() {
            return Math.min(arrived.sum(), Math.max(0, entry.size()));
        }

        /** The entry is here. */
        void succeeded() {
            bytesDone.add(Math.max(0, entry.size()));
            entriesDone.increment();
        }

        /** The entry will not be here: nobody should wait for its bytes. */
        void failed() {
            bytes.add(-Math.max(0, entry.size()));
            entriesDone.increment();
        }

        /** Nothing arrives any more. */
        void close() {
            pulls.remove(this);
        }
    }
}
