package io.synctools.examples;

import io.synctools.huggingface.HuggingFaceCacheProvider;
import io.synctools.huggingface.LocalDirProvider;
import io.synctools.mirror.Inventory;
import io.synctools.modelscope.ModelScopeCacheProvider;
import io.synctools.spi.Settings;
import java.nio.file.Files;
import java.util.List;

/** The file layouts that the tools look after. */
final class Inventories {
    static final List<String> SCHEMES = List.of("modelscope-cache", "huggingface-cache", "local-dir");

    private Inventories() {}

    /** All layouts. */
    static List<Inventory> all(Settings settings) {
        return List.of(
                new ModelScopeCacheProvider().create(settings),
                new HuggingFaceCacheProvider().create(settings),
                new LocalDirProvider().create(settings));
    }

    /**
     * The layouts whose roots the options mean.
     *
     * @throws IllegalArgumentException if a root that was given is no folder: a mistyped one must not pass for an empty one
     */
    static List<Inventory> meant(Roots roots, List<Inventory> all) {
        List<String> schemes = roots.meant();
        List<Inventory> meant = all.stream()
                .filter(inventory -> schemes.contains(inventory.scheme()))
                .toList();
        for (Inventory inventory : meant) {
            if (schemes.size() < SCHEMES.size() && !Files.isDirectory(inventory.root())) {
                throw new IllegalArgumentException("there is no folder " + inventory.root());
            }
        }
        return meant;
    }
}
