package io.synctools.model;

import java.util.Objects;

/**
 * One line of a list: an artifact, where it goes, and what of it is declared.
 *
 * @param from the artifact at its source, unpinned
 * @param to its destination; a revision here means that several revisions may live side by side at that place
 * @param filter which of its names are declared
 * @param declaredAt the place in the list
 */
public record SyncItem(ArtifactRef from, ArtifactRef to, NameFilter filter, Place declaredAt) {

    /** An item that declares everything and stands in no list. */
    public static SyncItem of(ArtifactRef from, ArtifactRef to) {
        return new SyncItem(from, to, NameFilter.ALL, Place.NONE);
    }

    // The one that Java makes for a record costs the start 10 ms: it makes classes when first asked.
    @Override
    public int hashCode() {
        return Objects.hash(from, to, filter, declaredAt);
    }

    /**
     * What people call it, and what {@code --only} matches: the source's name without its first part, which makes
     * {@code organization/name} of a model or dataset and the repository's path of an image.
     */
    public String label() {
        return from.name().substring(from.name().indexOf('/') + 1);
    }
}
