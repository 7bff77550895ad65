package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.SyncListener;
import io.synctools.SyncReport;
import io.synctools.SyncRun;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a syncer that mirrored over HTTP and was closed. Threads are counted by the group that inherits. */
@Timeout(120)
class ClosedSyncerTest {
    @TempDir
    Path folder;

    private HubRepository repository;

    private Hub hub;

    @BeforeEach
    void start() throws IOException {
        repository = HubRepository.of(
                "models/acme/tiny", List.of(HubFile.of("config.json", "{}"), HubFile.random("model.bin", 40 << 20, 1)));
        hub = Hub.start(new Hub.Options(0, Duration.ZERO, 4 << 20), List.of(repository));
    }

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    private Syncer syncer() {
        return Syncer.builder()
                .options(SyncOptions.builder()
                        .environment(Map.of(
                                "HF_ENDPOINT",
                                hub.origin().toString(),
                                "MODELSCOPE_ENDPOINT",
                                hub.origin().toString(),
                                "HF_HUB_CACHE",
                                folder.resolve("hf").toString(),
                                "MODELSCOPE_CACHE",
                                folder.resolve("ms").toString(),
                                "HOME",
                                folder.toString()))
                        .build())
                .build();
    }

    private static SyncItem item(String platform) {
        return SyncItem.of(
                ArtifactRef.of(platform, "models/acme/tiny"), ArtifactRef.of(platform + "-cache", "models/acme/tiny"));
    }

    private static SyncPlan plan() {
        return SyncPlan.of("embedded", List.of(item("modelscope"), item("huggingface")));
    }

    private static <T> T in(ThreadGroup group, Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        new Thread(group, task, "a program").start();
        return task.get(100, TimeUnit.SECONDS);
    }

    private static List<String> threads(ThreadGroup group) {
        Thread[] all = new Thread[group.activeCount() + 100];
        int count = group.enumerate(all);
        return Stream.of(all)
                .limit(count)
                .map(Thread::getName)
                .filter(name -> !name.startsWith("OkHttp") && !name.startsWith("Okio")) // of the process
                .toList();
    }

    /** Connections of this process to the hub that stand, by the kernel's table, where 01 is established. */
    private List<String> connections() throws IOException {
        List<String> ports = Stream.of(
                        hub.origin(),
                        hub.storageOf(repository, repository.files().get(0)))
                .map(address -> String.format(Locale.ROOT, ":%04X", address.getPort()))
                .toList();
        List<String> found = new ArrayList<>();
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] words = line.strip().split("\\s+", 5);
                if (ports.stream().anyMatch(words[2]::endsWith) && words[3].equals("01")) {
                    found.add(line);
                }
            }
        }
        return found;
    }

    private static boolean becomes(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(10_000_000);
        }
        return true;
    }

    private void nothingIsLeft(ThreadGroup group) throws Exception {
        assertTrue(becomes(() -> threads(group).isEmpty()), () -> "threads: " + threads(group));
        assertTrue(becomes(() -> connections().isEmpty()), "connections");
        try (Stream<Path> files = Files.walk(folder)) {
            assertEquals(
                    List.of(),
                    files.filter(file -> file.getFileName().toString().startsWith("lease"))
                            .toList());
        }
    }

    @Test
    void afterARunNoThreadAndNoConnectionIsLeft() throws Exception {
        ThreadGroup group = new ThreadGroup("whole");
        SyncReport report = in(group, () -> {
            try (Syncer syncer = syncer()) {
                SyncReport made = syncer.run(plan());
                assertTrue(!threads(group).isEmpty() && !connections().isEmpty(), "there is something to end");
                return made;
            }
        });
        assertEquals(0, report.exit(), report.toJson());
        nothingIsLeft(group);
    }

    @Test
    void closedInMidRunItEndsWithinTenSecondsAndLeavesNothing() throws Exception {
        ThreadGroup group = new ThreadGroup("cut");
        SyncReport report = in(group, () -> {
            Syncer syncer = syncer();
            SyncRun run = syncer.start(plan(), SyncListener.NONE);
            assertTrue(becomes(() -> run.progress().bytesReceived() > 1 << 20));
            long begin = System.nanoTime();
            syncer.close();
            assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(10));
            return run.report().toCompletableFuture().get(10, TimeUnit.SECONDS);
        });
        assertEquals(1, report.exit(), report.toJson());
        nothingIsLeft(group);
    }
}
