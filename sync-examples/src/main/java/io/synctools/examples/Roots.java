package io.synctools.examples;

import io.synctools.huggingface.HuggingFaceOptions;
import io.synctools.internal.disk.UserFolders;
import io.synctools.mirror.Inventory;
import io.synctools.model.Option;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.modelscope.ModelScopeOptions;
import io.synctools.spi.RunContext;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The options that say where layouts have their roots. */
final class Roots {
    static final List<Option<?>> OPTIONS =
            List.of(ModelScopeOptions.CACHE, HuggingFaceOptions.CACHE, HuggingFaceOptions.LOCAL_ROOT);

    private final LibraryOptions library;

    Roots(LibraryOptions library) {
        this.library = library;
    }

    /** For a command that takes these options alone. */
    static LibraryOptions options(Shell shell) {
        return new LibraryOptions(shell.environment(), OPTIONS);
    }

    /** The schemes of the layouts whose roots were given. */
    private List<String> given() {
        return Inventories.SCHEMES.stream()
                .filter(scheme -> library.has(option(scheme)))
                .toList();
    }

    /** The layouts whose roots were given. */
    List<Inventory> givenIn(RunContext context) {
        return given().stream().map(scheme -> Inventories.of(scheme, context)).toList();
    }

    private static Option<Path> option(String layout) {
        return switch (layout) {
            case "modelscope-cache" -> ModelScopeOptions.CACHE;
            case "huggingface-cache" -> HuggingFaceOptions.CACHE;
            default -> HuggingFaceOptions.LOCAL_ROOT;
        };
    }

    /** The schemes of the layouts whose roots were given; those of all where none was. */
    List<String> meant() {
        List<String> given = given();
        return given.isEmpty() ? Inventories.SCHEMES : given;
    }

    /**
     * Refuses a plan of which something would be kept below a {@code HOME} that is none.
     *
     * @throws IllegalArgumentException saying which option to give
     */
    void checkKept(SyncPlan plan, RunContext context) {
        UserFolders folders = UserFolders.of(context);
        Map<String, Path> roots = new HashMap<>();
        for (SyncItem item : plan.items()) {
            String scheme = item.to().scheme();
            if (Inventories.SCHEMES.contains(scheme)) {
                Path root = roots.computeIfAbsent(
                        scheme, name -> Inventories.of(name, context).root());
                boolean own = scheme.equals("local-dir"); // which may be absolute
                folders.checkKept(
                        own ? root.resolve(item.to().name()) : root,
                        "--" + option(scheme).name() + (own ? ", or an absolute \"local_dir\"" : ""));
            }
        }
    }

    /**
     * Refuses a root that is given and is a file, or lies below one.
     *
     * @throws IllegalArgumentException saying which
     */
    void check() {
        for (String scheme : given()) {
            Option<Path> option = option(scheme);
            Writable.checkFolder("--" + option.name(), library.options().get(option));
        }
    }

    /** What layouts are made with; fails as {@link #check}. */
    RunContext context() {
        check();
        return RunContext.of(library.options());
    }
}
