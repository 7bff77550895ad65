package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Activity;
import io.synctools.Activity.Transfer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.SyncItem;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BarDisplayTest {
    private static final long MIB = 1 << 20;
    private static final SyncItem ITEM = SyncItem.of(
            ArtifactRef.of("modelscope", "models/acme/big"), ArtifactRef.of("modelscope-cache", "models/acme/big"));

    private final FakeTerminal terminal = new FakeTerminal(80);
    private TerminalSize size = new TerminalSize(80, 24);
    private final Screen screen = new Screen(
            new PrintStream(
                    new OutputStream() {
                        private final StringBuilder held = new StringBuilder();

                        @Override
                        public void write(int b) {
                            held.append((char) (b & 0xff));
                        }

                        @Override
                        public void flush() {
                            String text = new String(
                                    held.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
                            held.setLength(0);
                            terminal.print(text);
                        }
                    },
                    false,
                    StandardCharsets.UTF_8),
            () -> size);

    private static Transfer transfer(String path, long done, long size) {
        return new Transfer(ITEM, Entry.file(path, size, Checksum.sha256("00".repeat(32))), done);
    }

    private static ProgressText standing(int unlisted, int failed, Transfer... transfers) {
        Map<String, Duration> pauses = failed == 9 ? Map.of("hub.example", Duration.ofMillis(41_700)) : Map.of();
        return new ProgressText(
                new Activity(41, 9, 118, 18, 400 * MIB, 100 * MIB, 100 * MIB, List.of(transfers), pauses),
                unlisted,
                failed);
    }

    private BarDisplay live() {
        return new BarDisplay(screen, Clock.systemUTC());
    }

    @Test
    void linesStandAboveTheBarsAtOnceAndNothingElseRemains() {
        BarDisplay live = live();
        live.line("before");
        live.show(standing(0, 2, transfer("model.safetensors", 3 * MIB, 10 * MIB)));
        assertEquals(
                List.of(
                        "before",
                        "[##        ]  100.0 of 400.0 MiB (25%)  0 B/s  items 9/41, 2 failed",
                        "[###       ]  acme/big  model.safetensors  3.0 of 10.0 MiB"),
                terminal.lines());
        live.line("acme/none: NOT_FOUND: there is no model of that name, " + "and so on ".repeat(8));
        assertEquals(5, terminal.lines().size(), terminal.lines()::toString);
        assertTrue(terminal.lines().get(1).startsWith("acme/none: NOT_FOUND"));
        live.show(standing(0, 2));
        live.close();
        live.line("the summary");
        assertEquals(
                List.of(
                        "before",
                        "acme/none: NOT_FOUND: there is no model of that name, and so on and so on and so",
                        " on and so on and so on and so on and so on and so on",
                        "the summary"),
                terminal.lines());
        assertTrue(terminal.wraps(), "the terminal is as it was");
    }

    @Test
    void aHostThatAskedToWaitHasALineOfItsOwn() {
        BarDisplay live = live();
        live.show(standing(3, 9));
        assertEquals(
                List.of(
                        "[##        ]  100.0 of at least 400.0 MiB  0 B/s  items 9/41, 9 failed",
                        "hub.example asked to wait, 41s left"),
                terminal.lines());
    }

    @Test
    void aNarrowTerminalShowsWhatMattersMost() {
        size = new TerminalSize(40, 5);
        terminal.resize(40);
        BarDisplay live = live();
        live.show(standing(
                0,
                2,
                transfer("a-rather-long-name-of-a-file.safetensors", MIB, 10 * MIB),
                transfer("b", 1, 5),
                transfer("c", 1, 5)));
        assertEquals(
                List.of("items 9/41, 2 failed", "…of-a-file.safetensors  1.0 of 10.0 MiB"),
                terminal.lines().stream()
                        .map(line -> line.replaceFirst("^100.0 of 400.0 MiB \\(25%\\)  ", ""))
                        .toList());
    }

    @Test
    void nothingRemainsOnATerminalThatBecameNarrowOrWide() {
        BarDisplay live = live();
        live.line("stays");
        ProgressText now = standing(0, 2, transfer("model.safetensors", 3 * MIB, 10 * MIB));
        live.show(now);
        for (int columns : new int[] {30, 100, 50, 80}) {
            size = new TerminalSize(columns, 24);
            terminal.resize(columns);
            screen.resize();
            live.show(now);
            assertEquals(3, terminal.lines().size(), () -> columns + ": " + terminal.lines());
            assertEquals("stays", terminal.lines().get(0));
        }
        live.close();
        assertEquals(List.of("stays"), terminal.lines());
    }

    @Test
    void theSizeIsReadAsSttyPrintsIt() {
        assertEquals(new TerminalSize(120, 14), TerminalSize.parse("14 120\n"));
        assertEquals(new TerminalSize(80, 24), TerminalSize.parse("0 0\n"));
        assertEquals(new TerminalSize(80, 24), TerminalSize.parse(""));
        assertEquals(4, Screen.columns("说明"));
    }
}
