package io.synctools.serve;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** One whole revision of a repository, as it is served: nothing of another one is ever among it. Thread-safe. */
public interface Snapshot {

    /** The commit: 40 hexadecimal digits; made from what identifies the content where its hub names no commit. */
    String commit();

    /** {@link io.synctools.model.NameFilter#text()} of what was left out; empty where it is the whole commit. */
    String filter();

    /** When it was published here. */
    Instant published();

    /** Its files. */
    FileTable files() throws IOException;

    /** The bytes of one of its files. */
    Content content(ServedFile file) throws IOException;

    /** Another address for the bytes of a file, to which who asks is sent; empty where they are sent at once. */
    default Optional<String> elsewhere(ServedFile file) {
        return Optional.empty();
    }
}
