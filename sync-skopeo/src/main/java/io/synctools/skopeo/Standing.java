package io.synctools.skopeo;

import java.io.IOException;
import java.util.Optional;

/**
 * What a tag points to at one moment.
 *
 * @param bytes of the manifest; empty where there is none
 * @param digest of the manifest; empty where there is none
 * @param manifest what it says
 */
record Standing(byte[] bytes, String digest, Optional<ModelManifest> manifest) {

    /** Looks at a tag. */
    static Standing at(Blobs blobs, Repository repository, String tag) throws IOException, InterruptedException {
        Optional<byte[]> found = blobs.manifest(repository, tag);
        if (found.isEmpty()) {
            return new Standing(new byte[0], "", Optional.empty());
        }
        byte[] bytes = found.get();
        return new Standing(bytes, RegistryApi.digest("sha256:", bytes), Optional.of(ModelManifest.parse(bytes)));
    }
}
