package io.synctools.spark;

import java.time.Duration;
import java.nio.file.Path;
import io.synctools.modelscope.ModelScopeOptions;
import io.synctools.model.SyncOptions;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;

/** Mirrors models with the executors of a Spark cluster, to a disk that all of them mount: a task and a run for each. */
final class SparkMirror {
    private SparkMirror() {}

    /** The runs' reports as JSON, in the order of the models. */
    static List<String> mirror(
            JavaSparkContext spark, List<String> models, String cache, Map<String, String> environment) {
        Map<String, String> sent = new TreeMap<>(environment); // which Spark can send
        return spark.parallelize(models, models.size())
                .map(model -> mirror(model, cache, sent).toJson())
                .collect();
    }

    private static SyncReport mirror(String model, String cache, Map<String, String> environment) {
        SyncItem item = SyncItem.of(
                ArtifactRef.of("modelscope", "models/" + model), ArtifactRef.of("modelscope-cache", "models/" + model));
        SyncOptions options = SyncOptions.builder()
                .environment(environment)
                .set(ModelScopeOptions.CACHE, Path.of(cache))
                .waitFor(Duration.ofMinutes(5))
                .build();
        return Syncer.builder().options(options).build().run(SyncPlan.of("spark", List.of(item)));
    }
}
