package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.Platforms;
import io.synctools.SyncListener;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import io.synctools.testing.FaultyFileSystem;
import io.synctools.testing.MemoryHub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a disk or a host does, a run can be stopped, and what hangs holds nobody else up. */
@Timeout(120)
class LivenessTest {
    private static final String NAME = "models/o/n";

    @TempDir
    Path disk;

    /** Opens at the end, so that nothing hangs in the folder that is to be deleted. */
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void release() throws IOException {
        released.countDown();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!isEmptied() && System.nanoTime() < end) { // what hung goes on for a moment, and may still write
            Thread.onSpinWait();
        }
    }

    private boolean isEmptied() throws IOException {
        try (Stream<Path> all = Files.walk(disk)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(disk)) {
                    Files.deleteIfExists(path);
                }
            }
            return true;
        } catch (DirectoryNotEmptyException | NoSuchFileException | UncheckedIOException e) {
            return false;
        }
    }

    /** A place where a thread hangs as in a dead mount: it hears no interruption. */
    private final class Hang {
        private final CountDownLatch reached = new CountDownLatch(1);

        void here() {
            reached.countDown();
            boolean interrupted = false;
            while (released.getCount() > 0) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Where a run hangs: in a question to the hub, or in an operation of the disk. */
    private interface Case {
        void prepare(Hang hang, MemoryHub hub, Map<String, FaultyFileSystem.Fault> disk) throws Exception;
    }

    private static FaultyFileSystem.Fault at(String operation, String name, String thread, Hang hang) {
        return (done, path) -> {
            if (done.equals(operation)
                    && path.toString().contains(name)
                    && Thread.currentThread().getName().startsWith(thread)) {
                hang.here();
            }
        };
    }

    @Test
    void anInterruptedRunReturnsWithinTenSecondsWhateverHangs() {
        Map<String, Case> cases = new LinkedHashMap<>();
        for (String question : new String[] {"pin", "list", "open"}) {
            cases.put(
                    "the hub does not answer: " + question,
                    (hang, hub, disk) -> hub.interfere(asked -> {
                        if (asked.startsWith(question)) {
                            hang.here();
                        }
                    }));
        }
        String[][] operations = {
            {"opendir", "", "sync-look", "a look at what is published"},
            {"open", "lease", "sync-item", "a claim"},
            {"stat", "/" + NAME + "/", "sync-entry", "a check"},
            {"write", "parts", "sync-entry", "a pull"},
            {"fsync", "parts", "sync-entry", "a pull's end"},
            {"close", "parts", "sync-entry", "close() of a file"},
            {"rename", ".state", "sync-item", "a publication"},
            {"close", "lease", "sync-item", "close() of the lease"},
        };
        for (String[] one : operations) {
            cases.put(one[3] + " hangs in " + one[0], (hang, hub, disk) -> {
                disk.put("fault", at(one[0], one[1], one[2], hang));
            });
        }
        cases.put("a beat of the lease hangs", (hang, hub, disk) -> {
            disk.put("fault", at("fsync", "lease", "sync-lease", hang));
            hub.interfere(asked -> {
                if (asked.startsWith("open")) {
                    new CountDownLatch(1).await(); // until it is interrupted
                }
            });
        });
        Map<String, Thread> threads = new LinkedHashMap<>();
        Map<String, FutureTask<Executable>> runs = new LinkedHashMap<>();
        cases.forEach((what, prepare) -> {
            FutureTask<Executable> run = new FutureTask<>(() -> interrupted(what, prepare));
            runs.put(what, run);
            Thread thread = new Thread(run);
            threads.put(what, thread);
            thread.start();
        });
        assertAll(runs.entrySet().stream().map(run -> () -> {
            Executable outcome = run.getValue().get();
            outcome.execute();
        }));
    }

    private Executable interrupted(String what, Case prepare) throws Exception {
        Hang hang = new Hang();
        MemoryHub hub = new MemoryHub();
        hub.commitText(NAME, Map.of("a", "one", "b", "two"));
        Path root = Files.createTempDirectory(disk, "root");
        Files.createDirectories(root.resolve(NAME));
        Files.writeString(root.resolve(NAME).resolve("a"), "one");
        Map<String, FaultyFileSystem.Fault> faults = new LinkedHashMap<>();
        prepare.prepare(hang, hub, faults);
        Path faulty = FaultyFileSystem.path(root, faults.getOrDefault("fault", (operation, path) -> {}));
        boolean[] flag = new boolean[1];
        FutureTask<SyncReport> run = new FutureTask<>(() -> {
            SyncReport report =
                    syncer(hub, faulty, SyncOptions.builder().jobs(2).build()).run(plan(NAME));
            flag[0] = Thread.currentThread().isInterrupted();
            return report;
        });
        Thread thread = new Thread(run, "run");
        thread.setDaemon(true);
        thread.start();
        if (!hang.reached.await(60, TimeUnit.SECONDS)) {
            return () -> assertTrue(false, what + ": nothing hung; the run ended with " + run.get());
        }
        long begin = System.nanoTime();
        thread.interrupt();
        SyncReport report;
        try {
            report = run.get(20, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            return () -> assertTrue(false, what + ": the run has not returned after 20 s");
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        return () -> {
            assertTrue(millis < 10_000, what + ": it took " + millis + " ms");
            assertTrue(flag[0], what + ": the caller still sees the interruption");
            assertEquals(
                    FailureKind.INTERRUPTED,
                    report.items().get(0).failures().get(0).kind(),
                    what);
        };
    }

    @Test
    void aLeaseIsRenewedWhileAnotherDiskHangs() throws Exception {
        Hang hang = new Hang();
        CountDownLatch beats = new CountDownLatch(2);
        RunContext context = RunContext.of(SyncOptions.DEFAULTS);
        Path dead = FaultyFileSystem.path(disk.resolve("a"), onDisk(1, at("write", "lease", "sync-lease", hang)));
        Path alive = FaultyFileSystem.path(disk.resolve("b"), onDisk(2, (operation, path) -> {
            if (operation.equals("fsync")) {
                beats.countDown();
            }
        }));
        Lease lost = Lease.take(dead.resolve("lease"), context);
        assertTrue(hang.reached.await(30, TimeUnit.SECONDS), "the first beat on the dead disk");

        try (Lease lease = Lease.take(alive.resolve("lease"), context)) {
            assertTrue(beats.await(30, TimeUnit.SECONDS), "the other disk's lease beats on");
            lease.confirm();
            assertTrue(Holder.read(disk.resolve("b/lease")).orElseThrow().beat() >= 2);
        }
        released.countDown();
        lost.close();
    }

    @Test
    void aDiskThatHangsKeepsNoItemOfAnotherWaiting() throws Exception {
        String[][] cases = {
            {"opendir", "", "sync-look", "a look at what is published"},
            {"open", "lease", "sync-item", "a claim"},
            {"stat", "/models/o/", "sync-entry", "a check"},
            {"write", "parts", "sync-entry", "a pull"},
            {"fsync", "parts", "sync-entry", "a pull's end"},
            {"write", "data", "sync-part", "a part of a large file"},
            {"rename", ".state", "sync-item", "a publication"}
        };
        List<FutureTask<Executable>> runs = new ArrayList<>();
        for (String[] one : cases) {
            FutureTask<Executable> run = new FutureTask<>(() -> besideAHungDisk(one[0], one[1], one[2], one[3]));
            runs.add(run);
            new Thread(run).start();
        }
        assertAll(runs.stream().map(run -> () -> run.get().execute()));
    }

    /** More items and entries hang than there are threads, turns and connections. */
    private Executable besideAHungDisk(String operation, String name, String thread, String what) throws Exception {
        Hang hang = new Hang();
        MemoryHub hub = new MemoryHub();
        List<SyncItem> items = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            String repository = "models/o/n" + i;
            hub.commit(repository, Map.of("a", new byte[10], "b", new byte[20], "large", new byte[4 << 20]));
            items.add(SyncItem.of(ArtifactRef.of("hub", repository), ArtifactRef.of("dead", repository)));
        }
        CountDownLatch there = new CountDownLatch(1);
        hub.commit(NAME, Map.of("a", new byte[11], "large", new byte[5 << 20]));
        items.add(SyncItem.of(ArtifactRef.of("hub", NAME), ArtifactRef.of("alive", NAME)));
        hub.interfere(question -> {
            if (question.equals("pin " + NAME)) {
                hang.reached.await(30, TimeUnit.SECONDS);
            }
        });
        FaultyFileSystem.Fault hanging = at(operation, name, thread, hang);
        Path dead = FaultyFileSystem.path(Files.createTempDirectory(disk, "dead"), onDisk(1, (done, path) -> {
            hanging.before(done, path);
            if (released.getCount() == 0) {
                throw new IOException("the mount is gone"); // so that the folder can be deleted
            }
        }));
        Path alive = FaultyFileSystem.path(Files.createTempDirectory(disk, "alive"), onDisk(2, (any, path) -> {}));
        Syncer syncer = Syncer.builder()
                .context(RunContext.of(SyncOptions.builder()
                        .jobs(2)
                        .connections(2)
                        .partSize(1 << 20)
                        .build()))
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target(FolderShelf.provider("dead", dead))
                        .target(FolderShelf.provider("alive", alive))
                        .build())
                .listener(new SyncListener() {
                    @Override
                    public void itemFinished(SyncItem item, SyncReport.Item line) {
                        if (item.from().name().equals(NAME)) {
                            there.countDown();
                        }
                    }
                })
                .build();
        FutureTask<SyncReport> run = new FutureTask<>(() -> syncer.run(SyncPlan.of("flow", items)));
        Thread caller = new Thread(run, "run");
        caller.start();

        boolean came = there.await(30, TimeUnit.SECONDS);
        caller.interrupt();
        SyncReport report = run.get(30, TimeUnit.SECONDS);

        return () -> {
            assertTrue(came, what + ": the item on the other disk waits");
            assertEquals(Outcome.COPIED, report.items().get(9).outcome(), report.toJson());
            assertEquals(0, hang.reached.getCount(), what + ": it hung");
            assertEquals(Outcome.FAILED, report.items().get(0).outcome(), report.toJson());
        };
    }

    private static FaultyFileSystem.Fault onDisk(long number, FaultyFileSystem.Fault fault) {
        return new FaultyFileSystem.Fault() {
            @Override
            public void before(String operation, Path path) throws IOException {
                fault.before(operation, path);
            }

            @Override
            public long device(Path path, long real) {
                return number;
            }
        };
    }

    static Syncer syncer(MemoryHub hub, Path root, SyncOptions options) {
        return syncer(hub, root, RunContext.of(options));
    }

    static Syncer syncer(MemoryHub hub, Path root, RunContext context) {
        return Syncer.builder()
                .context(context)
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target(FolderShelf.provider(root))
                        .build())
                .build();
    }

    static SyncPlan plan(String name) {
        return SyncPlan.of("flow", List.of(SyncItem.of(ArtifactRef.of("hub", name), ArtifactRef.of("shelf", name))));
    }
}
