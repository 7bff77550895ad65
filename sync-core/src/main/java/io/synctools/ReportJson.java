package io.synctools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.SyncReport.Bytes;
import io.synctools.SyncReport.Entries;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import io.synctools.SyncReport.Totals;
import io.synctools.model.FailureKind;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The JSON form of a report, written and read field by field: its names are a contract with readers outside. */
final class ReportJson {

    private ReportJson() {}

    static ObjectNode write(SyncReport report) {
        ObjectNode json = object();
        json.put("version", SyncReport.VERSION);
        json.put("tool", report.tool());
        json.put("flow", report.flow());
        json.put("exit", report.exit());
        json.put("started", report.started().toString());
        json.put("finished", report.finished().toString());
        json.put("dryRun", report.dryRun());
        json.put("shard", report.shard());
        report.runner().ifPresent(runner -> json.put("runner", runner));
        if (!report.only().isEmpty()) {
            ArrayNode only = json.putArray("only");
            report.only().forEach(only::add);
        }
        ArrayNode items = json.putArray("items");
        report.items().forEach(item -> items.add(write(item)));
        json.set("totals", write(report.totals()));
        return json;
    }

    private static ObjectNode write(Item item) {
        ObjectNode json = object();
        json.put("from", item.from());
        json.put("to", item.to());
        item.path().ifPresent(path -> json.put("path", path));
        json.put("declaredAt", item.declaredAt());
        item.declaredRevision().ifPresent(revision -> json.put("declaredRevision", revision));
        item.revision().ifPresent(revision -> json.put("revision", revision));
        json.put("host", item.host());
        json.put("outcome", item.outcome().name());
        json.putObject("entries")
                .put("total", item.entries().total())
                .put("same", item.entries().same())
                .put("copied", item.entries().copied())
                .put("failed", item.entries().failed());
        item.bytes().ifPresent(bytes -> json.putObject("bytes")
                .put("total", bytes.total())
                .put("missing", bytes.missing())
                .put("reused", bytes.reused())
                .put("transferred", bytes.transferred()));
        json.put("requests", item.requests());
        json.put("seconds", item.seconds());
        ArrayNode failures = json.putArray("failures");
        item.failures().forEach(failure -> failures.addObject()
                .put("entry", failure.entry())
                .put("kind", failure.kind().name())
                .put("message", failure.message())
                .put("retryable", failure.retryable()));
        ArrayNode notes = json.putArray("notes");
        item.notes().forEach(notes::add);
        return json;
    }

    private static ObjectNode write(Totals totals) {
        return object().put("items", totals.items())
                .put("copied", totals.copied())
                .put("upToDate", totals.upToDate())
                .put("wouldCopy", totals.wouldCopy())
                .put("failed", totals.failed())
                .put("heldByAnother", totals.heldByAnother())
                .put("bytesTransferred", totals.bytesTransferred())
                .put("requests", totals.requests());
    }

    static SyncReport read(JsonNode json) {
        if (json.path("version").asInt() != SyncReport.VERSION) {
            throw new IllegalArgumentException(
                    "no report of version " + SyncReport.VERSION + "; was it written by another version?");
        }
        List<Item> items = new ArrayList<>();
        required(json, "items").forEach(item -> items.add(item(item)));
        List<String> only = new ArrayList<>();
        json.path("only").forEach(glob -> only.add(glob.asText()));
        return new SyncReport(
                text(json, "tool"),
                text(json, "flow"),
                required(json, "exit").asInt(),
                instant(json, "started"),
                instant(json, "finished"),
                required(json, "dryRun").asBoolean(),
                text(json, "shard"),
                Optional.ofNullable(json.path("runner").textValue()),
                only,
                items);
    }

    private static Item item(JsonNode json) {
        JsonNode entries = required(json, "entries");
        List<Failure> failures = new ArrayList<>();
        required(json, "failures").forEach(failure -> failures.add(failure(failure)));
        List<String> notes = new ArrayList<>();
        json.path("notes").forEach(note -> notes.add(note.asText()));
        return new Item(
                text(json, "from"),
                text(json, "to"),
                optional(json, "path"),
                text(json, "declaredAt"),
                optional(json, "revision"),
                text(json, "host"),
                Outcome.valueOf(text(json, "outcome")),
                new Entries(
                        number(entries, "total"),
                        number(entries, "same"),
                        number(entries, "copied"),
                        number(entries, "failed")),
                Optional.ofNullable(json.get("bytes")).map(ReportJson::bytes),
                number(json, "requests"),
                required(json, "seconds").asDouble(),
                failures,
                notes,
                optional(json, "declaredRevision"));
    }

    private static Bytes bytes(JsonNode json) {
        return new Bytes(
                number(json, "total"),
                json.path("missing").asLong(),
                json.path("reused").asLong(),
                number(json, "transferred"));
    }

    private static Failure failure(JsonNode json) {
        return new Failure(
                text(json, "entry"),
                FailureKind.valueOf(text(json, "kind")),
                text(json, "message"),
                required(json, "retryable").asBoolean());
    }

    private static Instant instant(JsonNode json, String field) {
        try {
            return Instant.parse(text(json, field));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("\"" + field + "\" is no time: " + e.getMessage(), e);
        }
    }

    private static String text(JsonNode json, String field) {
        return required(json, field).asText();
    }

    private static long number(JsonNode json, String field) {
        return required(json, field).asLong();
    }

    private static Optional<String> optional(JsonNode json, String field) {
        return Optional.ofNullable(json.get(field)).map(JsonNode::asText);
    }

    private static JsonNode required(JsonNode json, String field) {
        JsonNode value = json.get(field);
        if (value == null) {
            throw new IllegalArgumentException("\"" + field + "\" is missing");
        }
        return value;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
