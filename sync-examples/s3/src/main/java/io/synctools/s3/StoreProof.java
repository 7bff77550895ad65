package io.synctools.s3;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.file.Proof;
import io.synctools.internal.json.Json;
import io.synctools.model.Checksum;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was published: the declaration, and every file with what the store must say of it. Immutable.
 *
 * @param tool that published it
 * @param from the artifact at its source
 * @param revision the branch or tag as declared
 * @param pin what it meant
 * @param folder the revision's
 * @param filter what of the artifact was declared
 * @param list that declared it; empty where none did
 * @param flow of the run
 * @param published when
 */
record StoreProof(
        String tool,
        String from,
        String revision,
        String pin,
        String folder,
        String filter,
        String list,
        String flow,
        Instant published,
        List<File> files) {
    private static final int VERSION = 1;

    StoreProof {
        files = List.copyOf(files);
    }

    /**
     * One file.
     *
     * @param path in the repository
     * @param declared what its bytes hash to
     * @param facts what the store said of it
     */
    record File(String path, Checksum declared, ObjectFacts facts) {}

    byte[] toBytes() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("version", VERSION);
            json.writeStringField("tool", tool);
            json.writeStringField("from", from);
            json.writeStringField("revision", revision);
            json.writeStringField("pin", pin);
            json.writeStringField("folder", folder);
            json.writeStringField("filter", filter);
            json.writeStringField("list", list);
            json.writeStringField("flow", flow);
            json.writeStringField("published", published.toString());
            json.writeArrayFieldStart("files");
            for (File file : files) {
                json.writeStartObject();
                json.writeStringField("path", file.path);
                json.writeNumberField("size", file.facts.size());
                json.writeStringField("checksum", file.declared.toString());
                json.writeStringField("etag", file.facts.tag());
                if (!file.facts.checksum().isEmpty()) {
                    json.writeStringField("sha256", file.facts.checksum());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    /** Empty where it is damaged, or of a later version: then it proves nothing. */
    static Optional<StoreProof> parse(byte[] bytes) {
        try {
            JsonNode json = Json.MAPPER.readTree(bytes);
            if (json.path("version").asInt() != VERSION) {
                return Optional.empty();
            }
            List<File> files = new ArrayList<>();
            for (JsonNode file : json.path("files")) {
                Checksum declared = Checksum.parse(file.path("checksum").asText());
                files.add(new File(
                        file.path("path").asText(),
                        declared,
                        new ObjectFacts(
                                file.path("size").asLong(),
                                file.path("etag").asText(),
                                file.path("sha256").asText(""),
                                declared.toString())));
            }
            return Optional.of(new StoreProof(
                    json.path("tool").asText(),
                    json.path("from").asText(),
                    json.path("revision").asText(),
                    json.path("pin").asText(),
                    json.path("folder").asText(),
                    json.path("filter").asText(),
                    json.path("list").asText(),
                    json.path("flow").asText(),
                    Instant.parse(json.path("published").asText()),
                    files));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** What the core needs to know of it. */
    Proof head() {
        return new Proof(from, revision, pin, filter, published, tool, files.size(), bytes(), "", list, flow);
    }

    long bytes() {
        return files.stream().mapToLong(file -> file.facts.size()).sum();
    }
}
