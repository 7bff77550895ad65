package io.synctools.file;

import io.synctools.model.Checksum;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What one layout keeps below one root, for others to take from instead of the network. Guesses are enough: whoever takes a
 * file hashes it. Thread-safe.
 */
public interface Stock {

    /** Below which everything lies. Absolute. */
    Path root();

    /** Tells the files whose checksums are known without reading them, ours and those of the hub's clients. */
    void tell(Told told) throws IOException;

    /** Folders with files of which nothing but the size is known, such as those of other generations of a client. */
    default List<Path> unproven() throws IOException {
        return List.of();
    }

    /**
     * Whether a file, anywhere, lies in a cache of the hub's client: such a file is replaced and never written to, so that
     * it may be a hard link.
     */
    boolean isOfACache(Path file) throws IOException;

    /** Hears of one file. */
    @FunctionalInterface
    interface Told {
        /**
         * A file.
         *
         * @param folder in which it lies; the same object for all files of a folder
         * @param path relative to the folder
         * @param size -1 where it is not known
         */
        void file(Path folder, String path, long size, Checksum checksum);
    }
}
