package io.synctools.modelscope;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.file.Disk;
import io.synctools.file.FolderReplica;
import io.synctools.file.Proof;
import io.synctools.mirror.Declared;
import io.synctools.mirror.LocalRepository;
import io.synctools.mirror.MirrorStatus;
import io.synctools.mirror.PrunePlan;
import io.synctools.mirror.PruneRules;
import io.synctools.mirror.Pruner;
import io.synctools.mirror.RepositoryStatus;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.testing.DyingDisk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What prune makes of a cache in the client's layout, one folder for each repository. */
class PruneTest {
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @TempDir
    Path root;

    private RunContext context(Disk disk) {
        RunContext context = RunContext.of(
                SyncOptions.builder().set(ModelScopeOptions.CACHE, root).build());
        context.shared(Disk.class, any -> disk);
        return context;
    }

    private ModelScopeCache cache(Disk disk) {
        return new ModelScopeCache(context(disk));
    }

    private Pruner pruner(Disk disk) {
        return new Pruner(List.of(cache(disk)), List.of(), context(disk));
    }

    private PrunePlan plan(String... declared) throws IOException {
        List<Declared> items = Stream.of(declared)
                .map(name -> new Declared(List.of(
                        SyncItem.of(ArtifactRef.of("modelscope", name), ArtifactRef.of("modelscope-cache", name)))))
                .toList();
        return pruner(new Disk()).plan(items, PruneRules.PLAIN, Instant.now());
    }

    /** Lays a repository as a run leaves it: files, index, proof, and the link to a name with dots. */
    private LocalRepository lay(String name) throws IOException {
        LocalRepository repository = cache(new Disk()).at(ArtifactRef.of("modelscope-cache", name));
        Files.createDirectories(repository.folder().resolve("sub"));
        try (OutputStream out = Files.newOutputStream(repository.folder().resolve(".msc"))) {
            IndexWriter index = IndexWriter.begin(out);
            index.line("sub/config.json", "c1");
            index.end();
        }
        Files.writeString(repository.folder().resolve(".mv"), "Revision:master");
        Files.createFile(repository.folder().resolve("sub/config.json"));
        Files.createDirectories(repository.state());
        List<Entry> files = List.of(Entry.file("sub/config.json", 0, Checksum.sha256(EMPTY)));
        ArtifactRef from = ArtifactRef.of("modelscope", name);
        SyncItem item = SyncItem.of(from, ArtifactRef.of("modelscope-cache", name));
        Proof.of(from.pinned("master", "sha256:1"), item, files, "")
                .write(new Disk(), FolderReplica.proofIn(repository.state()), repository.state(), files);
        String last = name.substring(name.lastIndexOf('/') + 1);
        if (last.contains(".")) {
            Files.createSymbolicLink(
                    repository.folder().resolveSibling(last),
                    repository.folder().getFileName());
        }
        return repository;
    }

    private List<String> everything() throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.map(path -> root.relativize(path).toString()).sorted().toList();
        }
    }

    @Test
    void aRepositoryIsKnownByTheNameInItsProofAndGoesWithItsLink() throws Exception {
        lay("models/acme/tiny.v1");
        lay("models/acme/kept.v2");
        PrunePlan plan = plan("models/acme/kept.v2");
        assertEquals(
                List.of("modelscope-cache:models/acme/tiny.v1"),
                plan.removals().stream()
                        .map(removal -> removal.repository().to())
                        .toList());
        assertEquals(List.of(), pruner(new Disk()).apply(plan, removal -> {}));
        assertEquals(
                List.of(
                        "",
                        "models",
                        "models/.sync-tools",
                        "models/.sync-tools/acme",
                        "models/.sync-tools/acme/kept___v2",
                        "models/.sync-tools/acme/kept___v2/proof.json",
                        "models/acme",
                        "models/acme/kept.v2",
                        "models/acme/kept___v2",
                        "models/acme/kept___v2/.msc",
                        "models/acme/kept___v2/.mv",
                        "models/acme/kept___v2/sub",
                        "models/acme/kept___v2/sub/config.json"),
                everything());
    }

    /** The process dies before its nth change of the disk, for every n; readers look; the next prune finishes. */
    @Test
    void whereverAPruneIsKilledReadersSeeAllOrNothingAndTheNextOneFinishes() throws Exception {
        int steps = 0;
        for (int last = 0; steps == 0; last++) {
            LocalRepository repository = lay("models/acme/tiny.v1");
            Files.createDirectories(repository.state().resolve("work.dead/staged"));
            Files.writeString(repository.state().resolve("work.dead/staged/half"), "half");
            DyingDisk dying = new DyingDisk(last);
            try {
                assertEquals(List.of(), pruner(dying).apply(plan(), removal -> {}));
            } catch (SyncException e) {
                assertTrue(dying.isDead(), e.getMessage());
            }
            if (Files.exists(repository.folder(), LinkOption.NOFOLLOW_LINKS)) {
                assertTrue(Files.exists(repository.folder().resolve("sub/config.json")));
                assertTrue(Files.exists(repository.folder().resolve(".msc")));
            }
            steps = dying.isDead() ? 0 : last;
            assertEquals(List.of(), pruner(new Disk()).apply(plan(), removal -> {}), "after " + last + " steps");
            assertFalse(Files.exists(repository.folder(), LinkOption.NOFOLLOW_LINKS));
            assertEquals(
                    List.of(),
                    everything().stream()
                            .filter(name -> !Files.isDirectory(root.resolve(name), LinkOption.NOFOLLOW_LINKS))
                            .toList(),
                    "after " + last + " steps");
        }
        assertTrue(steps > 8, "the disk is changed through " + steps + " steps");
    }

    @Test
    void whatIsHalfFetchedAndUndeclaredGoesAndWhatIsDeclaredStays() throws Exception {
        LocalRepository repository = cache(new Disk()).at(ArtifactRef.of("modelscope-cache", "datasets/acme/half"));
        Files.createDirectories(repository.state().resolve("work.dead/staged"));
        Files.writeString(repository.state().resolve("work.dead/staged/a.csv"), "half");
        assertEquals(1, plan("datasets/acme/half").obstacles().size(), "it is not whole");
        assertEquals(List.of(), plan("datasets/acme/half").removals());
        PrunePlan plan = plan();
        assertEquals(
                "no list declares it, and it was never published",
                plan.removals().get(0).why());
        assertEquals(4, plan.removals().get(0).bytes());
        assertEquals(List.of(), pruner(new Disk()).apply(plan, removal -> {}));
        assertEquals(List.of(""), everything());
    }

    @Test
    void linksAreNotFollowed(@TempDir Path elsewhere) throws Exception {
        lay("models/acme/tiny");
        Path owner = root.resolve("models/acme");
        Files.move(owner, elsewhere.resolve("acme"));
        Files.createSymbolicLink(owner, elsewhere.resolve("acme"));
        PrunePlan plan = plan();
        assertEquals(1, plan.obstacles().size(), plan.obstacles()::toString);
        assertTrue(plan.obstacles().get(0).contains("models/acme is a link"), plan.obstacles()::toString);
        assertEquals(plan.obstacles(), pruner(new Disk()).apply(plan, removal -> {}));
        assertTrue(Files.exists(elsewhere.resolve("acme/tiny/sub/config.json")));
    }

    @Test
    void whatOtherGenerationsOfTheClientLeftIsShownAsForeignAndStays() throws Exception {
        lay("models/o/ours");
        List<String> generations = List.of(
                "Qwen/Qwen2.5", "hub/Qwen/Qwen2___5", "hub/models/Qwen/Qwen2___5", "models/Qwen--Qwen2.5/snapshots/v1");
        for (String generation : generations) {
            Path folder = Files.createDirectories(root.resolve(generation));
            Files.writeString(folder.resolve("a.txt"), "hello");
            if (!generation.endsWith("v1")) {
                Files.createFile(folder.resolve(".msc"));
            }
        }
        Files.createDirectories(root.resolve("somebody/elses"));
        List<String> before = everything();
        List<String> foreign = MirrorStatus.of(List.of(cache(new Disk())), Instant.now()).items().stream()
                .filter(item -> item.revisions().get(0).published().isEmpty())
                .map(RepositoryStatus::to)
                .sorted()
                .toList();
        assertEquals(
                generations.stream()
                        .map(name -> "modelscope-cache:" + name)
                        .sorted()
                        .toList(),
                foreign);

        PrunePlan plan = plan("models/o/ours");
        assertEquals(List.of(), plan.removals());
        for (String generation : generations) {
            assertTrue(
                    plan.notes().stream()
                            .anyMatch(note -> note.startsWith("modelscope-cache:" + generation + " stays: no proof")),
                    plan.notes().toString());
        }
        assertEquals(before, everything());
    }

    /** A generation's folder goes with all that the client left in it, its siblings of the same owner stay. */
    @Test
    void withForeignTheyGoWholeAndWhatIsNoneStays() throws Exception {
        lay("models/o/ours");
        Files.createDirectories(root.resolve("somebody/elses"));
        Files.writeString(Files.createDirectories(root.resolve("Qwen/notes")).resolve("a.txt"), "mine");
        List<String> before = everything();
        List<String> generations = List.of(
                "Qwen/Qwen2.5",
                "hub/Qwen/Qwen2___5",
                "hub/models/Qwen/Qwen2___5",
                "models/Qwen--Qwen2.5/snapshots/v1",
                "models/Qwen--Qwen2.5/snapshots/v2");
        for (String generation : generations) {
            Path folder = Files.createDirectories(root.resolve(generation).resolve("sub"));
            Files.writeString(folder.resolve("a.txt"), "hello");
            Files.createFile(root.resolve(generation).resolve(".msc"));
        }
        PruneRules foreign = new PruneRules(0, Optional.empty(), OptionalInt.empty(), true);
        List<Declared> declared = List.of(new Declared(List.of(SyncItem.of(
                ArtifactRef.of("modelscope", "models/o/ours"), ArtifactRef.of("modelscope-cache", "models/o/ours")))));

        PrunePlan plan = pruner(new Disk()).plan(declared, foreign, Instant.now());

        assertEquals(
                generations.stream()
                        .map(name -> "modelscope-cache:" + name)
                        .sorted()
                        .toList(),
                plan.removals().stream()
                        .map(removal -> removal.repository().to())
                        .sorted()
                        .toList());
        assertEquals(List.of(), pruner(new Disk()).apply(plan, removal -> {}));
        assertEquals(before, everything());
    }
}
