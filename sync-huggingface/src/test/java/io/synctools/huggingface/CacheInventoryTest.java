package io.synctools.huggingface;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.file.Disk;
import io.synctools.file.Lease;
import io.synctools.huggingface.FakeHub.File;
import io.synctools.huggingface.xet.Chunks;
import io.synctools.huggingface.xet.FakeStore;
import io.synctools.mirror.Declared;
import io.synctools.mirror.Finding;
import io.synctools.mirror.Inventory;
import io.synctools.mirror.MirrorStatus;
import io.synctools.mirror.PrunePlan;
import io.synctools.mirror.PruneRules;
import io.synctools.mirror.Pruner;
import io.synctools.mirror.Subject;
import io.synctools.mirror.Verified;
import io.synctools.mirror.Verifier;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.testing.DyingDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What verify and prune make of a repository with several revisions. */
class CacheInventoryTest {
    private static final String REPO = "models/acme/tiny";
    private static final SyncItem MAIN = Mirror.toCache(REPO, "");

    private final File weights = lfs("weights.bin", 1);
    private final File second = lfs("weights.bin", 2);
    private final File third = lfs("weights.bin", 3);
    private final File config = File.regular("config.json", "{\"a\":1}");

    @TempDir
    Path work;

    private Path cache;
    private Path repo;
    private FakeHub hub;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
        cache = work.resolve("hub");
        repo = cache.resolve("models--acme--tiny");
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private static File lfs(String path, int seed) {
        byte[] bytes = new byte[10_000];
        new Random(seed).nextBytes(bytes);
        return File.lfs(path, bytes);
    }

    private Mirror mirror() {
        return new Mirror(hub, cache, work.resolve("root"));
    }

    private String publish(SyncItem item, File... files) {
        String revision =
                item.from().revision().isEmpty() ? "main" : item.from().revision();
        String commit = hub.commit(REPO, revision, files);
        assertTrue(mirror().runOne(item).well());
        return commit;
    }

    private static RunContext context(Disk disk) {
        RunContext context = RunContext.of(SyncOptions.DEFAULTS);
        context.shared(Disk.class, any -> disk);
        return context;
    }

    private Inventory inventory() {
        return new HuggingFaceCache(cache, true, context(new Disk()));
    }

    private Pruner pruner(Disk disk) {
        RunContext context = context(disk);
        return new Pruner(List.of(new HuggingFaceCache(cache, true, context)), List.of(), context);
    }

    private static List<Declared> declared(SyncItem... items) {
        return Stream.of(items).map(item -> new Declared(List.of(item))).toList();
    }

    private PrunePlan plan(PruneRules rules, SyncItem... declared) throws IOException {
        return pruner(new Disk()).plan(declared(declared), rules, Instant.now());
    }

    private static List<String> revisions(PrunePlan plan) {
        return plan.removals().stream()
                .flatMap(removal -> removal.revisions().stream())
                .map(revision -> revision.id())
                .toList();
    }

    private List<String> names(String folder) throws IOException {
        try (Stream<Path> all = Files.list(repo.resolve(folder))) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static List<String> sorted(String... names) {
        return Stream.of(names).sorted().toList();
    }

    /** Every file of every snapshot leads to content. */
    private void assertNothingDangles() throws IOException {
        try (Stream<Path> all = Files.walk(repo.resolve("snapshots"))) {
            for (Path path : all.toList()) {
                assertTrue(Files.exists(path), path + " leads nowhere");
            }
        }
    }

    @Test
    void revisionsThatNothingNamesGoAndTheBlobsThatOnlyTheyUse() throws Exception {
        String first = publish(MAIN, weights, config);
        String next = publish(MAIN, second, config);
        PrunePlan plan = plan(PruneRules.PLAIN, MAIN);
        assertEquals(List.of(first), revisions(plan));
        assertEquals(List.of(), plan.obstacles());

        assertEquals(List.of(), pruner(new Disk()).apply(plan, removal -> {}));
        assertEquals(List.of(next), names("snapshots"));
        assertEquals(sorted(second.sha256(), config.gitId()), names("blobs"));
        assertEquals(List.of(next + ".json"), names("trees"));
        assertEquals(List.of("proofs/" + next + ".json"), Mirror.files(repo.resolve(".sync-tools")));
        assertNothingDangles();
        assertTrue(mirror().runOne(MAIN).well());
        assertEquals(List.of(), plan(PruneRules.PLAIN, MAIN).removals());
    }

    @Test
    void whatARefNamesStaysAndSoDoesADeclaredCommit() throws Exception {
        String pinned = publish(MAIN, weights, config);
        SyncItem byCommit = Mirror.toCache(REPO, pinned);
        SyncItem branch = Mirror.toCache(REPO, "dev");
        String dev = publish(branch, third);
        String main = publish(MAIN, second, config);
        assertEquals(List.of(pinned), revisions(plan(PruneRules.PLAIN, MAIN)), "dev is named, though not declared");
        assertEquals(List.of(), revisions(plan(PruneRules.PLAIN, MAIN, byCommit)));
        assertEquals(sorted(pinned, dev, main), names("snapshots"));
    }

    @Test
    void keepAndOlderThanSpareTheNewest() throws Exception {
        String first = publish(MAIN, weights, config);
        String next = publish(MAIN, second, config);
        publish(MAIN, third, config);
        age(first, "2020-01-01T00:00:00Z");
        age(next, "2021-01-01T00:00:00Z");
        assertEquals(List.of(next, first), revisions(plan(PruneRules.PLAIN, MAIN)));
        assertEquals(List.of(first), revisions(plan(rules(1, Optional.empty()), MAIN)));
        assertEquals(List.of(), revisions(plan(rules(2, Optional.empty()), MAIN)));
        for (List<String> order : List.of(List.of(first, next), List.of(next, first))) { // one of them against the ids'
            age(order.get(0), "2020-01-01T00:00:00.100Z");
            age(order.get(1), "2020-01-01T00:00:00.200Z");
            assertEquals(List.of(order.get(0)), revisions(plan(rules(1, Optional.empty()), MAIN)), "within one second");
        }
        age(first, "2020-01-01T00:00:00Z");
        age(next, "2021-01-01T00:00:00Z");
        Duration since = Duration.between(Instant.parse("2020-07-01T00:00:00Z"), Instant.now());
        assertEquals(List.of(first), revisions(plan(rules(0, Optional.of(since)), MAIN)));
        assertEquals(List.of(), plan(rules(0, Optional.of(since))).removals(), "main is younger");
        assertEquals(1, plan(rules(0, Optional.empty())).removals().size());
    }

    private static PruneRules rules(int keep, Optional<Duration> olderThan) {
        return new PruneRules(keep, olderThan, OptionalInt.empty(), false);
    }

    /** The head of a proof is not sealed; only what was published is. */
    private void age(String commit, String time) throws IOException {
        Path proof = repo.resolve(".sync-tools/proofs/" + commit + ".json");
        Files.writeString(
                proof,
                Files.readString(proof).replaceAll("\"published\":\"[^\"]*\"", "\"published\":\"" + time + "\""));
    }

    @Test
    void whatAKilledRunHasFetchedAndASnapshotOfSomebodyElseUsesStays() throws Exception {
        File fetched = lfs("fetched.bin", 4);
        publish(MAIN, weights, fetched, config);
        String main = publish(MAIN, third);
        Files.writeString(repo.resolve(".sync-tools/verified"), "sha256:" + fetched.sha256() + "\n");
        Path theirs = repo.resolve("snapshots/" + "b".repeat(40));
        Files.createDirectories(theirs);
        Files.createSymbolicLink(theirs.resolve("c.json"), Path.of("../../blobs/" + config.gitId()));
        PrunePlan plan = plan(PruneRules.PLAIN, MAIN);
        assertEquals(1, plan.count());
        assertTrue(plan.notes().get(0).contains("b".repeat(40)), plan.notes()::toString);

        assertEquals(List.of(), pruner(new Disk()).apply(plan, removal -> {}));
        assertEquals(sorted(fetched.sha256(), third.sha256(), config.gitId()), names("blobs"));
        assertEquals(sorted(main, "b".repeat(40)), names("snapshots"));
        assertNothingDangles();
    }

    @Test
    void aRefThatIsBeingWrittenStopsIt() throws Exception {
        publish(MAIN, weights, config);
        publish(MAIN, second, config);
        Files.writeString(repo.resolve("refs/other"), "");
        IOException e = assertThrows(IOException.class, () -> plan(PruneRules.PLAIN, MAIN));
        assertTrue(e.getMessage().contains("refs/other"), e.getMessage());
    }

    @Test
    void aRefThatMovedSinceThePlanSavesItsRevision() throws Exception {
        String first = publish(MAIN, weights, config);
        publish(MAIN, second, config);
        PrunePlan plan = plan(PruneRules.PLAIN, MAIN);
        Files.writeString(repo.resolve("refs/back"), first);
        assertEquals(List.of(), pruner(new Disk()).apply(plan, removal -> {}));
        assertTrue(Files.exists(repo.resolve("snapshots/" + first + "/weights.bin")));
    }

    @Test
    void nothingGoesWhileSomebodyWorksThere() throws Exception {
        publish(MAIN, weights, config);
        PrunePlan plan = plan(PruneRules.PLAIN);
        List<String> before = Mirror.files(repo);
        try (Lease lease = Lease.take(repo.resolve(".sync-tools/lease"), context(new Disk()))) {
            assertEquals(1, pruner(new Disk()).holders(plan).size());
            List<String> faults = pruner(new Disk()).apply(plan, removal -> {});
            assertEquals(1, faults.size());
            assertTrue(
                    faults.get(0).contains("process " + ProcessHandle.current().pid()), faults.get(0));
            lease.confirm();
        }
        assertEquals(before, Mirror.files(repo));
        assertEquals(List.of(), pruner(new Disk()).apply(plan, removal -> {}));
        assertFalse(Files.exists(repo));
    }

    @Test
    void linksAreNotFollowedOutOfTheRoot() throws Exception {
        publish(MAIN, weights, config);
        Path elsewhere = work.resolve("elsewhere");
        Files.move(repo, elsewhere);
        Files.createSymbolicLink(repo, elsewhere);
        assertEquals(List.of(), plan(PruneRules.PLAIN).removals());

        Files.delete(repo);
        Files.move(elsewhere, repo);
        Path state = work.resolve("state");
        Files.move(repo.resolve(".sync-tools"), state);
        Files.createSymbolicLink(repo.resolve(".sync-tools"), state);
        PrunePlan plan = plan(PruneRules.PLAIN);
        assertEquals(1, plan.obstacles().size());
        assertEquals(plan.obstacles(), pruner(new Disk()).apply(plan, removal -> {}));
        assertTrue(Files.exists(repo.resolve("refs/main")));
    }

    /** The process dies before its nth change of the disk, for every n; readers look; the next prune finishes. */
    @Test
    void whereverAPruneIsKilledReadersSeeWholeRevisionsAndTheNextOneFinishes() throws Exception {
        publish(MAIN, weights, config);
        String main = publish(MAIN, second, config);
        assertKillsAreHarmless(List.of("refs/main", "snapshots/" + main + "/config.json"), MAIN);
        assertEquals(sorted(second.sha256(), config.gitId()), names("blobs"));
        assertEquals(List.of(main), names("snapshots"));
    }

    @Test
    void whatFilesWereMadeOfGoesWithThem() throws Exception {
        try (FakeStore store = new FakeStore()) {
            hub.store = store;
            byte[] before = Chunks.weights(1_500_000, 1);
            byte[] after = Chunks.weights(1_600_000, 2);
            store.file(before, 60_000, 10);
            store.file(after, 60_000, 10);
            publish(MAIN, File.lfs("w.safetensors", before));
            publish(MAIN, File.lfs("w.safetensors", after));
            assertEquals(2, names(".sync-tools/recipes").size());

            assertEquals(List.of(), pruner(new Disk()).apply(plan(PruneRules.PLAIN, MAIN), removal -> {}));
            assertEquals(1, names(".sync-tools/recipes").size());
            assertEquals(List.of(), pruner(new Disk()).apply(plan(PruneRules.PLAIN), removal -> {}));
            assertFalse(Files.exists(repo), () -> "there is still something in " + repo);
        }
    }

    @Test
    void aWholeRepositoryGoesAlsoWhenPruneIsKilled() throws Exception {
        publish(MAIN, weights, config);
        publish(MAIN, second, config);
        assertKillsAreHarmless(List.of());
        assertFalse(Files.exists(repo));
    }

    private void assertKillsAreHarmless(List<String> kept, SyncItem... declared) throws Exception {
        Path old = cache;
        int steps = 0;
        for (int last = 0; steps == 0; last++) {
            cache = work.resolve("hub" + last);
            repo = cache.resolve("models--acme--tiny");
            copy(old, cache);
            DyingDisk dying = new DyingDisk(last);
            try {
                pruner(dying).apply(plan(PruneRules.PLAIN, declared), removal -> {});
            } catch (SyncException e) {
                assertTrue(dying.isDead(), e.getMessage());
            }
            for (String path : kept) {
                assertTrue(Files.exists(repo.resolve(path)), path + " after " + last + " steps");
            }
            if (Files.exists(repo.resolve("snapshots"))) {
                assertNothingDangles();
            }
            steps = dying.isDead() ? 0 : last;
            assertEquals(
                    List.of(),
                    pruner(new Disk()).apply(plan(PruneRules.PLAIN, declared), removal -> {}),
                    "after " + last + " steps");
            assertEquals(List.of(), plan(PruneRules.PLAIN, declared).leftovers());
            if (declared.length == 0) {
                assertEquals(List.of(), Mirror.files(repo), "after " + last + " steps");
                assertFalse(Files.exists(repo.resolve("snapshots")), "after " + last + " steps");
            } else {
                assertFalse(Files.exists(repo.resolve(".sync-tools/trash")), "after " + last + " steps");
                assertNothingDangles();
                assertEquals(sorted(second.sha256(), config.gitId()), names("blobs"), "after " + last + " steps");
            }
        }
        assertTrue(steps > 8, "the disk is changed through " + steps + " steps");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)), LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    private Pruner localPruner(Disk disk) {
        RunContext context = context(disk);
        return new Pruner(List.of(new LocalDir(work.resolve("root"), context)), List.of(), context);
    }

    private PrunePlan localPlan(SyncItem... declared) throws IOException {
        return localPruner(new Disk()).plan(declared(declared), PruneRules.PLAIN, Instant.now());
    }

    @Test
    void aLocalDirectoryGoesAllAtOnceAlsoWhenPruneIsKilled() throws Exception {
        hub.commit(REPO, "main", weights, config);
        Path folder = work.resolve("root/custom/place");
        Path trash = work.resolve("root/.sync-tools-trash");
        int steps = 0;
        for (int last = 0; steps == 0; last++) {
            assertTrue(mirror().runOne(Mirror.toFolder(REPO, "custom/place")).well());
            DyingDisk dying = new DyingDisk(last);
            try {
                assertEquals(List.of(), localPruner(dying).apply(localPlan(), removal -> {}));
            } catch (SyncException e) {
                assertTrue(dying.isDead(), e.getMessage());
            }
            if (Files.exists(folder)) {
                assertTrue(Files.exists(folder.resolve("weights.bin")) && Files.exists(folder.resolve("config.json")));
            }
            steps = dying.isDead() ? 0 : last;
            assertEquals(List.of(), localPruner(new Disk()).apply(localPlan(), removal -> {}));
            assertFalse(Files.exists(folder), "after " + last + " steps");
            assertEquals(List.of(), Mirror.files(trash), "after " + last + " steps");
        }
        assertTrue(steps > 8, "the disk is changed through " + steps + " steps");
    }

    @Test
    void aLocalDirectoryStaysWhileADeclaredOneLiesInIt() throws Exception {
        hub.commit(REPO, "main", weights, config);
        SyncItem inner = Mirror.toFolder(REPO, "outer/inner");
        assertTrue(mirror().runOne(Mirror.toFolder(REPO, "outer")).well());
        assertTrue(mirror().runOne(inner).well());
        PrunePlan plan = localPlan(inner);
        assertEquals(List.of(), plan.removals());
        assertTrue(plan.notes().get(0).contains("something that is declared lies in"), plan.notes()::toString);
        assertEquals(List.of(), plan.obstacles());
    }

    @Test
    void aBlobThatRevisionsShareIsReadOnceAndReportedForEach() throws Exception {
        publish(MAIN, weights, config);
        publish(MAIN, weights, File.regular("config.json", "{}"));
        List<Verified> results = new ArrayList<>();
        new Verifier(2).verify(Subject.all(inventory()), results::add);
        assertEquals(1, results.size());
        assertEquals(4, results.get(0).files());
        assertEquals(10_000 + 7 + 2, results.get(0).bytes());
        assertEquals(List.of(), results.get(0).findings());

        Files.write(repo.resolve("blobs/" + weights.sha256()), new byte[10_000]);
        Files.delete(repo.resolve("blobs/" + config.gitId()));
        results.clear();
        new Verifier(2).verify(Subject.all(inventory()), results::add);
        assertEquals(
                List.of(Finding.Kind.MISSING, Finding.Kind.DAMAGED, Finding.Kind.DAMAGED),
                results.get(0).findings().stream().map(Finding::kind).toList());
        assertEquals("its link leads nowhere", results.get(0).findings().get(0).detail());
    }

    /** Moves a blob into the store that clients since 1.32 share among the repositories of a cache, as they would. */
    private Path share(File file) throws IOException {
        Path store = Files.createDirectories(cache.resolve("blobs/ab"));
        Files.writeString(cache.resolve("blobs/.huggingface-shared-blobs"), "1\n");
        Path blob = repo.resolve("blobs/" + file.sha256());
        String xet = "ab" + file.sha256().substring(2);
        Path payload = Files.move(blob, store.resolve(xet));
        Files.writeString(store.resolve(xet + ".refs"), "models--acme--tiny/blobs/" + file.sha256() + "\n");
        Files.createSymbolicLink(blob, Path.of("../../blobs/ab/" + xet));
        return payload;
    }

    @Test
    void theClientsSharedStoreIsReadByVerifyAndNeverPruned() throws Exception {
        publish(MAIN, weights, config);
        Path payload = share(weights);
        List<String> before = Mirror.files(cache.resolve("blobs"));
        List<Verified> results = new ArrayList<>();

        new Verifier(2).verify(Subject.all(inventory()), results::add);
        assertEquals(List.of(), results.get(0).findings());
        assertEquals(1, inventory().repositories().size());
        MirrorStatus status = MirrorStatus.of(List.of(inventory()), Instant.now());
        assertEquals(weights.content().length, status.items().get(0).shared());

        byte[] damaged = weights.content().clone();
        damaged[5]++;
        Files.write(payload, damaged);
        results.clear();
        new Verifier(2).verify(Subject.all(inventory()), results::add);
        assertEquals(
                List.of(Finding.Kind.DAMAGED),
                results.get(0).findings().stream().map(Finding::kind).toList());
        Files.write(payload, weights.content());

        publish(MAIN, second, config);
        assertEquals(List.of(), pruner(new Disk()).apply(plan(PruneRules.PLAIN, MAIN), removal -> {}));
        assertEquals(sorted(second.sha256(), config.gitId()), names("blobs"));
        share(second);
        before = Mirror.files(cache.resolve("blobs"));
        PrunePlan whole = plan(PruneRules.PLAIN);
        assertTrue(
                whole.notes().get(0).contains(second.content().length + " bytes lie in the store"),
                whole.notes().toString());
        assertEquals(config.content().length, whole.removals().get(0).bytes());
        assertEquals(List.of(), pruner(new Disk()).apply(whole, removal -> {}));
        assertFalse(Files.exists(repo));
        assertEquals(before, Mirror.files(cache.resolve("blobs")));
        assertEquals(10_000, Files.size(payload));
    }
}
