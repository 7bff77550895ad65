package io.synctools.examples;

import io.synctools.model.SyncPlan;
import io.synctools.model.TagPatterns;

/** SGLang's CANN images: Docker Hub to Quay. */
public final class ImagesDockerHubToQuay {
    private ImagesDockerHubToQuay() {}

    /** Runs the flow with its options, and exits with its status. */
    public static void main(String[] args) {
        Launch.flow("images-docker-hub-to-quay", ImagesDockerHubToQuay::plan, args);
    }

    static SyncPlan plan(Lists lists) {
        return lists.plan(lists.image(
                "docker.io/lmsysorg/sglang",
                "quay.io/ascend/sglang",
                TagPatterns.all().containing("cann")));
    }
}
