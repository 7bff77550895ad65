package io.synctools.file;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.spi.FileSource;
import io.synctools.spi.Progress;
import io.synctools.spi.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Brings files to disk: in parts over several connections, resumable, hashed as they arrive, fsynced, and renamed to
 * their place only when right.
 *
 * <p>Thread-safe; one instance serves a run, so that all files share its budget of connections.
 */
public final class FileReceiver {

    /** Room set aside for one item; given back when closed. */
    public interface Reservation extends AutoCloseable {
        @Override
        void close();
    }

    private FileReceiver() {}

    /** The receiver of a run, shared through its settings. */
    public static FileReceiver of(Settings settings) {
        return settings.shared(FileReceiver.class, s -> new FileReceiver());
    }

    /**
     * Brings one entry to {@code destination}, whose folder exists, replacing what is there by rename.
     *
     * @param parts a private folder for partial files, on the destination's file system; partials that a dead run left
     *     there are adopted
     * @param lease checked while bytes arrive and before the rename
     * @throws io.synctools.model.SyncException {@code CHECKSUM} when the bytes are wrong twice, {@code NO_SPACE}, {@code
     *     DISK}, or what the source threw; {@code UNAVAILABLE} or {@code TIMEOUT} when the retry policy ended
     */
    public void receive(
            FileSource source,
            ArtifactRef pinned,
            Entry entry,
            Path parts,
            Path destination,
            Lease lease,
            Progress progress)
            throws IOException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** Whether the file has the entry's size and content; reads it whole where the size is right. False if absent. */
    public boolean hasContent(Path file, Entry entry) throws IOException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** Whether existing files are to be hashed again before they are trusted ({@code --verify}). */
    public boolean verifies() {
        throw new UnsupportedOperationException();
    }

    /**
     * Makes sure that the missing entries fit, counting what other items of this run still have to write there.
     *
     * @param parts see {@link #receive}; what is there already needs no room
     * @throws io.synctools.model.SyncException {@code NO_SPACE} with the numbers
     * @return gives the room back when closed
     */
    public Reservation reserve(Path parts, List<Entry> missing) throws IOException {
        throw new UnsupportedOperationException();
    }
}
