package io.synctools.examples;

import io.synctools.model.SyncPlan;

/** The open-source SGLang runner's models and datasets: ModelScope to its cache. */
public final class SglangGuiyang004 {
    private SglangGuiyang004() {}

    /** Runs the flow with its options, and exits with its status. */
    public static void main(String[] args) {
        Launch.flow("sglang-guiyang004", SglangGuiyang004::plan, args);
    }

    static SyncPlan plan(Lists lists) {
        return lists.plan(
                lists.models("sglang-downloaded-models.ini"), lists.datasets("sglang-downloaded-datasets.ini"));
    }
}
