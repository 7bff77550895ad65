package io.synctools.file;

import io.synctools.internal.disk.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which publication stands at a place at one moment, or will once what was decided is finished; equal for as long as nobody
 * publishes there: what tells the proof's file apart from one that took its place.
 *
 * @param key as {@link BasicFileAttributes#fileKey()}
 * @param size in bytes; negative where nothing is published
 * @param modified when the file was written
 */
record Publication(
        @Nullable Object key, long size, @Nullable FileTime modified) {
    private static final Publication NONE = new Publication(null, -1, null);

    /** What stands there now. */
    static Publication in(Path state) throws IOException {
        return Stat.of(file(state))
                .map(found -> new Publication(found.fileKey(), found.size(), found.lastModifiedTime()))
                .orElse(NONE);
    }

    /** The proof of what stands there now; empty where nothing is published, or it is damaged. */
    static Optional<Proof> proofIn(Path state) throws IOException {
        return Proof.head(file(state));
    }

    /** The folder is opened first, by the look for workspaces. */
    private static Path file(Path state) throws IOException {
        return Workspace.decided(state).map(Workspace::decision).orElse(FolderReplica.proofIn(state));
    }
}
