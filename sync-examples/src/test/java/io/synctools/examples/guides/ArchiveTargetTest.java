package io.synctools.examples.guides;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.mirror.Declared;
import io.synctools.mirror.Finding;
import io.synctools.mirror.MirrorStatus;
import io.synctools.mirror.PrunePlan;
import io.synctools.mirror.PruneRules;
import io.synctools.mirror.Pruner;
import io.synctools.mirror.Subject;
import io.synctools.mirror.Verified;
import io.synctools.mirror.Verifier;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import io.synctools.testing.FileTargetContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTargetTest extends FileTargetContract {
    @TempDir
    Path work;

    @Override
    protected Target<FileSource> target(RunContext context) {
        return new ArchiveTarget(work, context);
    }

    @Override
    protected ArtifactRef destination(String name) {
        return ArtifactRef.of("archive", name);
    }

    @Override
    protected Map<String, byte[]> visible(ArtifactRef destination) throws IOException {
        Path folder = work.resolve(destination.name());
        Map<String, byte[]> files = new TreeMap<>();
        for (Path file : files(folder)) {
            if (!file.endsWith("SHA256SUMS")) {
                files.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    @Override
    protected Object trace() throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (Path file : files(work)) {
            found.put(
                    file.toString(),
                    file.endsWith("lease") ? "" : Files.size(file) + " " + Files.getLastModifiedTime(file));
        }
        return found;
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void whatKeepsAMirrorWorksOnIt(@TempDir Path folders) throws Exception {
        Files.writeString(Files.createDirectories(folders.resolve("team/demo")).resolve("data.txt"), "first");
        Files.writeString(Files.createDirectories(folders.resolve("team/old")).resolve("data.txt"), "second");
        SyncOptions options = SyncOptions.builder()
                .environment(Map.of("FOLDER_ROOT", folders.toString()))
                .set(ArchiveTargetProvider.ROOT, work)
                .build();
        SyncItem demo = SyncItem.of(ArtifactRef.of("folder", "team/demo"), ArtifactRef.of("archive", "team/demo"));
        SyncItem old = SyncItem.of(ArtifactRef.of("folder", "team/old"), ArtifactRef.of("archive", "team/old"));
        Platforms platforms = Platforms.builder()
                .source(new FolderSourceProvider())
                .target(new ArchiveTargetProvider())
                .build();
        try (Syncer syncer =
                Syncer.builder().options(options).platforms(platforms).build()) {
            SyncReport report = syncer.run(SyncPlan.of("archive", List.of(demo, old)));
            assertEquals(0, report.exit(), report::toJson);
            assertEquals(work.resolve("team/demo"), syncer.resolveOffline(demo.from(), demo.to()));

            // adopt: the same content elsewhere does not travel
            SyncItem twin = SyncItem.of(demo.from(), ArtifactRef.of("archive", "team/twin"));
            SyncReport again = syncer.run(SyncPlan.of("archive", List.of(twin)));
            assertEquals(0, again.totals().bytesTransferred(), again::toJson);
        }
        assertTrue(Files.readString(work.resolve("team/demo/SHA256SUMS")).endsWith("  data.txt\n"));

        RunContext context = RunContext.of(options);
        ArchiveTarget archive = new ArchiveTarget(work, context);
        assertEquals(3, MirrorStatus.of(List.of(archive), Instant.now()).items().size());

        Files.writeString(work.resolve("team/demo/data.txt"), "fir5t");
        List<Verified> verified = new ArrayList<>();
        new Verifier(2).verify(Subject.all(archive), verified::add);
        assertEquals(
                List.of(Finding.Kind.DAMAGED),
                verified.stream()
                        .flatMap(one -> one.findings().stream())
                        .map(Finding::kind)
                        .toList());

        Pruner pruner = new Pruner(List.of(archive), List.of(), context);
        PrunePlan plan = pruner.plan(List.of(new Declared(List.of(demo))), PruneRules.PLAIN, Instant.now());
        assertEquals(List.of(), pruner.apply(plan, removal -> {}));
        assertTrue(Files.exists(work.resolve("team/demo")));
        assertFalse(Files.exists(work.resolve("team/old")));
        assertFalse(Files.exists(work.resolve("team/twin")));
    }
}
