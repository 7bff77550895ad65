package io.synctools.examples;

import io.synctools.model.SyncPlan;

/** Any list of image rules. */
public final class Images {
    private Images() {}

    /** Runs the flow with its options, and exits with its status. */
    public static void main(String[] args) {
        Launch.flow("images", Images::plan, args);
    }

    static SyncPlan plan(Lists lists) {
        return lists.plan(lists.images());
    }
}
