package io.synctools.examples.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.examples.hub.Hub;
import io.synctools.examples.hub.HubFile;
import io.synctools.examples.hub.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Processes that die at every kind of point, run again until the work is done: at the n-th operation on the disk, counted
 * anew in each run, and by SIGKILL at random times. {@code -Dcrash.kills=N} asks for N kills in each layout (default 84, and
 * 334 in the nightly profile).
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class CrashIT {
    private static final int KILLS = Integer.getInteger("crash.kills", Boolean.getBoolean("nightly") ? 334 : 84);
    private static final int DIED = 137;

    @TempDir
    Path root;

    private static HubRepository revision(int number) throws IOException {
        List<HubFile> files = new ArrayList<>();
        files.add(HubFile.of("config.json", "{\"revision\": " + number + "}"));
        files.add(HubFile.random("weights/large.safetensors", 9 * Mirror.PART + 321, number));
        files.add(HubFile.random("weights/same.safetensors", 3 * Mirror.PART, 7));
        for (int i = 0; i < 6; i++) {
            files.add(HubFile.random("data/" + i + ".json", 2000, i < 3 ? i : 100 * number + i));
        }
        return HubRepository.of(Mirror.NAME, files);
    }

    private static long bytes(HubRepository repository) {
        return repository.files().stream().mapToLong(HubFile::size).sum();
    }

    @ParameterizedTest
    @EnumSource(Mirror.Layout.class)
    void whereverAProcessDiesTheNextOneFinishesAndNoReaderSeesHalf(Mirror.Layout layout) throws Exception {
        List<HubRepository> revisions = List.of(revision(1), revision(2));
        long toFetch = bytes(revisions.get(0)) + bytes(revisions.get(1)) - 3 * Mirror.PART - 3 * 2000;
        Random random = new Random(layout.ordinal() + 11L);
        int kills = 0;
        int dieAt = 1;
        for (int world = 0; kills < KILLS; world++) {
            Path disk = Files.createDirectory(root.resolve("world" + world));
            int killsHere = 0;
            Hub.Options paced = new Hub.Options(0, Duration.ofMillis(1), 0);
            try (Hub hub = Hub.start(paced, List.of(revisions.get(0)));
                    Onlooker onlooker = new Onlooker(layout, disk, revisions)) {
                for (HubRepository revision : revisions) {
                    hub.put(revision);
                    int status = DIED;
                    while (status == DIED) {
                        boolean enough = killsHere >= 40;
                        boolean anyTime = !enough && random.nextInt(5) == 0;
                        try (Child child = new Child(layout, hub, disk, enough || anyTime ? 0 : dieAt)) {
                            if (anyTime) {
                                killWhenItHasFetched(hub, child, random.nextInt(30));
                            }
                            status = child.exit();
                            assertTrue(status == 0 || status == DIED, status + ": " + child.said());
                        }
                        killsHere += status == DIED ? 1 : 0;
                        dieAt = dieAt % 67 + 1 + random.nextInt(2);
                    }
                }
                assertEquals(List.of(), onlooker.complaints());
                assertTrue(onlooker.looks() > 5, "the reader looked only " + onlooker.looks() + " times");
                long allowed = toFetch + (long) killsHere * Mirror.CONNECTIONS * Mirror.PART;
                assertTrue(
                        hub.bytes() <= allowed,
                        hub.bytes() + " bytes were sent, " + toFetch + " and one part per connection and kill ("
                                + killsHere + ") are allowed");
            }
            kills += killsHere;
        }
        System.out.println("crash suite, " + layout + ": " + kills + " kills");
    }

    private static void killWhenItHasFetched(Hub hub, Child child, int requests) throws Exception {
        long until = hub.requests() + requests;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (hub.requests() < until && child.alive() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(50_000);
        }
        child.signal("KILL");
    }
}
