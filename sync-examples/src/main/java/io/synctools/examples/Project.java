package io.synctools.examples;

import io.synctools.model.SyncPlan;

/** One self-serve project's models and datasets, to the machine that this runs on. */
public final class Project {
    private Project() {}

    /** Runs the flow with its options, and exits with its status. */
    public static void main(String[] args) {
        Launch.flow("project", Project::plan, args);
    }

    static SyncPlan plan(Lists lists) {
        return lists.plan(lists.project());
    }
}
