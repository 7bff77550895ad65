package io.synctools.skopeo;

/**
 * What a tag points to.
 *
 * @param digest of the manifest's bytes, for example {@code sha256:…}
 * @param mediaType of the manifest; empty where the registry does not tell
 * @param size of the manifest in bytes; 0 where the registry does not tell
 */
record Descriptor(String digest, String mediaType, long size) {

    /** Whether the registry says that it is a list over platforms. */
    boolean isList() {
        return mediaType.equals(Manifest.OCI_INDEX) || mediaType.equals(Manifest.DOCKER_LIST);
    }

    /** Whether the registry says that it is one image, of a type that is still written. */
    boolean isSingle() {
        return mediaType.equals(Manifest.OCI_MANIFEST) || mediaType.equals(Manifest.DOCKER_MANIFEST);
    }

    /** Whether it is of OCI's types, which some registries refuse. */
    boolean isOci() {
        return mediaType.equals(Manifest.OCI_INDEX) || mediaType.equals(Manifest.OCI_MANIFEST);
    }

    /** Whether it is of the old type that nobody writes any more: it arrives converted, or not at all. */
    boolean isSchema1() {
        return mediaType.startsWith("application/vnd.docker.distribution.manifest.v1+");
    }
}
