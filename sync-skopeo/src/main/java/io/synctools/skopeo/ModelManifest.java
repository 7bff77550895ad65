package io.synctools.skopeo;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.synctools.file.Proof;
import io.synctools.internal.json.Json;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The manifest of a model or dataset in a registry, after the CNCF's model specification: each file is a layer, whose digest
 * is the file's. What was declared and is thereby proven stands in its annotations.
 *
 * @param proof what it proves; empty for a manifest that is not ours
 * @param config its configuration
 * @param layers its files
 */
record ModelManifest(Optional<Proof> proof, Blob config, List<Layer> layers) {
    static final String ARTIFACT_TYPE = "application/vnd.cncf.model.manifest.v1+json";
    static final String CONFIG_TYPE = "application/vnd.cncf.model.config.v1+json";
    static final String FILE_PATH = "org.cncf.model.filepath";
    /** What registries take at most. */
    static final int LIMIT = 4 << 20;

    private static final String TITLE = "org.opencontainers.image.title";
    private static final String OURS = "io.synctools.";
    private static final String TOLD = OURS + "told";
    private static final String CREATED = "org.opencontainers.image.created";

    ModelManifest {
        layers = List.copyOf(layers);
    }

    /** Something that a manifest names. */
    record Blob(String mediaType, String digest, long size) {}

    /**
     * A file.
     *
     * @param told what the hub tells of its content in place of a SHA-256; empty where it tells that
     */
    record Layer(String path, Blob blob, Optional<Checksum> told) {

        Checksum checksum() {
            return Checksum.parse(blob.digest());
        }
    }

    /** The configuration of an artifact of these layers. */
    static byte[] config(ArtifactRef pinned, List<Layer> layers) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeObjectFieldStart("descriptor");
            json.writeStringField("name", pinned.name().substring(pinned.name().lastIndexOf('/') + 1));
            json.writeStringField("revision", pinned.commitOrRevision());
            json.writeEndObject();
            json.writeObjectFieldStart("config");
            json.writeEndObject();
            json.writeObjectFieldStart("modelfs");
            json.writeStringField("type", "layers");
            json.writeArrayFieldStart("diffIds");
            for (Layer layer : layers) {
                json.writeString(layer.blob().digest());
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    /** Whether readers find the same in another one. */
    boolean showsTheSameAs(ModelManifest other) {
        return other.proof.isPresent() && config.equals(other.config) && layers.equals(other.layers);
    }

    /** Whether another one, written before, says all that this one says. */
    boolean isAsDeclaredIn(ModelManifest other) {
        return showsTheSameAs(other)
                && proof.map(ModelManifest::declared).equals(other.proof.map(ModelManifest::declared));
    }

    /** What a proof says beside when it was made, and by which version. */
    private static List<String> declared(Proof proof) {
        return List.of(proof.from(), proof.revision(), proof.pin(), proof.filter(), proof.list(), proof.flow());
    }

    /** Its bytes. */
    byte[] bytes() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("schemaVersion", 2);
            json.writeStringField("mediaType", Manifest.OCI_MANIFEST);
            json.writeStringField("artifactType", ARTIFACT_TYPE);
            json.writeFieldName("config");
            write(json, config, Map.of());
            json.writeArrayFieldStart("layers");
            for (Layer layer : layers) {
                Map<String, String> annotations = new HashMap<>(
                        Map.of(FILE_PATH, layer.path(), TITLE, layer.path())); // other tools know the second
                layer.told().ifPresent(told -> annotations.put(TOLD, told.toString()));
                write(json, layer.blob(), annotations);
            }
            json.writeEndArray();
            if (proof.isPresent()) {
                write(json, proof.get());
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void write(JsonGenerator json, Blob blob, Map<String, String> annotations) throws IOException {
        json.writeStartObject();
        json.writeStringField("mediaType", blob.mediaType());
        json.writeStringField("digest", blob.digest());
        json.writeNumberField("size", blob.size());
        if (!annotations.isEmpty()) {
            json.writeObjectFieldStart("annotations");
            for (String name : annotations.keySet().stream().sorted().toList()) {
                json.writeStringField(name, annotations.get(name));
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Proof proof) throws IOException {
        json.writeObjectFieldStart("annotations");
        json.writeStringField(CREATED, proof.published().toString());
        json.writeStringField(OURS + "tool", proof.tool());
        json.writeStringField(OURS + "from", proof.from());
        json.writeStringField(OURS + "revision", proof.revision());
        json.writeStringField(OURS + "pin", proof.pin());
        json.writeStringField(OURS + "filter", proof.filter());
        json.writeStringField(OURS + "files", Long.toString(proof.files()));
        json.writeStringField(OURS + "bytes", Long.toString(proof.bytes()));
        json.writeStringField(OURS + "list", proof.list());
        json.writeStringField(OURS + "flow", proof.flow());
        json.writeEndObject();
    }

    /**
     * Reads a manifest's bytes. What is not ours, or not whole, proves nothing.
     *
     * @throws IOException if they are no manifest of an image or artifact
     */
    static ModelManifest parse(byte[] bytes) throws IOException {
        Map<String, String> annotations = new HashMap<>();
        Blob config = new Blob("", "", 0);
        List<Layer> layers = new ArrayList<>();
        boolean paths = true;
        try (JsonParser json = Json.FACTORY.createParser(bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a manifest");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (name.equals("annotations") && value == JsonToken.START_OBJECT) {
                    readTexts(json, annotations);
                } else if (name.equals("config") && value == JsonToken.START_OBJECT) {
                    config = readBlob(json, new HashMap<>());
                } else if (name.equals("layers") && value == JsonToken.START_ARRAY) {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        Map<String, String> of = new HashMap<>();
                        Blob blob = readBlob(json, of);
                        paths &= of.containsKey(FILE_PATH);
                        layers.add(layer(blob, of));
                    }
                } else {
                    json.skipChildren();
                }
            }
        }
        Optional<Proof> proof = paths ? proof(annotations, layers.size()) : Optional.empty();
        return new ModelManifest(proof, config, layers);
    }

    private static Layer layer(Blob blob, Map<String, String> annotations) throws IOException {
        try {
            Optional<Checksum> told = Optional.ofNullable(annotations.get(TOLD)).map(Checksum::parse);
            return new Layer(annotations.getOrDefault(FILE_PATH, ""), blob, told);
        } catch (IllegalArgumentException e) {
            throw new IOException("not a manifest of ours: " + e.getMessage(), e);
        }
    }

    private static Blob readBlob(JsonParser json, Map<String, String> annotations) throws IOException {
        String type = "";
        String digest = "";
        long size = -1;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            switch (name) {
                case "mediaType" -> type = json.getText();
                case "digest" -> digest = json.getText();
                case "size" -> size = value == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : -1;
                case "annotations" -> {
                    if (value == JsonToken.START_OBJECT) {
                        readTexts(json, annotations);
                    } else {
                        json.skipChildren();
                    }
                }
                default -> json.skipChildren();
            }
        }
        if (size < 0 || !Manifest.DIGEST.matcher(digest).matches()) {
            throw new IOException("not a manifest: a part of it has no digest or no size");
        }
        return new Blob(type, digest, size);
    }

    private static void readTexts(JsonParser json, Map<String, String> texts) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (json.nextToken() == JsonToken.VALUE_STRING) {
                texts.put(name, json.getText());
            } else {
                json.skipChildren();
            }
        }
    }

    private static Optional<Proof> proof(Map<String, String> annotations, int layers) {
        for (String name : List.of("tool", "from", "revision", "pin", "filter", "files", "bytes", "list", "flow")) {
            if (!annotations.containsKey(OURS + name)) {
                return Optional.empty();
            }
        }
        try {
            Proof proof = new Proof(
                    text(annotations, "from"),
                    text(annotations, "revision"),
                    text(annotations, "pin"),
                    text(annotations, "filter"),
                    Instant.parse(annotations.getOrDefault(CREATED, "")),
                    text(annotations, "tool"),
                    Long.parseLong(text(annotations, "files")),
                    Long.parseLong(text(annotations, "bytes")),
                    "",
                    text(annotations, "list"),
                    text(annotations, "flow"));
            return Optional.of(proof).filter(whole -> whole.files() == layers);
        } catch (DateTimeException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String text(Map<String, String> annotations, String name) {
        return annotations.getOrDefault(OURS + name, "");
    }
}
