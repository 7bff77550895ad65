package io.synctools.skopeo;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The parts of an image manifest, or of a list of them, that tell its content.
 *
 * @param list whether it is a list over platforms
 * @param digests of a list: its children's, sorted, attestations included; of an image: its config's, then its layers'
 *     in order
 */
record Manifest(boolean list, List<String> digests) {
    static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    /** What a digest looks like. */
    static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");
    /** All four types: with fewer a registry may convert, or pick one platform. */
    static final String ACCEPT = String.join(", ", OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_MANIFEST);

    Manifest {
        digests = List.copyOf(digests);
    }

    /**
     * Reads a manifest's bytes.
     *
     * @throws IOException if they are no manifest
     */
    static Manifest parse(byte[] bytes) throws IOException {
        JsonNode root = Json.MAPPER.readTree(bytes);
        List<String> digests = new ArrayList<>();
        JsonNode children = root.path("manifests");
        if (children.isArray()) {
            for (JsonNode child : children) {
                digests.add(digest(child));
            }
            Collections.sort(digests);
            return new Manifest(true, digests);
        }
        digests.add(digest(root.path("config")));
        for (JsonNode layer : root.path("layers")) {
            digests.add(digest(layer));
        }
        return new Manifest(false, digests);
    }

    private static String digest(JsonNode descriptor) throws IOException {
        String digest = descriptor.path("digest").asText();
        if (!DIGEST.matcher(digest).matches()) {
            throw new IOException("not a manifest: a part of it has no digest");
        }
        return digest;
    }
}
