package io.synctools.file;

import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Tells which bytes of a file that is to be fetched lie on a disk of this machine already: all of it in another cache, or
 * stretches of it in an older revision.
 *
 * <p>What is told is a guess: bytes are copied and hashed like a download, and where the whole is wrong then, the file
 * comes over the network. Thread-safe.
 */
@FunctionalInterface
public interface LocalBytes {

    /** Nothing lies anywhere. */
    LocalBytes NONE = entry -> List.of();

    /** Stretches of the entry, in any order; where two overlap either may be taken. */
    List<Piece> of(Entry entry) throws IOException, InterruptedException;

    /** What this knows, and where that is nothing, what another one knows. */
    default LocalBytes or(LocalBytes other) {
        return entry -> {
            List<Piece> pieces = of(entry);
            return pieces.isEmpty() ? other.of(entry) : pieces;
        };
    }

    /**
     * A stretch of a file and where its bytes lie.
     *
     * @param range of the entry
     * @param file that holds it; it is only read
     * @param offset of the stretch's first byte there
     * @param linked whether it is the whole file, which may become a hard link
     */
    record Piece(ByteRange range, Path file, long offset, boolean linked) {
        /** A stretch to copy. */
        public Piece(ByteRange range, Path file, long offset) {
            this(range, file, offset, false);
        }
    }
}
