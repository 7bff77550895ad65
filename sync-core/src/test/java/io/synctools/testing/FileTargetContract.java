package io.synctools.testing;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.synctools.Outcome;
import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.Claim;
import io.synctools.spi.Extent;
import io.synctools.spi.FileSource;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.RunContext;
import io.synctools.spi.Session;
import io.synctools.spi.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every target of files must do; a platform's author extends it and shows what readers see. */
@Timeout(60)
public abstract class FileTargetContract {
    private static final String NAME = "models/org/name-1.5";

    /** Two revisions that share a file, of which one is another's while it is being mirrored. */
    private static final Map<String, String> OLD = Map.of("config", "1", "weights", "1111", "tokenizer", "same");

    private static final Map<String, String> NEW = Map.of("config", "2", "weights", "2222", "tokenizer", "same");

    private final MemoryHub hub = new MemoryHub();

    /** For subclasses. */
    protected FileTargetContract() {}

    /**
     * The target under test as one more runner has it: over a place that is empty when a test begins, and the same within
     * one test.
     *
     * @param context of that runner: {@code wait} says how long it waits for another
     */
    protected abstract Target<FileSource> target(RunContext context) throws Exception;

    /** Where an artifact of that name goes. */
    protected abstract ArtifactRef destination(String name);

    /** The repository's files that readers see at a destination, by path; empty where they see nothing. */
    protected abstract Map<String, byte[]> visible(ArtifactRef destination) throws Exception;

    /**
     * All that was ever written, in a form that is equal as long as nothing is: names, sizes and times of all files. What a
     * holder renews to show that it lives counts by its name alone.
     */
    protected abstract Object trace() throws Exception;

    /**
     * Whether a destination is one runner's at a time; false where nobody is kept out because two are right at once: what
     * they bring is called by its content, and the pointers come last.
     */
    protected boolean lendsDestinations() {
        return true;
    }

    @Test
    void nothingIsWrittenBeforeItIsClaimed() throws Exception {
        Object before = trace();
        commit(Map.of("a", "one", "b/c", "two"));

        Walk walk = walk();
        assertEquals(Optional.empty(), walk.published());
        assertEquals(2, walk.look().size());

        assertEquals(before, trace());
    }

    @Test
    void whatWasPublishedIsVisibleAndFound() throws Exception {
        Map<String, String> files = Map.of("a.json", "one", "deep/er/b", "two", "empty", "", "中文.txt", "三");
        commit(files);
        LongAdder received = new LongAdder();

        try (Walk walk = walk()) {
            walk.claim();
            walk.compare().pull(received::add);
            assertTrue(walk.publish(), "readers see something new");
        }

        assertVisible(files);
        assertEquals(9, received.sum());
        assertEquals(Optional.of(new Extent(4, 9)), walk().published());
        assertEquals(List.of(), walk().look());
    }

    @Test
    void aBigFileArrivesWhole() throws Exception {
        byte[] big = new byte[5 << 20];
        new Random(1).nextBytes(big);
        hub.commit(NAME, Map.of("big.bin", big));

        mirror();

        assertArrayEquals(big, visible(destination(NAME)).get("big.bin"));
    }

    @Test
    void nothingIsVisibleBeforeItIsPublished() throws Exception {
        commit(Map.of("a", "one", "b", "two"));
        try (Walk walk = walk()) {
            walk.claim();
            walk.compare().pull(bytes -> {});
            assertEquals(Map.of(), visible(destination(NAME)));
        }

        assertEquals(Map.of(), visible(destination(NAME)));
        assertEquals(Optional.empty(), walk().published());
    }

    @Test
    void theNextRunFetchesOnlyWhatTheLastOneDidNot() throws Exception {
        Map<String, String> files = Map.of("a", "one", "b", "two", "c", "three");
        commit(files);
        try (Walk walk = walk()) {
            walk.claim();
            Session session = walk.compare().session();
            session.reserve(walk.missing());
            session.pull(walk.entry("a"), bytes -> {});
            session.pull(walk.entry("c"), bytes -> {});
        }

        mirror();

        assertVisible(files);
        assertEquals(1, hub.asked("open " + NAME + " a"));
        assertEquals(1, hub.asked("open " + NAME + " c"));
    }

    @Test
    void allFetchedAndNothingPublishedIsNewsForReaders() throws Exception {
        commit(Map.of("a", "one"));
        try (Walk walk = walk()) {
            walk.claim();
            walk.compare().pull(bytes -> {});
        }

        try (Walk walk = walk()) {
            assertEquals(Optional.empty(), walk.published());
            walk.claim();
            assertTrue(walk.compare().pull(bytes -> {}).publish());
        }
        assertVisible(Map.of("a", "one"));
        assertEquals(1, hub.asked("open"));
    }

    @Test
    void pullingTwiceFetchesOnce() throws Exception {
        commit(Map.of("a", "one"));
        try (Walk walk = walk()) {
            walk.claim();
            walk.compare().pull(bytes -> {}).pull(bytes -> {}).publish();
        }

        assertVisible(Map.of("a", "one"));
        assertEquals(1, hub.asked("open"));
    }

    @Test
    void aNewRevisionReplacesWhatChangedAndFetchesNothingElse() throws Exception {
        commit(Map.of("same", "same", "changed", "old"));
        mirror();
        commit(Map.of("same", "same", "changed", "new", "added", "more"));

        try (Walk walk = walk()) {
            assertEquals(Optional.empty(), walk.published());
            assertFalse(walk.claim(), "nobody else published");
            walk.compare();
            assertEquals(
                    Set.of("changed", "added"),
                    walk.missing().stream().map(Entry::path).collect(toSet()));
            walk.pull(bytes -> {});
            assertVisible(Map.of("same", "same", "changed", "old"));
            walk.publish();
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
        mirror();
        commit(Map.of("a", "new"));
        Entry lie = Entry.file("a", 3, MemoryHub.checksum("xyz".getBytes(StandardCharsets.UTF_8)));

        try (Walk walk = walk(new Listing(List.of(lie), List.of(), Map.of()))) {
            walk.claim();
            walk.compare();
            SyncException refused = assertThrows(SyncException.class, () -> walk.pull(bytes -> {}));
            assertEquals(FailureKind.CHECKSUM, refused.kind());
        }

        assertVisible(Map.of("a", "old"));
    }

    @Test
    void unsafeNamesAreRefusedBeforeAnythingIsTouched() throws Exception {
        commit(Map.of("a", "one"));
        mirror();

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
            Object before = trace();
            List<Entry> entries = new ArrayList<>();
            names.forEach(name -> entries.add(Entry.file(name, 1, checksum("x"))));
            try (Walk walk = walk(new Listing(entries, List.of(), Map.of()))) {
                SyncException refused = assertThrows(SyncException.class, walk::look, names::toString);
                assertEquals(FailureKind.UNSAFE_NAME, refused.kind());
                assertEquals(before, trace());
                walk.claim();
                refused = assertThrows(SyncException.class, walk::compare, names::toString);
                assertEquals(FailureKind.UNSAFE_NAME, refused.kind());
            }
        }
        assertVisible(Map.of("a", "one"));
        assertEquals(Optional.of(new Extent(1, 3)), walk().published());
    }

    @Test
    void anotherFilterIsNotFound() throws Exception {
        commit(Map.of("a", "one"));
        mirror();

        SyncItem filtered = new SyncItem(item().from(), item().to(), new Everything(), item().declaredAt());
        Replica replica = target(RunContext.of(SyncOptions.DEFAULTS)).open(hub, filtered, text -> {});
        assertEquals(Optional.empty(), replica.published(pin()));
    }

    @Test
    void oneRunnerHoldsADestinationAtATime() throws Exception {
        assumeTrue(lendsDestinations(), "nobody is kept out here");
        commit(Map.of("a", "one"));
        try (Walk first = walk();
                Walk second = walk()) {
            first.claim();
            assertThrows(HeldByAnotherException.class, second::claim);
        }

        mirror();
        assertVisible(Map.of("a", "one"));
    }

    @Test
    void aPreviewThatMeetsAHolderSaysSoAndWaitsForNobody() throws Exception {
        assumeTrue(lendsDestinations(), "nobody is kept out here");
        commit(Map.of("a", "one"));
        List<String> notes = new ArrayList<>();
        try (Walk holder = walk()) {
            holder.claim();
            Object before = trace();
            Target<FileSource> patient = target(RunContext.of(
                    SyncOptions.builder().waitFor(Duration.ofMinutes(1)).build()));
            new Walk(patient.open(hub, item(), notes::add), pin(), hub.list(pin(), NameFilter.ALL)).look();
            assertEquals(before, trace());
        }
        assertEquals(1, notes.size(), notes::toString);

        walk(notes::add).look();
        assertEquals(1, notes.size(), notes::toString);
    }

    @Test
    void closingTwiceIsHarmless() throws Exception {
        commit(Map.of("a", "one"));
        Walk walk = walk();
        walk.claim();
        walk.compare().pull(bytes -> {});
        walk.close();
        walk.close();

        mirror();
        assertVisible(Map.of("a", "one"));
    }

    @Test
    void aClaimOnWhatIsPublishedChangesNothingForReaders() throws Exception {
        commit(Map.of("a", "one"));
        mirror();

        try (Walk walk = walk()) {
            assertFalse(walk.claim());
            assertEquals(List.of(), walk.compare().missing());
            assertFalse(walk.pull(bytes -> {}).publish(), "nothing is new");
        }

        assertVisible(Map.of("a", "one"));
        assertEquals(Optional.of(new Extent(1, 3)), walk().published());
        assertEquals(1, hub.asked("open"));
    }

    // Several runners.

    @Test
    void whatAnotherRunnerPublishesMeanwhileIsSeenUnderTheClaim() throws Exception {
        commit(OLD);
        try (Walk late = walk()) {
            commit(NEW);
            mirror();
            assertTrue(late.claim(), "another publication than when it was opened");
        }
        try (Walk next = walk()) {
            assertFalse(next.claim());
        }
    }

    @Test
    void whatAnotherRunnerPublishesBeforeTheClaimIsNeverMixedNorGoneOverByAnOlderPin() throws Exception {
        isOvertaken();

        assertEquals(1, hub.asked("open " + NAME + " weights"));
    }

    @Test
    void soItIsWhereAnUpdateIsOvertakenByAnUpdate() throws Exception {
        commit(Map.of("config", "0", "weights", "0000", "tokenizer", "same"));
        mirror();

        isOvertaken();

        assertEquals(2, hub.asked("open " + NAME + " weights"));
    }

    /** A run that has pinned the old revision meets another's publication of the new one when it claims. */
    private void isOvertaken() throws Exception {
        commit(OLD);
        Meanwhile meanwhile = new Meanwhile(target(RunContext.of(SyncOptions.DEFAULTS)));
        meanwhile.beforeClaim = () -> {
            commit(NEW);
            mirror();
        };
        assertNewerStays(run(meanwhile));
    }

    @Test
    void whatTheHolderPublishesWhileAnotherRunnerWaitsIsNeverMixedNorGoneOver() throws Exception {
        assumeTrue(lendsDestinations(), "nobody is kept out here");
        commit(OLD);
        Meanwhile meanwhile = new Meanwhile(target(RunContext.of(
                SyncOptions.builder().waitFor(Duration.ofMinutes(1)).build())));
        AtomicReference<Walk> holder = new AtomicReference<>();
        meanwhile.beforeClaim = () -> {
            commit(NEW);
            Walk walk = walk();
            holder.set(walk);
            walk.claim();
            walk.compare().pull(bytes -> {});
        };
        Action finish = () -> {
            holder.get().publish();
            holder.get().close();
        };
        meanwhile.onceItWaits = finish;

        SyncReport.Item item = run(meanwhile);

        if (item.outcome() == Outcome.HELD_BY_ANOTHER) { // a target that does not wait
            finish.run();
        }
        assertNewerStays(item);
        assertEquals(1, hub.asked("open " + NAME + " weights"));
    }

    @Test
    void twoRunnersAtOnceAreRightWhereNobodyIsKeptOut() throws Exception {
        assumeFalse(lendsDestinations(), "one runner works at a time");
        commit(OLD);
        try (Walk first = walk();
                Walk second = walk()) {
            first.claim();
            second.claim();
            first.compare().pull(bytes -> {});
            second.compare().pull(bytes -> {});
            assertTrue(second.publish());
            assertFalse(first.publish(), "the same is there already");
        }

        assertVisible(OLD);
        assertEquals(Optional.of(new Extent(3, 9)), walk().published());
        assertEquals(1, hub.asked("open " + NAME + " weights"));
    }

    @Test
    void whatAnotherRunnerPublishedMeanwhileIsNotGoneOverWhereNobodyIsKeptOut() throws Exception {
        assumeFalse(lendsDestinations(), "one runner works at a time");
        commit(OLD);
        try (Walk late = walk()) {
            late.claim();
            late.compare().pull(bytes -> {});
            commit(NEW);
            mirror();
            assertThrows(HeldByAnotherException.class, late::publish);
        }

        assertVisible(NEW);
        assertEquals(
                Outcome.UP_TO_DATE,
                run(target(RunContext.of(SyncOptions.DEFAULTS))).outcome());
    }

    @Test
    void aHubThatIsForcedBackIsFollowed() throws Exception {
        commit(OLD);
        mirror();
        commit(NEW);
        mirror();
        hub.forceBack(NAME);

        assertEquals(
                Outcome.COPIED, run(target(RunContext.of(SyncOptions.DEFAULTS))).outcome());

        assertVisible(OLD);
    }

    private void assertNewerStays(SyncReport.Item item) throws Exception {
        assertVisible(NEW);
        assertTrue(
                Set.of(Outcome.UP_TO_DATE, Outcome.HELD_BY_ANOTHER).contains(item.outcome()),
                () -> "it was the other runner who brought all that is there: " + item);
        assertEquals(
                Outcome.UP_TO_DATE,
                run(target(RunContext.of(SyncOptions.DEFAULTS))).outcome());
        assertVisible(NEW);
    }

    /** A whole run of the engine. */
    private SyncReport.Item run(Target<FileSource> target) {
        String scheme = destination(NAME).scheme();
        return Syncer.builder()
                .context(RunContext.of(SyncOptions.builder().retries(0).build()))
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target(scheme, target)
                        .build())
                .build()
                .run(SyncPlan.of("contract", List.of(item())))
                .items()
                .get(0);
    }

    /** What another runner does at a moment. */
    @FunctionalInterface
    private interface Action {
        void run() throws Exception;

        /** Its own mistakes are the test's. */
        default void now() {
            try {
                run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The target, with something that happens meanwhile. */
    private static final class Meanwhile implements Target<FileSource> {
        private final Target<FileSource> target;
        private Action beforeClaim = () -> {};
        private Action onceItWaits = () -> {};

        Meanwhile(Target<FileSource> target) {
            this.target = target;
        }

        @Override
        public Class<FileSource> pullsFrom() {
            return target.pullsFrom();
        }

        @Override
        public String path(ArtifactRef destination) {
            return target.path(destination);
        }

        @Override
        public Replica open(FileSource source, SyncItem item, Reporter reporter)
                throws IOException, InterruptedException {
            Replica replica = target.open(source, item, new Reporter() {
                @Override
                public void note(String text) {
                    reporter.note(text);
                }

                @Override
                public void waits(String holder) {
                    reporter.waits(holder);
                    onceItWaits.now();
                }
            });
            return new Replica() {
                @Override
                public Optional<Extent> published(ArtifactRef pinned) throws IOException, InterruptedException {
                    return replica.published(pinned);
                }

                @Override
                public Session look(ArtifactRef pinned, Listing listing) throws IOException, InterruptedException {
                    return replica.look(pinned, listing);
                }

                @Override
                public Claim claim() throws IOException, InterruptedException {
                    beforeClaim.now();
                    return replica.claim();
                }
            };
        }
    }

    private void commit(Map<String, String> files) {
        hub.commitText(NAME, files);
    }

    private SyncItem item() {
        return SyncItem.of(ArtifactRef.of("hub", NAME), destination(NAME));
    }

    private ArtifactRef pin() throws Exception {
        return hub.pin(ArtifactRef.of("hub", NAME));
    }

    /** One more runner, which has opened and pinned. */
    private Walk walk() throws Exception {
        return walk(text -> {});
    }

    private Walk walk(Reporter reporter) throws Exception {
        return walk(hub.list(pin(), NameFilter.ALL), reporter);
    }

    private Walk walk(Listing listing) throws Exception {
        return walk(listing, text -> {});
    }

    private Walk walk(Listing listing, Reporter reporter) throws Exception {
        Replica replica = target(RunContext.of(SyncOptions.DEFAULTS)).open(hub, item(), reporter);
        return new Walk(replica, pin(), listing);
    }

    /** The whole walk of one more runner. */
    private void mirror() throws Exception {
        try (Walk walk = walk()) {
            assertTrue(walk.mirror(), "readers see something new");
        }
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
