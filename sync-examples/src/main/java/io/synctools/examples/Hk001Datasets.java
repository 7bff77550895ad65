package io.synctools.examples;

import io.synctools.model.SyncPlan;

/** The Hong Kong runner's datasets: each from the hub that its entry names, to that hub's layout. */
public final class Hk001Datasets {
    private Hk001Datasets() {}

    /** Runs the flow with its options, and exits with its status. */
    public static void main(String[] args) {
        Launch.flow("hk001-datasets", Hk001Datasets::plan, args);
    }

    static SyncPlan plan(Lists lists) {
        return lists.plan(lists.datasets("hk001-datasets.json"));
    }
}
