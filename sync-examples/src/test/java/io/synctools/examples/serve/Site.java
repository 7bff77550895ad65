package io.synctools.examples.serve;

import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.huggingface.HuggingFaceCache;
import io.synctools.huggingface.HuggingFaceOptions;
import io.synctools.huggingface.LocalDir;
import io.synctools.mirror.Inventory;
import io.synctools.model.ArtifactRef;
import io.synctools.model.NameFilter;
import io.synctools.model.PathPatterns;
import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.modelscope.ModelScopeCache;
import io.synctools.serve.HubServer;
import io.synctools.spi.RunContext;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A cluster with one root of each layout.
 *
 * @param folder that holds the three roots
 */
record Site(Path folder) {
    /** Of what a mirror is given: how fast it may be, in bytes each second. */
    static final String BANDWIDTH = "test.bandwidth";

    /** The hubs, the layouts of each, and how they call what they mean without a word. */
    enum Layout {
        MODELSCOPE_CACHE("modelscope", "modelscope-cache"),
        MODELSCOPE_LOCAL("modelscope", "local-dir"),
        HUGGINGFACE_CACHE("huggingface", "huggingface-cache"),
        HUGGINGFACE_LOCAL("huggingface", "local-dir");

        private final String source;
        private final String target;

        Layout(String source, String target) {
            this.source = source;
            this.target = target;
        }

        String branch() {
            return source.equals("modelscope") ? "master" : "main";
        }
    }

    static NameFilter only(String... patterns) {
        return PathPatterns.of(Optional.of(List.of(patterns)), List.of());
    }

    private Map<String, String> environment() {
        return Map.of(
                "HOME", folder.resolve("home").toString(),
                "MODELSCOPE_CACHE", folder.resolve("ms").toString(),
                "HF_HUB_CACHE", folder.resolve("hf").toString());
    }

    SyncReport mirror(URI hub, Layout layout, String name) {
        return mirror(hub, layout, name, NameFilter.ALL, Map.of());
    }

    SyncReport mirror(URI hub, Layout layout, String name, NameFilter filter, Map<String, String> more) {
        SyncItem item = new SyncItem(
                ArtifactRef.of(layout.source, name), ArtifactRef.of(layout.target, name), filter, Place.NONE);
        Map<String, String> environment = new HashMap<>(environment());
        environment.put("HF_ENDPOINT", hub.toString());
        environment.put("MODELSCOPE_ENDPOINT", hub.toString());
        environment.putAll(more);
        return Syncer.builder()
                .context(RunContext.of(SyncOptions.builder()
                        .environment(environment)
                        .retries(60) // a server that begins anew on a busy machine takes its time
                        .set(HuggingFaceOptions.LOCAL_ROOT, folder.resolve("local"))
                        .build()))
                .build()
                .run(SyncPlan.of("test", List.of(item)));
    }

    List<Inventory> roots() {
        RunContext context =
                RunContext.of(SyncOptions.builder().environment(environment()).build());
        return List.of(
                new ModelScopeCache(folder.resolve("ms"), context),
                new HuggingFaceCache(folder.resolve("hf"), true, context),
                new LocalDir(folder.resolve("local"), context));
    }

    HubServer server() {
        return HubServer.over(roots());
    }

    /** Where a file of a repository stands for readers. */
    Path file(Layout layout, String name, String path) {
        return switch (layout) {
            case MODELSCOPE_CACHE ->
                folder.resolve("ms").resolve(name.replace(".", "___")).resolve(path);
            case HUGGINGFACE_CACHE -> throw new IllegalArgumentException("by its commit");
            default -> folder.resolve("local").resolve(name).resolve(path);
        };
    }
}
