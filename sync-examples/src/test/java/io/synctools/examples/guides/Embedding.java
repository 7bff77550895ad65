package io.synctools.examples.guides;

import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.modelscope.ModelScopeOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The program that the README shows. */
final class Embedding {
    private Embedding() {}

    static SyncReport mirror(Map<String, String> environment, Path cache) {
        ArtifactRef from = ArtifactRef.of("modelscope", "models/Qwen/Qwen2.5-7B-Instruct");
        ArtifactRef to = ArtifactRef.of("modelscope-cache", "models/Qwen/Qwen2.5-7B-Instruct");
        SyncPlan plan = SyncPlan.of("my-models", List.of(SyncItem.of(from, to)));

        SyncOptions options = SyncOptions.builder()
                .environment(environment)
                .set(ModelScopeOptions.CACHE, cache)
                .build();
        Syncer syncer = Syncer.builder().options(options).build();
        SyncReport report = syncer.run(plan);

        report.items().forEach(item -> System.out.println(item.from() + ": " + item.outcome()));
        return report;
    }
}
