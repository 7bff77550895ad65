package io.synctools.mirror;

import java.util.List;

/**
 * What prune would do.
 *
 * @param removals in the order of layouts and folders
 * @param obstacles why nothing at all is removed; empty where something may be
 * @param notes what stays although no list declares it, and why
 * @param leftovers what a killed prune left in the trash
 */
public record PrunePlan(List<Removal> removals, List<String> obstacles, List<String> notes, List<Leftover> leftovers) {

    /**
     * Something in the trash.
     *
     * @param inventory whose it is
     * @param trash where it is
     */
    public record Leftover(Inventory inventory, Trash trash) {}

    public PrunePlan {
        removals = List.copyOf(removals);
        obstacles = List.copyOf(obstacles);
        notes = List.copyOf(notes);
        leftovers = List.copyOf(leftovers);
    }

    /** How many removals there are: repositories plus revisions. */
    public int count() {
        return removals.stream().mapToInt(Removal::count).sum();
    }
}
