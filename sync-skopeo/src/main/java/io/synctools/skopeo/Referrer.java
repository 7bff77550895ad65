package io.synctools.skopeo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A manifest that names another as its subject: a signature, an attestation, a bill of materials.
 *
 * @param manifest where it is
 * @param artifactType what it is; empty where nobody tells
 * @param annotations what its list says about it
 */
record Referrer(Descriptor manifest, String artifactType, JsonNode annotations) {

    /**
     * Reads a list of referrers.
     *
     * @throws IOException if it is none
     */
    static List<Referrer> parse(byte[] bytes) throws IOException {
        JsonNode manifests = Json.MAPPER.readTree(bytes).path("manifests");
        if (!manifests.isArray()) {
            throw new IOException("not a list of referrers");
        }
        List<Referrer> found = new ArrayList<>();
        for (JsonNode one : manifests) {
            String digest = one.path("digest").asText();
            if (!Manifest.DIGEST.matcher(digest).matches()) {
                throw new IOException("not a list of referrers: one of them has no digest");
            }
            found.add(new Referrer(
                    new Descriptor(
                            digest,
                            one.path("mediaType").asText(),
                            one.path("size").asLong()),
                    one.path("artifactType").asText(),
                    one.path("annotations")));
        }
        return found;
    }

    /** The list, as it stands under a tag where a registry has no API for it. */
    static byte[] list(List<Referrer> referrers) throws IOException {
        ObjectNode root = Json.MAPPER.createObjectNode().put("schemaVersion", 2).put("mediaType", Manifest.OCI_INDEX);
        var manifests = root.putArray("manifests");
        for (Referrer one : referrers) {
            ObjectNode json = manifests.addObject();
            json.put("mediaType", one.manifest.mediaType());
            json.put("digest", one.manifest.digest());
            json.put("size", one.manifest.size());
            if (!one.artifactType.isEmpty()) {
                json.put("artifactType", one.artifactType);
            }
            if (one.annotations.isObject()) {
                json.set("annotations", one.annotations);
            }
        }
        return Json.MAPPER.writeValueAsBytes(root);
    }
}
