package io.synctools.skopeo;

import com.fasterxml.jackson.core.JsonGenerator;
import io.synctools.file.Proof;
import io.synctools.internal.json.Json;
import io.synctools.skopeo.ModelManifest.Blob;
import io.synctools.skopeo.ModelManifest.Layer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The documents of a model or dataset as an image: the same layers for each platform, since containerd unpacks no image
 * of another platform than its own, and models have none.
 */
final class ModelImage {
    static final String LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";
    static final String CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
    private static final List<String> ARCHITECTURES = List.of("amd64", "arm64");

    private ModelImage() {}

    /** What is published of these layers, the index last. */
    static Documents documents(Optional<Proof> proof, List<Layer> layers) throws IOException {
        List<Document> configs = new ArrayList<>();
        List<Document> manifests = new ArrayList<>();
        for (String architecture : ARCHITECTURES) {
            Document config = config(architecture, layers);
            configs.add(config);
            manifests.add(Document.of(Manifest.OCI_MANIFEST, manifest(config.blob(), layers, Map.of())));
        }
        List<Blob> named = manifests.stream().map(Document::blob).toList();
        configs.addAll(manifests);
        return new Documents(configs, new ModelManifest(proof, named, List.of()));
    }

    /** The configuration of an image of these layers, which are not compressed: what they hash to unpacked is their digest. */
    static Document config(String architecture, List<Layer> layers) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("architecture", architecture);
            json.writeStringField("os", "linux");
            json.writeObjectFieldStart("config");
            json.writeEndObject();
            json.writeObjectFieldStart("rootfs");
            json.writeStringField("type", "layers");
            json.writeArrayFieldStart("diff_ids");
            for (Layer layer : layers) {
                json.writeString(layer.blob().digest());
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        }
        return Document.of(CONFIG_TYPE, out.toByteArray());
    }

    /** The manifest of one platform. */
    static byte[] manifest(Blob config, List<Layer> layers, Map<String, String> annotations) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("schemaVersion", 2);
            json.writeStringField("mediaType", Manifest.OCI_MANIFEST);
            json.writeFieldName("config");
            LayerJson.write(json, config, Map.of());
            json.writeArrayFieldStart("layers");
            for (Layer layer : layers) {
                LayerJson.write(json, layer);
            }
            json.writeEndArray();
            if (!annotations.isEmpty()) {
                json.writeObjectFieldStart("annotations");
                for (Map.Entry<String, String> annotation : annotations.entrySet()) {
                    json.writeStringField(annotation.getKey(), annotation.getValue());
                }
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    /** What an index names: a manifest for each platform. */
    static void writeIndex(JsonGenerator json, List<Blob> manifests) throws IOException {
        json.writeStringField("mediaType", Manifest.OCI_INDEX);
        json.writeArrayFieldStart("manifests");
        for (int i = 0; i < manifests.size(); i++) {
            Blob manifest = manifests.get(i);
            json.writeStartObject();
            json.writeStringField("mediaType", manifest.mediaType());
            json.writeStringField("digest", manifest.digest());
            json.writeNumberField("size", manifest.size());
            json.writeObjectFieldStart("platform");
            json.writeStringField("architecture", ARCHITECTURES.get(i));
            json.writeStringField("os", "linux");
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
