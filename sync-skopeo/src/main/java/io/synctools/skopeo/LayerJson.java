package io.synctools.skopeo;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import io.synctools.model.Checksum;
import io.synctools.skopeo.ModelManifest.Blob;
import io.synctools.skopeo.ModelManifest.Layer;
import io.synctools.skopeo.ModelManifest.Member;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How manifests name blobs, and say which files a layer holds. */
final class LayerJson {
    static final String FILE_PATH = "org.cncf.model.filepath";
    static final String FILES = "io.synctools.files";
    private static final String TITLE = "org.opencontainers.image.title";
    private static final String TOLD = "io.synctools.told";

    private LayerJson() {}

    static void write(JsonGenerator json, Blob blob, Map<String, String> annotations) throws IOException {
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

    static void write(JsonGenerator json, Layer layer) throws IOException {
        if (layer.isPacked()) {
            write(json, layer.blob(), Map.of(FILES, text(layer.members())));
            return;
        }
        Member file = layer.members().get(0);
        Map<String, String> annotations =
                new HashMap<>(Map.of(FILE_PATH, file.path(), TITLE, file.path())); // other tools know the second
        file.told().ifPresent(told -> annotations.put(TOLD, told.toString()));
        write(json, layer.blob(), annotations);
    }

    /** Files as one text: for each its path, size and checksum, and what else the hub tells of it. */
    private static String text(List<Member> files) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.writeStartArray();
            for (Member file : files) {
                json.writeStartArray();
                json.writeString(file.path());
                json.writeNumber(file.size());
                json.writeString(file.checksum().toString());
                if (file.told().isPresent()) {
                    json.writeString(file.told().get().toString());
                }
                json.writeEndArray();
            }
            json.writeEndArray();
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Reads a layer; one that does not say which files it holds holds none of ours. */
    static Layer readLayer(JsonParser parser) throws IOException {
        Map<String, String> annotations = new HashMap<>();
        Blob blob = readBlob(parser, annotations);
        try {
            if (annotations.containsKey(FILES)) {
                return new Layer(blob, files(annotations.get(FILES)));
            }
            if (!annotations.containsKey(FILE_PATH)) {
                return new Layer(blob, List.of());
            }
            Optional<Checksum> told = Optional.ofNullable(annotations.get(TOLD)).map(Checksum::parse);
            Checksum checksum = Checksum.parse(blob.digest());
            return new Layer(blob, List.of(new Member(annotations.get(FILE_PATH), blob.size(), checksum, told)));
        } catch (IllegalArgumentException e) {
            throw new IOException("not a manifest of ours: " + e.getMessage(), e);
        }
    }

    private static List<Member> files(String text) throws IOException {
        List<Member> files = new ArrayList<>();
        for (JsonNode file : Json.MAPPER.readTree(text)) {
            files.add(new Member(
                    file.path(0).asText(),
                    file.path(1).asLong(-1),
                    Checksum.parse(file.path(2).asText()),
                    file.has(3) ? Optional.of(Checksum.parse(file.path(3).asText())) : Optional.empty()));
        }
        return files;
    }

    /** Reads what a manifest names. */
    static Blob readBlob(JsonParser json) throws IOException {
        return readBlob(json, new HashMap<>());
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

    /** Reads the texts of an object by their names. */
    static void readTexts(JsonParser json, Map<String, String> texts) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (json.nextToken() == JsonToken.VALUE_STRING) {
                texts.put(name, json.getText());
            } else {
                json.skipChildren();
            }
        }
    }
}
