package io.synctools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.SyncReport.Failure;
import io.synctools.internal.http.ItemMeter;
import io.synctools.internal.retry.Incidents;
import io.synctools.model.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Collects what people read about one item: failures, notes, counts. It decides nothing. Thread-safe. */
final class ItemLog {
    private static final int LINES = 1000;

    private final ItemMeter meter;
    private final LongAdder received = new LongAdder();
    private final LongAdder reused = new LongAdder();

    @GuardedBy("this")
    private final Map<String, Failure> failures = new LinkedHashMap<>();

    @GuardedBy("this")
    private final List<String> notes = new ArrayList<>();

    @GuardedBy("this")
    private long untoldNotes;

    @GuardedBy("this")
    private boolean lacksRoom;

    @GuardedBy("this")
    private Duration worked = Duration.ZERO;

    /** @param incidents hears what befalls the item on the way to its servers */
    ItemLog(Incidents incidents) {
        this.meter = new ItemMeter(incidents);
    }

    ItemMeter meter() {
        return meter;
    }

    void received(long count) {
        received.add(count);
    }

    void reused(long count) {
        reused.add(count);
    }

    long received() {
        return received.sum() + meter.wasted();
    }

    long reused() {
        return reused.sum();
    }

    /** Something that people should read. */
    synchronized void note(String text) {
        if (notes.size() < LINES) {
            notes.add(text);
        } else {
            untoldNotes++;
        }
    }

    /** An entry, or with an empty name the whole item, is not there. */
    synchronized void failed(Failure failure) {
        lacksRoom |= failure.kind() == FailureKind.NO_SPACE;
        if (failures.size() < LINES) {
            failures.putIfAbsent(failure.entry(), failure);
        }
    }

    /** The failure of one entry turned out to be none. */
    synchronized void forgive(String entry) {
        failures.remove(entry);
    }

    /** The item starts over: what failed before says nothing any more. */
    synchronized void startOver(String why) {
        failures.clear();
        lacksRoom = false;
        note(why);
    }

    synchronized void worked(Duration time) {
        worked = worked.plus(time);
    }

    synchronized Duration worked() {
        return worked;
    }

    /** Whether there was no room for something. */
    synchronized boolean lacksRoom() {
        return lacksRoom;
    }

    synchronized List<Failure> failures() {
        return List.copyOf(failures.values());
    }

    /**
     * The notes, with a line for what was too much to tell.
     *
     * @param failed how many entries are known to have failed
     */
    synchronized List<String> notes(long failed) {
        meter.takeNotes().forEach(this::note);
        List<String> told = new ArrayList<>(notes);
        if (untoldNotes > 0) {
            told.add("and " + untoldNotes + " notes more");
        }
        long untold = failures.size() < LINES
                ? 0
                : failed
                        - failures.keySet().stream()
                                .filter(entry -> !entry.isEmpty())
                                .count();
        if (untold > 0) {
            told.add("and " + untold + " failures more");
        }
        return told;
    }
}
