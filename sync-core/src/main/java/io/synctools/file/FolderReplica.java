package io.synctools.file;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.spi.FileSource;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Replica;
import io.synctools.spi.Settings;
import java.io.IOException;

/** A replica where one folder holds one revision: staged beside, then renamed in whole, or file by file in one burst. */
public final class FolderReplica implements Replica {

    /** Opens the folder, read-only. */
    public FolderReplica(
            Settings settings, FolderLayout layout, FileSource source, ArtifactRef pinned, NameFilter filter) {}

    /** Finishes a publication that a killed run left half-done; one look at the disk where there is none. */
    public static void recover(Settings settings, FolderLayout layout) throws IOException, InterruptedException {}

    @Override
    public Presence check(Entry entry) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void pull(Entry entry, Progress progress) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void publish(Listing listing) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
