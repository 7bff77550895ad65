package io.synctools.examples;

import io.synctools.model.SyncPlan;

/** The vLLM runner's models and datasets: ModelScope to the cache that its two clusters share. */
public final class VllmGuiyang003 {
    private VllmGuiyang003() {}

    /** Runs the flow with its options, and exits with its status. */
    public static void main(String[] args) {
        Launch.flow("vllm-guiyang003", VllmGuiyang003::plan, args);
    }

    static SyncPlan plan(Lists lists) {
        return lists.plan(lists.models("vllm-downloaded-models.ini"), lists.datasets("vllm-downloaded-datasets.ini"));
    }
}
