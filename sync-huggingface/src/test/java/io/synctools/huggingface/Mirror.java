package io.synctools.huggingface;

import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.file.Disk;
import io.synctools.internal.disk.NfsLitter;
import io.synctools.model.ArtifactRef;
import io.synctools.model.NameFilter;
import io.synctools.model.Option;
import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs of the real engine from a fake hub into folders of a test; each run is a process of its own but for the JVM. */
final class Mirror {
    private final Map<String, String> environment = new HashMap<>();
    private final SyncOptions.Builder options = SyncOptions.builder().retries(0).jobs(4);
    private Disk disk = new Disk();

    Mirror(FakeHub hub, Path cache, Path localRoot) {
        environment.put("HF_ENDPOINT", hub.url());
        environment.put("HOME", localRoot.toString());
        options.set(HuggingFaceOptions.CACHE, cache);
        options.set(HuggingFaceOptions.LOCAL_ROOT, localRoot);
    }

    Mirror env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    <T> Mirror option(Option<T> option, T value) {
        options.set(option, value);
        return this;
    }

    Mirror disk(Disk given) {
        disk = given;
        return this;
    }

    /** An item into the cache, at a revision; the hub's default where empty. */
    static SyncItem toCache(String repo, String revision) {
        return toCache(repo, revision, NameFilter.ALL);
    }

    static SyncItem toCache(String repo, String revision, NameFilter filter) {
        return new SyncItem(
                ArtifactRef.of("huggingface", repo, revision),
                ArtifactRef.of("huggingface-cache", repo, revision),
                filter,
                Place.NONE);
    }

    /** An item into a local directory. */
    static SyncItem toFolder(String repo, String destination) {
        return SyncItem.of(ArtifactRef.of("huggingface", repo), ArtifactRef.of("local-dir", destination));
    }

    /** Keeps what ends in a suffix. */
    static NameFilter endingIn(String suffix) {
        return new NameFilter() {
            @Override
            public boolean accepts(String name) {
                return name.endsWith(suffix);
            }

            @Override
            public String text() {
                return "*" + suffix;
            }
        };
    }

    SyncReport run(SyncItem... items) {
        return syncer().run(plan(items));
    }

    /** A run of one item, and what became of it. */
    SyncReport.Item runOne(SyncItem item) {
        return run(item).items().get(0);
    }

    SyncReport preview(SyncItem... items) {
        return syncer().preview(plan(items));
    }

    /** The outcome of a run of a project's flow, as the list {@code one.json} or another declares it. */
    SyncReport.Item runOf(String flow, String list, SyncItem item) {
        SyncItem declared = new SyncItem(item.from(), item.to(), item.filter(), new Place("lists/" + list, 2, 3));
        return syncer().run(SyncPlan.of(flow, List.of(declared))).items().get(0);
    }

    private static SyncPlan plan(SyncItem... items) {
        return SyncPlan.of("test", List.of(items));
    }

    private Syncer syncer() {
        RunContext context = RunContext.of(options.environment(environment).build());
        context.shared(Disk.class, any -> disk);
        Platforms platforms = Platforms.builder()
                .source(new HuggingFaceProvider())
                .target(new HuggingFaceCacheProvider())
                .target(new LocalDirProvider())
                .build();
        return Syncer.builder().context(context).platforms(platforms).build();
    }

    /** Names in a folder and below, relative and sorted, folders left out. */
    static List<String> files(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .map(path -> folder.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    /**
     * Names, sizes and times of all files and folders below: equal as long as nothing is written. Of a lease, which its
     * holder renews, the name; and of what NFS keeps of the other name that it had.
     */
    static List<String> trace(Path folder) throws IOException {
        List<String> trace = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted().toList()) {
                BasicFileAttributes found =
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                boolean isRenewed = path.endsWith("lease") || NfsLitter.is(path);
                trace.add(path + " " + (isRenewed ? "" : found.size() + " " + found.lastModifiedTime()));
            }
        }
        return trace;
    }
}
