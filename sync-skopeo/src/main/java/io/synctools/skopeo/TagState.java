package io.synctools.skopeo;

import java.io.IOException;
import java.util.Optional;

/** What a tag points to at one moment. Immutable. */
final class TagState {
    private final byte[] bytes;
    private final String digest;
    private final Optional<ModelManifest> manifest;

    private TagState(byte[] bytes, String digest, Optional<ModelManifest> manifest) {
        this.bytes = bytes;
        this.digest = digest;
        this.manifest = manifest;
    }

    /** Looks at a tag, or at a manifest by its digest. */
    static TagState at(Blobs blobs, ImageRepository repository, String reference)
            throws IOException, InterruptedException {
        Optional<byte[]> found = blobs.manifest(repository, reference);
        if (found.isEmpty()) {
            return new TagState(new byte[0], "", Optional.empty());
        }
        byte[] bytes = found.get();
        return new TagState(bytes, RegistryApi.digest("sha256:", bytes), Optional.of(ModelManifest.parse(bytes)));
    }

    /** Those of the manifest; none where there is no such tag. */
    byte[] bytes() {
        return bytes;
    }

    /** That of the manifest; empty where there is no such tag. */
    String digest() {
        return digest;
    }

    /** What the manifest says; empty where there is no such tag. */
    Optional<ModelManifest> manifest() {
        return manifest;
    }
}
