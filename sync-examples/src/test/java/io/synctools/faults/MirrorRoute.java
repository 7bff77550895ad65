package io.synctools.faults;

import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.testing.HubRepo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A hub and a layout, and what readers of that layout see. */
enum MirrorRoute {
    MODELSCOPE_MODEL_TO_CACHE("modelscope", "models", "modelscope-cache"),
    MODELSCOPE_DATASET_TO_CACHE("modelscope", "datasets", "modelscope-cache"),
    MODELSCOPE_MODEL_TO_LOCAL_DIR("modelscope", "models", "local-dir"),
    HUGGINGFACE_MODEL_TO_CACHE("huggingface", "models", "huggingface-cache"),
    HUGGINGFACE_MODEL_TO_LOCAL_DIR("huggingface", "models", "local-dir");

    private final String scheme;
    private final String kind;
    private final String layout;

    MirrorRoute(String scheme, String kind, String layout) {
        this.scheme = scheme;
        this.kind = kind;
        this.layout = layout;
    }

    /** The repository's whole name. */
    String repository() {
        return kind + "/o/n";
    }

    boolean isModelScope() {
        return scheme.equals("modelscope");
    }

    boolean isDataset() {
        return kind.equals("datasets");
    }

    boolean isLocalDir() {
        return layout.equals("local-dir");
    }

    SyncPlan plan() {
        ArtifactRef to = layout.equals("huggingface-cache")
                ? ArtifactRef.of(layout, repository(), "")
                : ArtifactRef.of(layout, repository());
        return SyncPlan.of("faults", List.of(SyncItem.of(ArtifactRef.of(scheme, repository()), to)));
    }

    /** Where readers look for the repository below the root. */
    private Path home(Path root) {
        return switch (layout) {
            case "huggingface-cache" -> root.resolve(kind + "--o--n");
            default -> root.resolve(repository());
        };
    }

    /** The files that readers see, by the path that the hub lists; empty where nothing is published. */
    Map<String, byte[]> visible(Path root) throws IOException {
        Path home = home(root);
        if (!layout.equals("huggingface-cache")) {
            return read(home);
        }
        Map<String, byte[]> all = new TreeMap<>();
        Path snapshots = home.resolve("snapshots");
        if (Files.isDirectory(snapshots)) {
            try (Stream<Path> commits = Files.list(snapshots)) {
                for (Path commit : commits.toList()) {
                    all.putAll(read(commit));
                }
            }
        }
        return all;
    }

    /** The files that readers of one commit see, where the layout tells commits apart; else all. */
    Map<String, byte[]> visible(Path root, HubRepo repo) throws IOException {
        return hasRefs() ? read(home(root).resolve("snapshots").resolve(repo.commit())) : visible(root);
    }

    private Map<String, byte[]> read(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        if (!Files.exists(folder)) {
            return files;
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                String path = folder.relativize(file).toString();
                boolean ours = path.startsWith(".cache/") || path.matches("\\.(msc|mdl|mv)");
                if (!ours) {
                    files.put(path, Files.readAllBytes(file));
                }
            }
        }
        return files;
    }

    /** Whether anything that stands for a whole repository exists: a folder, a ref, a snapshot. */
    boolean isPublished(Path root) throws IOException {
        Path home = home(root);
        return switch (layout) {
            case "huggingface-cache" -> Files.exists(home.resolve("refs/main")) || isFilled(home.resolve("snapshots"));
            case "local-dir" -> Files.exists(home.resolve(".cache/sync-tools/proof.json"));
            default -> Files.exists(home);
        };
    }

    private static boolean isFilled(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.findAny().isPresent();
        }
    }

    /** Blobs under their final names, by that name; only the Hugging Face cache has them. */
    Map<String, byte[]> blobs(Path root) throws IOException {
        Map<String, byte[]> found = new TreeMap<>();
        Path blobs = home(root).resolve("blobs");
        if (layout.equals("huggingface-cache") && Files.isDirectory(blobs)) {
            try (Stream<Path> children = Files.list(blobs)) {
                for (Path blob : children.filter(Files::isRegularFile).toList()) {
                    if (blob.getFileName().toString().matches("[0-9a-f]{40}|[0-9a-f]{64}")) {
                        found.put(blob.getFileName().toString(), Files.readAllBytes(blob));
                    }
                }
            }
        }
        return found;
    }

    /** What the ref of the default branch says; empty where the layout has none. */
    String ref(Path root) throws IOException {
        Path ref = home(root).resolve("refs/main");
        return Files.exists(ref) ? Files.readString(ref) : "";
    }

    boolean hasRefs() {
        return layout.equals("huggingface-cache");
    }

    /** The snapshot that the ref names must be there. */
    boolean refIsRight(Path root, HubRepo repo) throws IOException {
        return !hasRefs()
                || ref(root).equals(repo.commit())
                        && Files.isDirectory(home(root).resolve("snapshots").resolve(repo.commit()));
    }
}
