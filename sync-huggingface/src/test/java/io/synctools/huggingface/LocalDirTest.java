package io.synctools.huggingface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.huggingface.FakeHub.File;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import io.synctools.testing.MemoryHub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalDirTest {
    private static final String REPO = "datasets/acme/rows";
    private static final SyncItem ITEM = Mirror.toFolder(REPO, REPO);

    private final File data = File.lfs("data/train.parquet", random(200_000));
    private final File readme = File.regular("README.md", "# rows");

    @TempDir
    Path work;

    private Path root;
    private Path folder;
    private FakeHub hub;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
        root = work.resolve("root");
        folder = root.resolve(REPO);
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private Mirror mirror() {
        return new Mirror(hub, work.resolve("main-cache"), root);
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(5).nextBytes(bytes);
        return bytes;
    }

    private String state(String name) throws IOException {
        return Files.readString(folder.resolve(".cache/huggingface").resolve(name));
    }

    @Test
    void filesStandPlainWithTheClientsOwnMetadataAndTheMainCacheIsUntouched() throws Exception {
        String commit = hub.commit(REPO, "main", data, readme);

        SyncReport.Item item = mirror().runOne(ITEM);

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertEquals(REPO, item.path().orElseThrow());
        assertArrayEquals(data.content(), Files.readAllBytes(folder.resolve("data/train.parquet")));
        assertEquals("# rows", Files.readString(folder.resolve("README.md")));
        assertEquals("*", state(".gitignore"));
        assertEquals(CacheTag.TEXT, state("CACHEDIR.TAG"));
        assertTrue(state("trees/" + commit + ".json").contains(data.sha256()));
        assertMetadata(commit, data.sha256(), "data/train.parquet");
        assertMetadata(commit, readme.gitId(), "README.md");
        assertFalse(Files.exists(work.resolve("main-cache")));
    }

    @Test
    void aRepositoryWithoutOrganizationLandsWhereReadersLook() throws Exception {
        String commit = hub.commit("models/gpt2", "main", data, readme);
        SyncReport.Item local = mirror().runOne(Mirror.toFolder("models/gpt2", "models/gpt2"));
        assertEquals(Outcome.COPIED, local.outcome(), local.failures().toString());
        SyncReport.Item item = mirror().runOne(Mirror.toCache("models/gpt2", ""));
        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertEquals("# rows", Files.readString(root.resolve("models/gpt2/README.md")));
        Path repo = work.resolve("main-cache/models--gpt2");
        assertEquals(commit, Files.readString(repo.resolve("refs/main")));
        assertEquals("# rows", Files.readString(repo.resolve("snapshots/" + commit + "/README.md")));
    }

    /** Three lines, and a time that the client finds not to be before the file's last change, less a second. */
    private void assertMetadata(String commit, String etag, String path) throws IOException {
        String text = state("download/" + path + ".metadata");
        assertTrue(text.matches("[0-9a-f]{40}\n[0-9a-f]+\n[0-9]+\\.[0-9]+\n"), text);
        String[] lines = text.split("\n");
        assertEquals(commit, lines[0]);
        assertEquals(etag, lines[1]);
        double modified = Files.getLastModifiedTime(folder.resolve(path)).toMillis() / 1000.0;
        assertTrue(modified - 1 <= Double.parseDouble(lines[2]), modified + " " + text);
        assertTrue(Double.parseDouble(lines[2]) < modified + 600, "and not in a far future: " + text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data\\t.csv", "two\nlines.txt", "sub/a\\b\\c"})
    void aNameThatTheDiskHoldsIsKeptByteForByte(String name) throws Exception {
        hub.commit(REPO, "main", readme, File.regular(name, "text"));

        SyncReport.Item item = mirror().runOne(ITEM);

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertEquals("text", Files.readString(folder.resolve(name)));
        hub.requests.clear();
        assertEquals(Outcome.UP_TO_DATE, mirror().runOne(ITEM).outcome());
    }

    @Test
    void twoProjectsWithOneLocalDirDoNotReplaceEachOtherEveryHour() throws Exception {
        String other = "datasets/acme/others";
        hub.commit(REPO, "main", data, readme);
        hub.commit(other, "main", File.regular("README.md", "# others"), File.regular("others.csv", "1,2"));
        SyncItem two = Mirror.toFolder(other, REPO);
        assertEquals(
                Outcome.COPIED, mirror().runOf("project one", "one.json", ITEM).outcome());
        List<String> published = Mirror.files(folder);

        for (int hour = 0; hour < 3; hour++) {
            SyncReport.Item refused = mirror().runOf("project two", "two.json", two);
            assertEquals(Outcome.FAILED, refused.outcome());
            assertEquals(FailureKind.INCOMPATIBLE, refused.failures().get(0).kind());
            String why = refused.failures().get(0).message();
            assertTrue(why.contains("one.json (project one)") && why.contains("two.json (project two)"), why);
            assertTrue(why.contains(REPO + "@main") && why.contains(other + "@main"), why);
            assertEquals(
                    Outcome.UP_TO_DATE,
                    mirror().runOf("project one", "one.json", ITEM).outcome());
            assertEquals(published, Mirror.files(folder));
        }

        SyncReport.Item taken = mirror().option(SyncOptions.REPLACE, true).runOf("project two", "two.json", two);
        assertEquals(Outcome.COPIED, taken.outcome(), taken.failures().toString());
        assertEquals("# others", Files.readString(folder.resolve("README.md")));
    }

    @Test
    void whatIsUpToDateCostsOneRequestAndANewCommitOnlyWhatChanged() throws Exception {
        hub.commit(REPO, "main", data, readme);
        mirror().runOne(ITEM);
        hub.requests.clear();
        assertEquals(Outcome.UP_TO_DATE, mirror().runOne(ITEM).outcome());
        assertEquals(1, hub.requests.size());

        String commit = hub.commit(REPO, "main", data, File.regular("README.md", "# more rows"));
        hub.requests.clear();
        assertEquals(Outcome.COPIED, mirror().runOne(ITEM).outcome());

        assertEquals(1, hub.count("/resolve/"));
        assertEquals("# more rows", Files.readString(folder.resolve("README.md")));
        assertMetadata(commit, data.sha256(), "data/train.parquet");
    }

    @Test
    void filesThatAreThereAlreadyAreAdoptedWhenTheyAreRight() throws Exception {
        hub.commit(REPO, "main", data, readme);
        Files.createDirectories(folder.resolve("data"));
        Files.write(folder.resolve("data/train.parquet"), data.content());
        Files.writeString(folder.resolve("README.md"), "# wrong");
        Files.writeString(folder.resolve("notes.txt"), "somebody's");

        assertEquals(Outcome.COPIED, mirror().runOne(ITEM).outcome());

        assertEquals(0, hub.cdn.getRequestCount());
        assertEquals("# rows", Files.readString(folder.resolve("README.md")));
        assertEquals("somebody's", Files.readString(folder.resolve("notes.txt")));
    }

    @Test
    void aFailedUpdateLeavesTheOldFiles() throws Exception {
        hub.commit(REPO, "main", data, readme);
        mirror().runOne(ITEM);
        hub.commit(REPO, "main", data, File.regular("README.md", "# new"), File.regular("a.txt", "a"));
        hub.fault = request -> request.getTarget().endsWith("/a.txt")
                ? Optional.of(new MockResponse.Builder().body("b").build())
                : Optional.empty();

        SyncReport.Item item = mirror().runOne(ITEM);

        assertEquals(FailureKind.CHECKSUM, item.failures().get(0).kind());
        assertEquals("# rows", Files.readString(folder.resolve("README.md")));
        assertFalse(Files.exists(folder.resolve("a.txt")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".git/config",
                ".cache/huggingface/download/x.metadata",
                ".CACHE/HuggingFace/x",
                ".cache/sync-tools/proof.json",
                ".msc",
                "../x",
                "/etc/x"
            })
    void aRepositoryMayNotWriteIntoAnybodysState(String name) throws Exception {
        hub.commit(REPO, "main", readme, File.regular(name, "evil"));

        SyncReport.Item item = mirror().runOne(ITEM);

        assertEquals(FailureKind.UNSAFE_NAME, item.failures().get(0).kind());
        assertEquals(List.of(), Mirror.files(work));
    }

    @Test
    void anAbsoluteDestinationIsTakenAsItIs() throws Exception {
        hub.commit(REPO, "main", readme);
        Path elsewhere = work.resolve("else where/ü");

        SyncReport.Item item = mirror().runOne(Mirror.toFolder(REPO, elsewhere.toString()));

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertEquals(elsewhere.toString(), item.path().orElseThrow());
        assertEquals("# rows", Files.readString(elsewhere.resolve("README.md")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/../../b", "/", "a//b", "~/x", "a/./b", "a\u0000b", "a/", "."})
    void anUnsafeDestinationIsRefusedBeforeAnythingElse(String destination) {
        LocalDir target = new LocalDir(root, RunContext.of(SyncOptions.DEFAULTS));

        SyncException e =
                assertThrows(SyncException.class, () -> target.path(ArtifactRef.of("local-dir", destination)));

        assertEquals(FailureKind.UNSAFE_NAME, e.kind());
    }

    @Test
    void otherHubsFilesComeWithoutThisHubsMetadata() throws Exception {
        MemoryHub other = new MemoryHub();
        other.commitText("models/acme/tiny", Map.of("config.json", "{}", "sub/a.txt", "a"));
        RunContext context = RunContext.of(SyncOptions.builder()
                .environment(Map.of("HOME", root.toString()))
                .set(HuggingFaceOptions.LOCAL_ROOT, root)
                .build());
        Syncer syncer = Syncer.builder()
                .context(context)
                .platforms(Platforms.builder()
                        .source("elsewhere", other)
                        .target(new LocalDirProvider())
                        .build())
                .build();

        SyncReport report = syncer.run(SyncPlan.of(
                "test",
                List.of(SyncItem.of(
                        ArtifactRef.of("elsewhere", "models/acme/tiny"),
                        ArtifactRef.of("local-dir", "models/acme/tiny")))));

        assertEquals(0, report.exit(), report.toJson());
        Path place = root.resolve("models/acme/tiny");
        assertEquals("a", Files.readString(place.resolve("sub/a.txt"), StandardCharsets.UTF_8));
        assertEquals(List.of(".cache/sync-tools/proof.json", "config.json", "sub/a.txt"), Mirror.files(place));
    }

    @ParameterizedTest
    @ValueSource(strings = {"delete", "cut", "delete all"})
    void aFileThatIsNotThereAnyMoreIsSeenByEveryRunAndMended(String damage) throws Exception {
        hub.commit(REPO, "main", data, readme);
        mirror().runOne(ITEM);
        Path file = folder.resolve("data/train.parquet");
        if (damage.equals("cut")) {
            Files.write(file, new byte[3]);
        } else {
            Files.delete(file);
        }
        if (damage.equals("delete all")) {
            Files.delete(folder.resolve("data"));
            Files.delete(folder.resolve("README.md"));
        }

        assertEquals(Outcome.COPIED, mirror().runOne(ITEM).outcome());

        assertArrayEquals(data.content(), Files.readAllBytes(file));
        assertEquals("# rows", Files.readString(folder.resolve("README.md")));
        assertEquals(Outcome.UP_TO_DATE, mirror().runOne(ITEM).outcome());
    }
}
