package io.synctools.spi;

import io.synctools.model.ArtifactRef;
import io.synctools.model.NameFilter;
import java.io.IOException;

/**
 * Where artifacts go. It knows one kind of source. Thread-safe; starts no threads.
 *
 * @param <S> the kind of source it pulls from
 */
public interface Target<S extends Source> {

    /** The kind of source it pulls from; a plan that pairs it with another kind is refused before any network use. */
    Class<S> pullsFrom();

    /**
     * Opens one artifact at its destination, read-only: nothing is written and nothing locked until
     * {@link Replica#begin}.
     *
     * @param filter what of the artifact is declared; a proof holds for one filter only
     */
    Replica open(S source, ArtifactRef pinned, ArtifactRef destination, NameFilter filter)
            throws IOException, InterruptedException;

    /**
     * Where a destination lies, for people and for finding two items that claim one place: relative to the target's
     * root, absolute for an absolute local directory; empty where there is no path (images). Pure; refuses a destination
     * that it could not write safely with a {@link io.synctools.model.SyncException}.
     */
    String path(ArtifactRef destination);

    /**
     * Finishes what a killed run left half-published at a destination. Called once for each item before anything else
     * of a run, never in a preview; costs one look at the disk where there is nothing to finish.
     */
    default void recover(ArtifactRef destination) throws IOException, InterruptedException {}
}
