package io.synctools;

import io.synctools.SyncReport.Entries;
import io.synctools.internal.http.Tally;
import io.synctools.model.ArtifactRef;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.spi.Extent;
import io.synctools.spi.Replica;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The walk of one item through a run: {@code look}, then {@code settle} where looking was not enough, then {@code end}.
 *
 * <p>Not thread-safe; handed from thread to thread through queues.
 */
final class ItemRun {
    private static final int RESTARTS = 2;

    private final Run run;
    private final Intent intent;
    private final SyncItem item;
    private final Route<?> route;
    private final Look look;
    private final ItemLog log = new ItemLog();

    private @Nullable ArtifactRef pinned;
    private @Nullable Replica replica;
    private @Nullable Attempt attempt;
    private SyncReport.@Nullable Item result;

    ItemRun(Run run, Intent intent, SyncItem item, Route<?> route, Look look) {
        this.run = run;
        this.intent = intent;
        this.item = item;
        this.route = route;
        this.look = look;
    }

    Run run() {
        return run;
    }

    SyncItem item() {
        return item;
    }

    ItemLog log() {
        return log;
    }

    Look look() {
        return look;
    }

    /** Pins, opens, and asks whether all is there already; true if more is to be done. */
    boolean open() {
        run.listener().itemStarted(item);
        return work(() -> {
            run.retry("recover " + item.to(), () -> intent.recover(route.target(), item.to()));
            return openAt(look.pin());
        });
    }

    /** Does what is to be done. */
    void settle() {
        work(this::settleOpened);
    }

    private boolean settleOpened() throws InterruptedException {
        int restarts = RESTARTS;
        while (!attempt(restarts > 0) && startOver()) {
            restarts--;
        }
        return false;
    }

    /** Whether there was no room for it. */
    boolean lacksRoom() {
        return log.lacksRoom();
    }

    /** Gives up what is held until it is settled again. */
    void putOff() {
        endAttempt();
        close();
        look.forget();
    }

    /** Does what is to be done, after it was put off. */
    void settleAgain() {
        work(() -> {
            log.startOver("there was no room beside other items; tried again when they had ended");
            return openAt(look.pin()) && settleOpened();
        });
    }

    /** Tries with what is pinned; false if the source moved on meanwhile. */
    private boolean attempt(boolean mayStartOver) throws InterruptedException {
        ArtifactRef at = Objects.requireNonNull(pinned);
        Listing listing;
        try {
            listing = look.list(at, item.filter());
        } catch (SyncException e) {
            if (mayStartOver && Diagnosis.smellsOfMove(e.kind()) && look.movedOn(at)) {
                return false;
            }
            throw e;
        }
        listing.notes().forEach(log::note);
        Attempt current = new Attempt(this, at, Objects.requireNonNull(replica), listing, mayStartOver);
        attempt = current;
        return current.settle(intent);
    }

    /** Gives up what is held and writes the line of the report; more calls change nothing. */
    synchronized void end() {
        if (result != null) {
            return;
        }
        close();
        endAttempt();
        look.leave();
        result = log.report(item, route.target().path(item.to()));
        run.gauge().itemDone();
        run.listener().itemFinished(item, result);
    }

    /** Ends an item that the run had no time for. */
    synchronized void endInterrupted() {
        if (result == null) {
            log.failed(Diagnosis.interrupted(""));
            end();
        }
    }

    /** The line of the report; there once the item has ended. */
    synchronized SyncReport.Item result() {
        return Objects.requireNonNull(result, "the item has not ended");
    }

    private boolean openAt(ArtifactRef at) throws InterruptedException {
        pinned = at;
        log.pinned(at.commitOrRevision(), look.host());
        Replica opened = run.retrier().call("open " + item.to(), () -> route.open(at, item.to(), item.filter()));
        replica = opened;
        if (!run.retrier().call("look at " + item.to(), opened::holds)) {
            return true;
        }
        Extent extent = run.retrier().call("look at " + item.to(), opened::extent);
        log.extent(new Entries(extent.entries(), extent.entries(), 0, 0), extent.bytes(), 0);
        log.well(Outcome.UP_TO_DATE);
        return false;
    }

    /** Begins again with what the source has now; false if that is there already. */
    private boolean startOver() throws InterruptedException {
        ArtifactRef before = Objects.requireNonNull(pinned);
        ArtifactRef now = look.pin();
        log.startOver("the source moved on during the run, from " + name(before) + " to " + name(now)
                + "; started over with the new revision");
        endAttempt();
        close();
        return openAt(now);
    }

    private void endAttempt() {
        Attempt ended = attempt;
        attempt = null;
        if (ended != null) {
            ended.end();
        }
    }

    private static String name(ArtifactRef ref) {
        return ref.pin().isEmpty() ? ref.commitOrRevision() : ref.pin();
    }

    private void close() {
        Replica held = replica;
        replica = null;
        if (held == null) {
            return;
        }
        // A thread that is marked as interrupted cannot write to files, and the lease is to be given up.
        boolean interrupted = Thread.interrupted();
        try {
            held.close();
        } catch (IOException | RuntimeException e) {
            log.note("not closed cleanly: " + e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean work(Part part) {
        Instant begin = run.clock().instant();
        Tally.Scope scope = log.tally().bind();
        try {
            return part.run();
        } catch (HeldByAnotherException e) {
            log.heldByAnother(Diagnosis.of("", e));
        } catch (InterruptedException e) {
            log.failed(Diagnosis.interrupted(""));
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            log.failed(Diagnosis.of("", e));
        } finally {
            scope.close();
            log.worked(Duration.between(begin, run.clock().instant()));
        }
        return false;
    }

    /** A part of the walk; true if more is to be done. */
    @FunctionalInterface
    private interface Part {
        boolean run() throws InterruptedException;
    }
}
