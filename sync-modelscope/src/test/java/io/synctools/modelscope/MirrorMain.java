package io.synctools.modelscope;

import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Mirrors one repository in a process of its own, which tests kill. Arguments: endpoint, cache, name. */
final class MirrorMain {
    static final int CONNECTIONS = 4;
    static final int PART = 1 << 20;

    private MirrorMain() {}

    static RunContext context(String endpoint, String cache) {
        return RunContext.of(SyncOptions.builder()
                .environment(Map.of("MODELSCOPE_ENDPOINT", endpoint))
                .set(ModelScopeOptions.CACHE, Path.of(cache))
                .connections(CONNECTIONS)
                .partSize(PART)
                .build());
    }

    static SyncReport mirror(RunContext context, String name) {
        return Syncer.builder()
                .context(context)
                .build()
                .run(SyncPlan.of(
                        "child",
                        List.of(SyncItem.of(
                                ArtifactRef.of("modelscope", name), ArtifactRef.of("modelscope-cache", name)))));
    }

    public static void main(String[] arguments) {
        SyncReport report = mirror(context(arguments[0], arguments[1]), arguments[2]);
        System.out.println(report.toJson());
        System.exit(report.exit());
    }
}
