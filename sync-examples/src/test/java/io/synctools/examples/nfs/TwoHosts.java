package io.synctools.examples.nfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.file.Disk;
import io.synctools.model.FailureKind;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two hosts on one NFS server, each with a client that remembers for itself. Runs in the small machine only, where the server
 * is ours to stop; {@link NfsIT} takes it there. Each run mirrors one repository into each of the three layouts.
 */
class TwoHosts {
    private static final String ROOM = "1g";
    /** What may come twice after a death: a part for each connection to each of the hub's two origins, for each layout. */
    private static final long AGAIN = 3L * 2 * Host.CONNECTIONS * Host.PART;

    /** In which a run ends that was interrupted: the ten seconds that it promises, here where all is slow. */
    private static final Duration SOON = Duration.ofSeconds(45);

    private static final List<String> PLACES = List.of("ms", "hf", "ld");

    private final Nfs nfs = Nfs.valueOf(System.getProperty("nfs"));
    private Path served;
    private Path list;
    private Hub hub;
    private List<HubRepository> repositories = List.of();

    @BeforeEach
    void startHub() throws Exception {
        served = Files.createTempDirectory(Nfs.SERVER, "case");
        Files.setAttribute(served, "unix:mode", 0755);
        Path folder = Files.createTempDirectory("list");
        Files.setAttribute(folder, "unix:mode", 0755);
        list = Files.writeString(folder.resolve("list.json"), """
                [{"platform": "modelscope", "organization": "org", "model_name": "ms"},
                 {"platform": "huggingface", "organization": "org", "model_name": "hf"},
                 {"platform": "huggingface", "organization": "org", "model_name": "ld", "local_dir": "models/org/ld"}]
                """);
        hub = Hub.start(new Hub.Options(0, Duration.ofMillis(20), 20_000), List.of());
        hubHas(1);
    }

    @AfterEach
    void stopHub() throws Exception {
        hub.close();
        SystemCommand.run("mount", "-o", "remount,size=" + ROOM, Nfs.SERVER.toString());
        new Disk().deleteTree(served);
    }

    private void hubHas(int revision) throws IOException {
        List<HubRepository> now = new ArrayList<>();
        for (String place : PLACES) {
            List<HubFile> files = new ArrayList<>();
            files.add(HubFile.of("config.json", "{\"revision\": " + revision + "}"));
            files.add(HubFile.random("model.safetensors", 600_000, 10 * revision + place.hashCode()));
            for (int i = 0; i < 5; i++) {
                files.add(HubFile.random("data/" + i + ".bin", 10_000, 100 * revision + 10 * i + place.hashCode()));
            }
            now.add(HubRepository.of("models/org/" + place, files));
        }
        now.forEach(hub::put);
        repositories = now;
    }

    private long content() {
        return repositories.stream()
                .flatMap(repository -> repository.files().stream())
                .mapToLong(HubFile::size)
                .sum();
    }

    private Host mirrors(String name, Path mount) throws IOException {
        return Host.mirrors(name, hub, list, at(mount));
    }

    private Path at(Path mount) {
        return mount.resolve(served.getFileName());
    }

    /** Waits until the hub has sent a third of its content, counted from now on. */
    private void aThirdIsFetched(long before, Host host) throws Exception {
        assertTrue(becomes(() -> hub.bytes() - before >= content() / 3 || !host.isAtWork()), "it does not begin");
        assertTrue(host.isAtWork(), host.said());
    }

    /** Waits for something that the kernel or another process does; the bound is for a machine that has other work. */
    private static boolean becomes(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + Host.PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(100_000_000);
        }
        return true;
    }

    private static void endsWell(Host host) throws Exception {
        assertEquals(0, host.exit(), host.said());
    }

    /** Looks as the server sees it, so that no client's memory takes part. */
    private void allIsThere() throws Exception {
        Path hf = served.resolve("hf/models--org--hf");
        isThere("ms", served.resolve("ms/models/org/ms"));
        isThere("hf", hf.resolve("snapshots").resolve(Files.readString(hf.resolve("refs/main"))));
        isThere("ld", served.resolve("ld/models/org/ld"));
    }

    private void isThere(String place, Path folder) throws IOException {
        for (HubFile file : files(place)) {
            Path there = folder.resolve(file.path());
            assertTrue(Files.isRegularFile(there), () -> there + " is missing");
            assertEquals(file.sha256(), HubFile.of("", there).sha256(), () -> there + " is not what the hub has");
        }
    }

    private List<HubFile> files(String place) {
        return repositories.stream()
                .filter(repository -> repository.name().equals("models/org/" + place))
                .findFirst()
                .orElseThrow()
                .files();
    }

    /** What NFS keeps of a deleted file that was open goes soon after its process has. */
    private void noLitterIsLeft() throws Exception {
        assertTrue(becomes(() -> litter().isEmpty()), () -> "left: " + served);
    }

    private List<String> litter() throws IOException {
        try (Stream<Path> all = Files.walk(served)) {
            return all.map(Path::toString).filter(name -> name.contains(".nfs")).toList();
        }
    }

    @Test
    void theOneThatWaitedFetchesNothingAgain() throws Exception {
        try (Host a = mirrors("a", nfs.a());
                Host b = mirrors("b", nfs.b())) {
            endsWell(a);
            endsWell(b);

            allIsThere();
            assertEquals(content(), hub.bytes(), a.said() + b.said());
            Set<Outcome> outcomes = new HashSet<>(a.outcomes().values());
            outcomes.addAll(b.outcomes().values());
            assertEquals(Set.of(Outcome.COPIED, Outcome.UP_TO_DATE), outcomes, a.said() + b.said());
        }
        noLitterIsLeft();
    }

    @Test
    void anotherHostGoesOnWhereOneWasKilled() throws Exception {
        try (Host a = mirrors("a", nfs.a())) {
            aThirdIsFetched(0, a);
            a.signal("KILL");
            a.exit();
        }
        try (Host b = mirrors("b", nfs.b())) {
            endsWell(b);

            allIsThere();
            assertTrue(hub.bytes() <= content() + AGAIN, () -> hub.bytes() + " of " + content() + " bytes were sent");
        }
    }

    @Test
    void aSleeperThatWakesPublishesNothing() throws Exception {
        try (Host a = mirrors("a", nfs.a())) {
            aThirdIsFetched(0, a);
            a.signal("STOP");
            hubHas(2);
            try (Host b = mirrors("b", nfs.b())) {
                endsWell(b);
                allIsThere();
            }
            a.signal("CONT");

            assertEquals(1, a.exit(), a.said());
            assertFalse(a.outcomes().containsValue(Outcome.COPIED), a.said());
            allIsThere();
        }
        noLitterIsLeft();
    }

    @Test
    void aServerThatWasAwayIsWaitedFor() throws Exception {
        try (Host a = mirrors("a", nfs.a())) {
            aThirdIsFetched(0, a);
            whileTheServerIsAway(() -> {
                Path probe = at(nfs.b()).resolve("probe");
                assertFalse(
                        SystemCommand.works("timeout", "-s", "KILL", "5", "touch", probe.toString()), "it is not away");
            });
            endsWell(a);

            allIsThere();
            assertTrue(hub.bytes() <= content() + AGAIN, () -> hub.bytes() + " of " + content() + " bytes were sent");
        }
    }

    @Test
    void aServerThatIsAwayHoldsUpItsOwnItemsAndNoReport() throws Exception {
        Path other = Files.createTempDirectory("other-disk");
        try (Host a = Host.mirrors("a", hub, list, at(nfs.a()), other)) {
            aThirdIsFetched(0, a);
            whileTheServerIsAway(() -> {
                Path last = other.resolve("models/org/ld/config.json"); // files appear in one rename
                assertTrue(becomes(() -> Files.exists(last)), "nothing appears on the other disk");
                isThere("ld", other.resolve("models/org/ld"));
                long signalled = System.nanoTime();
                a.signal("INT");
                assertTrue(becomes(a::hasReported), a.said());
                assertTrue(System.nanoTime() - signalled < SOON.toNanos(), "later than " + SOON);
                assertEquals(1, Collections.frequency(a.outcomes().values(), Outcome.COPIED), a.said());
            });
            // Not before: the kernel waits for what it was given to write, and no signal ends that.
            assertEquals(130, a.exit(), a.said());
        }
        try (Host b = mirrors("b", nfs.b())) {
            endsWell(b);

            allIsThere();
        }
    }

    /** Something that is tried. */
    @FunctionalInterface
    private interface Trial {
        void run() throws Exception;
    }

    private static void whileTheServerIsAway(Trial trial) throws Exception {
        SystemCommand.run("rpc.nfsd", "0");
        try {
            trial.run();
        } finally {
            SystemCommand.run("rpc.nfsd", "8");
        }
    }

    @Test
    void whatIsDeletedAndMadeAgainBehindBothIsMirroredAgain() throws Exception {
        try (Host a = mirrors("a", nfs.a())) {
            endsWell(a);
        }
        try (Host b = mirrors("b", nfs.b())) {
            endsWell(b);
            assertEquals(Set.of(Outcome.UP_TO_DATE), new HashSet<>(b.outcomes().values()), b.said());
        }
        emptyAndMakeAgain();
        try (Host b = mirrors("b", nfs.b())) {
            endsWell(b);
            allIsThere();
        }

        long before = hub.bytes();
        hubHas(2);
        try (Host a = mirrors("a", nfs.a())) {
            aThirdIsFetched(before, a);
            emptyAndMakeAgain();
            if (a.exit() == 0) {
                allIsThere();
            }
        }
        try (Host b = mirrors("b", nfs.b())) {
            endsWell(b);
            allIsThere();
        }
    }

    private void emptyAndMakeAgain() throws Exception {
        for (String place : PLACES) {
            SystemCommand.run("rm", "-rf", served.resolve(place).toString());
            Files.createDirectory(served.resolve(place));
        }
    }

    @Test
    void aDiskWithoutRoomFailsItsItemsAndIsGoneOnWith() throws Exception {
        roomIs(200_000); // of which a client says that it is 512 KiB: it counts in blocks of what one write takes
        try (Host a = mirrors("a", nfs.a())) {
            assertEquals(1, a.exit(), a.said());
            assertEquals(Set.of(FailureKind.NO_SPACE), new HashSet<>(a.kinds()), a.said());
            assertEquals(0, hub.bytes(), "seen before the first byte");
        }

        roomIs(20_000_000);
        try (Host a = mirrors("a", nfs.a())) {
            aThirdIsFetched(0, a);
            roomIs(0); // somebody else fills it
            assertEquals(1, a.exit(), a.said());
            assertEquals(Set.of(FailureKind.NO_SPACE), new HashSet<>(a.kinds()), a.said());
        }

        roomIs(100_000_000);
        try (Host b = mirrors("b", nfs.b())) {
            endsWell(b);
            allIsThere();
        }
    }

    private static void roomIs(long bytes) throws Exception {
        for (int tries = 1; ; tries++) {
            long used =
                    Nfs.SERVER.toFile().getTotalSpace() - Nfs.SERVER.toFile().getFreeSpace();
            long size = (used + bytes) / 4096 * 4096 + 4096;
            try {
                SystemCommand.run("mount", "-o", "remount,size=" + size, Nfs.SERVER.toString());
                return;
            } catch (IOException e) {
                if (tries == 20) {
                    throw e; // else more was written since we looked
                }
            }
        }
    }

    @Test
    void aFolderWithoutRightsIsSaidAndNothingIsFetched() throws Exception {
        try (Host a = Host.mirrorsAs(1234, "a", hub, list, at(nfs.a()))) {
            assertEquals(1, a.exit(), a.said());
            assertEquals(Set.of(FailureKind.DISK), new HashSet<>(a.kinds()), a.said());
            assertEquals(0, hub.bytes());
        }
        Files.setAttribute(served, "unix:uid", 1234);
        try (Host a = Host.mirrorsAs(1234, "a", hub, list, at(nfs.a()))) {
            endsWell(a);
            allIsThere();
        }
    }
}
