package io.synctools;

import io.synctools.EntryStates.State;
import io.synctools.SyncReport.Bytes;
import io.synctools.Verdict.Publication;
import io.synctools.internal.http.ItemMeter;
import io.synctools.model.ArtifactRef;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.spi.Claim;
import io.synctools.spi.Extent;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.Session;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The act on one item, in the order of its steps: open, pin, published?, claim, moved?, list, admit, check, reserve, pull,
 * publish, close. What decides is looked at under the claim that protects the decision.
 *
 * <p>Handed from thread to thread through queues, one at a time; {@link #endInterrupted} and {@link #result} may be called
 * by another thread at any time.
 */
final class ItemWalk {
    private static final int RESTARTS = 2;

    private final Run run;
    private final SyncItem item;
    private final Route<?> route;
    private final SharedSource source;
    private final ItemLog log;
    private final Destination reporter = new Destination();
    private final AtomicReference<SyncReport.Item> result = new AtomicReference<>();

    private volatile @Nullable Replica replica;
    private volatile @Nullable ArtifactRef pinned;
    private volatile @Nullable Extent found;
    private volatile @Nullable Claim claim;
    private volatile @Nullable EntryWork work;
    private volatile EntryStates.@Nullable Counts counted;
    private volatile Publication publication = Publication.NONE;

    ItemWalk(Run run, SyncItem item, Route<?> route, SharedSource source) {
        this.run = run;
        this.item = item;
        this.route = route;
        this.source = source;
        this.log = new ItemLog(run.listener().incidentsOf(item));
    }

    // The parts in which threads lead an item through the act.

    /** The first part: looks at the destination, before the source is pinned; true if more is to be done. */
    boolean open() {
        run.listener().itemStarted(item);
        return part(() -> {
            run.mode().open(this);
            return true;
        });
    }

    /** The second: pins the source, and asks whether that is there already; true if more is to be done. */
    boolean begin() {
        return part(() -> {
            pinned = source.pin();
            return run.mode().begin(this);
        });
    }

    /** The third: all the rest. */
    void goOn() {
        part(() -> {
            run.mode().goOn(this);
            return false;
        });
    }

    /** Gives up what it holds and does all three again, because there was no room beside others. */
    void startAgain() {
        log.startOver("there was no room beside other items; tried again when they had ended");
        part(() -> {
            run.mode().open(this);
            pinned = source.pinAgain(); // the pin that the items share may be older than what was opened now
            if (run.mode().begin(this)) {
                run.mode().goOn(this);
            }
            return false;
        });
    }

    // The act.

    /** What a mirror does after it saw that the pinned revision is not published. */
    void mirror() throws InterruptedException {
        claim();
        if (hasMoved()) {
            log.note("something else was published here since the run looked; asked the source again");
            pinned = source.pinAgain();
            if (isPublished()) {
                return;
            }
        }
        for (int restarts = RESTARTS; !bring(restarts > 0); restarts--) {
            startOver();
            if (isPublished()) {
                return;
            }
        }
    }

    /** From the listing to the publication; false if the source moved on meanwhile. */
    private boolean bring(boolean mayStartOver) throws InterruptedException {
        Optional<Listing> listing = list(mayStartOver);
        if (listing.isEmpty()) {
            return false;
        }
        EntryWork entries = admit(listing.get());
        if (!entries.check(() -> mayStartOver && source.movedOn(pinned()))) {
            return false;
        }
        if (entries.isGivenUp()) {
            return true;
        }
        entries.reserve();
        if (!entries.pull(() -> mayStartOver && source.movedOn(pinned()))) {
            return false;
        }
        publish(entries);
        return true;
    }

    /** What a preview does after it saw that the pinned revision is not published. */
    void preview() throws InterruptedException {
        Listing listing = list();
        Session session =
                run.retrier().call("look at " + item.to(), () -> replica().look(pinned(), listing));
        EntryWork entries = new EntryWork(run, item, log, session, listing);
        work = entries;
        entries.check(() -> false);
        if (entries.states().counts().of(State.MISSING) > 0) {
            source.check(pinned()); // a listing may be open to those who may not have the files
        }
        entries.reserve();
        Listing whole = entries.withoutGone(source, pinned());
        boolean news = run.retrier().call("look at " + item.to(), () -> session.publish(whole));
        publication = news ? Publication.WOULD_BE_NEW : Publication.WOULD_BE_SAME;
    }

    /** What a survey does. */
    void survey() throws InterruptedException {
        Listing listing = list();
        counted = new EntryStates(listing.entries()).counts();
        publication = Publication.SURVEYED;
    }

    // Its steps.

    /** Remembers which publication stands at the destination. */
    void openReplica() throws InterruptedException {
        replica = run.retrier().call("open " + item.to(), () -> route.open(item, reporter));
    }

    boolean isPublished() throws InterruptedException {
        Optional<Extent> extent = run.retrier().call("look at what is published at " + item.to(), () -> replica()
                .published(pinned()));
        extent.ifPresent(whole -> {
            found = whole;
            publication = Publication.FOUND;
        });
        return extent.isPresent();
    }

    /** Takes the destination; while it is another runner's, the turn is somebody else's. */
    private void claim() throws InterruptedException {
        try {
            run.retry("claim " + item.to(), () -> claim = replica().claim());
        } finally {
            if (reporter.waited) {
                reporter.waited = false;
                run.permits().takeAgain();
            }
        }
    }

    private boolean hasMoved() throws InterruptedException {
        return run.retrier()
                .call("look at the publication of " + item.to(), () -> claimed().moved());
    }

    private Listing list() throws InterruptedException {
        Listing listing = source.list(pinned(), item.filter());
        listing.notes().forEach(log::note);
        return listing;
    }

    /** Everything that is declared; empty if it was refused because the source moved on. */
    private Optional<Listing> list(boolean mayStartOver) throws InterruptedException {
        try {
            return Optional.of(list());
        } catch (SyncException e) {
            if (mayStartOver && FailureClassifier.smellsOfMove(e.kind()) && source.movedOn(pinned())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private EntryWork admit(Listing listing) throws InterruptedException {
        Session session = run.retrier()
                .call("admit the listing to " + item.to(), () -> claimed().admit(pinned(), listing));
        EntryWork entries = new EntryWork(run, item, log, session, listing);
        work = entries;
        return entries;
    }

    private void publish(EntryWork entries) throws InterruptedException {
        Listing whole = entries.withoutGone(source, pinned());
        if (entries.states().counts().allThere()) {
            boolean news = run.retrier()
                    .call("publish " + item.to(), () -> entries.session().publish(whole));
            publication = news ? Publication.NEW : Publication.SAME;
        }
    }

    private void startOver() throws InterruptedException {
        ArtifactRef before = pinned();
        pinned = source.pin();
        log.startOver("the source moved on during the run, from " + name(before) + " to " + name(pinned())
                + "; started over with the new revision");
        endWork();
        work = null;
    }

    // The end.

    /** Whether there was no room for it, and it holds none now: worth another try when others have ended. */
    boolean putOff() {
        if (!log.lacksRoom() || publication != Publication.NONE) {
            return false;
        }
        endWork();
        work = null;
        close();
        source.forget();
        return true;
    }

    /** Gives up what is held and writes the line of the report; more calls change nothing. */
    void end() {
        close();
        endWork();
        source.leave();
        finish();
    }

    /** Ends an item that the run had no time for, whatever its thread does or hangs in. */
    void endInterrupted() {
        if (result.get() == null) {
            log.failed(FailureClassifier.interrupted(""));
            finish();
        }
    }

    private void finish() {
        SyncReport.Item line = report();
        if (result.compareAndSet(null, line)) {
            run.counters().itemDone();
            run.listener().itemFinished(item, line);
        }
    }

    /** The line of the report; there once the item has ended. */
    SyncReport.Item result() {
        return Objects.requireNonNull(result.get(), "the item has not ended");
    }

    private SyncReport.Item report() {
        Verdict verdict = verdict();
        if (verdict.outcome() == Outcome.FAILED && log.failures().isEmpty()) {
            log.failed(FailureClassifier.unexplained(verdict.entries()));
        }
        Optional<String> path = Optional.of(route.target().path(item.to())).filter(text -> !text.isEmpty());
        ArtifactRef at = pinned;
        String revision = at == null ? "" : at.commitOrRevision();
        ItemMeter meter = log.meter();
        return new SyncReport.Item(
                item.from().text(),
                item.to().text(),
                path,
                item.declaredAt().brief(),
                Optional.of(revision.isEmpty() ? item.from().revision() : revision)
                        .filter(text -> path.isPresent() && !text.isEmpty()),
                meter.host().isEmpty() ? source.host() : meter.host(),
                verdict.outcome(),
                verdict.entries(),
                path.map(any -> new Bytes(verdict.bytes(), verdict.missing(), log.reused(), log.received())),
                meter.requests(),
                log.worked().toMillis() / 1000.0,
                verdict.outcome() == Outcome.FAILED || verdict.outcome() == Outcome.HELD_BY_ANOTHER
                        ? log.failures()
                        : List.of(),
                log.notes(verdict.entries().failed()),
                Optional.of(item.from().revision()).filter(text -> !text.isEmpty()));
    }

    private Verdict verdict() {
        EntryWork entries = work;
        EntryStates.Counts counts = entries == null ? counted : entries.states().counts();
        Extent whole = found;
        if (publication == Publication.FOUND && whole != null) {
            return Verdict.found(whole);
        }
        return counts == null ? Verdict.unlisted(publication) : Verdict.of(counts, publication);
    }

    private void endWork() {
        EntryWork ended = work;
        if (ended != null) {
            ended.end();
        }
    }

    private void close() {
        Claim held = claim;
        claim = null;
        if (held == null) {
            return;
        }
        // A thread that is marked as interrupted cannot write to files, and the claim is to be given up.
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

    private static String name(ArtifactRef ref) {
        return ref.pin().isEmpty() ? ref.commitOrRevision() : ref.pin();
    }

    private ArtifactRef pinned() {
        return Objects.requireNonNull(pinned, "pin comes first");
    }

    private Replica replica() {
        return Objects.requireNonNull(replica, "open comes first");
    }

    private Claim claimed() {
        return Objects.requireNonNull(claim, "claim comes first");
    }

    private boolean part(Part part) {
        Instant begin = run.clock().instant();
        ItemMeter.Scope scope = log.meter().bind();
        try {
            return part.run();
        } catch (HeldByAnotherException e) {
            publication = Publication.HELD;
            log.failed(FailureClassifier.of("", e));
        } catch (InterruptedException e) {
            log.failed(FailureClassifier.interrupted(""));
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            log.failed(FailureClassifier.of("", e));
        } finally {
            scope.close();
            log.worked(Duration.between(begin, run.clock().instant()));
        }
        return false;
    }

    /** Hears what the destination has to say, on the item's own thread. */
    private final class Destination implements Reporter {
        private boolean waited;

        @Override
        public void note(String text) {
            log.note(text);
        }

        @Override
        public void waits(String holder) {
            if (!waited) {
                waited = true;
                run.permits().giveAway();
            }
        }
    }

    /** A part of the walk; true if more is to be done. */
    @FunctionalInterface
    private interface Part {
        boolean run() throws InterruptedException;
    }
}
