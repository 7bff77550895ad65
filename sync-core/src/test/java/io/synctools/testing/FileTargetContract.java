package io.synctools.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.spi.FileSource;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Replica;
import io.synctools.spi.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every target of files must do; a platform's author extends it and shows what readers see. */
@Timeout(60)
public abstract class FileTargetContract {
    private static final String NAME = "models/org/name-1.5";

    private final MemoryHub hub = new MemoryHub();

    /** For subclasses. */
    protected FileTargetContract() {}

    /** The target under test, over an empty place that lasts for one test; the same each time within one test. */
    protected abstract Target<FileSource> target() throws Exception;

    /** Where an artifact of that name goes. */
    protected abstract ArtifactRef destination(String name);

    /** The repository's files that readers see at a destination, by path; empty where they see nothing. */
    protected abstract Map<String, byte[]> visible(ArtifactRef destination) throws Exception;

    /** All that was ever written, in a form that is equal as long as nothing is: names, sizes and times of all files. */
    protected abstract Object trace() throws Exception;

    @Test
    void nothingIsWrittenBeforeItBegins() throws Exception {
        Object before = trace();
        commit(Map.of("a", "one", "b/c", "two"));
        ArtifactRef pinned = pin();
        Listing listing = list(pinned);

        target().recover(destination(NAME));
        try (Replica replica = open(pinned)) {
            assertFalse(replica.holds());
            replica.admit(listing);
            for (Entry entry : listing.entries()) {
                assertEquals(Presence.ABSENT, replica.check(entry));
            }
            replica.unpublished();
        }

        assertEquals(before, trace());
    }

    @Test
    void whatWasPublishedIsVisibleAndHeld() throws Exception {
        Map<String, String> files = Map.of("a.json", "one", "deep/er/b", "two", "empty", "", "中文.txt", "三");
        commit(files);
        ArtifactRef pinned = pin();

        LongAdder received = mirror(pinned);

        assertVisible(files);
        assertEquals(9, received.sum());
        try (Replica replica = open(pinned)) {
            assertTrue(replica.holds());
            assertEquals(4, replica.extent().entries());
            assertEquals(9, replica.extent().bytes());
        }
    }

    @Test
    void aBigFileArrivesWhole() throws Exception {
        byte[] big = new byte[5 << 20];
        new Random(1).nextBytes(big);
        hub.commit(NAME, Map.of("big.bin", big));

        mirror(pin());

        assertArrayEquals(big, visible(destination(NAME)).get("big.bin"));
    }

    @Test
    void nothingIsVisibleBeforeItIsPublished() throws Exception {
        commit(Map.of("a", "one", "b", "two"));
        ArtifactRef pinned = pin();
        try (Replica replica = open(pinned)) {
            Listing listing = list(pinned);
            pullMissing(replica, listing);
            assertEquals(Map.of(), visible(destination(NAME)));
        }

        assertEquals(Map.of(), visible(destination(NAME)));
        try (Replica replica = open(pinned)) {
            assertFalse(replica.holds());
        }
    }

    @Test
    void theNextRunFetchesOnlyWhatTheLastOneDidNot() throws Exception {
        Map<String, String> files = Map.of("a", "one", "b", "two", "c", "three");
        commit(files);
        ArtifactRef pinned = pin();
        Listing listing = list(pinned);
        try (Replica replica = open(pinned)) {
            replica.holds();
            replica.admit(listing);
            replica.begin(listing.entries());
            replica.pull(entry(listing, "a"), bytes -> {});
            replica.pull(entry(listing, "c"), bytes -> {});
        }

        mirror(pinned);

        assertVisible(files);
        assertEquals(1, hub.asked("open " + NAME + " a"));
        assertEquals(1, hub.asked("open " + NAME + " c"));
    }

    @Test
    void allFetchedAndNothingPublishedIsSaidToBeUnpublished() throws Exception {
        commit(Map.of("a", "one"));
        ArtifactRef pinned = pin();
        try (Replica replica = open(pinned)) {
            pullMissing(replica, list(pinned));
        }

        try (Replica replica = open(pinned)) {
            Listing listing = list(pinned);
            assertFalse(replica.holds());
            replica.admit(listing);
            if (replica.check(listing.entries().get(0)) == Presence.SAME) {
                assertTrue(replica.unpublished());
            }
        }
    }

    @Test
    void pullingTwiceFetchesOnce() throws Exception {
        commit(Map.of("a", "one"));
        ArtifactRef pinned = pin();
        Listing listing = list(pinned);
        try (Replica replica = open(pinned)) {
            replica.holds();
            replica.admit(listing);
            replica.begin(listing.entries());
            replica.pull(listing.entries().get(0), bytes -> {});
            replica.pull(listing.entries().get(0), bytes -> {});
            replica.publish(listing);
        }

        assertVisible(Map.of("a", "one"));
        assertEquals(1, hub.asked("open"));
    }

    @Test
    void aNewRevisionReplacesWhatChangedAndFetchesNothingElse() throws Exception {
        commit(Map.of("same", "same", "changed", "old"));
        mirror(pin());
        commit(Map.of("same", "same", "changed", "new", "added", "more"));
        ArtifactRef pinned = pin();
        Listing listing = list(pinned);

        try (Replica replica = open(pinned)) {
            assertFalse(replica.holds());
            replica.admit(listing);
            assertEquals(Presence.SAME, replica.check(entry(listing, "same")));
            assertEquals(Presence.ABSENT, replica.check(entry(listing, "added")));
            List<Entry> missing = List.of(entry(listing, "changed"), entry(listing, "added"));
            replica.begin(missing);
            for (Entry entry : missing) {
                replica.pull(entry, bytes -> {});
            }
            assertVisible(Map.of("same", "same", "changed", "old"));
            replica.publish(listing);
        }

        Map<String, byte[]> now = visible(destination(NAME));
        assertEquals("new", text(now, "changed"));
        assertEquals("more", text(now, "added"));
        assertEquals("same", text(now, "same"));
        assertEquals(1, hub.asked("open " + NAME + " same"));
    }

    @Test
    void wrongBytesAreRefusedAndTheOldSnapshotStays() throws Exception {
        commit(Map.of("a", "old"));
        mirror(pin());
        commit(Map.of("a", "new"));
        ArtifactRef pinned = pin();
        Entry lie = Entry.file("a", 3, MemoryHub.checksum("xyz".getBytes(StandardCharsets.UTF_8)));

        try (Replica replica = open(pinned)) {
            Listing listing = new Listing(List.of(lie), List.of(), Map.of());
            replica.holds();
            replica.admit(listing);
            replica.begin(List.of(lie));
            SyncException refused = assertThrows(SyncException.class, () -> replica.pull(lie, bytes -> {}));
            assertEquals(FailureKind.CHECKSUM, refused.kind());
        }

        assertVisible(Map.of("a", "old"));
    }

    @Test
    void unsafeNamesAreRefusedBeforeAnythingIsTouched() throws Exception {
        commit(Map.of("a", "one"));
        ArtifactRef pinned = pin();
        Object before = trace();

        List<List<String>> bad = List.of(
                List.of("../x"),
                List.of("/x"),
                List.of("a/../../b"),
                List.of("a/./b"),
                List.of("a//b"),
                List.of(""),
                List.of("x\0y"),
                List.of("a/" + "n".repeat(300)),
                List.of("link", "link/x"),
                List.of("Case", "case"));
        for (List<String> names : bad) {
            List<Entry> entries = new ArrayList<>();
            names.forEach(name -> entries.add(Entry.file(name, 1, checksum("x"))));
            try (Replica replica = open(pinned)) {
                replica.holds();
                SyncException refused = assertThrows(
                        SyncException.class,
                        () -> replica.admit(new Listing(entries, List.of(), Map.of())),
                        names::toString);
                assertEquals(FailureKind.UNSAFE_NAME, refused.kind());
            }
        }
        assertEquals(before, trace());
    }

    @Test
    void anotherFilterIsNotHeld() throws Exception {
        commit(Map.of("a", "one"));
        ArtifactRef pinned = pin();
        mirror(pinned);

        try (Replica replica = target().open(hub, pinned, destination(NAME), new Everything())) {
            assertFalse(replica.holds());
        }
    }

    @Test
    void oneRunnerHoldsADestinationAtATime() throws Exception {
        commit(Map.of("a", "one"));
        ArtifactRef pinned = pin();
        Listing listing = list(pinned);
        try (Replica first = open(pinned);
                Replica second = open(pinned)) {
            for (Replica replica : List.of(first, second)) {
                replica.holds();
                replica.admit(listing);
            }
            first.begin(listing.entries());
            assertThrows(HeldByAnotherException.class, () -> second.begin(listing.entries()));
        }

        mirror(pinned);
        assertVisible(Map.of("a", "one"));
    }

    @Test
    void closingTwiceIsHarmless() throws Exception {
        commit(Map.of("a", "one"));
        ArtifactRef pinned = pin();
        Replica replica = open(pinned);
        pullMissing(replica, list(pinned));
        replica.close();
        replica.close();

        mirror(pinned);
        assertVisible(Map.of("a", "one"));
    }

    @Test
    void recoveringAFinishedDestinationChangesNothingForReaders() throws Exception {
        commit(Map.of("a", "one"));
        ArtifactRef pinned = pin();
        mirror(pinned);

        target().recover(destination(NAME));

        assertVisible(Map.of("a", "one"));
        try (Replica replica = open(pinned)) {
            assertTrue(replica.holds());
        }
    }

    private void commit(Map<String, String> files) {
        hub.commitText(NAME, files);
    }

    private ArtifactRef pin() throws Exception {
        return hub.pin(ArtifactRef.of("hub", NAME));
    }

    private Listing list(ArtifactRef pinned) throws Exception {
        return hub.list(pinned, NameFilter.ALL);
    }

    private Replica open(ArtifactRef pinned) throws Exception {
        return target().open(hub, pinned, destination(NAME), NameFilter.ALL);
    }

    /** The whole walk, as the engine does it. */
    private LongAdder mirror(ArtifactRef pinned) throws Exception {
        target().recover(destination(NAME));
        try (Replica replica = open(pinned)) {
            assertFalse(replica.holds());
            Listing listing = list(pinned);
            LongAdder received = pullMissing(replica, listing);
            replica.publish(listing);
            return received;
        }
    }

    private static LongAdder pullMissing(Replica replica, Listing listing) throws Exception {
        LongAdder received = new LongAdder();
        Progress progress = received::add;
        replica.holds();
        replica.admit(listing);
        List<Entry> missing = new ArrayList<>();
        for (Entry entry : listing.entries()) {
            if (replica.check(entry) != Presence.SAME) {
                missing.add(entry);
            }
        }
        replica.begin(missing);
        for (Entry entry : missing) {
            replica.pull(entry, progress);
        }
        return received;
    }

    private void assertVisible(Map<String, String> expected) throws Exception {
        Map<String, String> found = new TreeMap<>();
        visible(destination(NAME)).forEach((path, bytes) -> found.put(path, new String(bytes, StandardCharsets.UTF_8)));
        assertEquals(new TreeMap<>(expected), found);
    }

    private static String text(Map<String, byte[]> files, String path) {
        byte[] bytes = files.get(path);
        return bytes == null ? "(absent)" : new String(bytes, StandardCharsets.UTF_8);
    }

    private static Entry entry(Listing listing, String path) {
        return listing.entries().stream()
                .filter(entry -> entry.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    private static Checksum checksum(String text) {
        return MemoryHub.checksum(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Keeps everything, but says so in other words. */
    private record Everything() implements NameFilter {
        @Override
        public boolean accepts(String name) {
            return true;
        }

        @Override
        public String text() {
            return "allow *";
        }
    }
}
