package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Activity;
import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Bytes;
import io.synctools.SyncReport.Entries;
import io.synctools.SyncReport.Failure;
import io.synctools.examples.ConsoleListener.Verbosity;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ConsoleListenerTest {
    private static final SyncItem ITEM =
            SyncItem.of(ArtifactRef.of("modelscope", "models/a/b"), ArtifactRef.of("modelscope-cache", "models/a/b"));
    private static final Failure FAILURE =
            new Failure("config.json", FailureKind.CHECKSUM, "the bytes are not the declared ones", true);
    private static final ProgressText STILL =
            new ProgressText(new Activity(1, 0, 0, 0, 0, 0, 0, List.of(), Map.of()), 0, 0);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** Remembers what it is told. */
    private static final class Recorder implements Display {
        final List<String> lines = new ArrayList<>();
        boolean started;
        Supplier<ProgressText> last = () -> STILL;
        boolean closed;

        @Override
        public void start(Supplier<ProgressText> standing) {
            started = true;
            last = standing;
        }

        @Override
        public void line(String text) {
            lines.add(text);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static SyncReport.Item result(Outcome outcome, Failure... failures) {
        return result(outcome, 0, failures);
    }

    private static SyncReport.Item result(Outcome outcome, long reused, Failure... failures) {
        return new SyncReport.Item(
                "modelscope:models/a/b",
                "modelscope-cache:models/a/b",
                Optional.of("models/a/b"),
                "m.ini:1",
                Optional.of("master"),
                "hub",
                outcome,
                new Entries(3, 1, 2, 0),
                Optional.of(new Bytes(3 << 20, 2 << 20, reused, (2 << 20) - reused)),
                5,
                4.2,
                List.of(failures),
                List.of("a note"),
                Optional.empty());
    }

    private static SyncReport report(int exit, SyncReport.Item... items) {
        return new SyncReport(
                "sync-tools 1", "flow", exit, START, START.plusSeconds(151), false, "0/1", List.of(items));
    }

    private static Recorder listen(Verbosity verbosity, Outcome outcome, Failure... failures) {
        Recorder display = new Recorder();
        ConsoleListener listener = new ConsoleListener(display, verbosity);
        SyncPlan plan = SyncPlan.of("flow", List.of(ITEM));
        listener.runStarted(plan, () -> new Activity(1, 0, 0, 0, 0, 0, 0, List.of(), Map.of()));
        listener.itemStarted(ITEM);
        listener.itemChecked(ITEM, 3, 2, 2 << 20);
        listener.entryPulled(ITEM, Entry.tag("x"));
        for (Failure failure : failures) {
            listener.entryFailed(ITEM, failure);
        }
        listener.itemFinished(ITEM, result(outcome, failures));
        listener.runFinished(report(0, result(outcome, failures)));
        assertTrue(display.closed);
        return display;
    }

    @Test
    void saysWhatChanges() {
        assertEquals(
                List.of("flow: 1 item", "a/b: 2 of 3 to fetch, 2.0 MiB", "a/b: a note", "a/b: copied, 2.0 MiB in 4.2s"),
                listen(Verbosity.NORMAL, Outcome.COPIED).lines);
    }

    @Test
    void saysWhatWasHereFromAnEarlierRun() {
        Recorder display = new Recorder();
        new ConsoleListener(display, Verbosity.NORMAL).itemFinished(ITEM, result(Outcome.COPIED, 1 << 20));
        assertEquals("a/b: copied, 1.0 MiB in 4.2s; 1.0 MiB lay on this machine", display.lines.get(1));
    }

    @Test
    void saysAFailureAtOnceInEachVerbosity() {
        String line = "a/b: config.json: CHECKSUM: the bytes are not the declared ones";
        for (Verbosity verbosity : Verbosity.values()) {
            assertTrue(listen(verbosity, Outcome.FAILED, FAILURE).lines.contains(line), verbosity::name);
        }
        assertEquals(List.of(line), listen(Verbosity.QUIET, Outcome.FAILED, FAILURE).lines);
    }

    @Test
    void quietStartsNoDisplay() {
        assertFalse(listen(Verbosity.QUIET, Outcome.COPIED).started);
        assertEquals(List.of(), listen(Verbosity.QUIET, Outcome.COPIED).lines);
        assertTrue(listen(Verbosity.PROGRESS, Outcome.COPIED).started);
        assertEquals(List.of("flow: 1 item"), listen(Verbosity.PROGRESS, Outcome.COPIED).lines);
    }

    @Test
    void verboseSaysEachFile() {
        assertTrue(listen(Verbosity.VERBOSE, Outcome.COPIED).lines.contains("a/b: x is here"));
    }

    @Test
    void theSummaryNamesWhatIsNotThereAndWhetherToTryAgain() {
        Failure gone = new Failure("", FailureKind.NOT_FOUND, "no such model", false);
        assertEquals(
                List.of(
                        "flow: 2 of 3 items are not there",
                        "  modelscope:models/a/b  (m.ini:1)",
                        "    config.json: CHECKSUM: the bytes are not the declared ones",
                        "    A later run may succeed by itself.",
                        "  modelscope:models/a/b  (m.ini:1)",
                        "    NOT_FOUND: no such model",
                        "    Trying again will not help before this is mended.",
                        "3 items: 1 copied, 2 failed; 6.0 MiB received, 15 requests, 2m31s"),
                Summary.of(report(
                        1, result(Outcome.COPIED), result(Outcome.FAILED, FAILURE), result(Outcome.FAILED, gone))));
        assertEquals(
                List.of("flow: all that is declared is there", "1 item: 1 copied; 2.0 MiB received, 5 requests, 2m31s"),
                Summary.of(report(0, result(Outcome.COPIED))));
    }

    @Test
    void theSummaryOfNothingSaysWhyThereWasNothing() {
        SyncReport empty = report(0);
        assertEquals(
                "flow: nothing was done, since the lists declare nothing",
                Summary.of(empty).get(0));
        assertEquals(
                "flow: nothing was done, since --only chooses none of the items",
                Summary.of(part("0/1", List.of("*/x"))).get(0));
        assertEquals(
                "flow: nothing was done, since no item falls to this share",
                Summary.of(part("2/3", List.of())).get(0));
    }

    private static SyncReport part(String shard, List<String> only) {
        return new SyncReport(
                "sync-tools", "flow", 0, Instant.EPOCH, Instant.EPOCH, false, shard, Optional.empty(), only, List.of());
    }

    @Test
    void theSummaryShowsTheFirstFailuresOfMany() {
        Failure[] many = new Failure[7];
        java.util.Arrays.fill(many, FAILURE);
        List<String> lines = Summary.of(report(1, result(Outcome.FAILED, many)));
        assertEquals(5, lines.stream().filter(line -> line.contains("CHECKSUM")).count());
        assertTrue(lines.contains("    and 2 more; --report FILE lists them"), lines::toString);
    }

    @Test
    void countsWhatFailedAndWhatIsNotListedYet() {
        Recorder display = new Recorder();
        ConsoleListener listener = new ConsoleListener(display, Verbosity.NORMAL);
        SyncItem other = SyncItem.of(
                ArtifactRef.of("modelscope", "models/c/d"), ArtifactRef.of("modelscope-cache", "models/c/d"));
        listener.runStarted(SyncPlan.of("flow", List.of(ITEM, other)), STILL::activity);
        assertEquals(2, display.last.get().unlisted());
        listener.itemChecked(ITEM, 3, 2, 2 << 20);
        listener.itemChecked(ITEM, 3, 2, 2 << 20);
        assertEquals(1, display.last.get().unlisted());
        listener.itemFinished(ITEM, result(Outcome.COPIED));
        listener.itemFinished(other, result(Outcome.HELD_BY_ANOTHER));
        assertEquals(0, display.last.get().unlisted());
        assertEquals(1, display.last.get().failed());
    }

    @Test
    void whatComesFromOutsideSteersNoTerminal() {
        Recorder display = new Recorder();
        new ConsoleListener(display, Verbosity.NORMAL)
                .entryFailed(ITEM, new Failure("a\033[2Jb", FailureKind.OTHER, "x\ry\u202ez", false));
        assertEquals(List.of("a/b: a?[2Jb: OTHER: x?y?z"), display.lines);
    }

    @Test
    void linesForALogHoldNoControlCharacters() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LineDisplay display =
                new LineDisplay(new PrintStream(out, true, StandardCharsets.UTF_8), Clock.systemUTC())) {
            display.start(() -> STILL);
            new ConsoleListener(display, Verbosity.VERBOSE).itemChecked(ITEM, 3, 2, 2 << 20);
        }
        assertEquals("a/b: 2 of 3 to fetch, 2.0 MiB\n", out.toString(StandardCharsets.UTF_8));
    }
}
