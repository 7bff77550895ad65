package io.synctools.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.spi.Claim;
import io.synctools.spi.Replica;
import io.synctools.spi.RunContext;
import io.synctools.spi.Session;
import io.synctools.testing.MemoryHub;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What runs leave in a store, and find there. */
class StoreRunTest {
    private static final String NAME = "models/org/name";
    private static final long PART = 5 << 20;

    private static LocalStore store;
    private static int tests;

    private final MemoryHub hub = new MemoryHub();
    private String prefix = "";

    @BeforeAll
    static void start() throws Exception {
        store = new LocalStore();
    }

    @AfterAll
    static void stop() throws Exception {
        store.close();
    }

    @BeforeEach
    void beginEmpty() {
        prefix = "runs-" + ++tests;
    }

    @Test
    void aFileInPartsArrivesWholeAndSaysWhatItIs() throws Exception {
        byte[] big = random(12_345_678);
        String pin = hub.commit(NAME, Map.of("big.bin", big, "small", new byte[] {1}));

        assertEquals(Outcome.COPIED, run().outcome());

        assertArrayEquals(big, bytes(pin + "/big.bin"));
        ObjectFacts facts = store.api().head(key(pin + "/big.bin")).orElseThrow();
        assertEquals(MemoryHub.checksum(big).toString(), facts.declared());
        assertTrue(facts.checksum().endsWith("-3"), facts::checksum);
        assertEquals(pin, new String(bytes("refs/main"), StandardCharsets.UTF_8));
        assertEquals(
                List.of(),
                store.objects().keySet().stream()
                        .filter(key -> key.startsWith(key("")) && (key.contains("/parts/") || key.endsWith("/lease")))
                        .toList());
    }

    @Test
    void upToDateCostsOneRequestToTheStore() throws Exception {
        hub.commitText(NAME, Map.of("a", "1", "b", "2"));
        run();

        SyncReport.Item item = run();

        assertEquals(Outcome.UP_TO_DATE, item.outcome());
        assertEquals(2, item.requests(), "one to the hub, one to the store");
    }

    @Test
    void whatSomebodyDeletedOrReplacedIsSeenAndMended() throws Exception {
        String pin = hub.commitText(NAME, Map.of("a", "1", "b", "2"));
        run();
        store.api().delete(key(pin + "/a"));
        assertEquals(Outcome.COPIED, run().outcome());
        assertEquals("1", new String(bytes(pin + "/a"), StandardCharsets.UTF_8));

        store.api().put(key(pin + "/b"), new byte[] {'x'}, Map.of());
        assertEquals(Outcome.COPIED, run().outcome());
        assertEquals("2", new String(bytes(pin + "/b"), StandardCharsets.UTF_8));

        store.api().put(key("refs/main"), new byte[] {'x'}, Map.of());
        assertEquals(Outcome.COPIED, run().outcome());
        assertEquals(pin, new String(bytes("refs/main"), StandardCharsets.UTF_8));
        assertEquals(Outcome.UP_TO_DATE, run().outcome());
    }

    @Test
    void aKilledRunsPartsStayAndTheFilesHashGoesOn() throws Exception {
        byte[] big = random((int) (4 * PART + 17));
        hub.commit(NAME, Map.of("big.bin", big));
        killedAfter(2 * PART + 1000);
        assertEquals(1, store.api().uploads(key("")).size());

        RunContext context = store.context(Map.of());
        SyncReport.Item item = run(context);

        assertEquals(Outcome.COPIED, item.outcome());
        assertArrayEquals(big, bytes(hub.pin(from()).pin() + "/big.bin"));
        long again = item.bytes().orElseThrow().transferred();
        assertTrue(again <= 3 * PART + 17, "fetched again: " + again);
        assertEquals(0, store.api().uploads(key("")).size());
    }

    @Test
    void whatHasNotChangedIsCopiedInsideTheStoreAlsoInParts() throws Exception {
        byte[] big = random((int) (2 * PART + 5));
        hub.commit(NAME, Map.of("big.bin", big, "small", new byte[] {1}));
        run();
        String pin = hub.commit(NAME, Map.of("moved/big.bin", big, "small", new byte[] {1}, "new", new byte[] {2}));

        SyncReport.Item item = run();

        assertEquals(Outcome.COPIED, item.outcome());
        assertEquals(1, item.bytes().orElseThrow().transferred());
        assertArrayEquals(big, bytes(pin + "/moved/big.bin"));
        assertEquals(Outcome.UP_TO_DATE, run().outcome());
    }

    @Test
    void whatNobodyWillFinishIsThrownAway() throws Exception {
        hub.commitText(NAME, Map.of("a", "1"));
        store.api().begin(key("0000/left.bin"), "sha256:x");
        run();
        assertEquals(List.of(), store.api().uploads(key("")));
    }

    @Test
    void someoneElsesObjectOfTheRightSizeIsNotTakenForOurs() throws Exception {
        String pin = hub.commitText(NAME, Map.of("a", "1"));
        store.api().put(key(pin + "/a"), new byte[] {'x'}, Map.of());

        assertEquals(Outcome.COPIED, run().outcome());

        assertEquals("1", new String(bytes(pin + "/a"), StandardCharsets.UTF_8));
    }

    private void killedAfter(long bytes) throws Exception {
        RunContext context = store.context(Map.of());
        CutSource cut = new CutSource(hub, bytes);
        SyncItem item = item();
        Replica replica = new StoreTarget(context, PART, 2 * PART).open(cut, item, text -> {});
        ArtifactRef pinned = hub.pin(from());
        Claim claim = replica.claim();
        Session session = claim.admit(pinned, hub.list(pinned, NameFilter.ALL));
        assertThrows(
                RuntimeException.class,
                () -> session.pull(hub.list(pinned, NameFilter.ALL).entries().get(0), any -> {}));
        assertFalse(cut.isWhole());
        claim.close();
    }

    private SyncReport.Item run() {
        return run(store.context(Map.of()));
    }

    private SyncReport.Item run(RunContext context) {
        try (Syncer syncer = Syncer.builder()
                .context(context)
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target("s3", new StoreTarget(context, PART, 2 * PART))
                        .build())
                .build()) {
            SyncReport.Item item =
                    syncer.run(SyncPlan.of("a-flow", List.of(item()))).items().get(0);
            assertEquals(List.of(), item.failures(), item::toString);
            return item;
        }
    }

    private static ArtifactRef from() {
        return ArtifactRef.of("hub", NAME);
    }

    private SyncItem item() {
        return SyncItem.of(from(), ArtifactRef.of("s3", LocalStore.BUCKET + "/" + prefix + "/" + NAME));
    }

    private String key(String name) {
        return prefix + "/" + NAME + "/" + name;
    }

    private byte[] bytes(String name) throws Exception {
        return store.api().get(key(name), 64 << 20).orElseThrow().bytes();
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
