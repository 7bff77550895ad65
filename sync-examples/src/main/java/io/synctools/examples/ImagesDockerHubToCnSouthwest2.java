package io.synctools.examples;

import io.synctools.model.SyncPlan;
import io.synctools.model.TagPatterns;

/** SGLang's CANN images: Docker Hub to Guiyang's registry. */
public final class ImagesDockerHubToCnSouthwest2 {
    private ImagesDockerHubToCnSouthwest2() {}

    /** Runs the flow with its options, and exits with its status. */
    public static void main(String[] args) {
        Launch.flow("images-docker-hub-to-cn-southwest2", ImagesDockerHubToCnSouthwest2::plan, args);
    }

    static SyncPlan plan(Lists lists) {
        return lists.plan(lists.image(
                "docker.io/lmsysorg/sglang",
                "swr.cn-southwest-2.myhuaweicloud.com/base_image/dockerhub/lmsysorg/sglang",
                TagPatterns.all().containing("cann")));
    }
}
