package io.synctools.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** Small files that are either old or new after a crash, never half. Thread-safe. */
public final class DurableFiles {

    private DurableFiles() {}

    /** Something that writes a file's content. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes a file by temporary file, fsync and rename.
     *
     * @param temporary folder for the temporary file, on the same file system; made where absent
     */
    public static void replace(Path file, Path temporary, Content content) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Makes renames inside a folder durable. */
    public static void syncFolder(Path folder) throws IOException {
        throw new UnsupportedOperationException();
    }
}
