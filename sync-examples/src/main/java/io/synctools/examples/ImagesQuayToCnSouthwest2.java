package io.synctools.examples;

import io.synctools.model.NameFilter;
import io.synctools.model.SyncPlan;
import java.util.List;
import java.util.stream.Stream;

/** All of Ascend's images: Quay to Guiyang's registry. */
public final class ImagesQuayToCnSouthwest2 {
    private ImagesQuayToCnSouthwest2() {}

    /** Runs the flow with its options, and exits with its status. */
    public static void main(String[] args) {
        Launch.flow("images-quay-to-cn-southwest2", ImagesQuayToCnSouthwest2::plan, args);
    }

    static SyncPlan plan(Lists lists) {
        List<String> repositories = Stream.of(
                        "cann", "vllm-ascend", "manylinux", "llamafactory", "triton", "mindspore", "python", "pytorch")
                .map(name -> "quay.io/ascend/" + name)
                .toList();
        return lists.plan(lists.images(
                repositories, "swr.cn-southwest-2.myhuaweicloud.com/base_image/ascend-ci/", NameFilter.ALL));
    }
}
