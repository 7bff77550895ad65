package io.synctools.examples;

import io.synctools.huggingface.HuggingFaceCacheProvider;
import io.synctools.huggingface.LocalDirProvider;
import io.synctools.mirror.Inventory;
import io.synctools.modelscope.ModelScopeCacheProvider;
import io.synctools.spi.RunContext;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** The file layouts that the tools look after. */
final class Inventories {
    static final List<String> SCHEMES = List.of("modelscope-cache", "huggingface-cache", "local-dir");

    private Inventories() {}

    /**
     * A layout by its scheme.
     *
     * @throws IllegalArgumentException if nobody knows where its root is
     */
    static Inventory of(String scheme, RunContext context) {
        return switch (scheme) {
            case "modelscope-cache" -> new ModelScopeCacheProvider().create(context);
            case "huggingface-cache" -> new HuggingFaceCacheProvider().create(context);
            case "local-dir" -> new LocalDirProvider().create(context);
            default -> throw new IllegalArgumentException("there is no layout " + scheme);
        };
    }

    /**
     * All layouts, but for those that the options do not mean and whose roots nobody knows.
     *
     * @throws IllegalArgumentException if the root of one that they mean is not known
     */
    static List<Inventory> all(Roots roots, RunContext context) {
        List<Inventory> all = new ArrayList<>();
        for (String scheme : SCHEMES) {
            try {
                all.add(of(scheme, context));
            } catch (IllegalArgumentException e) {
                if (roots.meant().contains(scheme)) {
                    throw e;
                }
            }
        }
        return all;
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
