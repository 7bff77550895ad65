package io.synctools;

import io.synctools.SyncReport.Bytes;
import io.synctools.SyncReport.Entries;
import io.synctools.SyncReport.Failure;
import io.synctools.internal.http.Tally;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Collects what happened to one item, for its line in the report. Thread-safe. */
final class ItemLog {
    private static final int LINES = 1000;

    private final Tally tally = new Tally();
    private final LongAdder received = new LongAdder();
    private final LongAdder reused = new LongAdder();
    private final Map<String, Failure> failures = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private long untold;
    private long untoldNotes;
    private boolean held;
    private Duration worked = Duration.ZERO;
    private Entries entries = new Entries(0, 0, 0, 0);
    private long totalBytes;
    private long missingBytes;
    private Outcome outcome = Outcome.FAILED;
    private String revision = "";
    private String sharedHost = "";

    Tally tally() {
        return tally;
    }

    void received(long count) {
        received.add(count);
    }

    void reused(long count) {
        reused.add(count);
    }

    synchronized void note(String text) {
        if (notes.size() < LINES) {
            notes.add(text);
        } else {
            untoldNotes++;
        }
    }

    /** An entry, or with an empty name the whole item, is not there. */
    synchronized void failed(Failure failure) {
        if (failures.size() < LINES) {
            failures.putIfAbsent(failure.entry(), failure);
        } else if (!failures.containsKey(failure.entry())) {
            untold++;
        }
    }

    /** Another runner has the item. */
    synchronized void heldByAnother(Failure failure) {
        held = true;
        failures.putIfAbsent(failure.entry(), failure);
    }

    /** The failure of one entry turned out to be none. */
    synchronized void forgive(String entry) {
        failures.remove(entry);
    }

    /** The item starts over: what failed before says nothing any more. */
    synchronized void startOver(String why) {
        failures.clear();
        untold = 0;
        note(why);
    }

    synchronized void worked(Duration time) {
        worked = worked.plus(time);
    }

    synchronized void pinned(String commitOrRevision, String host) {
        revision = commitOrRevision;
        sharedHost = host;
    }

    synchronized void extent(Entries counts, long bytes, long missing) {
        entries = counts;
        totalBytes = bytes;
        missingBytes = missing;
    }

    /** All that is declared is there, or would be. */
    synchronized void well(Outcome how) {
        outcome = how;
    }

    synchronized boolean lacksRoom() {
        return failures.values().stream().anyMatch(failure -> failure.kind() == FailureKind.NO_SPACE);
    }

    synchronized boolean failed() {
        return !failures.isEmpty();
    }

    synchronized SyncReport.Item report(SyncItem item, String path) {
        tally.takeNotes().forEach(this::note);
        List<String> told = new ArrayList<>(notes);
        if (untoldNotes > 0) {
            told.add("and " + untoldNotes + " notes more");
        }
        if (untold > 0) {
            told.add("and " + untold + " failures more");
        }
        Optional<String> place = Optional.of(path).filter(text -> !text.isEmpty());
        Outcome how = held ? Outcome.HELD_BY_ANOTHER : failures.isEmpty() ? outcome : Outcome.FAILED;
        return new SyncReport.Item(
                item.from().text(),
                item.to().text(),
                place,
                item.declaredAt().brief(),
                Optional.of(revision.isEmpty() ? item.from().revision() : revision)
                        .filter(text -> place.isPresent() && !text.isEmpty()),
                tally.host().isEmpty() ? sharedHost : tally.host(),
                how,
                entries,
                place.map(at -> new Bytes(totalBytes, missingBytes, reused.sum(), received.sum() + tally.wasted())),
                tally.requests(),
                worked.toMillis() / 1000.0,
                List.copyOf(failures.values()),
                told,
                Optional.of(item.from().revision()).filter(text -> !text.isEmpty()));
    }
}
