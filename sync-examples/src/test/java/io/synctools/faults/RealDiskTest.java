package io.synctools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.faults.DiskWorld.Layout;
import io.synctools.file.Disk;
import io.synctools.model.FailureKind;
import io.synctools.testing.FaultyFileSystem;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Disks that are full, read-only, somebody else's, or several: real mounts where this process may mount. */
@Timeout(120)
class RealDiskTest {
    private static final String SMALL = "models/o/small";
    /** What the other repository of a run needs; the one with the large file needs thrice as much. */
    private static final long ROOM = 150_000;

    @TempDir(factory = InMemory.class)
    Path folder;

    private Path root() throws IOException {
        return Files.createDirectories(folder.resolve("root"));
    }

    private static DiskWorld published(Layout layout, Path root, Disk disk) {
        DiskWorld world = new DiskWorld(layout, root);
        world.put(1);
        assertEquals(Outcome.COPIED, world.run(root, disk).outcome());
        world.put(2);
        world.hub().commitText(SMALL, Map.of("a.txt", "small", "b.txt", "x".repeat(50_000)));
        return world;
    }

    private static void failed(SyncReport.Item item, FailureKind kind, String words) {
        assertEquals(Outcome.FAILED, item.outcome(), item::toString);
        assertTrue(item.failures().stream().allMatch(failure -> failure.kind() == kind), item::toString);
        assertTrue(item.failures().get(0).message().contains(words), item::toString);
    }

    @ParameterizedTest
    @EnumSource
    void tooLittleRoomIsSeenBeforeTheFirstByteAndSmallerItemsGoOn(Layout layout) throws Exception {
        try (SmallDisk small = SmallDisk.at(root())) {
            DiskWorld world = published(layout, root(), small.disk());
            small.fill(root().resolve("filler"), ROOM);
            long before = world.hub().asked("open " + DiskWorld.NAME);

            List<SyncReport.Item> items = world.run(List.of(DiskWorld.NAME, SMALL), root(), small.disk());

            failed(items.get(0), FailureKind.NO_SPACE, "are free");
            assertEquals(before, world.hub().asked("open " + DiskWorld.NAME), "not one byte was asked for");
            world.shows(DiskWorld.revision(1), "the old snapshot");
            assertEquals(Outcome.COPIED, items.get(1).outcome(), items.get(1)::toString);
            becomesWell(world, small);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDiskThatFillsInMidFileFailsThatItemAndSmallerOnesGoOn(Layout layout) throws Exception {
        try (SmallDisk small = SmallDisk.at(root())) {
            DiskWorld world = published(layout, root(), small.disk());
            AtomicInteger parts = new AtomicInteger();
            world.hub().interfere(question -> {
                if (question.endsWith("large.bin") && parts.incrementAndGet() == 2) {
                    small.fill(root().resolve("filler"), ROOM / 3);
                }
            });

            List<SyncReport.Item> items = world.run(List.of(DiskWorld.NAME, SMALL), root(), small.disk());

            failed(items.get(0), FailureKind.NO_SPACE, "");
            world.shows(DiskWorld.revision(1), "the old snapshot");
            assertEquals(Outcome.COPIED, items.get(1).outcome(), items.get(1)::toString);
            world.hub().interfere(question -> {});
            becomesWell(world, small);
        }
    }

    private void becomesWell(DiskWorld world, SmallDisk small) throws IOException {
        Files.delete(root().resolve("filler"));
        assertEquals(Outcome.COPIED, world.run(root(), small.disk()).outcome());
        world.shows(DiskWorld.revision(2), "with room again");
    }

    @ParameterizedTest
    @EnumSource
    void aReadOnlyDiskIsSaidToBeOneAndStillServesWhatItHolds(Layout layout) throws Exception {
        assumeTrue(SmallDisk.REAL, "nothing but a mount stops root from writing");
        try (SmallDisk small = SmallDisk.at(root())) {
            DiskWorld world = published(layout, root(), small.disk());
            small.mount().readOnly();

            SyncReport.Item item = world.run();

            failed(item, FailureKind.DISK, "writ");
            assertTrue(item.failures().stream().noneMatch(SyncReport.Failure::retryable), item::toString);
            world.shows(DiskWorld.revision(1), "the old snapshot");
            small.mount().writable();
            assertEquals(Outcome.COPIED, world.run().outcome());
            small.mount().readOnly();
            assertEquals(Outcome.UP_TO_DATE, world.run().outcome(), "looking writes nothing");
        }
    }

    /** The places of each layout that are not where files are staged. */
    private static List<String> others(Layout layout) {
        return switch (layout) {
            case MODELSCOPE_CACHE -> List.of("models/o", "models/o/n-1___5", "models/o/n-1___5/weights");
            case LOCAL_DIR -> List.of("models/o/n-1.5/weights");
            case HUGGINGFACE_CACHE -> List.of("models--o--n-1.5/blobs", "models--o--n-1.5/snapshots");
            case HUGGINGFACE_CACHE_OF_HARD_LINKS -> List.of("models--o--n-1.5/snapshots");
        };
    }

    @ParameterizedTest
    @EnumSource
    void aDiskInsideTheRootIsRefusedBeforeTheFirstByte(Layout layout) throws Exception {
        assumeTrue(SmallDisk.REAL, "another disk needs a mount");
        for (String place : others(layout)) {
            DiskWorld world = new DiskWorld(layout, Files.createDirectories(folder.resolve("w" + place.length())));
            Path point = Files.createDirectories(world.root().resolve(place));
            world.put(2);
            try (Mount other = Mount.tmpfs(point, 4 << 20)) {
                failed(world.run(), FailureKind.DISK, point + " lies on another disk than");
                assertEquals(0, world.hub().asked("open"));
                assertEquals(Map.of(), world.visible());
            }
            assertEquals(Outcome.COPIED, world.run().outcome(), place);
            world.shows(DiskWorld.revision(2), place);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMountOfTheSameDiskInsideTheRootIsBridgedByCopies(Layout layout) throws Exception {
        assumeTrue(SmallDisk.REAL, "a bind mount needs the right to mount");
        for (String place : others(layout)) {
            DiskWorld world = new DiskWorld(layout, Files.createDirectories(folder.resolve("w" + place.length())));
            Path point = Files.createDirectories(world.root().resolve(place));
            try (Mount other = Mount.bind(Files.createDirectories(folder.resolve("b" + place.length())), point)) {
                for (int revision : List.of(1, 2)) {
                    world.put(revision);
                    SyncReport.Item item = world.run();
                    assertEquals(Outcome.COPIED, item.outcome(), place + item);
                    world.shows(DiskWorld.revision(revision), place);
                }
                leavesNoCopies(world);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whereNoRenameLeadsAnywhereAllIsCopied(Layout layout) throws Exception {
        DiskWorld world = new DiskWorld(layout, root());
        FaultyFileSystem.Fault crossing = (operation, path) -> {
            if (operation.equals("rename") && !path.getFileName().toString().contains(".moving-")) {
                throw new AtomicMoveNotSupportedException(path.toString(), "", "Invalid cross-device link");
            }
        };
        for (int revision : List.of(1, 2)) {
            world.put(revision);
            SyncReport.Item item = world.run(FaultyFileSystem.path(root(), crossing), new Disk());
            assertEquals(Outcome.COPIED, item.outcome(), item::toString);
            world.shows(DiskWorld.revision(revision), "copied");
        }
        leavesNoCopies(world);
    }

    private static void leavesNoCopies(DiskWorld world) throws IOException {
        try (Stream<Path> all = Files.walk(world.root())) {
            assertEquals(
                    List.of(),
                    all.filter(path -> path.getFileName().toString().contains(".moving-"))
                            .toList());
        }
    }
}
