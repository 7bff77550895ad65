package io.synctools.examples;

import io.synctools.model.NameFilter;
import io.synctools.model.SyncPlan;

/** verl's images: Quay to Hong Kong's registry. */
public final class ImagesQuayToApSoutheast1 {
    private ImagesQuayToApSoutheast1() {}

    /** Runs the flow with its options, and exits with its status. */
    public static void main(String[] args) {
        Launch.flow("images-quay-to-ap-southeast1", ImagesQuayToApSoutheast1::plan, args);
    }

    static SyncPlan plan(Lists lists) {
        return lists.plan(lists.image(
                "quay.io/ascend/verl",
                "swr.ap-southeast-1.myhuaweicloud.com/base_image/ascend-ci/verl",
                NameFilter.ALL));
    }
}
