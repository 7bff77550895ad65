package io.synctools.mirror;

import com.fasterxml.jackson.core.JsonGenerator;
import io.synctools.file.Proof;
import io.synctools.internal.json.Json;
import io.synctools.model.Version;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Set;

/** What the JSON forms of a status have in common, whatever the place is that was looked at. */
final class StatusJson {
    private StatusJson() {}

    @FunctionalInterface
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    /** One document: who looked and when, then what was found. */
    static void write(OutputStream out, Instant taken, Fields found) throws IOException {
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeNumberField("version", 1);
            json.writeStringField("tool", Version.TOOL);
            json.writeStringField("taken", taken.toString());
            found.write(json);
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    /** What readers call a revision. */
    static void names(JsonGenerator json, Set<String> names) throws IOException {
        json.writeArrayFieldStart("names");
        for (String name : names.stream().sorted().toList()) {
            json.writeString(name);
        }
        json.writeEndArray();
    }

    /** When it was published, by what, and how much. */
    static void published(JsonGenerator json, Proof proof) throws IOException {
        json.writeStringField("at", proof.published().toString());
        json.writeStringField("tool", proof.tool());
        json.writeNumberField("files", proof.files());
        json.writeNumberField("bytes", proof.bytes());
    }
}
