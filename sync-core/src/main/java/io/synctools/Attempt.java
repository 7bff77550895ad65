package io.synctools;

import io.synctools.SyncReport.Entries;
import io.synctools.SyncReport.Failure;
import io.synctools.internal.http.Tally;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.spi.Presence;
import io.synctools.spi.Replica;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.RandomAccess;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * One item settled at one pinned revision, from its listing to its publication.
 *
 * <p>Run by one thread; the steps {@code check} and {@code pull} run on the pool, each entry on one thread.
 */
final class Attempt {
    private static final byte UNTRIED = 0;
    private static final byte SAME = 1;
    private static final byte MISSING = 2;
    private static final byte COPIED = 3;
    private static final byte FAILED = 4;
    private static final byte LOST = 5;
    private static final byte GONE = 6;

    private final Run run;
    private final SyncItem item;
    private final ItemLog log;
    private final Look look;
    private final ArtifactRef pinned;
    private final Replica replica;
    private final boolean mayStartOver;

    private final Listing listing;
    private final byte[] states;

    /** Names of the steps in messages, made once: there may be 270,000 of each. */
    private final String checking;

    private final String pulling;

    private final AtomicBoolean suspicious = new AtomicBoolean();
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private volatile boolean checked;
    private volatile boolean givenUp;

    /**
     * An attempt that has not begun.
     *
     * @param mayStartOver whether it is worth knowing that the source moved on
     */
    Attempt(ItemRun of, ArtifactRef pinned, Replica replica, Listing listing, boolean mayStartOver) {
        this.run = of.run();
        this.item = of.item();
        this.log = of.log();
        this.look = of.look();
        this.pinned = pinned;
        this.replica = replica;
        this.mayStartOver = mayStartOver;
        this.listing = listing;
        this.states = new byte[listing.entries().size()];
        this.checking = "check " + item.to();
        this.pulling = "pull " + item.from();
    }

    /** Settles the item as far as the intent goes; false if the source moved on meanwhile. */
    boolean settle(Intent intent) throws InterruptedException {
        run.retry("look at " + item.to(), () -> replica.admit(listing));
        if (!each(Batch.all(listing.entries(), this::check, run.pool()))) {
            return false;
        }
        if (left(UNTRIED)) {
            return true;
        }
        checked = true;
        run.gauge().expect(count(MISSING), bytes(MISSING));
        run.listener().itemChecked(item, states.length, count(MISSING), bytes(MISSING));
        return intent.settle(this);
    }

    /** Says what would be done. */
    boolean preview() throws InterruptedException {
        withoutGone();
        log.well(isAllThere() ? Outcome.UP_TO_DATE : Outcome.WOULD_COPY);
        return true;
    }

    /** Brings here what is missing and publishes; false if the source moved on meanwhile. */
    boolean mirror() throws InterruptedException {
        boolean wasThere = isAllThere();
        int[] missing = indices(MISSING);
        if (missing.length > 0 || !log.failed()) {
            List<Entry> chosen = new Chosen(listing.entries(), missing);
            run.retry("begin " + item.to(), () -> run.turns().lendDuring(() -> replica.begin(chosen)));
        }
        if (!each(Batch.bySize(listing.entries(), missing, this::pull, run.pool())) || movedOn()) {
            return false;
        }
        Listing whole = withoutGone();
        if (!left(MISSING) && !log.failed()) {
            run.retry("publish " + item.to(), () -> replica.publish(whole));
            log.well(wasThere ? Outcome.UP_TO_DATE : Outcome.COPIED);
        }
        return true;
    }

    private boolean isAllThere() throws InterruptedException {
        return count(MISSING) == 0 && !run.retrier().call("look at " + item.to(), replica::unpublished);
    }

    /** Tells the log how far it came; to be called at the end, however that was. */
    void end() {
        run.gauge().expect(-(checked ? count(MISSING) : 0), -(checked ? bytes(MISSING) : 0));
        int gone = count(GONE);
        int failed = count(FAILED) + count(LOST) + (log.failed() ? count(MISSING) + count(UNTRIED) : 0);
        log.extent(
                new Entries(states.length - gone, count(SAME), count(COPIED), failed),
                listing.bytes(),
                checked ? listing.bytes() - bytes(SAME) : 0);
    }

    /** Whether entries are left in a state that they should have left; then the item failed, and the log says why. */
    private boolean left(byte state) {
        int left = count(state);
        if (left > 0 && givenUp) {
            log.note("given up after " + tooMany() + " failures in a row; " + left + " entries were not tried");
        } else if (left > 0) {
            log.failed(Diagnosis.interrupted(""));
        }
        return left > 0;
    }

    /** Every thread met the same: the host or the disk is at fault, and each further entry would only wait in vain. */
    private int tooMany() {
        return Math.max(16, run.pool().size());
    }

    /** Runs a batch to its end; false if one of its failures led us to find that the source moved on. */
    private boolean each(Batch batch) throws InterruptedException {
        run.pool().submit(batch);
        try {
            boolean asked = false;
            while (!run.pool().await(batch)) {
                if (!asked && movedOn()) {
                    return false;
                }
                asked = true;
            }
            return true;
        } finally {
            run.pool().stop(batch);
        }
    }

    private void check(Batch batch, int index) throws InterruptedException {
        Entry entry = listing.entries().get(index);
        Tally.Scope scope = log.tally().bind();
        try {
            Presence presence = run.retrier().call(checking, () -> replica.check(entry));
            states[index] = presence == Presence.SAME ? SAME : MISSING;
            succeeded();
        } catch (RuntimeException | Error e) {
            failed(index, entry, batch, e);
        } finally {
            scope.close();
        }
    }

    private void pull(Batch batch, int index) throws InterruptedException {
        Entry entry = listing.entries().get(index);
        Gauge.Pull pull = run.gauge().begin(item, entry, log);
        Tally.Scope scope = log.tally().bind();
        try {
            run.retry(pulling, () -> replica.pull(entry, pull));
            states[index] = COPIED;
            succeeded();
            pull.succeeded();
            run.listener().entryPulled(item, entry);
        } catch (HeldByAnotherException e) {
            log.heldByAnother(Diagnosis.of("", e));
            run.pool().exhaust(batch);
        } catch (RuntimeException | Error e) {
            pull.failed();
            failed(index, entry, batch, e);
        } finally {
            pull.close();
            scope.close();
        }
    }

    private void succeeded() {
        if (failuresInARow.get() > 0) {
            failuresInARow.set(0);
        }
    }

    private void failed(int index, Entry entry, Batch batch, Throwable thrown) {
        Failure failure = Diagnosis.of(entry.path(), thrown);
        states[index] = failure.kind() == FailureKind.NOT_FOUND ? LOST : FAILED;
        log.failed(failure);
        run.listener().entryFailed(item, failure);
        if (Diagnosis.smellsOfMove(failure.kind())) {
            suspicious.set(true);
            run.pool().raise(batch);
        }
        if (Diagnosis.concernsAll(failure.kind()) && failuresInARow.incrementAndGet() >= tooMany()) {
            givenUp = true;
            run.pool().exhaust(batch);
        }
    }

    /** Pins again after a suspicious failure, and says whether that changed anything. */
    private boolean movedOn() throws InterruptedException {
        return mayStartOver && suspicious.getAndSet(false) && look.movedOn(pinned);
    }

    /** The listing, without the lost entries that the source does not list any more. */
    private Listing withoutGone() throws InterruptedException {
        if (count(LOST) == 0) {
            return listing;
        }
        Set<String> listed;
        try {
            listed = look.list(pinned, item.filter()).entries().stream()
                    .map(Entry::path)
                    .collect(Collectors.toCollection(HashSet::new));
        } catch (SyncException e) {
            return listing; // the failures of the entries say more
        }
        List<Entry> kept = new ArrayList<>();
        List<Entry> leftOut = new ArrayList<>(listing.leftOut());
        for (int i = 0; i < states.length; i++) {
            Entry entry = listing.entries().get(i);
            if (states[i] == LOST && !listed.contains(entry.path())) {
                states[i] = GONE;
                log.forgive(entry.path());
                log.note(entry.path() + ": left out, the source does not list it any more");
                leftOut.add(entry);
            } else {
                kept.add(entry);
            }
        }
        return new Listing(kept, leftOut, listing.attributes());
    }

    private int count(byte state) {
        int count = 0;
        for (byte each : states) {
            count += each == state ? 1 : 0;
        }
        return count;
    }

    private long bytes(byte state) {
        long sum = 0;
        for (int i = 0; i < states.length; i++) {
            sum += states[i] == state ? Math.max(0, listing.entries().get(i).size()) : 0;
        }
        return sum;
    }

    private int[] indices(byte state) {
        int[] found = new int[count(state)];
        int next = 0;
        for (int i = 0; i < states.length; i++) {
            if (states[i] == state) {
                found[next++] = i;
            }
        }
        return found;
    }

    /** Some entries of a listing, without copying them. */
    private static final class Chosen extends AbstractList<Entry> implements RandomAccess {
        private final List<Entry> entries;
        private final int[] indices;

        Chosen(List<Entry> entries, int[] indices) {
            this.entries = entries;
            this.indices = indices;
        }

        @Override
        public Entry get(int index) {
            return entries.get(indices[index]);
        }

        @Override
        public int size() {
            return indices.length;
        }
    }
}
