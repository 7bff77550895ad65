package io.synctools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import io.synctools.testing.MemoryHub;
import io.synctools.testing.MemoryShelf;
import io.synctools.testing.RecordingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class InterruptionTest {
    private final MemoryHub hub = new MemoryHub();
    private final MemoryShelf shelf = new MemoryShelf();
    private final RecordingListener listener = new RecordingListener();
    private final CountDownLatch never = new CountDownLatch(1);
    private final CountDownLatch reached = new CountDownLatch(1);

    /** What came out of a run that was interrupted when it had reached the latch. */
    private record Ended(SyncReport report, boolean flagKept, long millis) {}

    private Ended interruptedRun(SyncPlan plan, String jobs) throws Exception {
        Syncer syncer = Syncer.builder()
                .context(RunContext.of(
                        SyncOptions.builder().jobs(Integer.parseInt(jobs)).build()))
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target("shelf", shelf)
                        .build())
                .listener(listener)
                .build();
        boolean[] flag = new boolean[1];
        FutureTask<SyncReport> run = new FutureTask<>(() -> {
            SyncReport report = syncer.run(plan);
            flag[0] = Thread.currentThread().isInterrupted();
            return report;
        });
        Thread thread = new Thread(run, "run");
        thread.start();
        assertTrue(reached.await(10, TimeUnit.SECONDS));
        long begin = System.nanoTime();
        thread.interrupt();
        SyncReport report = run.get();
        return new Ended(report, flag[0], TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    }

    private static SyncItem item(String name) {
        return SyncItem.of(ArtifactRef.of("hub", name), ArtifactRef.of("shelf", name));
    }

    @Test
    void stopsAtOnceAndReportsWhatIsUnfinished() throws Exception {
        List<SyncItem> items = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String name = "models/o/m" + i;
            hub.commitText(name, Map.of("1", "one", "2", "two"));
            items.add(item(name));
        }
        hub.commitText("models/o/done", Map.of("1", "one"));
        Syncer.builder()
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target("shelf", shelf)
                        .build())
                .build()
                .run(SyncPlan.of("flow", List.of(item("models/o/done"))));
        items.add(0, item("models/o/done"));
        hub.interfere(question -> {
            if (question.startsWith("open")) {
                reached.countDown();
                never.await();
            }
        });
        int before = shelf.journal().size();

        Ended ended = interruptedRun(SyncPlan.of("flow", items), "4");

        assertTrue(ended.millis < 5000, () -> "it took " + ended.millis + " ms");
        assertTrue(ended.flagKept, "the caller still sees the interruption");
        assertTrue(ended.report.interrupted());
        assertEquals(1, ended.report.exit());
        assertEquals(41, ended.report.items().size());
        for (SyncReport.Item item : ended.report.items().subList(1, 41)) {
            assertEquals(Outcome.FAILED, item.outcome(), item::toString);
            assertEquals(FailureKind.INTERRUPTED, item.failures().get(0).kind(), item::toString);
            assertTrue(item.failures().get(0).retryable());
        }
        assertFalse(shelf.journal().subList(before, shelf.journal().size()).stream()
                .anyMatch(line -> line.startsWith("publish")));
        long begun = count(before, "reserve");
        assertTrue(begun > 0);
        assertTrue(count(before, "close") >= begun, "what was begun is closed");
        listener.assertLegalOrder();
        ReportSchema.assertValid(ended.report.withExit(130));
    }

    @Test
    void interruptionWhilePinningEndsTheRun() throws Exception {
        Map<String, String> files = new TreeMap<>(Map.of("1", "one"));
        hub.commitText("models/o/a", files);
        hub.interfere(question -> {
            reached.countDown();
            never.await();
        });

        Ended ended = interruptedRun(SyncPlan.of("flow", List.of(item("models/o/a"))), "1");

        assertTrue(ended.millis < 5000);
        assertTrue(ended.report.interrupted());
        listener.assertLegalOrder();
    }

    @Test
    void theThreadsOfARunEndWithIt() throws InterruptedException {
        hub.commitText("models/o/a", Map.of("1", "one"));
        ThreadGroup group = new ThreadGroup("of this run"); // threads inherit it, and other tests have others
        Thread run = new Thread(group, () -> Syncer.builder()
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target("shelf", shelf)
                        .build())
                .build()
                .run(SyncPlan.of("flow", List.of(item("models/o/a")))));
        run.start();
        run.join();

        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (ours(group) > 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertEquals(
                1,
                shelf.journal().stream()
                        .filter(line -> line.startsWith("publish"))
                        .count());
        assertEquals(0, ours(group));
    }

    private static long ours(ThreadGroup group) {
        Thread[] threads = new Thread[group.activeCount() + 64];
        int count = group.enumerate(threads);
        return java.util.Arrays.stream(threads, 0, count)
                .filter(thread -> thread.isAlive()
                        && (thread.getName().startsWith("sync-entry")
                                || thread.getName().startsWith("sync-look")
                                || thread.getName().startsWith("sync-item")
                                || thread.getName().startsWith("sync-turns")))
                .count();
    }

    private long count(int from, String verb) {
        List<String> journal = shelf.journal();
        return journal.subList(from, journal.size()).stream()
                .filter(line -> line.startsWith(verb + " "))
                .count();
    }
}
