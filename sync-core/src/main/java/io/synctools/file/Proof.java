package io.synctools.file;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What was published at a place, when and by which version: a JSON file that {@code holds}, {@code verify} and checks on
 * the reader's side read.
 *
 * <p>Immutable and thread-safe. A damaged or unknown file reads as absent: it costs work, never an error.
 *
 * @param from the artifact, as {@link ArtifactRef#text()}
 * @param revision the revision as declared or the platform's default
 * @param pin what it meant
 * @param filter {@link io.synctools.model.NameFilter#text()} of what is declared
 * @param published when
 * @param tool name and version of the publisher
 * @param files number of entries
 * @param bytes their sum
 */
public record Proof(
        String from,
        String revision,
        String pin,
        String filter,
        Instant published,
        String tool,
        long files,
        long bytes) {

    /** Hears of each published file. */
    @FunctionalInterface
    public interface Reader {
        /** One file: its path, length in bytes and checksum. */
        void file(String path, long size, Checksum checksum);
    }

    /** Reads the head only; empty where there is none. */
    public static Optional<Proof> head(Path file) throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads the whole proof, one file at a time.
     *
     * @return the head; empty where there is none or it is damaged, in which case what the reader heard does not count
     */
    public static Optional<Proof> read(Path file, Reader reader) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Writes a proof by temporary file, fsync and rename. */
    public static void write(Disk disk, Path file, ArtifactRef pinned, String filter, List<Entry> entries)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Whether it proves this pinned artifact under this filter. */
    public boolean proves(ArtifactRef pinned, String filterText) {
        return from.equals(pinned.text()) && !pin.isEmpty() && pin.equals(pinned.pin()) && filter.equals(filterText);
    }
}
