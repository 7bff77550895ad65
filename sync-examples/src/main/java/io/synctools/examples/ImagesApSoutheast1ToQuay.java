package io.synctools.examples;

import io.synctools.model.NameFilter;
import io.synctools.model.SyncPlan;

/** SGLang images: Hong Kong's registry to Quay. */
public final class ImagesApSoutheast1ToQuay {
    private ImagesApSoutheast1ToQuay() {}

    /** Runs the flow with its options, and exits with its status. */
    public static void main(String[] args) {
        Launch.flow("images-ap-southeast1-to-quay", ImagesApSoutheast1ToQuay::plan, args);
    }

    static SyncPlan plan(Lists lists) {
        return lists.plan(lists.image(
                "swr.ap-southeast-1.myhuaweicloud.com/base_image/ascend-ci/sglang", "quay.io/ascend/", NameFilter.ALL));
    }
}
