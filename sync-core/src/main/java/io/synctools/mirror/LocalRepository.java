package io.synctools.mirror;

import io.synctools.file.Disk;
import io.synctools.file.FolderIndex;
import io.synctools.file.Unfinished;
import io.synctools.model.SyncItem;
import io.synctools.spi.Resolved;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One repository on disk. Thread-safe; each question is answered by a new look. */
public interface LocalRepository {

    /** {@code scheme:name}, as reports print it; the name is that of the folder where no proof tells the repository's. */
    String to();

    /** The folder that readers use; there need be none. Absolute. */
    Path folder();

    /** Our private folder for it, which holds the lease; there need be none. Absolute. */
    Path state();

    /** All revisions that are there, proven or not; newest publication first. */
    List<Revision> revisions() throws IOException;

    /** The publication that an item of a list means, whatever it is worth by now; empty where there is none. */
    Optional<Published> published(SyncItem item) throws IOException;

    /** The folder in which readers find what was published, at its paths. Absolute. */
    default Path folder(Published published) {
        return folder();
    }

    /** What was published of an item as it is declared, and where; empty where nothing was. */
    default Optional<Resolved> resolved(SyncItem item) throws IOException {
        return published(item)
                .map(one -> new Resolved(
                        item.from().pinned(one.proof().revision(), one.proof().pin()), folder(one)));
    }

    /** What the clients' own files say of a publication, asked file by file: readers find files through them. */
    FolderIndex index(Published published) throws IOException;

    /** The places inside a revision's folder that belong to the hubs' clients and to us, as {@code NameGuard} reads them. */
    Set<String> reserved();

    /** What was fetched and is not published yet. */
    Unfinished unfinished() throws IOException;

    /** Bytes that names of it lead to outside of its folders, in a store of the hub's client; they stay when it goes. */
    default long shared() throws IOException {
        return 0;
    }

    /** Whether names that readers use are just being changed, one after the other; or were when a run died at that. */
    default boolean isPublishing() throws IOException {
        return false;
    }

    /** Moves all of it into the trash, so that no reader sees half of it. Only for the holder of the lease. */
    Trash discard(Disk disk) throws IOException;

    /**
     * Moves some revisions into the trash and leaves the others whole. Only for the holder of the lease.
     *
     * @throws UnsupportedOperationException where one folder holds one revision
     */
    Trash discard(List<Revision> revisions, Disk disk) throws IOException;

    /** Removes the folders around it that have become empty. After the lease was given up; what is in use stays. */
    void tidy(Disk disk) throws IOException;
}
