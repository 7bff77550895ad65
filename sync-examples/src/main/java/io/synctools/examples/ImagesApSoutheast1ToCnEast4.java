package io.synctools.examples;

import io.synctools.model.NameFilter;
import io.synctools.model.SyncPlan;

/** SGLang images: Hong Kong's registry to Huadong's. */
public final class ImagesApSoutheast1ToCnEast4 {
    private ImagesApSoutheast1ToCnEast4() {}

    /** Runs the flow with its options, and exits with its status. */
    public static void main(String[] args) {
        Launch.flow("images-ap-southeast1-to-cn-east4", ImagesApSoutheast1ToCnEast4::plan, args);
    }

    static SyncPlan plan(Lists lists) {
        return lists.plan(lists.image(
                "swr.ap-southeast-1.myhuaweicloud.com/base_image/ascend-ci/sglang",
                "swr.cn-east-4.myhuaweicloud.com/base_image/ascend-ci/sglang",
                NameFilter.ALL));
    }
}
