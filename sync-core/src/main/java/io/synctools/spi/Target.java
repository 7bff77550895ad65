package io.synctools.spi;

import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import java.io.IOException;
import java.util.Optional;

/**
 * Where artifacts go. It knows one kind of source. Thread-safe; starts no threads.
 *
 * @param <S> the kind of source it pulls from
 */
public interface Target<S extends Source> {

    /** The kind of source it pulls from; a plan that pairs it with another kind is refused before any network use. */
    Class<S> pullsFrom();

    /**
     * Opens an item's destination, read-only, and remembers which publication stands there: nothing is written and nothing
     * locked until {@link Replica#claim}. Called before the source is pinned.
     *
     * @param item what is declared, unpinned; a proof holds for its filter only
     * @param reporter hears what people should know of this item
     */
    Replica open(S source, SyncItem item, Reporter reporter) throws IOException, InterruptedException;

    /**
     * Where a destination lies, for people and for finding two items that claim one place: relative to the target's
     * root, absolute for an absolute local directory; empty where there is no path (images). Pure; refuses a destination
     * that it could not write safely with a {@link io.synctools.model.SyncException}.
     */
    String path(ArtifactRef destination);

    /**
     * What was published of an item as it is declared, and where, by the proof alone: whether all of it is still there is told by
     * {@link Replica#published}. Asks nobody but the disk. Empty where nothing was.
     *
     * @throws IllegalArgumentException where this target makes no folders, as unless overridden
     */
    default Optional<Resolved> resolved(SyncItem item) throws IOException {
        throw new IllegalArgumentException(
                item.to() + " is no folder; name a destination that is one for " + item.from());
    }

    /**
     * What no two items may share, in any case of its letters: the path with the declared revision unless overridden, as
     * where revisions that differ become one name. Pure; fails as {@link #path}.
     */
    default String place(ArtifactRef destination) {
        String path = path(destination);
        return destination.revision().isEmpty() || path.isEmpty() ? path : path + "@" + destination.revision();
    }

    /**
     * What a destination lies on that may hang by itself, such as a mount: items for which this is equal share threads, and
     * wait for those of no other. Looks at nothing that may hang; this target unless overridden.
     */
    default Object store(ArtifactRef destination) {
        return this;
    }
}
