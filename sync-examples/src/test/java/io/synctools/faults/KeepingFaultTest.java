package io.synctools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.faults.DiskFault.Extent;
import io.synctools.faults.DiskWorld.Layout;
import io.synctools.file.Disk;
import io.synctools.mirror.Inventory;
import io.synctools.mirror.LocalRepository;
import io.synctools.mirror.PrunePlan;
import io.synctools.mirror.PruneRules;
import io.synctools.mirror.Pruner;
import io.synctools.mirror.Subject;
import io.synctools.mirror.Verified;
import io.synctools.mirror.Verifier;
import io.synctools.mirror.VerifyReport;
import io.synctools.testing.FaultyFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Verifying and pruning on a disk that fails once, at the places where they touch it. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(300)
class KeepingFaultTest {
    private static final String GONE = "models/o/gone";
    /** A build prunes with a fault at every second place; a longer run at each, as {@link DiskFaultTest} has it. */
    private static final int EVERY = DiskFaultTest.ALL ? 1 : 2;

    @TempDir(factory = InMemory.class)
    Path folder;

    private int worlds;

    /** Two revisions of what is declared, of which a cache may keep both, and something that is not. */
    private DiskWorld prepare(Layout layout) throws IOException {
        DiskWorld world = new DiskWorld(layout, nextFolder());
        world.put(1);
        world.run();
        world.put(2);
        world.run();
        world.runOther(GONE);
        return world;
    }

    private Path nextFolder() throws IOException {
        return Files.createDirectory(folder.resolve("world" + worlds++));
    }

    private static VerifyReport verify(DiskWorld world, DiskFault fault) throws Exception {
        Inventory inventory = world.inventory(FaultyFileSystem.path(world.root(), fault));
        List<Verified> done = new ArrayList<>();
        new Verifier(2).verify(Subject.all(inventory), done::add);
        return new VerifyReport(Instant.EPOCH, Instant.EPOCH, false, Optional.empty(), done);
    }

    @ParameterizedTest
    @EnumSource
    void whatCouldNotBeLookedAtIsNeverVerified(Layout layout) throws Exception {
        DiskWorld world = prepare(layout);
        DiskFault none = DiskFault.none();
        VerifyReport whole = verify(world, none);
        assertEquals(0, whole.exit());
        int cases = 0;
        for (String place : List.copyOf(none.visited())) {
            DiskFault fault = new DiskFault(place, Extent.ONCE, "Stale file handle");
            cases++;
            try {
                VerifyReport report = verify(world, fault);
                assertTrue(
                        report.exit() == 1 || (report.files() == whole.files() && report.bytes() == whole.bytes()),
                        place + ": " + report.files() + " of " + whole.files() + " files, and all is said to be well");
            } catch (IOException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("Stale"), place + ": " + e);
            }
            assertTrue(fault.struck(), place);
        }
        assertTrue(cases > 15, cases + " places");
    }

    private static List<String> prune(DiskWorld world, DiskFault fault) throws Exception {
        Inventory inventory = world.inventory(FaultyFileSystem.path(world.root(), fault));
        Pruner pruner = new Pruner(List.of(inventory), List.of(), DiskWorld.context(new Disk()));
        PrunePlan plan = pruner.plan(world.declared(), PruneRules.PLAIN, Instant.now());
        return pruner.apply(plan, removal -> {});
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDeclaredStaysWholeWhereverAPruneFails(Layout layout) throws Exception {
        DiskWorld before = prepare(layout);
        DiskFault none = DiskFault.none();
        assertEquals(List.of(), prune(before.copy(nextFolder()), none));
        int cases = 0;
        for (String place : none.visited()) {
            if (cases++ % EVERY != 0) {
                continue;
            }
            DiskWorld world = before.copy(nextFolder());
            DiskFault fault = new DiskFault(place, Extent.ONCE, "Input/output error");
            try {
                prune(world, fault);
            } catch (IOException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("Input/output"), place + ": " + e);
            }
            world.shows(DiskWorld.revision(2), place);
            assertEquals(List.of(), prune(world, DiskFault.none()), place);
            world.shows(DiskWorld.revision(2), place);
            for (LocalRepository repository : world.inventory(world.root()).repositories()) {
                assertTrue(
                        repository.to().endsWith("n-1.5")
                                || repository.revisions().isEmpty(),
                        place);
            }
            new Disk().deleteTree(world.root());
        }
        assertTrue(cases > 40, cases + " places");
    }
}
