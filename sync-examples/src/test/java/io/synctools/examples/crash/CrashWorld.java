package io.synctools.examples.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.spi.RunContext;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One disk, one hub that moves on from commit to commit, a reader that never rests, and processes that die on that disk, as a
 * seed says.
 */
final class CrashWorld implements AutoCloseable {
    /** Some revisions are never reached. */
    private static final int REVISIONS = 12;

    /** A run changes its disk about 80 times. */
    private static final int OPERATIONS = 90;

    private static final int DIED = 137;

    private final MirrorProcess.Layout layout;
    private final Random random;
    private final Path folder;
    private final Path disk;
    private final MirrorState shelf;
    private final Hub hub;
    private final Onlooker onlooker;
    private int current;
    private int deaths;
    private int rounds;

    CrashWorld(MirrorProcess.Layout layout, Path folder, long seed) throws IOException {
        this.layout = layout;
        this.random = new Random(seed);
        this.folder = folder;
        this.disk = Files.createDirectory(folder.resolve("disk"));
        List<HubRepository> revisions = new ArrayList<>();
        for (int number = 1; number <= REVISIONS; number++) {
            revisions.add(revision(number));
        }
        this.shelf = new MirrorState(layout, disk, revisions);
        this.hub = Hub.start(new Hub.Options(0, Duration.ofMillis(1), 0), List.of(revisions.get(0)));
        this.onlooker = new Onlooker(shelf);
    }

    /** One commit after another changes half of the files, the large one with them. */
    private static HubRepository revision(int number) throws IOException {
        List<HubFile> files = new ArrayList<>();
        files.add(HubFile.of("config.json", "{\"revision\": " + number + "}"));
        files.add(HubFile.random("weights/large.safetensors", 9 * MirrorProcess.PART + 321, number));
        files.add(HubFile.random("weights/same.safetensors", 3 * MirrorProcess.PART, 7));
        for (int i = 0; i < 6; i++) {
            files.add(HubFile.random("data/" + i + ".json", 2000, i < 3 ? i : 1000L * number + i));
        }
        return HubRepository.of(MirrorProcess.NAME, files);
    }

    /** One process at a time, each of two or three commits until it is there. */
    int deathsAlone(int most) throws IOException, InterruptedException {
        int last = 1 + random.nextInt(2);
        while (true) {
            int status = DIED;
            while (status == DIED) {
                boolean lives = deaths >= most;
                boolean byKill = !lives && random.nextInt(5) == 0;
                try (Child child = child(lives || byKill ? 0 : 1 + random.nextInt(OPERATIONS), Duration.ZERO)) {
                    if (byKill) {
                        awaitRequests(random.nextInt(30), child);
                        child.signal("KILL");
                    }
                    status = ended(child, Set.of(0, DIED));
                }
                onlooker.look();
            }
            assertPublished();
            if (current == last) {
                return deaths;
            }
            moveOn();
        }
    }

    /** Two processes at a time, of which the second begins when the hub has moved on by a commit, and one waits. */
    int deathsInPairs(int most) throws IOException, InterruptedException {
        while (deaths < most && current < REVISIONS - 1) {
            boolean firstWaits = random.nextBoolean();
            try (Child first = child(random.nextInt(OPERATIONS), waits(firstWaits))) {
                awaitRequests(random.nextInt(25), first);
                moveOn();
                try (Child second = child(random.nextInt(OPERATIONS), waits(!firstWaits))) {
                    ended(first, statuses(firstWaits));
                    int status = ended(second, statuses(!firstWaits));
                    onlooker.look();
                    if (status == 0) {
                        assertPublished();
                    }
                }
            }
            rounds++;
        }
        return deaths;
    }

    private static Duration waits(boolean patient) {
        return patient ? Duration.ofMinutes(2) : Duration.ZERO;
    }

    private static Set<Integer> statuses(boolean patient) {
        return patient ? Set.of(0, DIED) : Set.of(0, DIED, MirrorProcess.HELD);
    }

    private Child child(int dieAt, Duration wait) throws IOException, InterruptedException {
        return new Child(layout, hub, disk, dieAt, wait);
    }

    private int ended(Child child, Set<Integer> allowed) throws IOException, InterruptedException {
        int status = child.exit();
        assertTrue(allowed.contains(status), status + ": " + child.said());
        deaths += status == DIED ? 1 : 0;
        return status;
    }

    private void awaitRequests(int requests, Child child) {
        long until = hub.requests() + requests;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (hub.requests() < until && child.alive() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(50_000);
        }
    }

    private void moveOn() {
        current++;
        hub.put(now());
    }

    private HubRepository now() {
        return shelf.revisions().get(current);
    }

    private void assertPublished() throws IOException {
        Optional<MirrorState.Settled> settled = shelf.settled();
        assertTrue(settled.isPresent(), "somebody said that it is published, and it is not finished");
        assertEquals(
                Optional.of(now().commit()),
                settled.get().revision().map(HubRepository::commit),
                "somebody said that the hub's newest revision is published");
    }

    /** A run that nobody kills leaves what a run on an empty disk leaves, and nothing was fetched twice that need not be. */
    void finish() throws IOException, InterruptedException {
        assertEquals(List.of(), onlooker.complaints());
        assertExit(0, MirrorProcess.run(layout, context(disk)));
        onlooker.look();
        assertPublished();
        long bytes = hub.bytes();
        assertTrue(
                bytes <= allowed(),
                bytes + " bytes were sent, and after " + deaths + " deaths " + allowed() + " are allowed");
        SyncReport again = MirrorProcess.run(layout, context(disk));
        assertExit(0, again);
        assertEquals(Outcome.UP_TO_DATE, again.items().get(0).outcome());
        assertEquals(bytes, hub.bytes(), "nothing is left to fetch");

        Path clean = Files.createDirectory(folder.resolve("clean"));
        assertExit(0, MirrorProcess.run(layout, context(clean)));
        MirrorState reference = new MirrorState(layout, clean, List.of(now()));
        assertEquals(reference.names(now()), shelf.names(now()), "what is left");
        assertEquals(List.of(), onlooker.complaints());
        assertTrue(onlooker.looks() > 5, "the reader looked only " + onlooker.looks() + " times");
    }

    private RunContext context(Path root) {
        return MirrorProcess.context(hub.origin().toString(), root);
    }

    private static void assertExit(int expected, SyncReport report) {
        assertEquals(expected, report.exit(), () -> report.items().toString());
    }

    /**
     * Each content once; and for each death one part on each connection. Where one folder holds one revision, the second of a
     * pair drops what the first had staged of its own, and may be followed by the first.
     */
    private long allowed() {
        Map<String, Long> contents = new HashMap<>();
        for (HubRepository revision : shelf.revisions().subList(0, current + 1)) {
            revision.files().forEach(file -> contents.put(file.sha256(), file.size()));
        }
        long once = contents.values().stream().mapToLong(size -> size).sum();
        long dropped = layout == MirrorProcess.Layout.HUGGINGFACE ? 0 : rounds * (once / (current + 1));
        return once + (long) deaths * MirrorProcess.CONNECTIONS * MirrorProcess.PART + dropped;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        onlooker.close();
        hub.close();
    }
}
