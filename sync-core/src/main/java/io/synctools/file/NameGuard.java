package io.synctools.file;

import io.synctools.model.Entry;
import java.util.List;
import java.util.Set;

/** Refuses listings whose names must not be written to disk. Thread-safe. */
public final class NameGuard {

    private NameGuard() {}

    /**
     * Checks the names of a whole listing: escapes, absolute and drive paths, empty, {@code .} and {@code ..} parts,
     * backslashes, NUL and control characters, parts over 255 bytes, case twins, a file that is also a folder, and
     * reserved places.
     *
     * @param entries all entries that would be written
     * @param reserved paths that refuse themselves and everything below them, in any case
     * @throws io.synctools.model.SyncException {@code UNSAFE_NAME}, naming the first bad name, its fault and how many more there are
     */
    public static void check(List<Entry> entries, Set<String> reserved) {
        throw new UnsupportedOperationException();
    }
}
