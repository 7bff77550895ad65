package io.synctools;

import io.synctools.EntryStates.State;
import io.synctools.SyncReport.Failure;
import io.synctools.internal.http.ItemMeter;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.spi.Presence;
import io.synctools.spi.Session;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Settles the entries of one listing on the run's pool, each entry on one thread, and keeps what became of each.
 *
 * <p>Led by the item's thread.
 */
final class EntryWork {
    private final Run run;
    private final SyncItem item;
    private final ItemLog log;
    private final Session session;
    private final Listing listing;
    private final EntryStates states;

    /** Names of the steps in messages, made once: there may be 270,000 of each. */
    private final String checking;

    private final String pulling;

    private final AtomicBoolean doubt = new AtomicBoolean();
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private final AtomicReference<HeldByAnotherException> held = new AtomicReference<>();
    private volatile boolean givenUp;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean expected;

    EntryWork(Run run, SyncItem item, ItemLog log, Session session, Listing listing) {
        this.run = run;
        this.item = item;
        this.log = log;
        this.session = session;
        this.listing = listing;
        this.states = new EntryStates(listing.entries());
        this.checking = "check " + item.to();
        this.pulling = "pull " + item.from();
    }

    EntryStates states() {
        return states;
    }

    Session session() {
        return session;
    }

    /** Whether too much failed in a row, so that the rest was not tried. */
    boolean isGivenUp() {
        return givenUp;
    }

    /** What the source is asked when an entry raises doubt about the pin: whether it moved on. */
    @FunctionalInterface
    interface Doubt {
        boolean movedOn() throws InterruptedException;
    }

    /** Compares every entry; false if the source moved on meanwhile. */
    boolean check(Doubt moved) throws InterruptedException {
        boolean stayed = each(Batch.all(listing.entries(), this::check, run.pool()), moved);
        EntryStates.Counts counts = states.counts();
        int missing = counts.of(State.MISSING);
        long missingBytes = counts.bytesOf(State.MISSING);
        run.counters().expect(missing, missingBytes);
        expected = true;
        if (stayed && counts.of(State.UNTRIED) == 0) {
            run.listener().itemChecked(item, listing.entries().size(), missing, missingBytes);
        }
        return stayed;
    }

    /** Makes sure that there is room for what is missing. */
    void reserve() throws InterruptedException {
        List<Entry> missing = states.chosen(states.in(State.MISSING));
        run.retry("reserve room for " + item.to(), () -> session.reserve(missing));
    }

    /** Brings here what is missing; false if the source moved on meanwhile. */
    boolean pull(Doubt moved) throws InterruptedException {
        boolean stayed = each(Batch.bySize(listing.entries(), states.in(State.MISSING), this::pull, run.pool()), moved);
        HeldByAnotherException lost = held.get();
        if (lost != null) {
            throw lost;
        }
        return stayed;
    }

    /** The listing without those lost entries that the source does not list any more; these are declared no longer. */
    Listing withoutGone(SharedSource source, ArtifactRef pinned) throws InterruptedException {
        int[] lost = states.in(State.LOST);
        if (lost.length == 0) {
            return listing;
        }
        Set<String> listed = new HashSet<>();
        try {
            source.listAgain(pinned, item.filter()).entries().forEach(entry -> listed.add(entry.path()));
        } catch (SyncException e) {
            return listing; // the failures of the entries say more
        }
        for (int number : lost) {
            String path = listing.entries().get(number).path();
            if (!listed.contains(path)) {
                states.set(number, State.GONE);
                log.forgive(path);
                log.note(path + ": left out, the source does not list it any more");
            }
        }
        return withoutGone();
    }

    private Listing withoutGone() {
        List<Entry> kept = new ArrayList<>();
        List<Entry> leftOut = new ArrayList<>(listing.leftOut());
        for (int i = 0; i < listing.entries().size(); i++) {
            (states.of(i) == State.GONE ? leftOut : kept).add(listing.entries().get(i));
        }
        return new Listing(kept, leftOut, listing.attributes());
    }

    /** Says what was not even tried, and tells whoever counts that nobody waits for it any more; once. */
    void end() {
        if (ended.getAndSet(true)) {
            return;
        }
        EntryStates.Counts counts = states.counts();
        if (expected) {
            run.counters().expect(-counts.of(State.MISSING), -counts.bytesOf(State.MISSING));
        }
        int left = counts.of(State.UNTRIED) + counts.of(State.MISSING);
        if (left > 0 && givenUp) {
            log.note("given up after " + tooMany() + " failures in a row; " + left + " entries were not tried");
        }
    }

    /** Every thread met the same: the host or the disk is at fault, and each further entry would only wait in vain. */
    private int tooMany() {
        return Math.max(16, run.pool().size());
    }

    /** Runs a batch to its end; false if one of its failures led us to find that the source moved on. */
    private boolean each(Batch batch, Doubt moved) throws InterruptedException {
        run.pool().submit(batch);
        try {
            boolean asked = false;
            while (!run.pool().await(batch)) {
                if (!asked && doubt.getAndSet(false) && moved.movedOn()) {
                    return false;
                }
                asked = true;
            }
        } finally {
            run.pool().stop(batch);
        }
        return !(doubt.getAndSet(false) && moved.movedOn());
    }

    private void check(Batch batch, int number) throws InterruptedException {
        Entry entry = listing.entries().get(number);
        ItemMeter.Scope scope = log.meter().bind();
        try {
            Presence presence = run.retrier().call(checking, () -> session.check(entry));
            states.set(number, presence == Presence.SAME ? State.SAME : State.MISSING);
            succeeded();
        } catch (RuntimeException | Error e) {
            failed(number, entry, batch, e);
        } finally {
            scope.close();
        }
    }

    private void pull(Batch batch, int number) throws InterruptedException {
        Entry entry = listing.entries().get(number);
        RunCounters.Pull pull = run.counters().begin(item, entry, log);
        ItemMeter.Scope scope = log.meter().bind();
        try {
            run.retry(pulling, () -> session.pull(entry, pull));
            states.set(number, State.COPIED);
            succeeded();
            pull.succeeded();
            run.listener().entryPulled(item, entry);
        } catch (HeldByAnotherException e) {
            held.compareAndSet(null, e);
            batch.exhaust();
        } catch (RuntimeException | Error e) {
            pull.failed();
            failed(number, entry, batch, e);
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

    private void failed(int number, Entry entry, Batch batch, Throwable thrown) {
        Failure failure = FailureClassifier.of(entry.path(), thrown);
        states.set(number, failure.kind() == FailureKind.NOT_FOUND ? State.LOST : State.FAILED);
        log.failed(failure);
        run.listener().entryFailed(item, failure);
        if (FailureClassifier.smellsOfMove(failure.kind())) {
            doubt.set(true);
            batch.raise();
        }
        if (FailureClassifier.concernsAll(failure.kind()) && failuresInARow.incrementAndGet() >= tooMany()) {
            givenUp = true;
            batch.exhaust();
        }
    }
}
