package io.synctools.report;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Bytes;
import io.synctools.SyncReport.Item;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A report in the text form that Prometheus reads, for the node exporter's folder of text files. */
public final class PrometheusText {
    private final StringBuilder text = new StringBuilder();

    private PrometheusText() {}

    /** The whole file. */
    public static String of(SyncReport report) {
        PrometheusText metrics = new PrometheusText();
        String flow = "flow=\"" + escaped(report.flow()) + "\",shard=\"" + escaped(report.shard()) + "\"";
        metrics.family("sync_exit_status", "gauge", "Exit status of the last run.");
        metrics.sample("sync_exit_status", flow, report.exit());
        metrics.family("sync_finished_timestamp_seconds", "gauge", "When the last run ended.");
        metrics.sample(
                "sync_finished_timestamp_seconds", flow, report.finished().getEpochSecond());
        metrics.family("sync_duration_seconds", "gauge", "How long the last run took.");
        metrics.sample(
                "sync_duration_seconds",
                flow,
                Duration.between(report.started(), report.finished()).toMillis() / 1000.0);
        metrics.family("sync_items", "gauge", "Items of the last run, by outcome.");
        for (Outcome outcome : Outcome.values()) {
            long count = report.items().stream()
                    .filter(item -> item.outcome() == outcome)
                    .count();
            metrics.sample("sync_items", flow + ",outcome=\"" + outcome.name().toLowerCase(Locale.ROOT) + "\"", count);
        }
        metrics.family("sync_received_bytes", "gauge", "Body bytes that the last run received.");
        metrics.sample("sync_received_bytes", flow, report.totals().bytesTransferred());
        metrics.family("sync_requests", "gauge", "HTTP requests that the last run made.");
        metrics.sample("sync_requests", flow, report.totals().requests());
        // What has the same labels is one sample: two make the whole file invalid.
        Map<String, Integer> there = new LinkedHashMap<>();
        Map<String, Long> bytes = new LinkedHashMap<>();
        for (Item item : report.items()) {
            String labels = flow + ",from=\"" + escaped(item.from()) + "\",to=\"" + escaped(item.to()) + "\""
                    + item.declaredRevision()
                            .map(revision -> ",revision=\"" + escaped(revision) + "\"")
                            .orElse("");
            there.merge(labels, item.well() ? 1 : 0, Math::min);
            item.bytes().map(Bytes::total).ifPresent(total -> bytes.merge(labels, total, Long::sum));
        }
        metrics.family(
                "sync_item_there",
                "gauge",
                "Whether the last run found an item there, or brought it: 1; 0 where it did not, or could not ask.");
        there.forEach((labels, value) -> metrics.sample("sync_item_there", labels, value));
        metrics.family("sync_item_bytes", "gauge", "Bytes that an item declares.");
        bytes.forEach((labels, value) -> metrics.sample("sync_item_bytes", labels, value));
        return metrics.text.toString();
    }

    private void family(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void sample(String name, String labels, Number value) {
        text.append(name).append('{').append(labels).append("} ").append(value).append('\n');
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
