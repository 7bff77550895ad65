package io.synctools.examples;

import io.synctools.model.SyncPlan;

/** The inner-source SGLang runner's models and datasets: ModelScope to its cache. */
public final class SglangSglang01 {
    private SglangSglang01() {}

    /** Runs the flow with its options, and exits with its status. */
    public static void main(String[] args) {
        Launch.flow("sglang-sglang01", SglangSglang01::plan, args);
    }

    static SyncPlan plan(Lists lists) {
        return lists.plan(
                lists.models("sglang-downloaded-models.ini"), lists.datasets("sglang-downloaded-datasets.ini"));
    }
}
