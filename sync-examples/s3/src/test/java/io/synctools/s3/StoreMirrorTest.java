package io.synctools.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.mirror.Finding;
import io.synctools.mirror.PruneRules;
import io.synctools.mirror.RemoteMirror;
import io.synctools.mirror.RemoteMirrors;
import io.synctools.mirror.RemotePruner;
import io.synctools.mirror.RemoteRevision;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import io.synctools.testing.MemoryHub;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What verify, status and prune see and do. */
class StoreMirrorTest {
    private static LocalStore store;
    private static int tests;

    private final MemoryHub hub = new MemoryHub();
    private String prefix = "";
    private RemoteMirror mirror;

    @BeforeAll
    static void start() throws Exception {
        store = new LocalStore();
    }

    @AfterAll
    static void stop() throws Exception {
        store.close();
    }

    @BeforeEach
    void begin() {
        prefix = "mirrors-" + ++tests + "/below";
        mirror = RemoteMirrors.of(ArtifactRef.of("s3", LocalStore.BUCKET + "/" + prefix), store.context(Map.of()));
    }

    @Test
    void everyRevisionIsThereWithItsNamesAndProof() throws Exception {
        String old = hub.commitText("models/org/one", Map.of("a", "1"));
        run("models/org/one");
        String now = hub.commitText("models/org/one", Map.of("a", "22"));
        run("models/org/one");
        hub.commitText("models/bare", Map.of("a", "1"));
        run("models/bare");
        store.api().put(prefix + "/datasets/x/y/main/part", new byte[] {1}, Map.of());

        List<RemoteRevision> all = mirror.revisions();

        assertEquals(4, all.size(), all::toString);
        RemoteRevision current = revision(all, now);
        assertEquals("s3:" + LocalStore.BUCKET + "/" + prefix + "/models/org/one", current.to());
        assertEquals(Set.of("main"), current.names());
        assertEquals(2, current.bytes());
        assertEquals(Set.of(), revision(all, old).names());
        assertEquals(Optional.empty(), revision(all, "main").proof());
    }

    @Test
    void whatSomebodyChangedIsFoundByChecksumAlone() throws Exception {
        String pin = hub.commitText("models/org/one", Map.of("a", "1", "b", "2", "c", "3", "d", "4"));
        run("models/org/one");
        String folder = prefix + "/models/org/one/" + pin + "/";
        store.api().delete(folder + "a");
        store.api().put(folder + "b", new byte[] {'x'}, Map.of());
        store.api().put(folder + "c", new byte[] {'x', 'y'}, Map.of());

        RemoteRevision revision = mirror.published(item("models/org/one")).orElseThrow();
        StringBuilder faults = new StringBuilder();
        for (Entry file : mirror.files(revision)) {
            mirror.fault(revision, file).ifPresent(fault -> faults.append(fault.kind())
                    .append(' ')
                    .append(fault.path())
                    .append(": ")
                    .append(fault.detail())
                    .append('\n'));
        }

        assertTrue(faults.toString().contains("MISSING a: it is not there\n"), faults::toString);
        assertTrue(faults.toString().contains("DAMAGED b: its "), faults::toString);
        assertTrue(faults.toString().contains("DAMAGED c: it has 2 bytes instead of 1\n"), faults::toString);
        assertEquals(3, faults.toString().lines().count(), faults::toString);
    }

    @Test
    void ofWhatNoProofNamesItIsNotSaidThatItIsNotThere() throws Exception {
        String pin = hub.commitText("models/org/one", Map.of("a", "1"));
        run("models/org/one");
        store.api().put(prefix + "/models/org/one/" + pin + "/later", new byte[] {1}, Map.of());
        RemoteRevision revision = mirror.published(item("models/org/one")).orElseThrow();

        Entry later = Entry.file("later", 1, MemoryHub.checksum(new byte[] {1}));

        assertEquals(
                Optional.of("it is there, and no proof says what it should be"),
                mirror.fault(revision, later).map(Finding::detail));
    }

    @Test
    void whatNothingDeclaresGoesAndTheOthersStay() throws Exception {
        hub.commitText("models/org/one", Map.of("a", "1"));
        run("models/org/one");
        String now = hub.commitText("models/org/one", Map.of("a", "2"));
        run("models/org/one");
        hub.commitText("models/org/two", Map.of("a", "1"));
        run("models/org/two");

        RemotePruner pruner = new RemotePruner(mirror);
        RemotePruner.Plan plan = pruner.plan(
                List.of(item("models/org/one")),
                new PruneRules(0, Optional.empty(), OptionalInt.empty(), false),
                Instant.now());
        assertEquals(List.of(), plan.obstacles());
        assertEquals(2, plan.going().size(), plan::toString);
        assertEquals(List.of(), pruner.apply(plan, going -> {}));

        assertEquals(
                Set.of("refs/main", now + "/a"),
                Set.copyOf(store.objects().keySet().stream()
                        .filter(key -> key.startsWith(prefix) && !key.contains("/.sync-tools/proofs/"))
                        .map(key -> key.substring((prefix + "/models/org/one/").length()))
                        .toList()));
        assertEquals(Outcome.UP_TO_DATE, run("models/org/one").outcome());
    }

    @Test
    void nothingIsRemovedThatSomebodyWorksOn() throws Exception {
        hub.commitText("models/org/one", Map.of("a", "1"));
        run("models/org/one");
        RunContext context = store.context(Map.of());
        StorePlace place = StorePlace.of(item("models/org/one").to());
        RemoteRevision revision = mirror.revisions().get(0);
        try (StoreLease lease = StoreLease.take(store.api(), place, context, text -> {})) {
            assertThrows(HeldByAnotherException.class, () -> mirror.remove(revision));
            lease.confirm();
        }
        assertEquals(1, mirror.revisions().size());
    }

    private static RemoteRevision revision(List<RemoteRevision> all, String id) {
        return all.stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
    }

    private SyncItem item(String name) {
        return SyncItem.of(
                ArtifactRef.of("hub", name), ArtifactRef.of("s3", LocalStore.BUCKET + "/" + prefix + "/" + name));
    }

    private SyncReport.Item run(String name) {
        RunContext context = store.context(Map.of());
        try (Syncer syncer = Syncer.builder()
                .context(context)
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target(new S3TargetProvider())
                        .build())
                .build()) {
            return syncer.run(SyncPlan.of("a-flow", List.of(item(name))))
                    .items()
                    .get(0);
        }
    }
}
