package io.synctools.skopeo;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The parts of an image manifest, or of a list of them, that tell its content.
 *
 * @param list whether it is a list over platforms
 * @param config digest of an image's config; empty for a list, and for the old schema 1, which has none
 * @param parts of a list: its children, sorted, attestations included; of an image: its layers in order
 */
record Manifest(boolean list, String config, List<Part> parts) {
    static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    /** What a digest looks like. */
    static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");
    /** All four types: with fewer a registry may convert, or pick one platform. */
    static final String ACCEPT = String.join(", ", OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_MANIFEST);

    /** The empty layer of schema 1, which stands for a step that changes no file; later schemas have no such layers. */
    private static final String EMPTY_LAYER = "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4";

    Manifest {
        parts = List.copyOf(parts);
    }

    /**
     * A child of a list, or a layer.
     *
     * @param digest of its bytes
     * @param platform whom a child is for; empty for a layer, and where the list does not tell
     */
    record Part(String digest, String platform) {}

    /**
     * Reads a manifest's bytes.
     *
     * @throws IOException if they are no manifest
     */
    static Manifest parse(byte[] bytes) throws IOException {
        JsonNode root = Json.MAPPER.readTree(bytes);
        List<Part> parts = new ArrayList<>();
        JsonNode children = root.path("manifests");
        if (children.isArray()) {
            for (JsonNode child : children) {
                parts.add(new Part(digest(child, "digest"), platform(child.path("platform"))));
            }
            parts.sort(Comparator.comparing(Part::digest).thenComparing(Part::platform));
            return new Manifest(true, "", parts);
        }
        if (root.path("schemaVersion").asInt() == 1 && root.path("fsLayers").isArray()) {
            for (JsonNode layer : root.path("fsLayers")) {
                parts.add(0, new Part(digest(layer, "blobSum"), "")); // the newest comes first there
            }
            return new Manifest(false, "", parts);
        }
        String config = digest(root.path("config"), "digest");
        for (JsonNode layer : root.path("layers")) {
            parts.add(new Part(digest(layer, "digest"), ""));
        }
        return new Manifest(false, config, parts);
    }

    /** Whether two manifests tell the same content, however they are written down. */
    boolean sameAs(Manifest other) {
        if (list != other.list) {
            return false;
        }
        boolean converted = !list && (config.isEmpty() != other.config.isEmpty());
        return converted
                ? withoutEmpty().equals(other.withoutEmpty())
                : config.equals(other.config) && parts.equals(other.parts);
    }

    private List<Part> withoutEmpty() {
        return parts.stream().filter(part -> !part.digest.equals(EMPTY_LAYER)).toList();
    }

    private static String platform(JsonNode platform) {
        return Stream.of("os", "os.version", "architecture", "variant")
                .map(name -> platform.path(name).asText())
                .filter(value -> !value.isEmpty())
                .collect(Collectors.joining("/"));
    }

    private static String digest(JsonNode descriptor, String field) throws IOException {
        String digest = descriptor.path(field).asText();
        if (!DIGEST.matcher(digest).matches()) {
            throw new IOException("not a manifest: a part of it has no digest");
        }
        return digest;
    }
}
