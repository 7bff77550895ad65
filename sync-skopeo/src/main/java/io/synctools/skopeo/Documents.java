package io.synctools.skopeo;

import java.io.IOException;
import java.util.List;

/**
 * All that is written of a publication beside its layers.
 *
 * @param parts what the top names, in the order in which they are written
 * @param top what the tags name
 */
record Documents(List<Document> parts, ModelManifest top) {
    Documents {
        parts = List.copyOf(parts);
    }

    /** The size of the largest that registries keep among their manifests. */
    long largest() throws IOException {
        long parted = parts.stream()
                .filter(Document::isManifest)
                .mapToLong(document -> document.blob().size())
                .max()
                .orElse(0);
        return Math.max(parted, top.bytes().length);
    }
}
