package io.synctools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.SyncReport.Entries;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.Place;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import io.synctools.spi.Source;
import io.synctools.testing.MemoryHub;
import io.synctools.testing.MemoryShelf;
import io.synctools.testing.PullTarget;
import io.synctools.testing.RecordingListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SyncerTest {
    private final MemoryHub hub = new MemoryHub();
    private final MemoryShelf shelf = new MemoryShelf();
    private RecordingListener listener = new RecordingListener();

    /** One listener hears one run. */
    private Syncer syncer() {
        listener = new RecordingListener();
        return Syncer.builder()
                .context(RunContext.of(SyncOptions.builder()
                        .retryFor(Duration.ofMillis(50))
                        .retries(1)
                        .build()))
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target("shelf", shelf)
                        .build())
                .listener(listener)
                .build();
    }

    private static SyncItem item(String name) {
        return item(name, name);
    }

    private static SyncItem item(String name, String destination) {
        return SyncItem.of(ArtifactRef.of("hub", name), ArtifactRef.of("shelf", destination));
    }

    private static SyncPlan plan(SyncItem... items) {
        return SyncPlan.of("flow", List.of(items));
    }

    private SyncReport.Item only(SyncReport report) {
        assertEquals(1, report.items().size());
        return report.items().get(0);
    }

    @Test
    void aSurveyAsksTheSourcesAloneAndSizesWhatIsThereAlready() {
        hub.commitText("models/o/a", Map.of("config.json", "{}", "weights", "0123456789"));
        SyncPlan plan = plan(item("models/o/a"), item("models/o/none"));
        syncer().run(plan(item("models/o/a")));
        long opened = hub.asked("open");

        SyncReport survey = syncer().survey(plan);

        SyncReport.Item there = survey.items().get(0);
        assertEquals(Outcome.WOULD_COPY, there.outcome(), "nobody looked");
        assertEquals(12, there.bytes().orElseThrow().total());
        assertEquals(2, there.entries().total());
        assertEquals(
                FailureKind.NOT_FOUND, survey.items().get(1).failures().get(0).kind());
        assertEquals(1, survey.exit());
        assertTrue(survey.dryRun());
        assertEquals(opened, hub.asked("open"));
        assertThrows(PlanException.class, () -> syncer().survey(plan(item("a", "x"), item("b", "x"))));
    }

    @Test
    void bringsAllThereAndReportsIt() {
        String commit = hub.commitText("models/o/a", Map.of("config.json", "{}", "weights", "0123456789", "empty", ""));

        SyncReport report = syncer().run(plan(item("models/o/a")));

        assertEquals(0, report.exit());
        SyncReport.Item item = only(report);
        assertEquals(Outcome.COPIED, item.outcome());
        assertEquals(new Entries(3, 0, 3, 0), item.entries());
        assertEquals(new SyncReport.Bytes(12, 12, 0, 12), item.bytes().orElseThrow());
        assertEquals(commit, item.revision().orElseThrow());
        assertEquals("memory.example", item.host());
        assertEquals(hub.journal().size(), item.requests());
        assertArrayEquals(
                "0123456789".getBytes(StandardCharsets.UTF_8),
                shelf.files("models/o/a").get("weights"));
        listener.assertLegalOrder();
        ReportSchema.assertValid(report);
    }

    @Test
    void asksOnceWhenAllIsThere() {
        hub.commitText("models/o/a", Map.of("config.json", "{}", "weights", "0123456789"));
        syncer().run(plan(item("models/o/a")));
        int before = hub.journal().size();

        SyncReport.Item again = only(syncer().preview(plan(item("models/o/a"))));

        assertEquals(Outcome.UP_TO_DATE, again.outcome());
        assertEquals(1, again.requests());
        assertEquals(before + 1, hub.journal().size());
        assertEquals(new Entries(2, 2, 0, 0), again.entries());
        assertEquals(12, again.bytes().orElseThrow().total());
    }

    @Test
    void fetchesOnlyWhatChanged() {
        hub.commitText("models/o/a", Map.of("same", "same", "changed", "old"));
        syncer().run(plan(item("models/o/a")));
        hub.commitText("models/o/a", Map.of("same", "same", "changed", "new!"));

        SyncReport.Item item = only(syncer().preview(plan(item("models/o/a"))));
        assertEquals(Outcome.WOULD_COPY, item.outcome());
        assertEquals(new SyncReport.Bytes(8, 4, 0, 0), item.bytes().orElseThrow());
        assertEquals("old", text("models/o/a", "changed"), "a preview writes nothing");

        item = only(syncer().run(plan(item("models/o/a"))));
        assertEquals(new Entries(2, 1, 1, 0), item.entries());
        assertEquals("new!", text("models/o/a", "changed"));
        assertEquals(1, hub.asked("open models/o/a same"));
    }

    @Test
    void aPreviewLeavesNoTrace() {
        hub.commitText("models/o/a", Map.of("config.json", "{}"));

        SyncReport report = syncer().preview(plan(item("models/o/a"), item("models/o/missing")));

        assertEquals(List.of(), shelf.journal());
        assertTrue(report.dryRun());
        assertEquals(Outcome.WOULD_COPY, report.items().get(0).outcome());
        assertEquals(Outcome.FAILED, report.items().get(1).outcome());
        assertEquals(1, report.exit());
        ReportSchema.assertValid(report);
    }

    @Test
    void aFailedEntryKeepsTheItemFromBeingPublishedAndTheOthersGoOn() {
        hub.commitText("models/o/a", Map.of("1", "one", "2", "two", "3", "three"));
        hub.commitText("models/o/b", Map.of("1", "one"));
        hub.interfere(question -> {
            if (question.equals("open models/o/a 2")) {
                throw new SyncException(FailureKind.ACCESS, "no right to read 2");
            }
        });

        SyncReport report = syncer().run(plan(item("models/o/a"), item("models/o/b")));

        assertEquals(1, report.exit());
        SyncReport.Item failed = report.items().get(0);
        assertEquals(Outcome.FAILED, failed.outcome());
        assertEquals(new Entries(3, 0, 2, 1), failed.entries());
        assertEquals(
                List.of(new SyncReport.Failure("2", FailureKind.ACCESS, "no right to read 2", false)),
                failed.failures());
        assertEquals(Map.of(), shelf.files("models/o/a"), "nothing is published");
        assertEquals(2, shelf.staged("models/o/a").size(), "the others were fetched");
        assertEquals(Outcome.COPIED, report.items().get(1).outcome());
        listener.assertLegalOrder();
        ReportSchema.assertValid(report);

        hub.interfere(question -> {});
        SyncReport.Item mended = only(syncer().run(plan(item("models/o/a"))));
        assertEquals(Outcome.COPIED, mended.outcome());
        assertEquals(new Entries(3, 2, 1, 0), mended.entries(), "the next run has less to do");
        assertEquals(3, mended.bytes().orElseThrow().transferred());
    }

    @Test
    void anEntryThatCannotBeCheckedFailsAndTheOthersAreFetched() {
        hub.commitText("models/o/a", Map.of("1", "one", "2", "two"));
        shelf.interfere(what -> {
            if (what.equals("check models/o/a 1")) {
                throw new IOException("stale handle");
            }
        });

        SyncReport.Item item = only(syncer().run(plan(item("models/o/a"))));

        assertEquals(Outcome.FAILED, item.outcome());
        assertEquals(new Entries(2, 0, 1, 1), item.entries());
        assertEquals("1", item.failures().get(0).entry());
        assertTrue(item.failures().get(0).message().contains("stale handle"));
        assertEquals(Map.of(), shelf.files("models/o/a"));
        listener.assertLegalOrder();
    }

    @Test
    void triesAgainAfterAnIoException() {
        hub.commitText("models/o/a", Map.of("1", "one"));
        AtomicInteger faults = new AtomicInteger();
        hub.interfere(question -> {
            if (faults.getAndIncrement() % 2 == 0) {
                throw new IOException("reset during " + question);
            }
        });

        SyncReport.Item item = only(syncerThatRetries().run(plan(item("models/o/a"))));

        assertEquals(Outcome.COPIED, item.outcome());
        assertEquals(6, item.requests(), "pin, list and open, each twice");
    }

    private Syncer syncerThatRetries() {
        return Syncer.builder()
                .context(RunContext.of(
                        SyncOptions.builder().retryFor(Duration.ofSeconds(30)).build()))
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target("shelf", shelf)
                        .build())
                .build();
    }

    @Test
    void aNewRevisionDuringTheRunStartsTheItemOver() {
        String old = hub.commitText("models/o/a", Map.of("1", "old one", "2", "old two"));
        String[] moved = new String[1];
        java.util.concurrent.atomic.AtomicBoolean once = new java.util.concurrent.atomic.AtomicBoolean();
        hub.interfere(question -> {
            if (question.startsWith("open") && once.compareAndSet(false, true)) {
                moved[0] = hub.commitText("models/o/a", Map.of("1", "new one", "3", "new three"));
                throw new SyncException(FailureKind.NOT_FOUND, "gone");
            }
        });

        SyncReport.Item item = only(syncer().run(plan(item("models/o/a"))));

        assertEquals(Outcome.COPIED, item.outcome());
        assertEquals(moved[0], item.revision().orElseThrow());
        assertEquals("new three", text("models/o/a", "3"));
        assertEquals(2, shelf.files("models/o/a").size());
        assertEquals(1, item.notes().size());
        assertTrue(item.notes().get(0).contains(old) && item.notes().get(0).contains(moved[0]));
        listener.assertLegalOrder();
    }

    @Test
    void aRevisionThatIsGoneBeforeItsTurnToBeListedStartsTheItemOver() {
        hub.commitText("models/o/a", Map.of("1", "old"));
        String[] moved = new String[1];
        hub.interfere(question -> {
            if (question.startsWith("list") && moved[0] == null) {
                moved[0] = hub.commitText("models/o/a", Map.of("1", "new"));
                throw new SyncException(FailureKind.NOT_FOUND, "gone");
            }
        });

        SyncReport.Item item = only(syncer().run(plan(item("models/o/a"))));

        assertEquals(Outcome.COPIED, item.outcome());
        assertEquals(moved[0], item.revision().orElseThrow());
        assertEquals("new", text("models/o/a", "1"));
        listener.assertLegalOrder();
    }

    @Test
    void aListingThatIsRefusedAlthoughNothingMovedFailsTheItem() {
        hub.commitText("models/o/a", Map.of("1", "one"));
        hub.interfere(question -> {
            if (question.startsWith("list")) {
                throw new SyncException(FailureKind.NOT_FOUND, "gone");
            }
        });

        SyncReport.Item item = only(syncer().run(plan(item("models/o/a"))));

        assertEquals(Outcome.FAILED, item.outcome());
        assertEquals(FailureKind.NOT_FOUND, item.failures().get(0).kind());
        assertEquals(1, hub.asked("list"));
    }

    @Test
    void aHubThatNeverStopsMovingFailsTheItem() {
        hub.commitText("models/o/a", Map.of("1", "0"));
        AtomicInteger commits = new AtomicInteger();
        hub.interfere(question -> {
            if (question.startsWith("open")) {
                hub.commitText("models/o/a", Map.of("1", Integer.toString(commits.incrementAndGet())));
                throw new SyncException(FailureKind.CHECKSUM, "other bytes");
            }
        });

        SyncReport.Item item = only(syncer().run(plan(item("models/o/a"))));

        assertEquals(Outcome.FAILED, item.outcome());
        assertEquals(3, commits.get(), "started over twice");
        assertEquals(FailureKind.CHECKSUM, item.failures().get(0).kind());
        assertEquals(Map.of(), shelf.files("models/o/a"));
    }

    @Test
    void aLostEntryThatIsStillListedFailsTheItem() {
        hub.commitText("models/o/a", Map.of("1", "one", "2", "two"));
        hub.interfere(question -> {
            if (question.equals("open models/o/a 1")) {
                throw new SyncException(FailureKind.NOT_FOUND, "404");
            }
        });

        SyncReport.Item item = only(syncer().run(plan(item("models/o/a"))));

        assertEquals(Outcome.FAILED, item.outcome());
        assertEquals(2, hub.asked("list"), "it was listed again");
        assertEquals(FailureKind.NOT_FOUND, item.failures().get(0).kind());
    }

    /** As image repositories are: nothing moves, names come and go. */
    @Test
    void aLostEntryThatIsNotListedAnyMoreIsLeftOutWithANote() {
        List<String> tags = new java.util.concurrent.CopyOnWriteArrayList<>(List.of("1.0", "2.0", "gone"));
        Source registry = new Source() {
            @Override
            public ArtifactRef pin(ArtifactRef ref) {
                return ref;
            }

            @Override
            public Listing list(ArtifactRef pinned, NameFilter filter) {
                return Listing.divide(tags.stream().map(Entry::tag).toList(), filter, Map.of());
            }
        };
        SyncReport report = Syncer.builder()
                .platforms(Platforms.builder()
                        .source("docker", registry)
                        .target("docker", new PullTarget<>(Source.class, false, (tag, progress) -> {
                            if (tag.path().equals("gone")) {
                                tags.remove("gone");
                                throw new SyncException(FailureKind.NOT_FOUND, "404");
                            }
                        }))
                        .build())
                .build()
                .run(plan(SyncItem.of(ArtifactRef.of("docker", "a.io/o/r"), ArtifactRef.of("docker", "b.io/o/r"))));

        SyncReport.Item item = only(report);
        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertEquals(new Entries(2, 0, 2, 0), item.entries());
        assertTrue(item.notes().get(0).startsWith("gone: left out"), item.notes()::toString);
        assertTrue(item.path().isEmpty()
                && item.bytes().isEmpty()
                && item.revision().isEmpty());
        ReportSchema.assertValid(report);
    }

    @Test
    void oneSourceForSeveralDestinationsIsPinnedAndListedOnce() {
        hub.commitText("models/o/a", Map.of("1", "one", "2", "two"));
        NameFilter one = new TextFilter("1");
        SyncItem filtered = new SyncItem(
                ArtifactRef.of("hub", "models/o/a"), ArtifactRef.of("shelf", "models/o/filtered"), one, Place.NONE);

        SyncReport report =
                syncer().run(plan(item("models/o/a", "models/o/a"), filtered, item("models/o/a", "models/o/copy")));

        assertEquals(0, report.exit(), report::toJson);
        assertEquals(1, hub.asked("pin"));
        assertEquals(1, hub.asked("list"));
        assertEquals(2, shelf.files("models/o/a").size());
        assertEquals(1, shelf.files("models/o/filtered").size());
        assertEquals(2, shelf.files("models/o/copy").size());
        assertEquals(report.totals().requests(), hub.journal().size(), "no request is counted twice");
        report.items().forEach(item -> assertEquals("memory.example", item.host()));
    }

    @Test
    void aPinThatFailsFailsAllItemsThatShareIt() {
        SyncReport report = syncer().run(plan(item("models/o/no", "x/1"), item("models/o/no", "x/2")));

        assertEquals(1, hub.asked("pin"));
        report.items().forEach(item -> {
            assertEquals(Outcome.FAILED, item.outcome());
            assertEquals(FailureKind.NOT_FOUND, item.failures().get(0).kind());
        });
        ReportSchema.assertValid(report);
    }

    @Test
    void anItemHeldByAnotherRunnerIsReportedAsSuch() {
        hub.commitText("models/o/a", Map.of("1", "one"));
        shelf.heldByAnother("models/o/a");

        SyncReport report = syncer().run(plan(item("models/o/a")));

        assertEquals(1, report.exit());
        assertEquals(Outcome.HELD_BY_ANOTHER, only(report).outcome());
        assertTrue(only(report).failures().get(0).retryable());
        assertEquals(0, hub.asked("open"), "nothing was fetched");
        assertEquals(1, report.totals().heldByAnother());
        ReportSchema.assertValid(report);
    }

    @Test
    void anUnsafeNameFailsItsItemWithNothingDone() {
        hub.commitText("models/o/bad", Map.of("../evil", "x", "good", "x"));
        hub.commitText("models/o/good", Map.of("good", "x"));

        SyncReport report = syncer().run(plan(item("models/o/bad"), item("models/o/good")));

        assertEquals(
                FailureKind.UNSAFE_NAME, report.items().get(0).failures().get(0).kind());
        assertEquals(0, hub.asked("open models/o/bad"));
        assertFalse(shelf.journal().stream().anyMatch(line -> line.startsWith("reserve models/o/bad")));
        assertEquals(Outcome.COPIED, report.items().get(1).outcome());
    }

    @Test
    void theReportIsInTheOrderOfTheList() {
        List<String> names = List.of("models/o/z", "models/o/a", "models/o/m", "models/o/b");
        CountDownLatch othersDone = new CountDownLatch(3);
        names.forEach(name -> hub.commitText(name, Map.of("1", name)));
        hub.interfere(question -> {
            if (question.equals("pin models/o/z")) {
                othersDone.await();
            }
        });
        shelf.interfere(what -> {
            if (what.startsWith("publish")) {
                othersDone.countDown();
            }
        });

        SyncReport report = syncer().run(
                        SyncPlan.of("flow", names.stream().map(SyncerTest::item).toList()));

        assertEquals(
                names.stream().map(name -> "hub:" + name).toList(),
                report.items().stream().map(SyncReport.Item::from).toList());
        assertEquals(0, report.exit());
    }

    @Test
    void theActIsInThisOrder() {
        hub.commitText("models/o/a", Map.of("1", "one"));

        syncer().run(plan(item("models/o/a")));

        assertEquals(
                List.of(
                        "claim models/o/a",
                        "reserve models/o/a 1",
                        "pull models/o/a 1",
                        "publish models/o/a",
                        "close models/o/a"),
                shelf.journal());
    }

    @Test
    void manyEntriesThatFailForTheSameReasonEndTheItem() {
        Map<String, String> files = new java.util.TreeMap<>();
        for (int i = 0; i < 500; i++) {
            files.put("file" + i, "x");
        }
        hub.commitText("models/o/a", files);
        AtomicInteger opened = new AtomicInteger();
        hub.interfere(question -> {
            if (question.startsWith("open")) {
                opened.incrementAndGet();
                throw new SyncException(FailureKind.UNAVAILABLE, "down", true, null);
            }
        });

        SyncReport.Item item = only(syncer().run(plan(item("models/o/a"))));

        assertTrue(opened.get() < 100, () -> opened + " entries were tried in vain");
        assertEquals(new Entries(500, 0, 0, 500), item.entries());
        assertTrue(item.notes().get(0).contains("were not tried"), item.notes()::toString);
        ReportSchema.assertValid(syncer().preview(plan(item("models/o/a"))));
    }

    @Test
    void aListenerThatThrowsChangesNothing() {
        hub.commitText("models/o/a", Map.of("1", "one"));
        Syncer syncer = Syncer.builder()
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target("shelf", shelf)
                        .build())
                .listener(new SyncListener() {
                    @Override
                    public void itemStarted(SyncItem item) {
                        throw new IllegalStateException("a listener's fault");
                    }
                })
                .build();

        assertEquals(0, syncer.run(plan(item("models/o/a"))).exit());
    }

    @Test
    void aFaultOfAPlatformFailsItsItemAlone() {
        hub.commitText("models/o/a", Map.of("1", "one"));
        hub.commitText("models/o/b", Map.of("1", "one"));
        hub.interfere(question -> {
            if (question.equals("list models/o/a")) {
                throw new IllegalStateException("a fault in the platform");
            }
        });

        SyncReport report = syncer().run(plan(item("models/o/a"), item("models/o/b")));

        assertEquals(FailureKind.OTHER, report.items().get(0).failures().get(0).kind());
        assertEquals(Outcome.COPIED, report.items().get(1).outcome());
    }

    @Test
    void aPlanWithFaultsIsRefusedWithAllOfThemAndNothingIsAsked() {
        SyncPlan plan = SyncPlan.of(
                "flow",
                List.of(
                        new SyncItem(
                                ArtifactRef.of("hub", "models/o/a"),
                                ArtifactRef.of("shelf", "models/o/a"),
                                NameFilter.ALL,
                                new Place("lists/a.json", 3, 5)),
                        new SyncItem(
                                ArtifactRef.of("hub", "models/p/a"),
                                ArtifactRef.of("shelf", "Models/O/A"),
                                NameFilter.ALL,
                                new Place("lists/b.json", 7, 5)),
                        item("models/o/b", "models/../../etc"),
                        SyncItem.of(ArtifactRef.of("hubb", "x/y"), ArtifactRef.of("shelf", "x/y"))));

        PlanException refused = assertThrows(PlanException.class, () -> syncer().run(plan));

        assertEquals(3, refused.faults().size(), refused::getMessage);
        String message = refused.getMessage();
        assertTrue(message.contains("lists/b.json:7:5: error: ") && message.contains("lists/a.json:3:5"), message);
        assertTrue(message.contains("leaves the shelf"), message);
        assertTrue(message.contains("\"hubb\"; there is hub"), message);
        assertEquals(List.of(), hub.journal());
        assertEquals(List.of(), shelf.journal());
        assertEquals(List.of(), listener.events());
    }

    @Test
    void twoRevisionsMayLieSideBySideWhereTheDestinationSaysSo() {
        SyncItem one = SyncItem.of(ArtifactRef.of("hub", "models/o/a", "v1"), ArtifactRef.of("shelf", "a", "v1"));
        SyncItem two = SyncItem.of(ArtifactRef.of("hub", "models/o/a", "v2"), ArtifactRef.of("shelf", "a", "v2"));
        syncer().check(plan(one, two));

        SyncItem third = SyncItem.of(ArtifactRef.of("hub", "models/o/a", "v2"), ArtifactRef.of("shelf", "b"));
        SyncItem fourth = SyncItem.of(ArtifactRef.of("hub", "models/o/a", "v1"), ArtifactRef.of("shelf", "b"));
        assertThrows(PlanException.class, () -> syncer().check(plan(third, fourth)));
    }

    private String text(String destination, String path) {
        byte[] bytes = shelf.files(destination).get(path);
        return bytes == null ? "(absent)" : new String(bytes, StandardCharsets.UTF_8);
    }

    private record TextFilter(String text) implements NameFilter {
        @Override
        public boolean accepts(String name) {
            return name.equals(text);
        }
    }
}
