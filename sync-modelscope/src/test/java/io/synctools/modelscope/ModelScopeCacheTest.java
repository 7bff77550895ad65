package io.synctools.modelscope;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.file.Proof;
import io.synctools.mirror.Finding;
import io.synctools.mirror.Subject;
import io.synctools.mirror.Verifier;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs from a hub to a cache on disk, and what the hub's own client finds there afterwards. */
class ModelScopeCacheTest {
    private static final String ID = "Qwen/Qwen2.5";

    @TempDir
    Path root;

    private HubScript hub;

    @BeforeEach
    void startHub() throws IOException {
        hub = new HubScript();
    }

    @AfterEach
    void stopHub() {
        hub.close();
    }

    private RunContext context() {
        return RunContext.of(hub.context().options().toBuilder()
                .set(ModelScopeOptions.CACHE, root)
                .retries(0)
                .build());
    }

    private SyncReport.Item sync(String name) {
        return sync(name, context());
    }

    private SyncReport.Item sync(String name, RunContext context) {
        SyncPlan plan = SyncPlan.of(
                "test",
                List.of(SyncItem.of(ArtifactRef.of("modelscope", name), ArtifactRef.of("modelscope-cache", name))));
        return Syncer.builder()
                .context(context)
                .platforms(Platforms.discover())
                .build()
                .run(plan)
                .items()
                .get(0);
    }

    private static Map<String, String> files(String... namesAndTexts) {
        Map<String, String> files = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            files.put(namesAndTexts[i], namesAndTexts[i + 1]);
        }
        return files;
    }

    private Path folder() {
        return root.resolve("models/Qwen/Qwen2___5");
    }

    private Map<String, String> index() throws IOException {
        Map<String, String> lines = new TreeMap<>();
        IndexReader.read(folder().resolve(".msc"), (path, revision) -> {
            assertEquals(null, lines.put(path, revision), path + " stands twice in the index");
        });
        return lines;
    }

    private List<String> below(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .map(path -> folder.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    private void write(String path, byte[] bytes) throws IOException {
        Path file = folder().resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    private void write(String path, String text) throws IOException {
        write(path, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aNewModelIsThereAsTheClientWouldHaveWrittenIt() throws Exception {
        hub.model(ID, files("a.txt@c1", "hello", "sub/b.bin@c2", "", ".gitattributes@c1", "*.bin lfs"));
        SyncReport.Item item = sync("models/" + ID);

        assertEquals(Outcome.COPIED, item.outcome(), item.toString());
        assertEquals("models/Qwen/Qwen2___5", item.path().orElseThrow());
        assertEquals(List.of(".gitattributes", ".mdl", ".msc", ".mv", "a.txt", "sub/b.bin"), below(folder()));
        assertEquals("hello", Files.readString(folder().resolve("a.txt")));
        assertEquals(0, Files.size(folder().resolve("sub/b.bin")));
        assertEquals(Map.of("a.txt", "c1", "sub/b.bin", "c2", ".gitattributes", "c1"), index());
        assertEquals("Revision:master,CreatedAt:1690000000", Files.readString(folder().resolve(".mv")));
        assertArrayEquals(
                HexFormat.of()
                        .parseHex("80027d5802000000" + "6964" + "580e000000" + "5177656e2f5177656e325f5f5f35" + "732e"),
                Files.readAllBytes(folder().resolve(".mdl")));
    }

    @Test
    void theDottedNameIsARelativeLinkAndReadersMayLock() throws Exception {
        hub.model(ID, files("a.txt@c1", "hello"));
        sync("models/" + ID);
        Path link = root.resolve("models/Qwen/Qwen2.5");
        assertEquals(Path.of("Qwen2___5"), Files.readSymbolicLink(link));
        assertEquals("hello", Files.readString(link.resolve("a.txt")));
        assertEquals("rwxrwxrwx", PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(".lock"))));
    }

    @Test
    void besideTheFolderThereIsOnlyOurStateWhereScansPassIt() throws Exception {
        hub.model(ID, files("a.txt@c1", "hello"));
        sync("models/" + ID);
        for (String path : below(root)) {
            assertTrue(
                    path.startsWith("models/Qwen/") || path.startsWith("models/.sync-tools/Qwen/Qwen2___5/"),
                    path + " lies where others look");
        }
        assertTrue(Files.exists(root.resolve("models/.sync-tools/Qwen/Qwen2___5/proof.json")));
        assertFalse(Files.exists(root.resolve("models/.sync-tools/Qwen/.mdl")));
    }

    @Test
    void aSecondRunMakesOneRequest() throws Exception {
        hub.model(ID, files("a.txt@c1", "hello"));
        sync("models/" + ID);
        int before = hub.asked().size();
        SyncReport.Item item = sync("models/" + ID);
        assertEquals(Outcome.UP_TO_DATE, item.outcome());
        assertEquals(1, item.requests());
        assertEquals(before + 1, hub.asked().size());
    }

    @Test
    void anUpdateFetchesWhatChangedAndKeepsWhatLeftTheHub() throws Exception {
        hub.model(ID, files("same@c1", "s", "changed@c1", "old", "leaves@c1", "l"));
        sync("models/" + ID);
        long before = hub.downloads();
        hub.model(ID, files("same@c1", "s", "changed@c2", "new", "new@c2", "n"));
        SyncReport.Item item = sync("models/" + ID);

        assertEquals(Outcome.COPIED, item.outcome(), item.toString());
        assertEquals(2, hub.downloads() - before);
        assertEquals("new", Files.readString(folder().resolve("changed")));
        assertEquals("l", Files.readString(folder().resolve("leaves")));
        assertEquals(Map.of("same", "c1", "changed", "c2", "new", "c2", "leaves", "c1"), index());
    }

    @Test
    void whenOnlyCommitsMoveTheIndexIsWrittenAndNothingFetched() throws Exception {
        hub.model(ID, files("a@c1", "a"));
        sync("models/" + ID);
        long before = hub.downloads();
        hub.model(ID, files("a@c2", "a"));
        sync("models/" + ID);
        assertEquals(Map.of("a", "c2"), index());
        assertEquals(before, hub.downloads(), hub.asked().toString());
    }

    @Test
    void whatTheClientFetchedBeforeUsIsNotFetchedAgain() throws Exception {
        hub.model(ID, files("config.json@abc", "{}", "sub/模型.bin@def", "weights", "more@c3", "m"));
        write("config.json", "{}");
        write("sub/模型.bin", "weights");
        write("mine.txt", "somebody put it here");
        write(
                ".msc",
                HexFormat.of()
                        .parseHex("8004954e000000000000005d94287d94288c0450617468948c0b636f6e6669672e6a736f6e"
                                + "948c085265766973696f6e948c0361626394757d942868028c0e7375622fe6a8a1e59e8b2e62696e9468048c03646566"
                                + "9475652e"));
        SyncReport.Item item = sync("models/" + ID);

        assertEquals(Outcome.COPIED, item.outcome(), item.toString());
        assertEquals(1, hub.downloads());
        assertEquals(Map.of("config.json", "abc", "sub/模型.bin", "def", "more", "c3"), index());
        assertEquals("somebody put it here", Files.readString(folder().resolve("mine.txt")));
    }

    @Test
    void linesOfFilesThatAreThereAreKeptAndAllOthersDropped() throws Exception {
        hub.model(ID, files("a@c2", "a"));
        Files.writeString(root.resolve("outside"), "x");
        write("stays", "s");
        write("folder/x", "x");
        java.io.ByteArrayOutputStream old = new java.io.ByteArrayOutputStream();
        IndexWriter lines = IndexWriter.begin(old);
        for (String path :
                List.of("a", "stays", "gone", "folder", "../../../outside", "/etc/passwd", "./stays", "a\0b")) {
            lines.line(path, "c1");
        }
        lines.end();
        write(".msc", old.toByteArray());
        assertEquals(Outcome.COPIED, sync("models/" + ID).outcome());
        assertEquals(Map.of("a", "c2", "stays", "c1"), index());
    }

    @Test
    void anIndexThatIsAProgramIsSetAsideAndReplaced() throws Exception {
        hub.model(ID, files("a@c1", "a"));
        byte[] program = HexFormat.of().parseHex("8002636f730a73797374656d0a286c0a");
        write(".msc", program);
        assertEquals(Outcome.COPIED, sync("models/" + ID).outcome());
        assertEquals(Map.of("a", "c1"), index());
        assertArrayEquals(program, Files.readAllBytes(root.resolve("models/.sync-tools/Qwen/Qwen2___5/refused.msc")));
    }

    @Test
    void namesOfTheClientsOwnStateAreRefusedAndNothingAppears() {
        for (String name : List.of(
                ".msc",
                ".mdl",
                ".mv/x",
                "._____temp/a",
                ".lock",
                ".MSC",
                "sub/w.bin.incomplete",
                "../x",
                "/x",
                "a\\\\..\\\\b")) {
            hub.model(ID, files("a@c1", "a", name + "@c1", "x"));
            SyncReport.Item item = sync("models/" + ID);
            assertEquals(Outcome.FAILED, item.outcome(), name);
            assertEquals(FailureKind.UNSAFE_NAME, item.failures().get(0).kind(), item.toString());
            assertFalse(Files.exists(folder()), name);
            assertFalse(Files.exists(root.resolve("x")), name);
        }
    }

    @Test
    void whatHasTheDottedNameAlreadyStays() throws Exception {
        hub.model(ID, files("a@c1", "a"));
        Path taken = Files.createDirectories(root.resolve("models/Qwen/Qwen2.5"));
        Files.writeString(taken.resolve("file"), "an earlier layout");
        assertEquals(Outcome.COPIED, sync("models/" + ID).outcome());
        assertEquals("an earlier layout", Files.readString(taken.resolve("file")));

        hub.model("Qwen/Qwen3.5", files("a@c1", "a"));
        Path foreign = root.resolve("models/Qwen/Qwen3.5");
        Files.createSymbolicLink(foreign, Path.of("/somewhere/else"));
        assertEquals(Outcome.COPIED, sync("models/Qwen/Qwen3.5").outcome());
        assertEquals(Path.of("/somewhere/else"), Files.readSymbolicLink(foreign));
    }

    @Test
    void theClientsLinkFromAnotherMountIsMended() throws Exception {
        hub.model(ID, files("a@c1", "a"));
        Path link = Files.createDirectories(root.resolve("models/Qwen")).resolve("Qwen2.5");
        Files.createSymbolicLink(link, Path.of("/other/mount/models/Qwen/Qwen2___5"));
        assertEquals(Outcome.COPIED, sync("models/" + ID).outcome());
        assertEquals("a", Files.readString(link.resolve("a")));
    }

    @Test
    void anOwnersDotsStayAndItsLinkWorks() throws Exception {
        hub.model("o.rg/m.1", files("a@c1", "a"));
        assertEquals(Outcome.COPIED, sync("models/o.rg/m.1").outcome());
        assertEquals("a", Files.readString(root.resolve("models/o.rg/m___1/a")));
        assertEquals("a", Files.readString(root.resolve("models/o.rg/m.1/a")));

        hub.model("o.rg/plain", files("a@c1", "a"));
        assertEquals(Outcome.COPIED, sync("models/o.rg/plain").outcome());
        assertTrue(Files.isDirectory(root.resolve("models/o.rg/plain"), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void aDatasetHasNoLinkAndAPlainRevision() throws Exception {
        hub.on("/api/v1/datasets/o/d.1", HubScript.success("{\"Id\":7}"));
        hub.on(
                "/api/v1/datasets/7/repo/tree?Revision=master&Root=%2F&Recursive=True&PageNumber=1&PageSize=200",
                HubScript.files(
                        HubScript.file("data.json", 2, HubScript.sha256("{}".getBytes(StandardCharsets.UTF_8)), "c1")));
        hub.on(
                "/api/v1/datasets/o/d.1/repo?Source=SDK&Revision=master&FilePath=data.json&View=False",
                new mockwebserver3.MockResponse.Builder().body("{}").build());
        SyncReport.Item item = sync("datasets/o/d.1");
        assertEquals(Outcome.COPIED, item.outcome(), item.toString());
        Path dataset = root.resolve("datasets/o/d___1");
        assertEquals(List.of(".mdl", ".msc", ".mv", "data.json"), below(dataset));
        assertEquals("master", Files.readString(dataset.resolve(".mv")));
        assertFalse(Files.exists(root.resolve("datasets/o/d.1"), LinkOption.NOFOLLOW_LINKS));
        assertEquals(3, item.requests());
        assertEquals(2, sync("datasets/o/d.1").requests());
    }

    @Test
    void aFailedNewModelLeavesNothingVisible() {
        hub.model(ID, files("a@c1", "a", "b@c1", "b"));
        hub.on(
                "/api/v1/models/" + ID + "/repo?Revision=master&FilePath=b",
                new mockwebserver3.MockResponse.Builder().body("B").build());
        SyncReport.Item item = sync("models/" + ID);
        assertEquals(Outcome.FAILED, item.outcome());
        assertEquals(FailureKind.CHECKSUM, item.failures().get(0).kind(), item.toString());
        assertFalse(Files.exists(root.resolve("models/Qwen"), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void pathIsMangledAndUnsafeDestinationsAreRefused() {
        ModelScopeCache cache = new ModelScopeCache(context());
        assertEquals(
                "models/Qwen/Qwen2___5-7B-Instruct",
                cache.path(ArtifactRef.of("modelscope-cache", "models/Qwen/Qwen2.5-7B-Instruct")));
        assertEquals(
                cache.path(ArtifactRef.of("modelscope-cache", "models/o/a.b")),
                cache.path(ArtifactRef.of("modelscope-cache", "models/o/a___b")));
        for (String name :
                List.of("models/../x", "models/.sync-tools/x", "models/o", "/models/o/n", "models/o/.lock")) {
            assertThrows(SyncException.class, () -> cache.path(ArtifactRef.of("modelscope-cache", name)), name);
        }
    }

    /** Sections 0, 6.1 and 6.2: where each generation of the client puts a model, and where people do. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "models/Qwen--Qwen2.5/snapshots/master",
                "models/Qwen--Qwen2.5/snapshots/v1",
                "Qwen/Qwen2.5",
                "Qwen/Qwen2___5",
                "hub/Qwen/Qwen2___5",
                "hub/models/Qwen/Qwen2___5",
                "models/Qwen/Qwen2.5"
            })
    void whatAnotherGenerationBroughtIsTakenFromThere(String generation) throws Exception {
        hub.model(ID, files("a.txt@c1", "hello", "sub/b.bin@c2", "weights", "new@c3", "new"));
        Path other = root.resolve(generation);
        Files.createDirectories(other.resolve("sub"));
        Files.writeString(other.resolve("a.txt"), "hello");
        Files.writeString(other.resolve("sub/b.bin"), "weights");
        List<String> before = below(other);

        SyncReport.Item item = sync("models/" + ID);

        assertEquals(Outcome.COPIED, item.outcome(), item.toString());
        assertEquals(1, hub.downloads());
        assertEquals(12, item.bytes().orElseThrow().reused());
        assertEquals(3, item.bytes().orElseThrow().transferred());
        assertEquals("hello", Files.readString(folder().resolve("a.txt")));
        assertEquals("weights", Files.readString(folder().resolve("sub/b.bin")));
        assertEquals(before, below(other), "nothing of the old is removed");
        for (int again = 0; again < 2; again++) { // the old script runs in turn with us
            Files.writeString(other.resolve("a.txt"), "hello");
            assertEquals(Outcome.UP_TO_DATE, sync("models/" + ID).outcome());
        }
        assertEquals(1, hub.downloads());
        boolean hides = generation.endsWith("v1");
        assertEquals(
                hides, item.notes().stream().anyMatch(note -> note.startsWith(other + " is hidden")), item.toString());
    }

    @Test
    void whatLiesThereAndIsWrongComesOverTheNetwork() throws Exception {
        hub.model(ID, files("a.txt@c1", "hello", "b.txt@c1", "good"));
        Path other = Files.createDirectories(root.resolve("Qwen/Qwen2.5"));
        Files.writeString(other.resolve("a.txt"), "hellO");
        Files.writeString(other.resolve("b.txt"), "good");
        Path newer = Files.createDirectories(root.resolve("models/Qwen--Qwen2.5/snapshots/master"));
        Files.writeString(newer.resolve("b.txt"), "bad!");

        SyncReport.Item item = sync("models/" + ID);

        assertEquals(Outcome.COPIED, item.outcome(), item.toString());
        assertEquals(1, hub.downloads());
        assertEquals("hello", Files.readString(folder().resolve("a.txt")));
        assertEquals("good", Files.readString(folder().resolve("b.txt")));
        assertEquals("hellO", Files.readString(other.resolve("a.txt")));
    }

    /** The model with the checksum of one file withheld, and with its last commit where that is told. */
    private void withhold(String path, String text, String commit, String... others) {
        hub.model(
                ID,
                files(Stream.concat(Stream.of(path + "@" + commit, text), Stream.of(others))
                        .toArray(String[]::new)));
        List<String> rows = new ArrayList<>();
        for (int i = -2; i < others.length; i += 2) {
            String name = i < 0 ? path : others[i].substring(0, others[i].indexOf('@'));
            String last = i < 0 ? commit : others[i].substring(others[i].indexOf('@') + 1);
            byte[] bytes = (i < 0 ? text : others[i + 1]).getBytes(StandardCharsets.UTF_8);
            String row = HubScript.file(name, bytes.length, HubScript.sha256(bytes), last);
            rows.add(
                    i < 0
                            ? row.replace("\"" + HubScript.sha256(bytes) + "\"", "null")
                                    .replace("\"Revision\":\"\",", "")
                            : row);
        }
        hub.on(
                "/api/v1/models/" + ID + "/repo/files?Revision=master&Recursive=True",
                HubScript.files(rows.toArray(String[]::new)));
    }

    private Path proof() {
        return root.resolve("models/.sync-tools/Qwen/Qwen2___5/proof.json");
    }

    @Test
    void aFileWithoutSha256IsKnownByWhatTheHubTellsBesidesAndProvenByAChecksumOfOurs() throws Exception {
        withhold("w.bin", "weights", "c1", "a@c1", "a");
        SyncReport.Item item = sync("models/" + ID);

        assertEquals(Outcome.COPIED, item.outcome(), item.toString());
        assertEquals("weights", Files.readString(folder().resolve("w.bin")));
        assertTrue(
                item.notes()
                        .contains(
                                "the hub tells no SHA-256 of w.bin: it is verified by its size, and known by the commit that"
                                        + " last changed it; the proof holds the checksum of what came"),
                item.toString());
        Map<String, Checksum> proven = new TreeMap<>();
        Proof.read(proof(), (path, size, checksum) -> proven.put(path, checksum));
        assertEquals(
                Checksum.sha256(HubScript.sha256("weights".getBytes(StandardCharsets.UTF_8))), proven.get("w.bin"));

        assertEquals(Outcome.UP_TO_DATE, sync("models/" + ID).outcome());
        assertEquals(2, hub.downloads());
        withhold("w.bin", "weights", "c1", "a@c2", "b"); // another file changed
        assertEquals(Outcome.COPIED, sync("models/" + ID).outcome());
        assertEquals(3, hub.downloads(), hub.asked().toString());
        withhold("w.bin", "Weights", "c3", "a@c2", "b"); // of the same size, by another commit
        assertEquals(Outcome.COPIED, sync("models/" + ID).outcome());
        assertEquals(4, hub.downloads(), hub.asked().toString());
        assertEquals("Weights", Files.readString(folder().resolve("w.bin")));
        hub.model(ID, files("w.bin@c3", "Weights", "a@c2", "b")); // now the hub tells it
        assertEquals(Outcome.COPIED, sync("models/" + ID).outcome());
        assertEquals(4, hub.downloads(), "ours was right");
    }

    @Test
    void withoutACommitTooItIsFetchedWheneverTheListingChanges() throws Exception {
        withhold("w.bin", "weights", "", "a@c1", "a");
        assertEquals(Outcome.COPIED, sync("models/" + ID).outcome());
        assertEquals(Outcome.UP_TO_DATE, sync("models/" + ID).outcome());
        assertEquals(2, hub.downloads());
        withhold("w.bin", "Weights", "", "a@c2", "b");
        SyncReport.Item item = sync("models/" + ID);
        assertEquals(4, hub.downloads());
        assertEquals("Weights", Files.readString(folder().resolve("w.bin")));
        assertTrue(
                item.notes()
                        .contains(
                                "the hub tells no SHA-256 of w.bin, nor the commit that last changed it: it is verified by its"
                                        + " size, and fetched whenever something else changes; the proof holds the checksum of what"
                                        + " came"),
                item.toString());
    }

    @Test
    void verifyHoldsTheBytesAgainstTheChecksumOfOurs() throws Exception {
        withhold("w.bin", "weights", "c1");
        sync("models/" + ID);
        assertEquals(List.of(), verified());
        Files.writeString(folder().resolve("w.bin"), "weightz");
        assertNotEquals(List.of(), verified());

        SyncReport.Item item = sync(
                "models/" + ID,
                RunContext.of(context().options().toBuilder().verify(true).build()));

        assertEquals(Outcome.COPIED, item.outcome(), item.toString());
        assertEquals("weights", Files.readString(folder().resolve("w.bin")));
        assertEquals(List.of(), verified());
        assertEquals(
                Outcome.UP_TO_DATE,
                sync(
                                "models/" + ID,
                                RunContext.of(context().options().toBuilder()
                                        .verify(true)
                                        .build()))
                        .outcome());
        assertEquals(2, hub.downloads());
    }

    @Test
    void aFileThatIsShorterThanListedIsNotTaken() throws Exception {
        withhold("w.bin", "weights", "c1");
        hub.on(
                "/api/v1/models/" + ID + "/repo?Revision=master&FilePath=w.bin",
                new MockResponse.Builder().body("weight").build());
        assertEquals(Outcome.FAILED, sync("models/" + ID).outcome());
        assertFalse(Files.exists(folder()));
    }

    @Test
    void aHubThatListsNothingAnyMoreTakesNothingAway() throws Exception {
        hub.model(ID, files());
        SyncReport.Item fresh = sync("models/" + ID);
        assertEquals(Outcome.COPIED, fresh.outcome(), fresh.toString());
        assertTrue(fresh.notes().get(0).contains("lists no file"), fresh.toString());

        hub.model(ID, files("a@c1", "a"));
        assertEquals(Outcome.COPIED, sync("models/" + ID).outcome());
        hub.model(ID, files());
        SyncReport.Item emptied = sync("models/" + ID);

        assertEquals(Outcome.FAILED, emptied.outcome(), emptied.toString());
        assertEquals(FailureKind.INCOMPATIBLE, emptied.failures().get(0).kind());
        assertEquals("a", Files.readString(folder().resolve("a")));
        assertEquals(Map.of("a", "c1"), index());
    }

    /** What readers, disks and people do to a publication. */
    private enum Damage {
        SHARD_DELETED(4, folder -> Files.delete(folder.resolve("sub/b.bin"))),
        SHARD_CUT(4, folder -> Files.writeString(folder.resolve("sub/b.bin"), "by")),
        ALL_BUT_DOT_FILES_DELETED(9, folder -> {
            Files.delete(folder.resolve("a.txt"));
            Files.delete(folder.resolve("sub/b.bin"));
            Files.delete(folder.resolve("sub"));
        }),
        INDEX_DELETED(0, folder -> Files.delete(folder.resolve(".msc"))),
        INDEX_CUT(
                0,
                folder -> Files.write(
                        folder.resolve(".msc"), Arrays.copyOf(Files.readAllBytes(folder.resolve(".msc")), 20))),
        REVISION_DELETED(0, folder -> Files.delete(folder.resolve(".mv"))),
        LINK_DELETED(0, folder -> Files.delete(folder.resolveSibling("Qwen2.5"))),
        ANOTHER_REVISION_BY_THE_CLIENT(5, folder -> {
            Files.writeString(folder.resolve("a.txt"), "HELLO");
            Files.writeString(folder.resolve(".mv"), "Revision:v2,CreatedAt:1690000000");
        }),
        ANOTHER_COMMIT_BY_THE_CLIENT(5, folder -> {
            Files.writeString(folder.resolve("a.txt"), "HELLO");
            try (OutputStream out = Files.newOutputStream(folder.resolve(".msc"))) {
                IndexWriter index = IndexWriter.begin(out);
                index.line("a.txt", "c9");
                index.line("sub/b.bin", "c2");
                index.end();
            }
        });

        private final long fetched;
        private final Act act;

        Damage(long fetched, Act act) {
            this.fetched = fetched;
            this.act = act;
        }

        @FunctionalInterface
        private interface Act {
            void on(Path folder) throws IOException;
        }
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void whatReadersMissIsSeenByEveryRunAndByVerifyAndMended(Damage damage) throws Exception {
        hub.model(ID, files("a.txt@c1", "hello", "sub/b.bin@c2", "byte"));
        sync("models/" + ID);
        assertEquals(Outcome.UP_TO_DATE, sync("models/" + ID).outcome());
        assertEquals(List.of(), verified());

        damage.act.on(folder());

        assertNotEquals(List.of(), verified());
        SyncReport.Item item = sync("models/" + ID);
        assertEquals(Outcome.COPIED, item.outcome(), item.toString());
        assertEquals(damage.fetched, item.bytes().orElseThrow().transferred());
        assertEquals(List.of(".mdl", ".msc", ".mv", "a.txt", "sub/b.bin"), below(folder()));
        assertEquals("hello", Files.readString(root.resolve("models/Qwen/Qwen2.5/a.txt")));
        assertEquals("byte", Files.readString(folder().resolve("sub/b.bin")));
        assertEquals(Map.of("a.txt", "c1", "sub/b.bin", "c2"), index());
        assertEquals("Revision:master,CreatedAt:1690000000", Files.readString(folder().resolve(".mv")));
        assertEquals(List.of(), verified());
        assertEquals(Outcome.UP_TO_DATE, sync("models/" + ID).outcome());
    }

    private List<Finding> verified() throws Exception {
        List<Finding> findings = new ArrayList<>();
        new Verifier(1).verify(Subject.all(new ModelScopeCache(context())), one -> findings.addAll(one.findings()));
        return findings;
    }
}
