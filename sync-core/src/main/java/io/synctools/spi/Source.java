package io.synctools.spi;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import java.io.IOException;

/**
 * Where artifacts come from. Thread-safe; starts no threads; does not retry: the engine does.
 *
 * <p>{@link IOException} means that trying again may help; {@link io.synctools.model.SyncException} that it will not.
 */
public interface Source {

    /**
     * Turns a moving revision into the one it means now, with one request at most; identity where nothing moves. A call
     * begins a new look at the artifact: what a source remembers of earlier looks is not used.
     */
    ArtifactRef pin(ArtifactRef ref) throws IOException, InterruptedException;

    /** Everything at a pinned reference, complete or an exception: never a shortened list. */
    Listing list(ArtifactRef pinned, NameFilter filter) throws IOException, InterruptedException;

    /**
     * Returns if an artifact is there and may be read; with one request where the platform tells that much by one. Nothing
     * is remembered of it. Of a pinned one, which can be listed, whether its files may be read, too: one request at most,
     * and none where the listing tells.
     *
     * @throws io.synctools.model.SyncException {@code NOT_FOUND} or {@code ACCESS} if not, saying what to do
     */
    default void check(ArtifactRef ref) throws IOException, InterruptedException {
        if (ref.pin().isEmpty()) {
            list(pin(ref), NameFilter.ALL);
        }
    }
}
