package io.synctools.examples;

import io.synctools.internal.disk.UserFolders;
import io.synctools.mirror.Inventory;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.spi.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where layouts have their roots. */
final class Roots {

    @Option(
            names = "--modelscope-cache",
            paramLabel = "DIR",
            description = "ModelScope cache (default: $MODELSCOPE_CACHE, else ~/.cache/modelscope/hub)")
    @Nullable
    Path modelscopeCache;

    @Option(
            names = "--huggingface-cache",
            paramLabel = "DIR",
            description =
                    "Hugging Face cache (default: $HF_HUB_CACHE, else $HUGGINGFACE_HUB_CACHE, else $HF_HOME/hub, else"
                            + " $XDG_CACHE_HOME/huggingface/hub, else ~/.cache/huggingface/hub)")
    @Nullable
    Path huggingfaceCache;

    @Option(
            names = "--local-root",
            paramLabel = "DIR",
            description = "root of models/<org>/<name> and datasets/<org>/<name> (default: ~/.cache)")
    @Nullable
    Path localRoot;

    /** What was given, by the scheme of the layout. */
    private Map<String, Path> given() {
        Map<String, Path> given = new LinkedHashMap<>();
        Optional.ofNullable(modelscopeCache).ifPresent(root -> given.put("modelscope-cache", root));
        Optional.ofNullable(huggingfaceCache).ifPresent(root -> given.put("huggingface-cache", root));
        Optional.ofNullable(localRoot).ifPresent(root -> given.put("local-dir", root));
        return given;
    }

    /** The layouts whose roots were given. */
    List<Inventory> givenIn(Settings settings) {
        return given().keySet().stream()
                .map(scheme -> Inventories.of(scheme, settings))
                .toList();
    }

    private static String option(String layout) {
        return layout.equals("local-dir") ? "local-root" : layout;
    }

    /** The schemes of the layouts whose roots were given; those of all where none was. */
    List<String> meant() {
        Map<String, Path> given = given();
        return given.isEmpty() ? Inventories.SCHEMES : List.copyOf(given.keySet());
    }

    /**
     * Refuses a plan of which something would be kept below a {@code HOME} that is none.
     *
     * @throws IllegalArgumentException saying which option to give
     */
    void checkKept(SyncPlan plan, Settings settings) {
        UserFolders folders = UserFolders.of(settings);
        Map<String, Path> roots = new HashMap<>();
        for (SyncItem item : plan.items()) {
            String scheme = item.to().scheme();
            if (Inventories.SCHEMES.contains(scheme)) {
                Path root = roots.computeIfAbsent(
                        scheme, name -> Inventories.of(name, settings).root());
                boolean own = scheme.equals("local-dir"); // which may be absolute
                folders.checkKept(
                        own ? root.resolve(item.to().name()) : root,
                        "--" + option(scheme) + (own ? ", or an absolute \"local_dir\"" : ""));
            }
        }
    }

    /**
     * The environment with these options.
     *
     * @throws IllegalArgumentException if a root that is given is a file, or lies below one
     */
    Settings settings(Map<String, String> environment) {
        given().forEach((layout, root) -> Writable.checkFolder("--" + option(layout), root));
        Settings settings = Settings.of(environment);
        for (Map.Entry<String, Path> one : given().entrySet()) {
            settings = settings.with(option(one.getKey()), one.getValue().toString());
        }
        return settings;
    }
}
