package io.synctools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import io.synctools.testing.MemoryHub;
import io.synctools.testing.MemoryShelf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What runs beside what, and what waits for what; each wait that should not be would end in a failure after a while. */
@Timeout(60)
class OrderTest {
    private final MemoryHub hub = new MemoryHub();
    private final MemoryShelf shelf = new MemoryShelf();

    private SyncReport run(int jobs, SyncListener listener, List<SyncItem> items) {
        return Syncer.builder()
                .context(RunContext.of(SyncOptions.builder().jobs(jobs).build()))
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target("shelf", shelf)
                        .build())
                .listener(listener)
                .build()
                .run(SyncPlan.of("flow", items));
    }

    private static SyncItem item(String name) {
        return SyncItem.of(ArtifactRef.of("hub", name), ArtifactRef.of("shelf", name));
    }

    private static void await(CountDownLatch latch) throws IOException, InterruptedException {
        if (!latch.await(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("waited for what never came");
        }
    }

    @Test
    void smallFilesAreNotStuckBehindBigOnesNorBigOnesBehindSmall() {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < 100; i++) {
            files.put("small-" + i, new byte[10 + i]);
        }
        for (int i = 0; i < 8; i++) {
            files.put("big-" + i, new byte[100_000 + 2000 * i]);
        }
        hub.commit("models/o/a", files);
        CountDownLatch smallDone = new CountDownLatch(100);
        CountDownLatch bigBegun = new CountDownLatch(2);
        hub.interfere(question -> {
            if (question.contains(" big-")) {
                bigBegun.countDown();
                await(smallDone);
            } else if (question.contains(" small-")) {
                await(bigBegun);
                smallDone.countDown();
            }
        });

        SyncReport report = run(4, SyncListener.NONE, List.of(item("models/o/a")));

        assertEquals(0, report.exit(), report::toJson);
        List<String> opened =
                hub.journal().stream().filter(line -> line.contains(" big-")).toList();
        assertEquals(
                List.of("6", "7"),
                opened.subList(0, 2).stream()
                        .map(line -> line.substring(line.length() - 1))
                        .sorted()
                        .toList());
    }

    @Test
    void whatHadNoRoomBesideOthersIsTriedAgainWhenTheyHaveEnded() {
        CountDownLatch fitsNot = new CountDownLatch(1);
        AtomicInteger small = new AtomicInteger();
        AtomicInteger large = new AtomicInteger();
        hub.commitText("models/o/small", Map.of("1", "one"));
        hub.commitText("models/o/large", Map.of("2", "two"));
        hub.interfere(question -> {
            if (question.startsWith("open models/o/small") && small.getAndIncrement() == 0) {
                fitsNot.countDown();
                throw new SyncException(FailureKind.NO_SPACE, "the other one has taken it");
            } else if (question.startsWith("open models/o/large")) {
                await(fitsNot);
                large.incrementAndGet();
                throw new SyncException(FailureKind.NO_SPACE, "nor is there enough for this one");
            }
        });

        SyncReport report = run(2, SyncListener.NONE, List.of(item("models/o/large"), item("models/o/small")));

        SyncReport.Item second = report.items().get(1);
        assertEquals(Outcome.COPIED, second.outcome(), report::toJson);
        assertEquals(List.of("there was no room beside other items; tried again when they had ended"), second.notes());
        assertEquals(Outcome.FAILED, report.items().get(0).outcome());
        assertTrue(large.get() <= 2, "tried again once at most");
    }

    @Test
    void whatHasNoRoomAloneIsNotTriedAgain() {
        AtomicInteger tries = new AtomicInteger();
        hub.commitText("models/o/large", Map.of("1", "one"));
        hub.interfere(question -> {
            if (question.startsWith("open ")) {
                tries.incrementAndGet();
                throw new SyncException(FailureKind.NO_SPACE, "too little");
            }
        });
        assertEquals(
                1, run(2, SyncListener.NONE, List.of(item("models/o/large"))).exit());
        assertEquals(1, tries.get());
    }

    @Test
    void allThreadsLookAtOnce() {
        List<SyncItem> items = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            hub.commitText("models/o/m" + i, Map.of("1", "one"));
            items.add(item("models/o/m" + i));
        }
        CountDownLatch together = new CountDownLatch(16);
        hub.interfere(question -> {
            if (question.startsWith("pin")) {
                together.countDown();
                await(together);
            }
        });

        assertEquals(0, run(16, SyncListener.NONE, items).exit());
    }

    @Test
    void whatIsUpToDateDoesNotWaitForWhatIsBeingFetched() {
        List<SyncItem> items = new ArrayList<>();
        hub.commitText("models/o/same", Map.of("1", "one"));
        run(2, SyncListener.NONE, List.of(item("models/o/same")));
        for (int i = 0; i < 20; i++) {
            hub.commitText("models/o/m" + i, Map.of("1", "one"));
            items.add(item("models/o/m" + i));
        }
        items.add(item("models/o/same"));
        CountDownLatch sameIsDone = new CountDownLatch(1);
        hub.interfere(question -> {
            if (question.startsWith("open")) {
                await(sameIsDone);
            }
        });

        SyncReport report = run(
                2,
                new SyncListener() {
                    @Override
                    public void itemFinished(SyncItem item, SyncReport.Item result) {
                        if (item.label().equals("o/same")) {
                            sameIsDone.countDown();
                        }
                    }
                },
                items);

        assertEquals(0, report.exit(), report::toJson);
        assertEquals(20, report.totals().copied());
    }

    @Test
    void fewItemsAreListedAtATime() {
        List<SyncItem> items = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            hub.commitText("models/o/m" + i, Map.of("1", "one", "2", "two"));
            items.add(item("models/o/m" + i));
        }
        AtomicInteger listed = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        hub.interfere(question -> {
            if (question.startsWith("list")) {
                most.accumulateAndGet(listed.incrementAndGet(), Math::max);
            }
        });

        SyncReport report = run(
                16,
                new SyncListener() {
                    @Override
                    public void itemFinished(SyncItem item, SyncReport.Item result) {
                        listed.decrementAndGet();
                    }
                },
                items);

        assertEquals(0, report.exit());
        assertTrue(most.get() <= 4, () -> most + " listings at once");
    }

    @Test
    void itemsThatWaitForAnotherRunnerDoNotHoldUpTheRest() {
        List<SyncItem> items = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            hub.commitText("models/o/m" + i, Map.of("1", "one"));
            items.add(item("models/o/m" + i));
        }
        CountDownLatch othersDone = new CountDownLatch(14);
        for (int i = 0; i < 6; i++) {
            shelf.heldUntil("models/o/m" + i, othersDone);
        }
        shelf.interfere(what -> {
            if (what.startsWith("publish")) {
                othersDone.countDown();
            }
        });

        assertEquals(0, run(8, SyncListener.NONE, items).exit());
    }

    @Test
    void theActivityAddsUp() {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < 50; i++) {
            files.put("file-" + i, new byte[100]);
        }
        hub.commit("models/o/a", files);
        Activity[] last = new Activity[1];
        Activity[] middle = new Activity[1];

        run(
                3,
                new SyncListener() {
                    private java.util.function.Supplier<Activity> activity = () -> {
                        throw new IllegalStateException("not started");
                    };

                    @Override
                    public void runStarted(SyncPlan plan, java.util.function.Supplier<Activity> now) {
                        activity = now;
                    }

                    @Override
                    public void itemChecked(SyncItem item, int entries, int missing, long missingBytes) {
                        middle[0] = activity.get();
                    }

                    @Override
                    public void runFinished(SyncReport report) {
                        last[0] = activity.get();
                    }
                },
                List.of(item("models/o/a")));

        assertEquals(new Activity(1, 0, 50, 0, 5000, 0, 0, List.of(), Map.of()), middle[0]);
        assertEquals(new Activity(1, 1, 50, 50, 5000, 5000, 5000, List.of(), Map.of()), last[0]);
    }
}
