package io.synctools.faults;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.file.Disk;
import io.synctools.huggingface.HuggingFaceCache;
import io.synctools.huggingface.LocalDir;
import io.synctools.mirror.Declared;
import io.synctools.mirror.Inventory;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.modelscope.ModelScopeCache;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import io.synctools.testing.MemoryHub;
import io.synctools.testing.TimeLapse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One repository with two revisions, mirrored to one layout on a disk that may fail. Time passes by itself. */
final class DiskWorld {
    static final String NAME = "models/o/n-1.5";
    static final int PART = 65_536;

    private final Layout layout;
    private final Path root;
    private final MemoryHub hub;

    /** Where a repository is mirrored to. */
    enum Layout {
        MODELSCOPE_CACHE,
        LOCAL_DIR,
        HUGGINGFACE_CACHE,
        /** On a disk without symbolic links. */
        HUGGINGFACE_CACHE_OF_HARD_LINKS
    }

    DiskWorld(Layout layout, Path root) {
        this(layout, root, new MemoryHub());
    }

    private DiskWorld(Layout layout, Path root, MemoryHub hub) {
        this.layout = layout;
        this.root = root;
        this.hub = hub;
    }

    /** The same on a copy of its disk. */
    DiskWorld copy(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.skip(1).toList()) {
                Files.copy(
                        path,
                        folder.resolve(root.relativize(path)),
                        LinkOption.NOFOLLOW_LINKS,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return new DiskWorld(layout, folder, hub);
    }

    Path root() {
        return root;
    }

    MemoryHub hub() {
        return hub;
    }

    /** The files of a revision: a large one that changes, one that does not, small ones. */
    static Map<String, byte[]> revision(int number) {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("config.json", ("{\"revision\": " + number + "}").getBytes(StandardCharsets.UTF_8));
        files.put("same.txt", "same".getBytes(StandardCharsets.UTF_8));
        files.put("sub/new " + number + ".txt", "new".getBytes(StandardCharsets.UTF_8));
        byte[] large = new byte[3 * PART + 1234];
        new Random(number).nextBytes(large);
        files.put("weights/large.bin", large);
        return files;
    }

    /** Lets the hub have a revision, and returns its commit. */
    String put(int number) {
        return hub.commit(NAME, revision(number));
    }

    /** Mirrors what the hub has, as seen through a path to the root. */
    SyncReport.Item run(Path through, Disk disk) {
        return run(List.of(NAME), through, disk).get(0);
    }

    /** Mirrors another repository beside it. */
    void runOther(String name) {
        hub.commit(name, revision(1));
        assertEquals(Outcome.COPIED, run(List.of(name), root, new Disk()).get(0).outcome());
    }

    static RunContext context(Disk disk) {
        RunContext context = RunContext.of(
                SyncOptions.builder().partSize(PART).connections(3).jobs(2).build());
        TimeLapse.in(context);
        context.shared(Disk.class, s -> disk);
        return context;
    }

    /** Mirrors several repositories, one after the other. */
    List<SyncReport.Item> run(List<String> names, Path through, Disk disk) {
        RunContext context = context(disk);
        return Syncer.builder()
                .context(context)
                .platforms(Platforms.builder()
                        .source("memory", hub)
                        .target("target", target(through, context))
                        .build())
                .build()
                .run(SyncPlan.of(
                        "disk",
                        names.stream()
                                .map(name ->
                                        SyncItem.of(ArtifactRef.of("memory", name), ArtifactRef.of("target", name)))
                                .toList()))
                .items();
    }

    SyncReport.Item run() {
        return run(root, new Disk());
    }

    /** What lists that declare the repository make of it. */
    List<Declared> declared() {
        SyncItem item = SyncItem.of(
                ArtifactRef.of("memory", NAME), ArtifactRef.of(inventory(root).scheme(), NAME));
        return List.of(new Declared(List.of(item)));
    }

    Inventory inventory(Path through) {
        return (Inventory) target(through, context(new Disk()));
    }

    private Target<FileSource> target(Path through, RunContext context) {
        return switch (layout) {
            case MODELSCOPE_CACHE -> new ModelScopeCache(through, context);
            case LOCAL_DIR -> new LocalDir(through, context);
            case HUGGINGFACE_CACHE -> new HuggingFaceCache(through, true, context);
            case HUGGINGFACE_CACHE_OF_HARD_LINKS -> new HuggingFaceCache(through, false, context);
        };
    }

    /** The folder of the repository. */
    Path folder() {
        return switch (layout) {
            case MODELSCOPE_CACHE -> root.resolve("models/o/n-1___5");
            case LOCAL_DIR -> root.resolve(NAME);
            default -> root.resolve("models--o--n-1.5");
        };
    }

    /** What readers find: by path; nothing where nothing is published. */
    Map<String, byte[]> visible() throws IOException {
        return switch (layout) {
            case MODELSCOPE_CACHE, LOCAL_DIR -> read(folder());
            default -> {
                Path ref = folder().resolve("refs/main");
                yield Files.exists(ref) ? read(folder().resolve("snapshots").resolve(Files.readString(ref))) : Map.of();
            }
        };
    }

    private static Map<String, byte[]> read(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        if (!Files.exists(folder)) {
            return files;
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                String path = folder.relativize(file).toString();
                if (!path.startsWith(".")) {
                    files.put(path, Files.readAllBytes(file));
                }
            }
        }
        return files;
    }

    /** Readers must find exactly this; in a folder that holds one revision, files of the one before may stay. */
    void shows(Map<String, byte[]> files, String told) throws IOException {
        Map<String, byte[]> visible = visible();
        if (isFolder()) {
            visible.keySet().retainAll(files.keySet());
        }
        assertEquals(files.keySet(), visible.keySet(), told);
        visible.forEach((path, bytes) -> assertArrayEquals(files.get(path), bytes, path + ": " + told));
    }

    /** Every file that readers find is one of either revision. */
    void showsWholeFiles(String told) throws IOException {
        visible()
                .forEach((path, bytes) -> assertTrue(
                        Arrays.equals(bytes, revision(1).get(path))
                                || Arrays.equals(bytes, revision(2).get(path)),
                        path + ": " + told));
    }

    /** Whether one folder holds one revision, so that an update is a burst of renames. */
    boolean isFolder() {
        return layout == Layout.MODELSCOPE_CACHE || layout == Layout.LOCAL_DIR;
    }
}
