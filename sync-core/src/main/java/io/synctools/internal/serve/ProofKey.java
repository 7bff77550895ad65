package io.synctools.internal.serve;

import io.synctools.internal.disk.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * Tells one proof at a place from the next, by what a look at the file's name says: proofs are replaced by renames.
 *
 * @param file where it lies
 * @param inode what the disk tells it from others by
 * @param changed when it was written
 * @param size in bytes
 */
record ProofKey(Path file, Object inode, FileTime changed, long size) {

    /** What lies there now; empty where nothing does. */
    static Optional<ProofKey> of(Path file) throws IOException {
        return Stat.of(file)
                .filter(BasicFileAttributes::isRegularFile)
                .map(is ->
                        new ProofKey(file, is.fileKey() == null ? "" : is.fileKey(), is.lastModifiedTime(), is.size()));
    }
}
