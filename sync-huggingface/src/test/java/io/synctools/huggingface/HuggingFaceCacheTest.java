package io.synctools.huggingface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.file.Disk;
import io.synctools.huggingface.FakeHub.File;
import io.synctools.mirror.Finding;
import io.synctools.mirror.Subject;
import io.synctools.mirror.Verifier;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.testing.DyingDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HuggingFaceCacheTest {
    private static final String REPO = "models/acme/tiny";
    private static final SyncItem MAIN = Mirror.toCache(REPO, "");

    private final File weights = File.lfs("sub/deep/weights.bin", random(300_000, 1));
    private final File config = File.regular("config.json", "{\"a\":1}");
    private final File readme = File.regular("sub/README.md", "# tiny");

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

    private Mirror mirror() {
        return new Mirror(hub, cache, work.resolve("root"));
    }

    private static byte[] random(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private Path snapshot(String commit) {
        return repo.resolve("snapshots").resolve(commit);
    }

    private String ref(String revision) throws IOException {
        return Files.readString(repo.resolve("refs").resolve(revision), StandardCharsets.ISO_8859_1);
    }

    private void assertSnapshot(String commit, File... files) throws IOException {
        for (File file : files) {
            assertArrayEquals(
                    file.content(), Files.readAllBytes(snapshot(commit).resolve(file.path())), file.path());
        }
        assertEquals(Stream.of(files).map(File::path).sorted().toList(), Mirror.files(snapshot(commit)));
    }

    @Test
    void anotherListsArtifactUnderTheSameRefIsRefusedAndOtherRefsAndFiltersAreNot() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config, readme);
        hub.commit("models/acme/copy", "main", readme);
        assertEquals(Outcome.COPIED, mirror().runOf("one", "one.json", MAIN).outcome());
        SyncItem copy = new SyncItem(
                ArtifactRef.of("huggingface", "models/acme/copy", MAIN.from().revision()),
                MAIN.to(),
                NameFilter.ALL,
                MAIN.declaredAt());

        SyncReport.Item refused = mirror().runOf("two", "two.json", copy);

        assertEquals(Outcome.FAILED, refused.outcome());
        assertEquals(FailureKind.INCOMPATIBLE, refused.failures().get(0).kind());
        assertEquals(commit, ref("main"));
        SyncItem part = Mirror.toCache(REPO, MAIN.from().revision(), Mirror.endingIn(".md"));
        assertEquals(Outcome.UP_TO_DATE, mirror().runOf("two", "two.json", part).outcome());
        assertEquals(Outcome.UP_TO_DATE, mirror().runOf("one", "one.json", MAIN).outcome());
        assertEquals(
                Outcome.COPIED,
                mirror().option(SyncOptions.REPLACE, true)
                        .runOf("two", "two.json", copy)
                        .outcome());
    }

    @Test
    void aRepositoryStandsAsTheClientsLayItOut() throws Exception {
        hub.xet = true;
        String commit = hub.commit(REPO, "main", weights, config, readme);

        SyncReport.Item item = mirror().runOne(MAIN);

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertEquals(commit, item.revision().orElseThrow());
        assertEquals("models--acme--tiny", item.path().orElseThrow());
        assertEquals(2 + 3 + 1 + 1, item.requests()); // the last one for access to a store that this hub does not have
        assertSnapshot(commit, weights, config, readme);
        assertEquals(commit, ref("main"));
        assertEquals(
                Stream.of(weights.sha256(), config.gitId(), readme.gitId())
                        .sorted()
                        .toList(),
                Mirror.files(repo.resolve("blobs")));
        assertEquals(
                Path.of("../../../../blobs/" + weights.sha256()),
                Files.readSymbolicLink(snapshot(commit).resolve("sub/deep/weights.bin")));
        assertEquals(
                Path.of("../../blobs/" + config.gitId()),
                Files.readSymbolicLink(snapshot(commit).resolve("config.json")));
        String xet = "\n   \"xet_hash\": \"" + "ab".repeat(32) + "\"\n  }";
        assertEquals(
                "{\n \"format_version\": 1,\n \"files\": {\n"
                        + "  \"config.json\": {\n   \"size\": 7,\n   \"blob_id\": \"" + config.gitId() + "\"," + xet
                        + ",\n"
                        + "  \"sub/README.md\": {\n   \"size\": 6,\n   \"blob_id\": \"" + readme.gitId() + "\"," + xet
                        + ",\n"
                        + "  \"sub/deep/weights.bin\": {\n   \"size\": 300000,\n   \"blob_id\": \"" + weights.gitId()
                        + "\",\n   \"lfs_sha256\": \"" + weights.sha256() + "\",\n   \"lfs_size\": 300000," + xet
                        + "\n }\n}",
                Files.readString(repo.resolve("trees/" + commit + ".json")));
        assertTrue(Files.readString(cache.resolve("CACHEDIR.TAG"))
                .startsWith("Signature: 8a477f597d28d172789f06886806bc55\n"));
        assertEquals(List.of("CACHEDIR.TAG", "models--acme--tiny"), names(cache));
        assertEquals(List.of(".sync-tools", "blobs", "refs", "snapshots", "trees"), names(repo));
        assertEquals(List.of("proofs/" + commit + ".json"), Mirror.files(repo.resolve(".sync-tools")));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatIsUpToDateCostsOneRequest() throws Exception {
        hub.commit(REPO, "main", weights, config);
        mirror().runOne(MAIN);
        hub.requests.clear();

        SyncReport.Item item = mirror().runOne(MAIN);

        assertEquals(Outcome.UP_TO_DATE, item.outcome());
        assertEquals(1, hub.requests.size());
        assertEquals(2, item.entries().total());
        assertEquals(300_007, item.bytes().orElseThrow().total());
    }

    @Test
    void ofANewCommitOnlyWhatChangedIsFetched() throws Exception {
        String before = hub.commit(REPO, "main", weights, config, readme);
        mirror().runOne(MAIN);
        File changed = File.regular("config.json", "{\"a\":2}");
        String after = hub.commit(REPO, "main", weights, changed, readme);
        hub.requests.clear();

        SyncReport.Item item = mirror().runOne(MAIN);

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertEquals(1, hub.count("/resolve/"));
        assertEquals(3, hub.requests.size());
        assertSnapshot(before, weights, config, readme);
        assertSnapshot(after, weights, changed, readme);
        assertEquals(after, ref("main"));
    }

    @Test
    void revisionsStandSideBySideAndShareTheirBlobs() throws Exception {
        String main = hub.commit(REPO, "main", weights, config);
        String branch = hub.commit(REPO, "feature/x", weights, readme);
        String pull = hub.commit(REPO, "refs/pr/1", weights);
        String bare = hub.commit(REPO, "old", weights, config, readme);

        SyncReport report = mirror().run(
                        MAIN,
                        Mirror.toCache(REPO, "feature/x"),
                        Mirror.toCache(REPO, "refs/pr/1"),
                        Mirror.toCache(REPO, bare));

        assertEquals(0, report.exit(), report.toJson());
        assertEquals(1, hub.count(" /" + weights.sha256()));
        assertSnapshot(main, weights, config);
        assertSnapshot(branch, weights, readme);
        assertSnapshot(pull, weights);
        assertSnapshot(bare, weights, config, readme);
        assertEquals(branch, ref("feature/x"));
        assertEquals(pull, ref("refs/pr/1"));
        assertEquals(List.of("feature/x", "main", "refs/pr/1"), Mirror.files(repo.resolve("refs")));
        hub.requests.clear();
        assertEquals(
                4,
                mirror().run(
                                MAIN,
                                Mirror.toCache(REPO, "feature/x"),
                                Mirror.toCache(REPO, "refs/pr/1"),
                                Mirror.toCache(REPO, bare))
                        .totals()
                        .upToDate());
        assertEquals(3, hub.requests.size());
    }

    @Test
    void withoutSymbolicLinksTheSnapshotIsMadeOfHardLinksAndBlobsAreKept() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config);
        mirror().env("HF_HUB_DISABLE_SYMLINKS", "yes").runOne(MAIN);

        Path file = snapshot(commit).resolve(weights.path());
        assertFalse(Files.isSymbolicLink(file));
        assertTrue(Files.isSameFile(file, repo.resolve("blobs/" + weights.sha256())));
        assertSnapshot(commit, weights, config);
    }

    @Test
    void whereThereAreNoLinksAtAllTheSnapshotIsMadeOfCopies() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config);
        assertEquals(
                Outcome.COPIED, mirror().disk(new LinklessDisk()).runOne(MAIN).outcome());

        Path file = snapshot(commit).resolve(weights.path());
        assertTrue(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS));
        assertFalse(Files.isSameFile(file, repo.resolve("blobs/" + weights.sha256())));
        assertSnapshot(commit, weights, config);
        assertEquals(List.of("proofs/" + commit + ".json"), Mirror.files(repo.resolve(".sync-tools")));
    }

    @Test
    void copiesAreMadeOnceForSeveralNamesOfOneCommit() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config);
        hub.commit(REPO, "v1.0", weights, config);
        mirror().disk(new LinklessDisk()).runOne(MAIN);
        Path file = snapshot(commit).resolve(weights.path());
        Object before = Files.readAttributes(file, BasicFileAttributes.class).fileKey();

        mirror().disk(new LinklessDisk()).runOne(Mirror.toCache(REPO, "v1.0"));
        assertEquals(
                before, Files.readAttributes(file, BasicFileAttributes.class).fileKey());

        Files.write(file, random(300_000, 8));
        mirror().disk(new LinklessDisk()).option(SyncOptions.VERIFY, true).runOne(MAIN);
        assertSnapshot(commit, weights, config);
    }

    @Test
    void aSnapshotThatSomebodyElseMakesAtTheSameTimeIsCompletedInPlace() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config);
        Disk raced = new Disk() {
            @Override
            public void rename(Path from, Path to) throws IOException {
                if (to.equals(snapshot(commit))) {
                    Files.createDirectories(to);
                    Files.createSymbolicLink(to.resolve("config.json"), Path.of("../../blobs/" + config.gitId()));
                }
                super.rename(from, to);
            }
        };

        assertEquals(Outcome.COPIED, mirror().disk(raced).runOne(MAIN).outcome());

        assertSnapshot(commit, weights, config);
        assertEquals(List.of("proofs/" + commit + ".json"), Mirror.files(repo.resolve(".sync-tools")));
    }

    @Test
    void partialsOfAnotherRevisionStayUnlessNobodyWentOnWithThemForAWeek() throws Exception {
        hub.commit(REPO, "main", weights, config);
        Path parts = repo.resolve(".sync-tools/parts");
        Path wanted = Files.createDirectories(parts.resolve("aa11.other-1"));
        Files.write(wanted.resolve("data"), random(100, 1));
        Path forgotten = Files.createDirectories(parts.resolve("bb22.other-2"));
        Files.write(forgotten.resolve("data"), random(100, 1));
        Files.setLastModifiedTime(
                forgotten.resolve("data"), FileTime.from(Instant.now().minus(Duration.ofDays(8))));

        assertEquals(Outcome.COPIED, mirror().runOne(MAIN).outcome());

        assertEquals(List.of("aa11.other-1"), names(parts));
    }

    @Test
    void whatAKillMayLeaveLiesWhereTheNextHolderEmptiesIt() throws Exception {
        hub.commit(REPO, "main", weights, config);
        Path state = repo.resolve(".sync-tools");
        Set<Path> from = new ConcurrentSkipListSet<>();
        Disk watched = new Disk() {
            @Override
            public void rename(Path one, Path to) throws IOException {
                from.add(one.getParent());
                super.rename(one, to);
            }
        };

        assertEquals(Outcome.COPIED, mirror().disk(watched).runOne(MAIN).outcome());

        assertEquals(
                Set.of(state.resolve("parts"), state.resolve("tmp")),
                from.stream()
                        .map(folder -> folder.startsWith(state.resolve("parts")) ? state.resolve("parts") : folder)
                        .collect(Collectors.toSet()));
    }

    @Test
    void whatAKilledRunLeftHalfFetchedAndNobodyWantsAnyMoreIsRemoved() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config);
        Path state = Files.createDirectories(repo.resolve(".sync-tools/parts")).getParent();
        Files.write(state.resolve("parts/" + readme.gitId() + ".1.tmp"), random(100, 1));
        Files.createDirectories(state.resolve("tmp/" + commit + ".x"));

        assertEquals(Outcome.COPIED, mirror().runOne(MAIN).outcome());

        assertEquals(List.of("proofs/" + commit + ".json"), Mirror.files(state));
        assertEquals(List.of("proofs"), names(state));
    }

    @Test
    void aRefThatIsInTheWayIsSaidBeforeAnythingIsFetched() throws Exception {
        hub.commit(REPO, "feature", config);
        mirror().runOne(Mirror.toCache(REPO, "feature"));
        hub.commit(REPO, "feature/x", config);
        hub.requests.clear();

        SyncReport.Item item = mirror().runOne(Mirror.toCache(REPO, "feature/x"));

        assertEquals(FailureKind.DISK, item.failures().get(0).kind());
        assertTrue(
                item.failures().get(0).message().contains("refs/feature"),
                item.failures().toString());
        assertEquals(0, hub.count("/resolve/"));
    }

    @Test
    void blobsOfTheHubsOwnClientAreAdoptedWhenTheyAreRight() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config);
        Files.createDirectories(repo.resolve("blobs"));
        Files.write(repo.resolve("blobs/" + weights.sha256()), weights.content());
        Files.write(repo.resolve("blobs/" + config.gitId()), "{\"a\":9}".getBytes(StandardCharsets.UTF_8));

        SyncReport.Item item = mirror().runOne(MAIN);

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertEquals(0, hub.cdn.getRequestCount());
        assertEquals(1, item.entries().same());
        assertSnapshot(commit, weights, config);
    }

    @Test
    void aSnapshotOfAClientThatMakesNoLinksIsAdopted() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config);
        Path file = snapshot(commit).resolve(weights.path());
        Files.createDirectories(file.getParent());
        Files.write(file, weights.content());

        SyncReport.Item item = mirror().runOne(MAIN);

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertEquals(0, hub.cdn.getRequestCount());
        assertSnapshot(commit, weights, config);
        assertArrayEquals(weights.content(), Files.readAllBytes(repo.resolve("blobs/" + weights.sha256())));
    }

    @Test
    void aSnapshotThatAnotherClientLeftHalfDoneIsCompletedInPlace() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config, readme);
        Files.createDirectories(snapshot(commit));
        Files.createSymbolicLink(snapshot(commit).resolve("config.json"), Path.of("../../blobs/nothing"));
        Files.createDirectories(repo.resolve("refs"));
        Files.writeString(repo.resolve("refs/main"), commit + "\n");

        assertEquals(Outcome.COPIED, mirror().runOne(MAIN).outcome());

        assertSnapshot(commit, weights, config, readme);
        assertEquals(commit, ref("main"));
    }

    @Test
    void filesOfTheSameContentAreFetchedOnce() throws Exception {
        File[] same = Stream.of("a", "b", "c", "d/e")
                .map(name -> File.regular(name, "same"))
                .toArray(File[]::new);
        String commit = hub.commit(REPO, "main", same);

        SyncReport.Item item = mirror().runOne(MAIN);

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertEquals(1, hub.count("/resolve/"));
        assertSnapshot(commit, same);
    }

    @Test
    void aFailedItemShowsReadersNothingNewAndKeepsWhatItHas() throws Exception {
        String before = hub.commit(REPO, "main", weights, config);
        mirror().runOne(MAIN);
        File bigger = File.lfs("sub/deep/weights.bin", random(300_000, 2));
        String after = hub.commit(REPO, "main", bigger, config, readme);
        hub.fault = request -> request.getTarget().startsWith("/" + bigger.sha256())
                ? Optional.of(new MockResponse.Builder()
                        .body(new Buffer().write(random(300_000, 3)))
                        .build())
                : Optional.empty();

        SyncReport.Item item = mirror().runOne(MAIN);

        assertEquals(Outcome.FAILED, item.outcome());
        assertEquals(FailureKind.CHECKSUM, item.failures().get(0).kind());
        assertEquals(before, ref("main"));
        assertFalse(Files.exists(snapshot(after)));
        assertSnapshot(before, weights, config);

        hub.fault = request -> Optional.empty();
        hub.requests.clear();
        assertEquals(Outcome.COPIED, mirror().runOne(MAIN).outcome());
        assertEquals(0, hub.count(readme.path()), "the file that came well is not fetched again");
        assertSnapshot(after, bigger, config, readme);
    }

    @Test
    void aNameThatMustNotBeWrittenRefusesTheItem() throws Exception {
        for (String name : List.of("../../../../evil", "/evil", "C:\\evil", "a\u0000b", "sub/../../evil")) {
            hub.commit(REPO, "main", config, File.regular(name, "evil"));

            SyncReport.Item item = mirror().runOne(MAIN);

            assertEquals(FailureKind.UNSAFE_NAME, item.failures().get(0).kind(), name);
            assertEquals(List.of(), Mirror.files(work), name);
        }
    }

    @Test
    void verifyingFindsAndRepairsADamagedBlob() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config);
        mirror().runOne(MAIN);
        Path blob = repo.resolve("blobs/" + weights.sha256());
        Files.write(blob, random(300_000, 9));
        assertEquals(Outcome.UP_TO_DATE, mirror().runOne(MAIN).outcome());

        SyncReport.Item item = mirror().option(SyncOptions.VERIFY, true).runOne(MAIN);

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertEquals(1, item.entries().copied());
        assertSnapshot(commit, weights, config);
    }

    @Test
    void aSubsetIsWholeForItsFilterAndTheClientsListingPromisesNoMore() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config, readme);
        SyncItem json = Mirror.toCache(REPO, "", Mirror.endingIn(".json"));

        assertEquals(Outcome.COPIED, mirror().runOne(json).outcome());
        assertSnapshot(commit, config);
        Path tree = repo.resolve("trees/" + commit + ".json");
        assertFalse(Files.exists(tree), "offline, the client would miss what was left out");
        assertEquals(Outcome.UP_TO_DATE, mirror().runOne(json).outcome());

        assertEquals(Outcome.COPIED, mirror().runOne(MAIN).outcome());
        assertSnapshot(commit, weights, config, readme);
        assertTrue(Files.readString(tree).contains("weights.bin"));
        assertEquals(Outcome.UP_TO_DATE, mirror().runOne(json).outcome());
        assertEquals(Outcome.UP_TO_DATE, mirror().runOne(MAIN).outcome());
    }

    @Test
    void aPreviewWritesNothing() throws Exception {
        hub.commit(REPO, "main", weights, config);

        SyncReport report = mirror().preview(MAIN);

        assertEquals(1, report.totals().wouldCopy(), report.toJson());
        assertEquals(List.of(), names(work));
    }

    @Test
    void aPreviewSaysWhatARunWouldMeet() throws Exception {
        hub.commit(REPO, "main", weights, config);
        Disk small = new Disk() {
            @Override
            public long usableSpace(Path folder) {
                return 1000;
            }
        };
        SyncReport.Item noRoom = mirror().disk(small).preview(MAIN).items().get(0);
        assertEquals(Outcome.FAILED, noRoom.outcome());
        assertEquals(FailureKind.NO_SPACE, noRoom.failures().get(0).kind());

        hub.requests.clear();
        hub.fault = request -> request.getTarget().contains("auth-check")
                ? Optional.of(new MockResponse.Builder()
                        .code(403)
                        .addHeader("X-Error-Code", "GatedRepo")
                        .build())
                : Optional.empty();
        SyncReport gated = mirror().preview(MAIN);
        assertEquals(1, gated.exit());
        assertEquals(FailureKind.ACCESS, gated.items().get(0).failures().get(0).kind());
        assertEquals(1, hub.count("auth-check"), "one request more");
        assertEquals(List.of(), names(work));
    }

    @Test
    void anEmptyOrBrokenRefIsReplacedWithoutFetchingAnything() throws Exception {
        String commit = hub.commit(REPO, "main", config);
        mirror().runOne(MAIN);
        Files.writeString(repo.resolve("refs/main"), "");
        hub.requests.clear();

        SyncReport.Item item = mirror().runOne(MAIN);

        assertEquals(Outcome.COPIED, item.outcome(), "it changed what readers see");
        assertEquals(new SyncReport.Entries(1, 1, 0, 0), item.entries());
        assertEquals(commit, ref("main"));
        assertEquals(0, hub.count("/resolve/"));
    }

    @Test
    void aReadOnlyCacheIsAnErrorOfTheDiskThatSaysWhatToDo() throws Exception {
        hub.commit(REPO, "main", config);
        Files.writeString(cache, "a file where the cache should be");

        SyncReport.Item item = mirror().runOne(MAIN);

        assertEquals(Outcome.FAILED, item.outcome());
        assertEquals(
                FailureKind.DISK, item.failures().get(0).kind(), item.failures().toString());
    }

    /** The process dies before its nth change of the disk, for every n; readers look; a new process finishes. */
    @Test
    void whereverARunIsKilledReadersSeeOldOrNewAndTheNextRunFinishes() throws Exception {
        String before = hub.commit(REPO, "main", weights, config);
        File changed = File.regular("config.json", "{\"a\":2}");
        mirror().runOne(MAIN);
        Path old = cache;
        String after = hub.commit(REPO, "main", weights, changed, readme);
        int steps = 0;
        for (int last = 0; last < 500; last++) {
            cache = work.resolve("hub" + last);
            repo = cache.resolve("models--acme--tiny");
            copy(old, cache);
            DyingDisk dying = new DyingDisk(last);

            mirror().disk(dying).runOne(MAIN);

            assertSnapshot(before, weights, config);
            if (Files.exists(snapshot(after))) {
                assertSnapshot(after, weights, changed, readme);
            }
            String ref = ref("main");
            assertTrue(ref.equals(before) || (ref.equals(after) && Files.exists(snapshot(after))), ref);
            if (!dying.isDead()) {
                steps = last;
                break;
            }
            Files.deleteIfExists(repo.resolve(".sync-tools/lease"));
            SyncReport.Item item = mirror().runOne(MAIN);
            assertTrue(item.well(), item.failures().toString());
            assertSnapshot(after, weights, changed, readme);
            assertEquals(after, ref("main"));
            assertEquals(
                    List.of("proofs/" + after + ".json", "proofs/" + before + ".json").stream()
                            .sorted()
                            .toList(),
                    Mirror.files(repo.resolve(".sync-tools")));
        }
        assertTrue(steps > 15, "the disk is changed through " + steps + " steps");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)), LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    /** Of a file system that knows no links. */
    private static final class LinklessDisk extends Disk {
        @Override
        public void symlink(Path link, Path target) throws IOException {
            throw new IOException("Operation not permitted");
        }

        @Override
        public void hardLink(Path link, Path existing) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void aListingOfMoreThanIsThereGoesAlsoWhereItWasLeftBefore() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config, readme);
        SyncItem json = Mirror.toCache(REPO, "", Mirror.endingIn(".json"));
        mirror().runOne(json);
        Path tree = Files.createDirectories(repo.resolve("trees")).resolve(commit + ".json");
        Files.writeString(
                tree,
                "{\"format_version\": 1, \"files\": {\"config.json\": {\"size\": 7}, \"sub/README.md\": {\"size\": 6}}}");
        hub.requests.clear();

        SyncReport.Item item = mirror().runOne(json);

        assertTrue(item.well(), item.failures().toString());
        assertFalse(Files.exists(tree));
        assertEquals(0, hub.count("/resolve/"));
        hub.requests.clear();
        assertEquals(Outcome.UP_TO_DATE, mirror().runOne(json).outcome());
        assertEquals(1, hub.requests.size());
    }

    @Test
    void aMarkThatSaysAFileDoesNotExistGoesWithTheFileThere() throws Exception {
        String commit = hub.commit(REPO, "main", config);
        Path marks = Files.createDirectories(repo.resolve(".no_exist/" + commit));
        Files.createFile(marks.resolve("config.json"));
        Files.createFile(marks.resolve("adapter_config.json"));

        assertEquals(Outcome.COPIED, mirror().runOne(MAIN).outcome());
        assertEquals(List.of("adapter_config.json"), names(marks));

        Files.createFile(marks.resolve("config.json"));
        assertTrue(mirror().runOne(MAIN).well());
        assertEquals(List.of("adapter_config.json"), names(marks));
        hub.requests.clear();
        assertEquals(Outcome.UP_TO_DATE, mirror().runOne(MAIN).outcome());
        assertEquals(1, hub.requests.size());
    }

    /**
     * A cache as clients since 1.32 leave it: large content lies in {@code <cache>/blobs/<2>/<xet hash>}, with a marker, a
     * file of references and a lock, and {@code <repository>/blobs/<etag>} is a relative link to it (huggingface_hub,
     * {@code _shared_blobs.py}).
     */
    private Path sharedStore(String commit, byte[] content) throws IOException {
        Path store = Files.createDirectories(cache.resolve("blobs/ab"));
        Files.writeString(cache.resolve("blobs/.huggingface-shared-blobs"), "1\n");
        String xet = "ab".repeat(32);
        Path payload = Files.write(store.resolve(xet), content);
        Files.setPosixFilePermissions(payload, PosixFilePermissions.fromString("r--r--r--"));
        Files.writeString(store.resolve(xet + ".refs"), "models--acme--tiny/blobs/" + weights.sha256() + "\n");
        Files.createFile(store.resolve(xet + ".lock"));
        Path blobs = Files.createDirectories(repo.resolve("blobs"));
        Files.createSymbolicLink(blobs.resolve(weights.sha256()), Path.of("../../blobs/ab/" + xet));
        Path deep = Files.createDirectories(snapshot(commit).resolve("sub/deep"));
        Files.createSymbolicLink(deep.resolve("weights.bin"), Path.of("../../../../blobs/" + weights.sha256()));
        Files.createDirectories(repo.resolve("refs"));
        Files.writeString(repo.resolve("refs/main"), commit);
        return payload;
    }

    @Test
    void whatTheClientKeepsInItsSharedStoreIsTakenAsItIs() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config);
        Path payload = sharedStore(commit, weights.content());
        List<String> before = Mirror.trace(cache.resolve("blobs"));

        SyncReport.Item item = mirror().runOne(MAIN);

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertEquals(new SyncReport.Entries(2, 1, 1, 0), item.entries());
        assertEquals(1, hub.count("/resolve/"));
        assertSnapshot(commit, weights, config);
        assertTrue(Files.isSymbolicLink(repo.resolve("blobs/" + weights.sha256())));
        for (Map.Entry<String, Outcome> run :
                Map.of("false", Outcome.UP_TO_DATE, "true", Outcome.UP_TO_DATE).entrySet()) {
            assertEquals(
                    run.getValue(),
                    mirror().option(SyncOptions.VERIFY, Boolean.valueOf(run.getKey()))
                            .runOne(MAIN)
                            .outcome());
        }
        assertEquals(before, Mirror.trace(cache.resolve("blobs")));
        assertTrue(Files.exists(payload));
    }

    @Test
    void aDamagedPayloadIsReplacedForUsAndNotTouched() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config);
        byte[] damaged = weights.content().clone();
        damaged[7]++;
        sharedStore(commit, damaged);
        List<String> before = Mirror.trace(cache.resolve("blobs"));

        SyncReport.Item item = mirror().runOne(MAIN);

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertSnapshot(commit, weights, config);
        assertFalse(Files.isSymbolicLink(repo.resolve("blobs/" + weights.sha256())));
        assertEquals(before, Mirror.trace(cache.resolve("blobs")));
    }

    @Test
    void withoutSymbolicLinksTheSnapshotHoldsTheSharedContentItself() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config);
        sharedStore(commit, weights.content());

        SyncReport.Item item = mirror().env("HF_HUB_DISABLE_SYMLINKS", "1").runOne(MAIN);

        assertTrue(item.well(), item.failures().toString());
        assertSnapshot(commit, weights, config);
    }

    @Test
    void aBlobThatIsALinkToAnywhereCountsIfItIsRight() throws Exception {
        String commit = hub.commit(REPO, "main", weights, config);
        Path elsewhere = Files.write(work.resolve("elsewhere"), weights.content());
        Path nowhere = work.resolve("nowhere");
        Path blobs = Files.createDirectories(repo.resolve("blobs"));
        Files.createSymbolicLink(blobs.resolve(weights.sha256()), elsewhere);
        Files.createSymbolicLink(blobs.resolve(config.gitId()), nowhere);

        assertEquals(Outcome.COPIED, mirror().runOne(MAIN).outcome());

        assertSnapshot(commit, weights, config);
        assertEquals(1, hub.count("/resolve/"));
        assertFalse(Files.exists(nowhere));
    }

    /** What readers, disks and people do to a publication. */
    private enum Damage {
        NAME_DELETED(false, (repo, snapshot, blob) -> Files.delete(snapshot.resolve("sub/deep/weights.bin"))),
        NAME_OF_ANOTHER_BLOB(false, (repo, snapshot, blob) -> {
            Files.delete(snapshot.resolve("sub/deep/weights.bin"));
            Path other = Files.write(repo.resolve("blobs/other"), new byte[300_000]);
            Files.createSymbolicLink(
                    snapshot.resolve("sub/deep/weights.bin"),
                    Path.of("../../../../blobs").resolve(other.getFileName()));
        }),
        BLOB_DELETED(true, (repo, snapshot, blob) -> Files.delete(blob)),
        BLOB_CUT(true, (repo, snapshot, blob) -> Files.write(blob, new byte[5])),
        SNAPSHOT_DELETED(false, (repo, snapshot, blob) -> {
            Files.delete(snapshot.resolve("sub/deep/weights.bin"));
            Files.delete(snapshot.resolve("sub/deep"));
            Files.delete(snapshot.resolve("sub"));
            Files.delete(snapshot.resolve("config.json"));
            Files.delete(snapshot);
        }),
        REF_DELETED(false, (repo, snapshot, blob) -> Files.delete(repo.resolve("refs/main"))),
        REF_MOVED(false, (repo, snapshot, blob) -> Files.writeString(repo.resolve("refs/main"), "0".repeat(40)));

        private final boolean fetches;
        private final Act act;

        Damage(boolean fetches, Act act) {
            this.fetches = fetches;
            this.act = act;
        }

        @FunctionalInterface
        private interface Act {
            void on(Path repo, Path snapshot, Path blob) throws IOException;
        }
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void whatReadersMissIsSeenByEveryRunAndByVerifyAndMended(Damage damage) throws Exception {
        String commit = hub.commit(REPO, "main", weights, config);
        mirror().runOne(MAIN);
        assertEquals(Outcome.UP_TO_DATE, mirror().runOne(MAIN).outcome());
        assertEquals(List.of(), verified());

        damage.act.on(repo, snapshot(commit), repo.resolve("blobs/" + weights.sha256()));

        assertNotEquals(List.of(), verified());
        SyncReport.Item item = mirror().runOne(MAIN);
        assertEquals(Outcome.COPIED, item.outcome(), item.toString());
        assertEquals(damage.fetches ? 300_000 : 0, item.bytes().orElseThrow().transferred());
        assertSnapshot(commit, weights, config);
        assertEquals(
                Path.of("../../../../blobs/" + weights.sha256()),
                Files.readSymbolicLink(snapshot(commit).resolve("sub/deep/weights.bin")));
        assertEquals(commit, ref("main"));
        assertEquals(List.of(), verified());
        assertEquals(Outcome.UP_TO_DATE, mirror().runOne(MAIN).outcome());
    }

    @Test
    void revisionsOfOneCommitThatComeTogetherMakeOneSnapshotOfIt() throws Exception {
        File[] files = new File[80];
        for (int i = 0; i < files.length; i++) {
            files[i] = File.regular("f" + i + ".txt", "text " + i);
        }
        List<SyncItem> first = new ArrayList<>();
        List<SyncItem> items = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String name = "models/acme/n" + i;
            for (String revision : List.of("main", "v1", "v2", "v3")) {
                hub.commit(name, revision, files);
                items.add(Mirror.toCache(name, revision));
            }
            first.add(Mirror.toCache(name, "main", Mirror.endingIn("f1.txt"))); // the snapshot is there, and lacks much
        }
        assertEquals(0, mirror().run(first.toArray(SyncItem[]::new)).exit());

        SyncReport report = mirror().run(items.toArray(SyncItem[]::new));

        assertEquals(0, report.exit(), report.toJson());
        assertEquals(List.of(), verified());
    }

    private List<Finding> verified() throws Exception {
        List<Finding> findings = new ArrayList<>();
        HuggingFaceCache inventory = new HuggingFaceCache(cache, true, RunContext.of(SyncOptions.DEFAULTS));
        new Verifier(1).verify(Subject.all(inventory), one -> findings.addAll(one.findings()));
        return findings;
    }
}
