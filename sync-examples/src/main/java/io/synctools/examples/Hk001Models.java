package io.synctools.examples;

import io.synctools.model.SyncPlan;

/** The Hong Kong runner's models: each from the hub that its entry names, to that hub's layout. */
public final class Hk001Models {
    private Hk001Models() {}

    /** Runs the flow with its options, and exits with its status. */
    public static void main(String[] args) {
        Launch.flow("hk001-models", Hk001Models::plan, args);
    }

    static SyncPlan plan(Lists lists) {
        return lists.plan(lists.models("hk001-models.json"));
    }
}
