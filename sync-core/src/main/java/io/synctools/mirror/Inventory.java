package io.synctools.mirror;

import io.synctools.file.Disk;
import io.synctools.file.Stock;
import io.synctools.model.ArtifactRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a file target keeps below its root, found again from the disk alone. The layout knows where things lie and in which
 * order they may go; what is to be done with them is decided by {@link Verifier}, {@link MirrorStatus} and {@link Pruner}.
 *
 * <p>Thread-safe; starts no threads. Symbolic links are never followed on the way to a repository.
 */
public interface Inventory extends Stock {

    /** The scheme of destinations, for example {@code modelscope-cache}. */
    String scheme();

    /** The folder below which all repositories lie, but those that a destination names by an absolute path. */
    @Override
    Path root();

    /** Every repository below the root, ours or not, ordered by its folder. */
    List<LocalRepository> repositories() throws IOException;

    /**
     * What is at a destination, whether or not anything is.
     *
     * @throws io.synctools.model.SyncException if this layout could not hold it
     */
    LocalRepository at(ArtifactRef destination);

    /** What a killed prune moved into the trash and did not delete. */
    List<Trash> trash() throws IOException;

    /** Deletes what is in the trash, and what only that used. Only for the holder of the lease in {@link Trash#state()}. */
    void empty(Trash trash, Disk disk) throws IOException;
}
