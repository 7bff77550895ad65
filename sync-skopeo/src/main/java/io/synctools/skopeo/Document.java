package io.synctools.skopeo;

import io.synctools.skopeo.ModelManifest.Blob;

/** A small file of a publication that says what others are. Immutable; its bytes are not copied. */
final class Document {
    private final Blob blob;
    private final byte[] bytes;

    private Document(Blob blob, byte[] bytes) {
        this.blob = blob;
        this.bytes = bytes;
    }

    static Document of(String mediaType, byte[] bytes) {
        return new Document(new Blob(mediaType, RegistryApi.digest("sha256:", bytes), bytes.length), bytes);
    }

    /** What names it. */
    Blob blob() {
        return blob;
    }

    /** Its content. */
    byte[] bytes() {
        return bytes;
    }

    /** Whether registries keep it among their manifests. */
    boolean isManifest() {
        return blob.mediaType().equals(Manifest.OCI_MANIFEST);
    }
}
