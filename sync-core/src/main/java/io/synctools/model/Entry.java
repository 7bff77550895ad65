package io.synctools.model;

import java.util.Map;
import java.util.Optional;

/**
 * One thing inside an artifact: a file of a repository, or a tag of an image repository.
 *
 * <p>Immutable and thread-safe.
 *
 * @param path the file's path, slash-separated and relative to the repository's root, exactly as the platform lists it
 *     and not yet checked; or the tag
 * @param size length in bytes; -1 where the listing does not tell it (image tags)
 * @param checksum what the bytes must hash to; empty for image tags
 * @param attributes what only a target of the same platform understands, for example ModelScope's commit that last
 *     changed the file; usually empty or with one entry
 */
public record Entry(String path, long size, Optional<Checksum> checksum, Map<String, String> attributes) {

    public Entry {
        attributes = Map.copyOf(attributes);
    }

    /** A file with its size and checksum. */
    public static Entry file(String path, long size, Checksum checksum) {
        return new Entry(path, size, Optional.of(checksum), Map.of());
    }

    /** A tag of an image repository. */
    public static Entry tag(String tag) {
        return new Entry(tag, -1, Optional.empty(), Map.of());
    }
}
