package io.synctools.examples.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several processes on one disk. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class WritersIT {
    @TempDir
    Path root;

    private static HubRepository repository() throws IOException {
        List<HubFile> files = new ArrayList<>();
        files.add(HubFile.of("config.json", "{}"));
        files.add(HubFile.random("large.safetensors", 20 * MirrorProcess.PART + 11, 1));
        for (int i = 0; i < 20; i++) {
            files.add(HubFile.random("data/" + i + ".json", 3000, i));
        }
        return HubRepository.of(MirrorProcess.NAME, files);
    }

    private static long bytes(HubRepository repository) {
        return repository.files().stream().mapToLong(HubFile::size).sum();
    }

    /** Slow enough for the processes to meet. */
    private static Hub hub(HubRepository repository) throws IOException {
        return Hub.start(new Hub.Options(0, Duration.ofMillis(60), 0), List.of(repository));
    }

    @ParameterizedTest
    @EnumSource(MirrorProcess.Layout.class)
    void fourThatWaitForEachOtherFetchEverythingOnce(MirrorProcess.Layout layout) throws Exception {
        HubRepository repository = repository();
        try (Hub hub = hub(repository);
                Onlooker onlooker = new Onlooker(new MirrorState(layout, root, List.of(repository)))) {
            List<Child> children = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                children.add(new Child(layout, hub, root, 0, Duration.ofMinutes(3)));
            }
            for (Child child : children) {
                assertEquals(0, child.exit(), child.said());
                child.close();
            }
            assertEquals(bytes(repository), hub.bytes(), "no byte comes twice while the lease works");
            assertEquals(List.of(), onlooker.complaints());
        }
    }

    @ParameterizedTest
    @EnumSource(MirrorProcess.Layout.class)
    void twoThatDoNotWaitEndWithOneMirrorAndAtMostOneThatSaysWhoWorks(MirrorProcess.Layout layout) throws Exception {
        HubRepository repository = repository();
        try (Hub hub = hub(repository);
                Child one = new Child(layout, hub, root, 0);
                Child two = new Child(layout, hub, root, 0)) {
            List<Integer> exits = List.of(one.exit(), two.exit());
            assertTrue(exits.contains(0), one.said() + two.said());
            assertTrue(
                    exits.stream().allMatch(exit -> exit == 0 || exit == MirrorProcess.HELD), one.said() + two.said());
            assertEquals(bytes(repository), hub.bytes());
        }
    }

    /** SIGSTOP for longer than a lease lasts: somebody else takes over, and the sleeper cannot publish any more. */
    @Test
    void anOwnerThatWasStoppedPastItsLeaseCannotPublish() throws Exception {
        HubRepository old = repository();
        try (Hub hub = hub(old);
                Child sleeper = new Child(MirrorProcess.Layout.MODELSCOPE, hub, root, 0)) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (hub.bytes() < 5L * MirrorProcess.PART && sleeper.alive() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            sleeper.signal("STOP");
            List<HubFile> changed = new ArrayList<>(old.files());
            changed.removeIf(file -> file.path().equals("config.json"));
            changed.add(HubFile.of("config.json", "{\"newer\": true}"));
            HubRepository now = HubRepository.of(MirrorProcess.NAME, changed);
            hub.put(now);
            try (Onlooker onlooker =
                            new Onlooker(new MirrorState(MirrorProcess.Layout.MODELSCOPE, root, List.of(now)));
                    Child heir = new Child(MirrorProcess.Layout.MODELSCOPE, hub, root, 0)) {
                assertEquals(0, heir.exit(), heir.said());
                sleeper.signal("CONT");
                int woke = sleeper.exit();
                assertTrue(woke == MirrorProcess.HELD || woke == 0 || woke == 1, sleeper.said());
                assertEquals(List.of(), onlooker.complaints(), "only the newer revision is ever visible");
                try (Child after = new Child(MirrorProcess.Layout.MODELSCOPE, hub, root, 0)) {
                    assertEquals(0, after.exit());
                    assertTrue(after.said().startsWith("UP_TO_DATE"), after.said());
                }
            }
        }
    }
}
