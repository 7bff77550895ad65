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
 * The document that a tag of a model or dataset names in a registry: the manifest of an artifact after the CNCF's model
 * specification, in which each file is a layer, whose digest is the file's; or an index of the same image for several
 * platforms. What was declared and is thereby proven stands in its annotations.
 *
 * @param proof what it proves; empty where it is not ours
 * @param parts what else it names: an artifact's configuration, an image's manifests
 * @param layers what holds its files; an index tells none, its manifests do
 */
record ModelManifest(Optional<Proof> proof, List<Blob> parts, List<Layer> layers) {
    static final String ARTIFACT_TYPE = "application/vnd.cncf.model.manifest.v1+json";
    static final String CONFIG_TYPE = "application/vnd.cncf.model.config.v1+json";
    /** What registries take at most. */
    static final int LIMIT = 4 << 20;

    private static final String OURS = "io.synctools.";
    private static final String CREATED = "org.opencontainers.image.created";

    ModelManifest {
        parts = List.copyOf(parts);
        layers = List.copyOf(layers);
    }

    /** Something that a manifest names. */
    record Blob(String mediaType, String digest, long size) {}

    /**
     * A file.
     *
     * @param checksum the SHA-256 of its bytes
     * @param told what the hub tells of its content in place of a SHA-256; empty where it tells that
     */
    record Member(String path, long size, Checksum checksum, Optional<Checksum> told) {}

    /**
     * A blob that holds files.
     *
     * @param members where it is not packed one, whose bytes are the blob's
     */
    record Layer(Blob blob, List<Member> members) {
        Layer {
            members = List.copyOf(members);
        }

        /** Whether it is a tar archive. */
        boolean isPacked() {
            return blob.mediaType().equals(ModelImage.LAYER_TYPE);
        }
    }

    /** Whether it is an index of an image. */
    boolean isImage() {
        return !parts.isEmpty() && parts.get(0).mediaType().equals(Manifest.OCI_MANIFEST);
    }

    /** Whether it is an artifact after the CNCF's specification. */
    boolean isArtifact() {
        return !parts.isEmpty() && parts.get(0).mediaType().equals(CONFIG_TYPE);
    }

    /** The media type of its bytes. */
    String mediaType() {
        return isImage() ? Manifest.OCI_INDEX : Manifest.OCI_MANIFEST;
    }

    /** What people call its type. */
    String type() {
        return isArtifact() ? ARTIFACT_TYPE : mediaType();
    }

    /** All its files. */
    List<Member> members() {
        return layers.stream().flatMap(layer -> layer.members().stream()).toList();
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
        return other.proof.isPresent() && parts.equals(other.parts) && layers.equals(other.layers);
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
            if (isImage()) {
                ModelImage.writeIndex(json, parts);
            } else {
                writeArtifact(json);
            }
            if (proof.isPresent()) {
                write(json, proof.get());
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private void writeArtifact(JsonGenerator json) throws IOException {
        json.writeStringField("mediaType", Manifest.OCI_MANIFEST);
        json.writeStringField("artifactType", ARTIFACT_TYPE);
        json.writeFieldName("config");
        LayerJson.write(json, parts.get(0), Map.of());
        json.writeArrayFieldStart("layers");
        for (Layer layer : layers) {
            LayerJson.write(json, layer);
        }
        json.writeEndArray();
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
     * Reads the bytes of a manifest or an index. What is not ours, or not whole, proves nothing.
     *
     * @throws IOException if they are neither
     */
    static ModelManifest parse(byte[] bytes) throws IOException {
        Map<String, String> annotations = new HashMap<>();
        List<Blob> parts = new ArrayList<>();
        List<Layer> layers = new ArrayList<>();
        try (JsonParser json = Json.FACTORY.createParser(bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a manifest");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (name.equals("annotations") && value == JsonToken.START_OBJECT) {
                    LayerJson.readTexts(json, annotations);
                } else if (name.equals("config") && value == JsonToken.START_OBJECT) {
                    parts.add(LayerJson.readBlob(json));
                } else if (name.equals("manifests") && value == JsonToken.START_ARRAY) {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        parts.add(LayerJson.readBlob(json));
                    }
                } else if (name.equals("layers") && value == JsonToken.START_ARRAY) {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        layers.add(LayerJson.readLayer(json));
                    }
                } else {
                    json.skipChildren();
                }
            }
        }
        ModelManifest all = new ModelManifest(proof(annotations), parts, layers);
        return all.isOurs() ? all : new ModelManifest(Optional.empty(), parts, layers);
    }

    /** Whether its proof is of what it names. */
    private boolean isOurs() {
        return isImage()
                || (layers.stream().noneMatch(layer -> layer.members().isEmpty())
                        && proof.filter(head -> head.files() == layers.size()).isPresent());
    }

    private static Optional<Proof> proof(Map<String, String> annotations) {
        for (String name : List.of("tool", "from", "revision", "pin", "filter", "files", "bytes", "list", "flow")) {
            if (!annotations.containsKey(OURS + name)) {
                return Optional.empty();
            }
        }
        try {
            return Optional.of(new Proof(
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
                    text(annotations, "flow")));
        } catch (DateTimeException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String text(Map<String, String> annotations, String name) {
        return annotations.getOrDefault(OURS + name, "");
    }
}
