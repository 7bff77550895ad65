package io.synctools.examples.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
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

    private static Notification failed(SyncReport report, String run) {
        List<Item> missing =
                report.items().stream().filter(item -> !item.well()).toList();
        List<String> lines =
                missing.stream().limit(ITEMS).map(Notification::line).collect(java.util.stream.Collectors.toList());
        if (missing.size() > ITEMS) {
            lines.add("and " + (missing.size() - ITEMS) + " more");
        }
        return new Notification(
                report.flow() + ": " + missing.size() + " of " + report.items().size() + " items not there",
                lines,
                report,
                run);
    }

    private static Notification recovered(SyncReport report, String run) {
        return new Notification(
                report.flow() + ": all " + report.items().size() + " items are there again", List.of(), report, run);
    }

    private static String line(Item item) {
        Failure first = item.failures().isEmpty() ? null : item.failures().get(0);
        return item.from() + ": " + (first == null ? item.outcome().name() : first.kind() + ", " + first.message());
    }

    /** Title and lines as plain text. */
    public String text() {
        return title + (lines.isEmpty() ? "" : "\n- " + String.join("\n- ", lines)) + (run.isEmpty() ? "" : "\n" + run);
    }

    /** For receivers of our own form: {@code {flow, exit, run, failed: [{item, kind, message}], totals}}. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("flow", report.flow());
        json.put("exit", report.exit());
        json.put("run", run);
        json.put("text", title);
        var failed = json.putArray("failed");
        report.items().stream().filter(item -> !item.well()).forEach(item -> {
            Failure first = item.failures().isEmpty() ? null : item.failures().get(0);
            failed.addObject()
                    .put("item", item.from())
                    .put(
                            "kind",
                            first == null ? item.outcome().name() : first.kind().name())
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
