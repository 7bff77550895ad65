package io.synctools.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import io.synctools.model.Version;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is told about a run: one sentence, and what is not there.
 *
 * @param title one sentence
 * @param lines one for each item that is not there, at most ten, and one with the sums
 * @param report the run
 * @param run the address of the run's page; empty where unknown
 */
public record Notification(String title, List<String> lines, SyncReport report, String run) {
    private static final int ITEMS = 10;
    private static final int LINE = 300;
    private static final int NO_REPORT = 2;

    public Notification {
        lines = List.copyOf(lines);
    }

    /**
     * What is to be told; empty when nothing is. Without a previous report each failure is told, with one each change
     * between well and failing.
     */
    public static Optional<Notification> of(SyncReport report, Optional<SyncReport> previous, String run) {
        boolean well = report.exit() == 0;
        boolean wasWell = previous.map(before -> before.exit() == 0).orElse(true);
        if (well == wasWell) {
            return previous.isEmpty() && !well ? Optional.of(failed(report, run)) : Optional.empty();
        }
        return Optional.of(well ? recovered(report, run) : failed(report, run));
    }

    /** Stands for the report of a run that wrote none: its lists or options are wrong, or it was killed. */
    public static SyncReport lost(String flow, Instant now) {
        return new SyncReport(Version.TOOL, flow, NO_REPORT, now, now, false, "0/1", List.of());
    }

    private static Notification failed(SyncReport report, String run) {
        if (report.exit() == NO_REPORT) {
            String title = report.flow() + ": ended without a report; its lists or options are wrong, or it was killed";
            return new Notification(title, List.of(), report, run);
        }
        List<Item> missing =
                report.items().stream().filter(item -> !item.well()).toList();
        ItemNames names = new ItemNames(report.items());
        List<String> lines = missing.stream()
                .limit(ITEMS)
                .map(item -> line(names.of(item), item))
                .collect(java.util.stream.Collectors.toList());
        if (missing.size() > ITEMS) {
            lines.add("and " + (missing.size() - ITEMS) + " more");
        }
        int items = report.items().size();
        return new Notification(
                report.flow() + ": " + missing.size() + " of " + items + (items == 1 ? " item" : " items")
                        + " not there",
                lines,
                report,
                run);
    }

    private static Notification recovered(SyncReport report, String run) {
        int items = report.items().size();
        String all = items == 1 ? "the item is" : "all " + items + " items are";
        return new Notification(report.flow() + ": " + all + " there again", List.of(), report, run);
    }

    private static String line(String name, Item item) {
        Failure first = item.failures().isEmpty() ? null : item.failures().get(0);
        return name + ": " + ItemReason.of(item) + (first == null ? "" : ", " + first.message());
    }

    /**
     * Title, lines and the run's page as plain text; as many of the lines as there is room for.
     *
     * @param most bytes of UTF-8 that the receiver takes
     */
    public String text(int most) {
        String end = run.isEmpty() ? "" : "\n" + run;
        StringBuilder text = new StringBuilder(cut(title));
        int room = most - bytes(text + end) - bytes("\n…");
        for (String line : lines) {
            String next = "\n- " + cut(line);
            room -= bytes(next);
            if (room < 0) {
                text.append("\n…");
                break;
            }
            text.append(next);
        }
        return text.append(end).toString();
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String cut(String text) {
        return text.codePointCount(0, text.length()) <= LINE
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LINE)) + "…";
    }

    /** For receivers of our own form: {@code {flow, exit, run, failed: [{item, kind, message}], totals}}. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("flow", report.flow());
        json.put("exit", report.exit());
        json.put("run", run);
        json.put("text", title);
        ItemNames names = new ItemNames(report.items());
        var failed = json.putArray("failed");
        report.items().stream().filter(item -> !item.well()).forEach(item -> {
            Failure first = item.failures().isEmpty() ? null : item.failures().get(0);
            failed.addObject()
                    .put("item", names.of(item))
                    .put("kind", ItemReason.of(item))
                    .put("message", first == null ? "" : first.message());
        });
        SyncReport.Totals totals = report.totals();
        json.putObject("totals")
                .put("items", totals.items())
                .put("copied", totals.copied())
                .put("upToDate", totals.upToDate())
                .put("failed", totals.failed())
                .put("heldByAnother", totals.heldByAnother())
                .put("bytesTransferred", totals.bytesTransferred())
                .put("requests", totals.requests());
        return json;
    }
}
