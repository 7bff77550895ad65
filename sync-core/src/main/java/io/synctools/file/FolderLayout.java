package io.synctools.file;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Listing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What differs between layouts where one folder holds one revision: ModelScope's cache and a local directory. */
public interface FolderLayout {

    /** The folder that readers use. Absolute. */
    Path folder();

    /** Our private folder for this artifact, on the same file system, where the hub's own clients ignore it. Absolute. */
    Path state();

    /** Paths and endings that the repository must not write, as {@link NameGuard#check} reads them. */
    Set<String> reserved();

    /**
     * Writes the files that the hub's own clients look for, below {@code stage} and at their paths relative to the
     * folder.
     *
     * @param stage a private folder that becomes the folder, or from which files are renamed into it after all others,
     *     in the order of their paths; need not be durable, the caller syncs
     * @return a short text that tells what was written from other contents; the proof keeps it for {@link #index}; empty
     *     where there is nothing to compare
     */
    String writeIndex(ArtifactRef pinned, Listing listing, Path stage) throws IOException;

    /**
     * Reads what {@link #writeIndex} and {@link #afterPublish} made, and somebody else may have changed since.
     *
     * @param proof of what was published here
     */
    default FolderIndex index(Proof proof) throws IOException {
        return FolderIndex.NONE;
    }

    /**
     * Other folders in which files of this artifact may lie at their own paths, as other generations of the hub's client
     * left them: they are taken from there instead of the network, and nothing there is changed. Need not exist.
     */
    default List<Path> elsewhere() throws IOException {
        return List.of();
    }

    /** Whether files in the folder are replaced and never written to, so that they may be hard links to others. */
    default boolean isOfACache() {
        return false;
    }

    /** Links that stand beside the folder and lead to it; they go with it. */
    default List<Path> links() throws IOException {
        return List.of();
    }

    /** Makes what stands beside the folder (links); idempotent. Called after the folder is complete. */
    default void afterPublish() throws IOException {}
}
