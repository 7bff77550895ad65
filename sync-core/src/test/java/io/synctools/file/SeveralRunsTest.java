package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.spi.Source;
import io.synctools.spi.SourceProvider;
import io.synctools.testing.FaultyFileSystem;
import io.synctools.testing.MemoryHub;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several runs of one syncer, one after another as those of a nightly job, and at once. */
@Timeout(60)
class SeveralRunsTest {
    private static final String NAME = "models/o/n";
    private static final int PART = 100_000;
    private static final int SIZE = 10 * PART;

    @TempDir
    Path root;

    private final MemoryHub hub = new MemoryHub();
    private final byte[] weights = new byte[SIZE];

    private void commit() {
        new Random(1).nextBytes(weights);
        hub.commit(NAME, Map.of("weights", weights));
    }

    private static RunContext inParts() {
        return RunContext.of(
                SyncOptions.builder().partSize(PART).connections(1).retries(0).build());
    }

    private static SyncReport.Item run(Syncer syncer) {
        return syncer.run(LivenessTest.plan(NAME)).items().get(0);
    }

    @Test
    void theNextRunGoesOnWithWhatAnEarlierOneOfTheSameProcessLeft() throws Exception {
        commit();
        AtomicInteger asked = new AtomicInteger();
        hub.interfere(question -> {
            if (question.startsWith("open") && asked.incrementAndGet() > 4) {
                throw new SyncException(FailureKind.UNAVAILABLE, "the hub is down");
            }
        });
        Syncer nightly = LivenessTest.syncer(hub, root, inParts());

        SyncReport.Item first = run(nightly);
        assertEquals(Outcome.FAILED, first.outcome());
        assertEquals(4L * PART, first.bytes().orElseThrow().transferred());
        hub.interfere(question -> {});
        SyncReport.Item second = run(nightly);

        assertEquals(Outcome.COPIED, second.outcome(), second::toString);
        assertEquals(SIZE - 4L * PART, second.bytes().orElseThrow().transferred());
        assertEquals(4L * PART, second.bytes().orElseThrow().reused());
        assertArrayEquals(weights, Files.readAllBytes(root.resolve(NAME).resolve("weights")));
    }

    @Test
    void soItDoesAfterAnInterruption() throws Exception {
        commit();
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch reached = new CountDownLatch(1);
        hub.interfere(question -> {
            if (question.startsWith("open") && asked.incrementAndGet() > 4) {
                reached.countDown();
                new CountDownLatch(1).await(); // until it is interrupted
            }
        });
        Syncer nightly = LivenessTest.syncer(hub, root, inParts());
        FutureTask<SyncReport.Item> first = new FutureTask<>(() -> run(nightly));
        Thread thread = new Thread(first);
        thread.start();
        assertTrue(reached.await(30, TimeUnit.SECONDS));
        thread.interrupt();
        assertEquals(Outcome.FAILED, first.get().outcome());
        hub.interfere(question -> {});

        SyncReport.Item second = run(nightly);

        assertEquals(Outcome.COPIED, second.outcome(), second::toString);
        assertEquals(SIZE - 4L * PART, second.bytes().orElseThrow().transferred());
    }

    /** A run in a thread of its own that holds the lease and fetches, and ends when it may go on. */
    private FutureTask<SyncReport.Item> fetching(Syncer syncer, CountDownLatch goOn) throws InterruptedException {
        CountDownLatch fetching = new CountDownLatch(1);
        hub.interfere(question -> {
            if (question.startsWith("open")) {
                fetching.countDown();
                goOn.await();
            }
        });
        FutureTask<SyncReport.Item> first = new FutureTask<>(() -> run(syncer));
        new Thread(first).start();
        assertTrue(fetching.await(30, TimeUnit.SECONDS));
        return first;
    }

    @Test
    void aSecondRunAtTheSameTimeWaitsAsAnotherProcessDoes() throws Exception {
        commit();
        CountDownLatch goOn = new CountDownLatch(1);
        Syncer syncer = LivenessTest.syncer(
                hub,
                root,
                RunContext.of(inParts().options().toBuilder()
                        .waitFor(Duration.ofMinutes(1))
                        .build()));
        FutureTask<SyncReport.Item> first = fetching(syncer, goOn);
        FutureTask<SyncReport.Item> second = new FutureTask<>(() -> run(syncer));
        new Thread(second).start();
        awaitTemporaryLease();
        goOn.countDown();

        assertEquals(Outcome.COPIED, first.get().outcome(), () -> first.toString());
        SyncReport.Item late = second.get();
        assertEquals(Outcome.UP_TO_DATE, late.outcome(), late::toString);
        assertEquals(10, hub.asked("open"), "nothing was fetched twice");
    }

    /** Whoever waits for a lease has its own ready beside it. */
    private void awaitTemporaryLease() throws IOException {
        while (true) {
            try (var files = Files.list(root.resolve(".state").resolve(NAME))) {
                if (files.anyMatch(file -> file.toString().endsWith(".tmp"))) {
                    return;
                }
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void withoutAWaitOneOfThemSaysWhoHoldsIt() throws Exception {
        commit();
        CountDownLatch goOn = new CountDownLatch(1);
        Syncer syncer = LivenessTest.syncer(hub, root, inParts());
        FutureTask<SyncReport.Item> first = fetching(syncer, goOn);

        SyncReport.Item second = run(syncer);
        goOn.countDown();

        assertEquals(Outcome.HELD_BY_ANOTHER, second.outcome(), second::toString);
        String message = second.failures().get(0).message();
        assertTrue(message.contains("process " + ProcessHandle.current().pid()), message);
        assertFalse(message.contains("of this run"), message);
        assertEquals(Outcome.COPIED, first.get().outcome());
    }

    @Test
    void aDiskWhoseMountNobodyFindsTakesFilesAllTheSame() {
        commit();
        Path chroot = FaultyFileSystem.path(root, (operation, path) -> {
            if (operation.equals("statfs")) {
                throw new IOException("Mount point not found");
            }
        });
        assertEquals(
                Outcome.COPIED, run(LivenessTest.syncer(hub, chroot, inParts())).outcome());
    }

    @Test
    void aForecastThatCannotBeHadStopsNeitherARunNorAPreview() {
        commit();
        RunContext context = inParts();
        context.shared(Disk.class, any -> new Disk() {
            @Override
            public long usableSpace(Path folder) throws IOException {
                throw new IOException("statvfs: Function not implemented");
            }
        });
        Syncer syncer = LivenessTest.syncer(hub, root, context);
        assertEquals(
                Outcome.WOULD_COPY,
                syncer.preview(LivenessTest.plan(NAME)).items().get(0).outcome());
        assertEquals(Outcome.COPIED, run(syncer).outcome());
    }

    @Test
    void whatASourceRemembersOfARunEndsWithIt() {
        commit();
        List<WeakReference<Source>> sources = new ArrayList<>();
        Syncer syncer = Syncer.builder()
                .context(inParts())
                .platforms(Platforms.builder()
                        .source(new SourceProvider() {
                            @Override
                            public String scheme() {
                                return "hub";
                            }

                            @Override
                            public Source create(RunContext context) {
                                MemoryHub fresh = new MemoryHub();
                                fresh.commit(NAME, Map.of("weights", weights));
                                sources.add(new WeakReference<>(fresh));
                                return fresh;
                            }
                        })
                        .target(FolderShelf.provider(root))
                        .build())
                .build();
        assertEquals(Outcome.COPIED, run(syncer).outcome());
        assertEquals(Outcome.UP_TO_DATE, run(syncer).outcome());

        assertEquals(2, sources.size(), "each run has one of its own");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (sources.stream().anyMatch(source -> source.get() != null) && System.nanoTime() < end) {
            System.gc();
        }
        sources.forEach(source -> assertNull(source.get(), "nobody keeps what it remembers"));
        assertEquals(Outcome.UP_TO_DATE, run(syncer).outcome());
    }

    @Test
    void recipesOfWhatWasReceivedTakeABoundedPartOfTheMemory() {
        Recipes.Received received = new Recipes.Received();
        for (int i = 0; i < 20; i++) {
            received.add(new Recipes.Known(root.resolve("f" + i), SIZE, new byte[8 << 20]));
        }
        received.add(new Recipes.Known(root.resolve("f19"), SIZE, new byte[8 << 20]));
        List<Recipes.Known> kept = received.all();
        assertEquals(8, kept.size());
        assertEquals(root.resolve("f19"), kept.get(7).file());
    }
}
