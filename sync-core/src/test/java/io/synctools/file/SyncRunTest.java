package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.PlanException;
import io.synctools.Platforms;
import io.synctools.SyncListener;
import io.synctools.SyncReport;
import io.synctools.SyncRun;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.testing.MemoryHub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run as a program holds it: begun, listened to, cancelled, closed. */
@Timeout(60)
class SyncRunTest {
    private static final String NAME = "models/o/n";

    @TempDir
    Path disk;

    private final MemoryHub hub = new MemoryHub();
    private final CountDownLatch asked = new CountDownLatch(1);

    @BeforeEach
    void fill() {
        hub.commitText(NAME, Map.of("a", "one", "b", "two"));
    }

    private Syncer syncer() {
        return Syncer.builder()
                .options(SyncOptions.builder().jobs(2).build())
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target(FolderShelf.provider(disk))
                        .build())
                .build();
    }

    private void hubThatNeverSendsAFile() {
        hub.interfere(question -> {
            if (question.startsWith("open")) {
                asked.countDown();
                new CountDownLatch(1).await();
            }
        });
    }

    private static SyncReport reportOf(SyncRun run) throws Exception {
        return run.report().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void whatIsStartedIsHeardAndEndsWithItsReport() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (Syncer syncer = syncer()) {
            SyncRun run = syncer.start(LivenessTest.plan(NAME), new SyncListener() {
                @Override
                public void itemFinished(SyncItem item, SyncReport.Item result) {
                    heard.add(result.outcome().toString());
                }
            });

            assertEquals(Outcome.COPIED, reportOf(run).items().get(0).outcome());
            assertEquals(List.of("COPIED"), heard);
            assertEquals(1, run.progress().itemsDone());
        }
    }

    @Test
    void aRunThatIsCancelledReportsWhatItHadNoTimeFor() throws Exception {
        hubThatNeverSendsAFile();
        try (Syncer syncer = syncer()) {
            SyncRun run = syncer.start(LivenessTest.plan(NAME), SyncListener.NONE);
            assertTrue(asked.await(20, TimeUnit.SECONDS));
            assertEquals(0, run.progress().itemsDone());
            run.cancel();

            assertEquals(
                    FailureKind.INTERRUPTED,
                    reportOf(run).items().get(0).failures().get(0).kind());
            hub.interfere(question -> {});
            assertEquals(0, syncer.run(LivenessTest.plan(NAME)).exit(), "another run of the same syncer");
        }
    }

    @Test
    void closingCancelsEveryRunAndLeavesNoThreadAndNoLease() throws Exception {
        hubThatNeverSendsAFile();
        Syncer syncer = syncer();
        SyncRun started = syncer.start(LivenessTest.plan(NAME), SyncListener.NONE);
        FutureTask<SyncReport> called = new FutureTask<>(() -> syncer.run(LivenessTest.plan("models/o/other")));
        hub.commitText("models/o/other", Map.of("c", "three"));
        new Thread(called).start();
        assertTrue(asked.await(20, TimeUnit.SECONDS));

        syncer.close();
        syncer.close();

        assertEquals(1, reportOf(started).exit());
        assertThrows(IllegalStateException.class, () -> syncer.run(LivenessTest.plan(NAME)));
        assertThrows(IllegalStateException.class, () -> syncer.start(LivenessTest.plan(NAME), SyncListener.NONE));
        try {
            assertEquals(1, called.get(20, TimeUnit.SECONDS).exit());
        } catch (java.util.concurrent.ExecutionException e) {
            assertEquals(IllegalStateException.class, e.getCause().getClass(), "it came when all was closed");
        }
        assertFalse(Files.exists(disk.resolve(".state").resolve(NAME).resolve("lease")));
    }

    @Test
    void aPlanThatCannotRunIsRefusedBeforeAnythingBegins() {
        SyncPlan nowhere =
                SyncPlan.of("flow", List.of(SyncItem.of(ArtifactRef.of("hub", NAME), ArtifactRef.of("nobody", NAME))));
        try (Syncer syncer = syncer()) {
            assertThrows(PlanException.class, () -> syncer.start(nowhere, SyncListener.NONE));
        }
    }
}
