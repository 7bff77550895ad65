package io.synctools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.faults.DiskFault.Extent;
import io.synctools.faults.DiskWorld.Layout;
import io.synctools.file.Disk;
import io.synctools.model.FailureKind;
import io.synctools.testing.DyingDisk;
import io.synctools.testing.FaultyFileSystem;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A disk that fails with EIO or ESTALE at every place where a mirror touches it: looks, reads and lists as well as writes,
 * syncs and renames. What fails once is tried again; what fails for ever fails the item and harms nothing.
 *
 * <p>A build lets each place of a layout fail once in the first scene that reaches it, and for ever at every fifth of
 * them; the nightly profile, and {@code -Ddisk.faults=all}, ask for every place in every scene.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(3600)
class DiskFaultTest {
    static final boolean ALL = Boolean.getBoolean("nightly") || "all".equals(System.getProperty("disk.faults"));

    private static final List<String> ERRORS = List.of("Input/output error", "Stale file handle");

    @TempDir(factory = InMemory.class)
    Path folder;

    private int worlds;

    /** Layouts that share most of their code. */
    enum Family {
        MODELSCOPE_CACHE(Layout.MODELSCOPE_CACHE),
        LOCAL_DIR(Layout.LOCAL_DIR),
        HUGGINGFACE_CACHE(Layout.HUGGINGFACE_CACHE, Layout.HUGGINGFACE_CACHE_OF_HARD_LINKS);

        private final List<Layout> layouts;

        Family(Layout... layouts) {
            this.layouts = List.of(layouts);
        }
    }

    /** What the run finds on whose disk something fails. */
    enum Scene {
        /** Nothing. */
        FIRST,
        /** An older revision. */
        UPDATE,
        /** An older revision, and a part of the new one that a run fetched before the hub broke. */
        RESUMED,
        /** A publication in the midst of which a run was killed. */
        RECOVERED
    }

    @ParameterizedTest
    @EnumSource
    void whatFailsOnceIsTriedAgain(Family family) throws Exception {
        each(family, Extent.ONCE, 1);
    }

    @ParameterizedTest
    @EnumSource
    void aPlaceThatFailsForEverFailsTheItemAndHarmsNothing(Family family) throws Exception {
        each(family, Extent.THERE_FOR_EVER, 5);
    }

    @ParameterizedTest
    @EnumSource
    void aDiskThatDiesFailsTheItemAndHarmsNothing(Family family) throws Exception {
        each(family, Extent.ALL_FOR_EVER, 5);
    }

    private void each(Family family, Extent extent, int every) throws Exception {
        List<String> complaints = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        int places = 0;
        int cases = 0;
        for (Layout layout : family.layouts) {
            for (Scene scene : Scene.values()) {
                DiskWorld before = prepare(layout, scene);
                for (String place : placesOf(before.copy(nextFolder()))) {
                    if (ALL || (seen.add(place) && places++ % every == 0)) {
                        DiskFault fault = new DiskFault(place, extent, ERRORS.get(cases++ % ERRORS.size()));
                        DiskWorld world = before.copy(nextFolder());
                        try {
                            strike(world, scene, fault, extent);
                        } catch (AssertionError | RuntimeException e) {
                            complaints.add(layout + ", " + scene + ", " + place + ": " + e);
                        }
                        new Disk().deleteTree(world.root());
                    }
                }
            }
        }
        System.out.println("disk faults, " + family + ", " + extent + ": " + cases + " cases");
        assertTrue(complaints.isEmpty(), () -> complaints.size() + "\n" + String.join("\n", complaints));
    }

    private Path nextFolder() throws IOException {
        return Files.createDirectory(folder.resolve("world" + worlds++));
    }

    private DiskWorld prepare(Layout layout, Scene scene) throws IOException {
        DiskWorld world = new DiskWorld(layout, nextFolder());
        if (scene != Scene.FIRST) {
            world.put(1);
            assertEquals(Outcome.COPIED, world.run().outcome());
        }
        world.put(2);
        if (scene == Scene.RESUMED) {
            world.hub().interfere(question -> {
                if (question.endsWith("config.json")) {
                    throw new EOFException("cut");
                }
            });
            assertEquals(Outcome.FAILED, world.run().outcome());
            world.hub().interfere(question -> {});
        }
        if (scene == Scene.RECOVERED) {
            assertEquals(
                    Outcome.FAILED, world.run(world.root(), new DyingDisk(7)).outcome());
        }
        return world;
    }

    private static List<String> placesOf(DiskWorld world) throws IOException {
        DiskFault none = DiskFault.none();
        run(world, none);
        world.shows(DiskWorld.revision(2), "without a fault");
        return List.copyOf(none.visited());
    }

    private static SyncReport.Item run(DiskWorld world, DiskFault fault) {
        return world.run(FaultyFileSystem.path(world.root(), fault), new Disk());
    }

    private static void strike(DiskWorld world, Scene scene, DiskFault fault, Extent extent) throws IOException {
        SyncReport.Item item = run(world, fault);

        String told = item.outcome() + " " + item.failures() + item.notes();
        if (item.outcome() == Outcome.FAILED && extent != Extent.ONCE) {
            assertTrue(item.failures().stream().allMatch(failure -> failure.kind() == FailureKind.DISK), told);
            boolean inTheBurst = world.isFolder()
                    && item.failures().stream()
                            .allMatch(failure -> failure.message().matches("(publish|claim) .*"));
            if (inTheBurst) {
                world.showsWholeFiles(told); // What is left of the renames the next run does first.
            } else {
                showsOldOrNew(world, scene, told);
            }
        } else {
            assertTrue(isWell(item), told);
            world.shows(DiskWorld.revision(2), told);
        }
        SyncReport.Item after = world.run();
        assertTrue(isWell(after), () -> "then " + after + "; before: " + told);
        world.shows(DiskWorld.revision(2), told);
    }

    /** A run may find that recovering what a killed one left was all there was to do. */
    private static boolean isWell(SyncReport.Item item) {
        return item.outcome() == Outcome.COPIED || item.outcome() == Outcome.UP_TO_DATE;
    }

    private static void showsOldOrNew(DiskWorld world, Scene scene, String told) throws IOException {
        Map<String, byte[]> visible = world.visible();
        boolean isNew = visible.containsKey("sub/new 2.txt");
        if (scene == Scene.RECOVERED) {
            world.showsWholeFiles(told); // The burst was under way before this run began.
        } else if (isNew || !visible.isEmpty()) {
            world.shows(DiskWorld.revision(isNew ? 2 : 1), told);
        } else {
            assertEquals(Scene.FIRST, scene, told);
        }
    }
}
