package io.synctools.huggingface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.huggingface.FakeHub.File;
import io.synctools.mirror.Inventory;
import io.synctools.model.SyncOptions;
import io.synctools.serve.HubServer;
import io.synctools.serve.RunningHub;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hub's official JavaScript client reads the caches that we write, and we adopt the one that it writes. */
class HubClientIT {
    private static HubClient client;

    private final File weights = File.lfs("onnx/model.bin", random(300_000));
    private final File config = File.regular("config.json", "{\"a\":1}");

    @TempDir
    Path work;

    private Path cache;
    private FakeHub hub;

    @BeforeAll
    static void install() throws Exception {
        client = HubClient.install();
    }

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
        cache = work.resolve("hub");
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private Mirror mirror() {
        return new Mirror(hub, cache, work.resolve("root"));
    }

    @ParameterizedTest
    @CsvSource({"model, links", "model, none", "dataset, links", "dataset, none"})
    void itScansOurCacheWithoutAWarningAndFindsFilesWithoutNetwork(String type, String links) throws Exception {
        String repo = type + "s/acme/tiny";
        String main = hub.commit(repo, "main", weights, config);
        String tag = hub.commit(repo, "v1.0", config);
        Mirror mirror = mirror().env("HF_HUB_DISABLE_SYMLINKS", links.equals("none") ? "1" : "0");
        SyncReport report = mirror.run(Mirror.toCache(repo, ""), Mirror.toCache(repo, "v1.0"));
        assertEquals(0, report.exit(), report.toJson());

        JsonNode scan = client.run("scan", cache.toString());

        assertEquals("[]", scan.path("warnings").toString());
        JsonNode found = scan.path("repos").path(0);
        assertEquals("acme/tiny", found.path("name").asText());
        assertEquals(type, found.path("type").asText());
        assertEquals(2, found.path("revisions").size());
        for (JsonNode revision : found.path("revisions")) {
            boolean isMain = revision.path("commitOid").asText().equals(main);
            assertEquals(
                    isMain ? "[\"main\"]" : "[\"v1.0\"]", revision.path("refs").toString());
        }
        assertFound(type, main, weights);
        assertFound(type, main, config);
        assertFound(type, tag, config);
    }

    private void assertFound(String type, String commit, File file) throws Exception {
        JsonNode paths = client.run("find", cache.toString(), type, "acme/tiny", commit, file.path());
        assertArrayEquals(
                file.content(), Files.readAllBytes(Path.of(paths.path(0).asText())));
    }

    @Test
    void itScansWithoutAWarningWhatAFailedRunLeft() throws Exception {
        hub.commit("models/acme/tiny", "main", weights, config);
        hub.fault = request -> request.getTarget().contains("/resolve/")
                ? Optional.of(FakeHub.error(403, "GatedRepo", "no"))
                : Optional.empty();
        assertEquals(
                Outcome.FAILED,
                mirror().runOne(Mirror.toCache("models/acme/tiny", "")).outcome());

        assertEquals("[]", client.run("scan", cache.toString()).path("warnings").toString());
    }

    @Test
    void itScansWithoutAWarningARepositoryOfWhichWeHoldABareCommit() throws Exception {
        String commit = hub.commit("models/acme/tiny", "main", weights, config);
        assertEquals(
                Outcome.COPIED,
                mirror().runOne(Mirror.toCache("models/acme/tiny", commit)).outcome());

        JsonNode scan = client.run("scan", cache.toString());

        assertEquals("[]", scan.path("warnings").toString());
        assertEquals(
                commit,
                scan.path("repos")
                        .path(0)
                        .path("revisions")
                        .path(0)
                        .path("commitOid")
                        .asText());
        assertFound("model", commit, weights);
    }

    @Test
    void itsSnapshotDownloadFetchesNothingThatWeMirrored() throws Exception {
        String commit = hub.commit("models/acme/tiny", "main", weights, config);
        mirror().runOne(Mirror.toCache("models/acme/tiny", ""));
        hub.requests.clear();

        JsonNode folder = client.run(
                "snapshot",
                cache.toString(),
                "model",
                "acme/tiny",
                "main",
                hub.url().replaceAll("/$", ""));

        assertTrue(folder.asText().endsWith("snapshots/" + commit), folder.asText());
        assertEquals(0, hub.count("/resolve/"));
        assertEquals(1, hub.cdn.getRequestCount());
    }

    @Test
    void whatItDownloadedWeAdoptAndPublishWithoutFetchingItAgain() throws Exception {
        String commit = hub.commit("models/acme/tiny", "main", weights, config);
        client.run(
                "snapshot",
                cache.toString(),
                "model",
                "acme/tiny",
                "main",
                hub.url().replaceAll("/$", ""));
        assertEquals(2, Mirror.files(cache.resolve("models--acme--tiny/blobs")).size());
        hub.requests.clear();

        SyncReport.Item item = mirror().runOne(Mirror.toCache("models/acme/tiny", ""));

        assertEquals(Outcome.UP_TO_DATE, item.outcome(), item.failures().toString());
        assertEquals(2, hub.requests.size());
        assertEquals("[]", client.run("scan", cache.toString()).path("warnings").toString());
        assertFound("model", commit, weights);
    }

    /**
     * The store of the Python clients since 1.32, by the rules of their module {@code _shared_blobs.py}: {@code
     * <cache>/blobs/<2 hex>/<xet hash>} behind a mark, and a relative link to it where the blob would be. The JavaScript
     * client knows no such store: what it says of the folder itself is the same with us and without.
     */
    @Test
    void whatLiesInTheSharedStoreItFindsThroughOurSnapshot() throws Exception {
        String commit = hub.commit("models/acme/tiny", "main", weights, config);
        String xet = "ab".repeat(32);
        Path store = Files.createDirectories(cache.resolve("blobs/ab"));
        Files.writeString(cache.resolve("blobs/.huggingface-shared-blobs"), "1\n");
        Files.write(store.resolve(xet), weights.content());
        Files.writeString(store.resolve(xet + ".refs"), "models--acme--tiny/blobs/" + weights.sha256() + "\n");
        String before = client.run("scan", cache.toString()).path("warnings").toString();
        Path blobs = Files.createDirectories(cache.resolve("models--acme--tiny/blobs"));
        Files.createSymbolicLink(blobs.resolve(weights.sha256()), Path.of("../../blobs/ab/" + xet));

        SyncReport.Item item = mirror().runOne(Mirror.toCache("models/acme/tiny", ""));

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertEquals(1, hub.count("/resolve/"));
        JsonNode scan = client.run("scan", cache.toString());
        assertEquals(before, scan.path("warnings").toString());
        assertEquals("acme/tiny", scan.path("repos").path(0).path("name").asText());
        assertFound("model", commit, weights);
        assertFound("model", commit, config);
    }

    /** A part of a commit: what is there is found without network, and nothing promises the rest. */
    @Test
    void itFindsAPartOfACommit() throws Exception {
        String commit = hub.commit("models/acme/tiny", "main", weights, config);
        mirror().runOne(Mirror.toCache("models/acme/tiny", "", Mirror.endingIn(".json")));

        assertEquals("[]", client.run("scan", cache.toString()).path("warnings").toString());
        assertFound("model", commit, config);
        IOException e = assertThrows(IOException.class, () -> assertFound("model", commit, weights));
        assertTrue(e.getMessage().contains("asked the network"), e.getMessage());
    }

    /** The checks above can fail: this client does see what is amiss. */
    @Test
    void itNoticesACacheThatIsNotRight() throws Exception {
        String commit = hub.commit("models/acme/tiny", "main", weights, config);
        mirror().runOne(Mirror.toCache("models/acme/tiny", ""));
        Path repo = cache.resolve("models--acme--tiny");
        Files.delete(repo.resolve("blobs").resolve(config.gitId()));

        assertEquals(1, client.run("scan", cache.toString()).path("warnings").size());
        IOException e = assertThrows(IOException.class, () -> assertFound("model", commit, config));
        assertTrue(e.getMessage().contains("asked the network"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"model, cache", "model, folder", "dataset, cache", "dataset, folder"})
    void itReadsFromAServedMirrorWhenTheHubIsGone(String type, String layout) throws Exception {
        String repo = type + "s/acme/tiny";
        hub.commit(repo, "main", weights, config);
        Path root = work.resolve("root");
        SyncReport report =
                mirror().run(layout.equals("cache") ? Mirror.toCache(repo, "") : Mirror.toFolder(repo, repo));
        assertEquals(0, report.exit(), report.toJson());
        hub.close();
        RunContext context = RunContext.of(SyncOptions.builder()
                .environment(Map.of("HOME", root.toString()))
                .build());
        List<Inventory> roots = List.of(new HuggingFaceCache(cache, true, context), new LocalDir(root, context));
        Path clients = work.resolve("clients");
        try (RunningHub served = HubServer.over(roots).start(0)) {
            client.run(
                    "snapshot",
                    clients.toString(),
                    type,
                    "acme/tiny",
                    "main",
                    served.uri().toString());
        }

        JsonNode scan = client.run("scan", clients.toString());
        assertEquals("[]", scan.path("warnings").toString());
        String commit = scan.at("/repos/0/revisions/0/commitOid").asText();
        JsonNode found =
                client.run("find", clients.toString(), type, "acme/tiny", commit, weights.path(), config.path());
        assertArrayEquals(
                weights.content(), Files.readAllBytes(Path.of(found.path(0).asText())));
        assertArrayEquals(
                config.content(), Files.readAllBytes(Path.of(found.path(1).asText())));
    }
}
