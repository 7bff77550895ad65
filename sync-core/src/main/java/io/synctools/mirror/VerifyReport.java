package io.synctools.mirror;

import com.fasterxml.jackson.core.JsonGenerator;
import io.synctools.file.Disk;
import io.synctools.internal.json.Json;
import io.synctools.mirror.Finding.Kind;
import io.synctools.model.Version;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What a verification found. Immutable.
 *
 * @param strict whether foreign files count as faults
 * @param runner who verified; empty where nobody said
 * @param items in the order in which they were done
 */
public record VerifyReport(
        Instant started, Instant finished, boolean strict, Optional<String> runner, List<Verified> items) {

    public VerifyReport {
        items = List.copyOf(items);
    }

    /** 1 where something is missing or damaged, or foreign and that is a fault; else 0. */
    public int exit() {
        return count(Kind.MISSING) + count(Kind.DAMAGED) + (strict ? count(Kind.FOREIGN) : 0) == 0 ? 0 : 1;
    }

    /** How many findings are of a kind. */
    public long count(Kind kind) {
        return items.stream().mapToLong(item -> item.count(kind)).sum();
    }

    /** How many proven files were looked at. */
    public long files() {
        return items.stream().mapToLong(Verified::files).sum();
    }

    /** How many bytes were read. */
    public long bytes() {
        return items.stream().mapToLong(Verified::bytes).sum();
    }

    /** Writes it as JSON, by temporary file and rename; fields may be added later, never renamed. */
    public void write(Path file) throws IOException {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        new Disk().replace(file.toAbsolutePath(), folder, this::writeJson);
    }

    private void writeJson(OutputStream out) throws IOException {
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeNumberField("version", 1);
            json.writeStringField("tool", Version.TOOL);
            json.writeNumberField("exit", exit());
            json.writeStringField(
                    "started", started.truncatedTo(ChronoUnit.SECONDS).toString());
            json.writeStringField(
                    "finished", finished.truncatedTo(ChronoUnit.SECONDS).toString());
            json.writeBooleanField("strict", strict);
            if (runner.isPresent()) {
                json.writeStringField("runner", runner.get());
            }
            json.writeArrayFieldStart("items");
            for (Verified item : items) {
                write(item, json);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("totals");
            json.writeNumberField("items", items.size());
            json.writeNumberField("files", files());
            json.writeNumberField("bytes", bytes());
            for (Kind kind : Kind.values()) {
                json.writeNumberField(kind.name().toLowerCase(Locale.ROOT), count(kind));
            }
            json.writeEndObject();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void write(Verified item, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("to", item.name());
        json.writeStringField("folder", item.folder());
        json.writeNumberField("files", item.files());
        json.writeNumberField("bytes", item.bytes());
        json.writeArrayFieldStart("findings");
        for (Finding finding : item.findings()) {
            json.writeStartObject();
            json.writeStringField("kind", finding.kind().name());
            json.writeStringField("path", finding.path());
            json.writeStringField("detail", finding.detail());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
