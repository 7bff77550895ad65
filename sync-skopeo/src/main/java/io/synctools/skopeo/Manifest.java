package io.synctools.skopeo;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
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

    /**
     * What the digest of a manifest is of: its bytes, but of the old schema 1 those that its signatures were made for, which
     * the head of the first tells (the registry's specification of schema 1, "signed manifests").
     *
     * @throws IOException if they are no manifest
     */
    static byte[] digested(byte[] bytes) throws IOException {
        JsonNode root = Json.MAPPER.readTree(bytes);
        JsonNode signature = root.path("signatures").path(0).path("protected");
        if (root.path("schemaVersion").asInt() != 1 || !signature.isTextual()) {
            return bytes;
        }
        try {
            JsonNode head = Json.MAPPER.readTree(Base64.getUrlDecoder().decode(signature.asText()));
            byte[] tail = Base64.getUrlDecoder().decode(head.path("formatTail").asText());
            int length = head.path("formatLength").asInt(-1);
            if (length < 0 || length > bytes.length) {
                throw new IOException("not a manifest: its signature is of other bytes");
            }
            byte[] signed = Arrays.copyOf(bytes, length + tail.length);
            System.arraycopy(tail, 0, signed, length, tail.length);
            return signed;
        } catch (IllegalArgumentException e) {
            throw new IOException("not a manifest: its signature cannot be read", e);
        }
    }

    /**
     * Whether two manifests tell the same content, however they are written down. Schema 1 tells its settings in another way
     * than what it is converted to, so there only the ledger knows.
     */
    boolean sameAs(Manifest other) {
        boolean tellsAll = list || !config.isEmpty();
        return tellsAll && list == other.list && config.equals(other.config) && parts.equals(other.parts);
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
