package io.synctools.huggingface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.huggingface.FakeHub.File;
import io.synctools.huggingface.xet.Chunks;
import io.synctools.huggingface.xet.Deduplicated;
import io.synctools.huggingface.xet.FakeStore;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files by the chunks of the hub's store, and by plain HTTP where these cannot be had. */
class ChunkedFilesTest {
    private static final int SIZE = 3_000_000;
    private static final String REPO = "models/acme/tiny";

    private final File weights = File.lfs("w.safetensors", Chunks.weights(SIZE, 1));
    private final File more = File.lfs("more.safetensors", Chunks.weights(SIZE, 2));
    private final File config = File.regular("config.json", "{}");

    @TempDir
    Path work;

    private FakeHub hub;
    private FakeStore store;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
        store = new FakeStore();
        hub.store = store;
    }

    @AfterEach
    void stop() {
        assertEquals(List.of(), store.leaked);
        hub.close();
        store.close();
    }

    private Mirror mirror() {
        return new Mirror(hub, work.resolve("hub"), work.resolve("root"))
                .option(HuggingFaceOptions.XET, HuggingFaceOptions.Xet.AUTO)
                .option(SyncOptions.PART_SIZE, 1000000L);
    }

    private void keepBoth() {
        store.file(weights.content(), 60_000, 10);
        store.file(more.content(), 60_000, 10);
        hub.commit(REPO, "main", weights, more, config);
    }

    private SyncReport.Item run(Mirror mirror) throws IOException {
        SyncReport.Item item =
                mirror.runOne(Mirror.toFolder(REPO, work.resolve("to").toString()));
        if (item.outcome() == Outcome.COPIED) {
            for (File file : List.of(weights, more)) {
                assertArrayEquals(
                        file.content(), Files.readAllBytes(work.resolve("to").resolve(file.path())));
            }
        }
        return item;
    }

    private SyncReport.Item copied(Mirror mirror) throws IOException {
        SyncReport.Item item = run(mirror);
        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        return item;
    }

    @Test
    void aRepositoryTakesOneTokenAndEachFileOneQuestion() throws Exception {
        keepBoth();

        SyncReport.Item item = copied(mirror());

        assertEquals(1, hub.count("/xet-read-token/"));
        assertEquals(2, store.count("/reconstructions/"));
        assertEquals(1, hub.count("/resolve/")); // of what git keeps
        assertEquals(List.of(), item.notes());
        long travelled = item.bytes().orElseThrow().transferred();
        assertTrue(travelled < 2L * SIZE * 9 / 10, travelled + " bytes");
    }

    @ParameterizedTest
    @CsvSource({"off, 0", "off, 1", "auto, 1", "auto, yes"})
    void itCanBeSwitchedOff(String option, String variable) throws Exception {
        keepBoth();

        SyncReport.Item item =
                copied(mirror().option(HuggingFaceOptions.XET, HuggingFaceOptions.XET.read(List.of(option), Map.of()))
                        .env("HF_HUB_DISABLE_XET", variable));

        assertEquals(0, store.requests.size());
        assertEquals(0, hub.count("/xet-read-token/"));
        assertEquals(List.of(), item.notes());
    }

    @Test
    void aFileThatHasNoHashComesByHttpWithoutANote() throws Exception {
        store.file(weights.content(), 60_000, 10);
        hub.commit(REPO, "main", weights, more, config);

        SyncReport.Item item = copied(mirror());

        assertEquals(1, store.count("/reconstructions/"));
        assertEquals(List.of(), item.notes());
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    void whereTheHubGivesNoTokenAllComesByHttpWithANote(int status) throws Exception {
        keepBoth();
        hub.fault = request -> request.getTarget().contains("/xet-read-token/")
                ? Optional.of(FakeStore.status(status))
                : Optional.empty();

        SyncReport.Item item = copied(mirror());

        assertEquals(0, store.requests.size());
        assertEquals(1, hub.count("/xet-read-token/"));
        assertEquals(2, item.notes().size());
        assertTrue(
                item.notes().get(0).contains("comes by plain HTTP"),
                item.notes().toString());
        assertTrue(
                item.notes().get(0).contains("answered " + status), item.notes().toString());
    }

    @Test
    void aStoreThatCannotBeReachedIsNotTriedForEachFile() throws Exception {
        keepBoth();
        int port = store.cas.getPort();
        store.cas.close();

        SyncReport.Item item = copied(mirror().option(SyncOptions.JOBS, 1).option(SyncOptions.CONNECTIONS, 1));

        assertEquals(2, item.notes().size());
        assertTrue(
                item.notes().get(0).contains("localhost:" + port), item.notes().toString());
        assertTrue(item.requests() < 20, item.requests() + " requests");
    }

    @Test
    void aFirewallBeforeTheBytesIsNotTriedForEachFile() throws Exception {
        keepBoth();
        store.transfer.close();

        SyncReport.Item item = copied(mirror().option(SyncOptions.JOBS, 1).option(SyncOptions.CONNECTIONS, 1));

        assertEquals(2, item.notes().size());
        assertEquals(2, store.count("/reconstructions/"));
        assertTrue(item.requests() < 24, item.requests() + " requests");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404})
    void aFileThatTheStoreDoesNotGiveComesByHttp(int status) throws Exception {
        keepBoth();
        String hash = store.hashOf(more.sha256()).orElseThrow();
        store.fault = request ->
                request.getTarget().contains(hash) ? Optional.of(FakeStore.status(status)) : Optional.empty();

        SyncReport.Item item = copied(mirror());

        assertEquals(1, item.notes().size(), item.notes().toString());
        assertTrue(
                item.notes().get(0).startsWith("more.safetensors: comes by plain HTTP"),
                item.notes().toString());
    }

    @Test
    void bytesThatTheirHostRefusesComeByHttpAndNoSecretIsTold() throws Exception {
        keepBoth();
        store.fault = request ->
                request.getTarget().contains("Signed-Range") ? Optional.of(FakeStore.status(403)) : Optional.empty();

        SyncReport.Item item = copied(mirror());

        assertEquals(2, item.notes().size());
        assertFalse(item.notes().toString().contains("sig="), item.notes().toString());
        assertFalse(item.notes().toString().contains("cas-"), item.notes().toString());
    }

    @Test
    void damagedChunksAreTriedOnceMoreAndThenTheFileComesByHttp() throws Exception {
        keepBoth();
        store.fault = request -> request.getTarget().contains("Signed-Range")
                ? Optional.of(new MockResponse.Builder()
                        .code(206)
                        .addHeader(
                                "Content-Range",
                                String.valueOf(request.getHeaders().get("Range"))
                                                .replace('=', ' ') + "/9999999")
                        .body("XETBLOB and so on: no chunks at all")
                        .build())
                : Optional.empty();

        copied(mirror().option(SyncOptions.RETRIES, 3).option(SyncOptions.CONNECTIONS, 2));

        assertTrue(store.count("Signed-Range") < 20, store.count("Signed-Range") + " requests");
    }

    @Test
    void aWrongByteAtTheRightPlaceIsNeverPublished() throws Exception {
        keepBoth();
        store.fault = request -> Optional.empty();
        String xorb =
                store.pieces(store.hashOf(more.sha256()).orElseThrow()).get(2).xorb();
        store.damage(xorb, stored -> {
            // The last byte of a chunk: a literal of its last block.
            stored[stored.length - 5] ^= 1;
            return stored;
        });

        SyncReport.Item item = run(mirror());

        assertEquals(Outcome.FAILED, item.outcome());
        assertEquals(FailureKind.CHECKSUM, item.failures().get(0).kind());
        assertFalse(Files.exists(work.resolve("to").resolve("more.safetensors")));
    }

    @Test
    void aTokenThatEndsAndAddressesThatExpireInTheMiddleAreRenewed() throws Exception {
        keepBoth();
        AtomicInteger count = new AtomicInteger();
        store.fault = request -> {
            if (count.incrementAndGet() == 6) {
                store.token.incrementAndGet();
                store.signature.incrementAndGet();
            }
            return Optional.empty();
        };

        SyncReport.Item item = copied(mirror().option(SyncOptions.CONNECTIONS, 2));

        assertEquals(List.of(), item.notes());
        assertEquals(1, hub.count("/resolve/"));
    }

    @Test
    void theHubsTokenDoesNotReachTheStoreOrItsHosts() throws Exception {
        keepBoth();
        hub.token = "hf_secret";

        copied(mirror().env("HF_TOKEN", "hf_secret"));

        assertEquals(List.of(), store.leaked);
        assertEquals(1, hub.count("/xet-read-token/"));
    }

    @Test
    void anOverloadedStoreIsAskedAgain() throws Exception {
        keepBoth();
        AtomicInteger refusals = new AtomicInteger(2);
        store.fault = request -> refusals.getAndDecrement() > 0
                ? Optional.of(new MockResponse.Builder()
                        .code(503)
                        .addHeader("Retry-After", "0")
                        .build())
                : Optional.empty();

        SyncReport.Item item = copied(mirror().option(SyncOptions.RETRIES, 3));

        assertEquals(List.of(), item.notes());
    }

    @Test
    void anotherWordThanAutoOrOffIsAnError() {
        hub.commit(REPO, "main", weights);
        org.junit.jupiter.api.Assertions.assertThrows(
                IllegalArgumentException.class,
                () -> run(mirror().option(
                                HuggingFaceOptions.XET, HuggingFaceOptions.XET.read(List.of("maybe"), Map.of()))));
    }

    private static byte[] inserted(byte[] content, int at, int length) {
        byte[] longer = new byte[content.length + length];
        System.arraycopy(content, 0, longer, 0, at);
        System.arraycopy(Chunks.weights(length, 99), 0, longer, at, length);
        System.arraycopy(content, at, longer, at + length, content.length - at);
        return longer;
    }

    private SyncReport.Item to(String target) throws IOException {
        Mirror mirror = mirror();
        SyncReport.Item item = mirror.runOne(
                target.equals("cache")
                        ? Mirror.toCache(REPO, "")
                        : Mirror.toFolder(REPO, work.resolve("to").toString()));
        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        return item;
    }

    private Path at(String target, String commit, String path) {
        return target.equals("cache")
                ? work.resolve("hub/models--acme--tiny/snapshots")
                        .resolve(commit)
                        .resolve(path)
                : work.resolve("to").resolve(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cache", "folder"})
    void ofAnUpdateOnlyWhatChangedIsFetched(String target) throws Exception {
        Deduplicated uploads = new Deduplicated(store);
        byte[] before = Chunks.weights(20_000_000, 5);
        uploads.file(before);
        hub.commit(REPO, "main", File.lfs("w.safetensors", before));
        to(target);
        byte[] after = inserted(before, 10_000_000, 1024);
        uploads.file(after);
        String commit = hub.commit(REPO, "main", File.lfs("w.safetensors", after));

        SyncReport.Item item = to(target);

        assertArrayEquals(after, Files.readAllBytes(at(target, commit, "w.safetensors")));
        long travelled = item.bytes().orElseThrow().transferred();
        assertTrue(travelled < 400_000, travelled + " bytes");
        assertEquals(List.of(), item.notes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cache", "folder"})
    void aFileOfAnotherNameThatSharesMostIsMostlyCopied(String target) throws Exception {
        Deduplicated uploads = new Deduplicated(store);
        byte[] before = Chunks.weights(20_000_000, 5);
        uploads.file(before);
        hub.commit(REPO, "main", File.lfs("w.safetensors", before));
        to(target);
        byte[] tuned = before.clone();
        for (int at = 700_000; at < tuned.length; at += 2_000_000) {
            System.arraycopy(Chunks.weights(60_000, at), 0, tuned, at, 60_000);
        }
        uploads.file(tuned);
        String commit =
                hub.commit(REPO, "main", File.lfs("w.safetensors", before), File.lfs("tuned.safetensors", tuned));

        SyncReport.Item item = to(target);

        assertArrayEquals(tuned, Files.readAllBytes(at(target, commit, "tuned.safetensors")));
        long travelled = item.bytes().orElseThrow().transferred();
        assertTrue(travelled < 20_000_000 * 0.12, travelled + " bytes");
    }

    @Test
    void bytesThatChangedOnDiskCostAFetchAndNeverAWrongByte() throws Exception {
        Deduplicated uploads = new Deduplicated(store);
        byte[] before = Chunks.weights(20_000_000, 5);
        uploads.file(before);
        hub.commit(REPO, "main", File.lfs("w.safetensors", before));
        to("folder");
        byte[] damaged = before.clone();
        damaged[5_000_000] ^= 1;
        Files.write(work.resolve("to/w.safetensors"), damaged);
        byte[] after = inserted(before, 10_000_000, 1024);
        uploads.file(after);
        String commit = hub.commit(REPO, "main", File.lfs("w.safetensors", after));

        SyncReport.Item item = to("folder");

        assertArrayEquals(after, Files.readAllBytes(at("folder", commit, "w.safetensors")));
        assertTrue(item.bytes().orElseThrow().transferred() > 10_000_000);
        assertEquals(0, item.bytes().orElseThrow().reused());
    }

    @Test
    void aRunTakesWhatEarlierRunsBroughtForOtherRepositories() throws Exception {
        Deduplicated uploads = new Deduplicated(store);
        byte[] base = Chunks.weights(20_000_000, 5);
        uploads.file(base);
        hub.commit(REPO, "main", File.lfs("w.safetensors", base));
        to("cache");
        byte[] tuned = inserted(base, 10_000_000, 1024);
        uploads.file(tuned);
        String commit = hub.commit("models/other/tuned", "main", File.lfs("tuned.safetensors", tuned));

        SyncReport.Item item = mirror().runOne(Mirror.toCache("models/other/tuned", ""));

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertArrayEquals(
                tuned,
                Files.readAllBytes(work.resolve("hub/models--other--tuned/snapshots")
                        .resolve(commit)
                        .resolve("tuned.safetensors")));
        long travelled = item.bytes().orElseThrow().transferred();
        assertTrue(travelled < 400_000, travelled + " bytes");
        assertTrue(item.bytes().orElseThrow().reused() > 19_000_000);
    }

    @Test
    void theReportNamesTheHostsOfTheStoreToo() throws Exception {
        keepBoth();

        SyncReport.Item item = copied(mirror());

        String hubHost = hub.url().replaceAll("^http://|/$", "");
        List<String> others = new java.util.TreeSet<>(
                        List.of("localhost:" + store.cas.getPort(), "localhost:" + store.transfer.getPort()))
                .stream().toList();
        assertEquals(hubHost + ", " + String.join(", ", others), item.host());
    }

    @ParameterizedTest
    @CsvSource({"auto, true, 0", "off, true, 1", "auto, false, 1"})
    void ofFilesAbove50GbWithoutChunksItIsSaidBeforeWork(String option, boolean hasHash, int notes) {
        String hash = hasHash ? ",\"xetHash\":\"" + "ab".repeat(32) + "\"" : "";
        String file = "{\"type\":\"file\",\"path\":\"huge.bin\",\"size\":60000000000,\"oid\":\"" + "c".repeat(40)
                + "\",\"lfs\":{\"oid\":\"" + "d".repeat(64) + "\",\"size\":60000000000,\"pointerSize\":130}" + hash
                + "}";
        hub.commit(REPO, "main", config);
        hub.fault = request -> request.getTarget().contains("/tree/")
                ? Optional.of(new MockResponse.Builder().body("[" + file + "]").build())
                : Optional.empty();

        SyncReport.Item item = mirror().option(
                        HuggingFaceOptions.XET, HuggingFaceOptions.XET.read(List.of(option), Map.of()))
                .preview(Mirror.toCache(REPO, ""))
                .items()
                .get(0);

        assertEquals(
                notes,
                item.notes().stream()
                        .filter(note -> note.startsWith("huge.bin has more than 50 GB"))
                        .count(),
                item.notes().toString());
    }

    @Test
    void damagedRecordsOfWhatIsThereDoNoHarm() throws Exception {
        Deduplicated uploads = new Deduplicated(store);
        byte[] before = Chunks.weights(5_000_000, 5);
        uploads.file(before);
        hub.commit(REPO, "main", File.lfs("w.safetensors", before));
        to("cache");
        try (var records = Files.walk(work.resolve("hub"))) {
            List<Path> all = records.filter(path -> path.toString().contains("/recipes/"))
                    .toList();
            assertEquals(1, all.size());
            byte[] bytes = Files.readAllBytes(all.get(0));
            bytes[bytes.length / 2] ^= 1;
            Files.write(all.get(0), bytes);
        }
        byte[] after = inserted(before, 1_000_000, 1024);
        uploads.file(after);
        String commit = hub.commit(REPO, "main", File.lfs("w.safetensors", after));

        SyncReport.Item item = to("cache");

        assertArrayEquals(after, Files.readAllBytes(at("cache", commit, "w.safetensors")));
        assertTrue(item.bytes().orElseThrow().transferred() > 3_000_000);
    }

    /** What a killed run leaves is like what a failed one does: a journal and data. */
    @Test
    void whatARunLeftIsNotFetchedAgain() throws Exception {
        byte[] content = Chunks.weights(12_000_000, 5);
        store.file(content, 60_000, 100);
        String commit = hub.commit(REPO, "main", File.lfs("w.safetensors", content));
        String last = store.pieces(store.hashOf(File.lfs("w", content).sha256()).orElseThrow())
                .get(1)
                .xorb();
        store.fault =
                request -> request.getTarget().contains(last) ? Optional.of(FakeStore.status(500)) : Optional.empty();
        SyncReport.Item failed = mirror().option(SyncOptions.CONNECTIONS, 1).runOne(Mirror.toCache(REPO, ""));
        assertEquals(Outcome.FAILED, failed.outcome());
        store.fault = request -> Optional.empty();
        store.requests.clear();

        SyncReport.Item item = to("cache");

        assertArrayEquals(content, Files.readAllBytes(at("cache", commit, "w.safetensors")));
        assertEquals(6, store.count("Signed-Range"), store.requests.toString());
        assertTrue(item.bytes().orElseThrow().transferred() < 6_000_000);
    }

    @Test
    void ofAPartThatWasBegunTheRestIsAskedFor() throws Exception {
        byte[] content = Chunks.weights(12_000_000, 5);
        store.file(content, 60_000, 200);
        String commit = hub.commit(REPO, "main", File.lfs("w.safetensors", content));
        AtomicInteger streams = new AtomicInteger();
        int half = 5_000_000;
        store.fault = request -> {
            if (!request.getTarget().contains("Signed-Range")) {
                return Optional.empty();
            }
            if (streams.getAndIncrement() > 0) {
                return Optional.of(FakeStore.status(500));
            }
            store.fault = any -> Optional.of(FakeStore.status(500));
            String xorb = request.getUrl().pathSegments().get(0);
            return Optional.of(new MockResponse.Builder()
                    .code(206)
                    .addHeader(
                            "Content-Range",
                            String.valueOf(request.getHeaders().get("Range")).replace('=', ' ') + "/99999999")
                    .body(new Buffer().write(store.stored(xorb), 0, half))
                    .build());
        };
        Mirror large = mirror().option(SyncOptions.PART_SIZE, 11000000L);
        SyncReport.Item failed = large.runOne(Mirror.toCache(REPO, ""));
        assertEquals(Outcome.FAILED, failed.outcome());
        long first = failed.bytes().orElseThrow().transferred();
        store.fault = request -> Optional.empty();
        store.requests.clear();

        SyncReport.Item item = large.runOne(Mirror.toCache(REPO, ""));

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertArrayEquals(content, Files.readAllBytes(at("cache", commit, "w.safetensors")));
        assertEquals(2, store.count("/v2/reconstructions/"), store.requests.toString());
        long all = store.stored(store.pieces(
                                store.hashOf(File.lfs("w", content).sha256()).orElseThrow())
                        .get(0)
                        .xorb())
                .length;
        long twice = first + item.bytes().orElseThrow().transferred() - all;
        assertTrue(first > half * 0.9 && twice < 131_072, first + " bytes first, " + twice + " bytes twice");
    }
}
