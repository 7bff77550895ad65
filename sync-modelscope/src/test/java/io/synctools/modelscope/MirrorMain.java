package io.synctools.modelscope;

import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Mirrors one repository in a process of its own, which tests kill. Arguments: endpoint, cache, name. */
final class MirrorMain {
    static final int CONNECTIONS = 4;
    static final int PART = 1 << 20;

    private MirrorMain() {}

    static Settings settings(String endpoint, String cache) {
        return Settings.of(SyncOptions.builder()
                .environment(Map.of("MODELSCOPE_ENDPOINT", endpoint))
                .set(ModelScopeOptions.CACHE, Path.of(cache))
                .connections(CONNECTIONS)
                .partSize(PART)
                .build());
    }

    static SyncReport mirror(Settings settings, String name) {
        return Syncer.builder()
                .settings(settings)
                .build()
                .run(SyncPlan.of(
                        "child",
                        List.of(SyncItem.of(
                                ArtifactRef.of("modelscope", name), ArtifactRef.of("modelscope-cache", name)))));
    }

    public static void main(String[] arguments) {
        SyncReport report = mirror(settings(arguments[0], arguments[1]), arguments[2]);
        System.out.println(report.toJson());
        System.exit(report.exit());
    }
}
