package io.synctools.skopeo;

import io.synctools.skopeo.ModelManifest.Layer;
import java.io.IOException;
import java.util.List;
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

    /** The same with the files, which of an image its first manifest tells. */
    static TagState withFiles(Blobs blobs, ImageRepository repository, String reference)
            throws IOException, InterruptedException {
        TagState standing = at(blobs, repository, reference);
        Optional<ModelManifest> index = standing.manifest().filter(ModelManifest::isImage);
        if (index.isEmpty()) {
            return standing;
        }
        String digest = index.get().parts().get(0).digest();
        TagState first = at(blobs, repository, digest);
        if (!first.digest().isEmpty() && !first.digest().equals(digest)) {
            throw new IOException(repository.host() + " sends another manifest than " + digest);
        }
        List<Layer> layers = first.manifest().map(ModelManifest::layers).orElse(List.of());
        ModelManifest whole = new ModelManifest(index.get().proof(), index.get().parts(), layers);
        return new TagState(standing.bytes(), standing.digest(), Optional.of(whole));
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
