package io.synctools.huggingface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.huggingface.FakeHub.File;
import io.synctools.huggingface.xet.Chunks;
import io.synctools.huggingface.xet.FakeStore;
import io.synctools.model.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
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
                .option("xet", "auto")
                .option("part-size", "1000000");
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

        SyncReport.Item item = copied(mirror().option("xet", option).env("HF_HUB_DISABLE_XET", variable));

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

        SyncReport.Item item = copied(mirror().option("jobs", "1").option("connections", "1"));

        assertEquals(2, item.notes().size());
        assertTrue(
                item.notes().get(0).contains("localhost:" + port), item.notes().toString());
        assertTrue(item.requests() < 20, item.requests() + " requests");
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

        copied(mirror().option("retries", "3").option("connections", "2"));

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

        SyncReport.Item item = copied(mirror().option("connections", "2"));

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

        SyncReport.Item item = copied(mirror().option("retries", "3"));

        assertEquals(List.of(), item.notes());
    }

    @Test
    void anotherWordThanAutoOrOffIsAnError() {
        hub.commit(REPO, "main", weights);
        org.junit.jupiter.api.Assertions.assertThrows(
                IllegalArgumentException.class, () -> run(mirror().option("xet", "maybe")));
    }
}
