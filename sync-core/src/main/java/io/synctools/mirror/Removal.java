package io.synctools.mirror;

import java.util.List;

/**
 * One repository, or some of its revisions, that prune removes.
 *
 * @param inventory whose it is
 * @param repository the repository
 * @param revisions the revisions that go; empty for the whole repository
 * @param why in a few words
 * @param bytes that were published there; revisions may share them with others that stay
 */
public record Removal(
        Inventory inventory, LocalRepository repository, List<Revision> revisions, String why, long bytes) {

    public Removal {
        revisions = List.copyOf(revisions);
    }

    /** Whether all of the repository goes. */
    public boolean isWhole() {
        return revisions.isEmpty();
    }

    /** How many removals it counts for. */
    int count() {
        return Math.max(1, revisions.size());
    }
}
