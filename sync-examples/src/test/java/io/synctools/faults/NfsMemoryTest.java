package io.synctools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.faults.DiskWorld.Layout;
import io.synctools.file.Disk;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.testing.FaultyFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What another host did is seen, although our NFS client remembers that it was not there. */
class NfsMemoryTest {
    @TempDir(factory = InMemory.class)
    Path root;

    @ParameterizedTest
    @EnumSource
    void whatAnotherHostPublishedSinceWeLookedIsNotFetchedAgain(Layout layout) throws Exception {
        DiskWorld world = new DiskWorld(layout, root);
        Path here = FaultyFileSystem.path(root, new NfsMemory());
        for (int revision : List.of(1, 2)) {
            world.put(revision);
            AtomicBoolean once = new AtomicBoolean();
            List<String> fetched = new ArrayList<>();
            world.hub().interfere(question -> {
                if (once.compareAndSet(false, true)) { // asked by us, who have looked at the disk already
                    assertEquals(Outcome.COPIED, world.run().outcome());
                    fetched.clear();
                } else if (question.startsWith("open")) {
                    fetched.add(question);
                }
            });

            SyncReport.Item item = world.run(here, new Disk());

            assertEquals(Outcome.UP_TO_DATE, item.outcome(), item::toString);
            assertEquals(List.of(), fetched);
            world.shows(DiskWorld.revision(revision), "published by the other host");
        }
    }

    /** Else files of two revisions stay side by side, and the old proof vouches for them by their sizes. */
    @ParameterizedTest
    @EnumSource(names = {"MODELSCOPE_CACHE", "LOCAL_DIR"})
    void whatAnotherHostDecidedAfterWeLookedIsFinishedFirst(Layout layout) throws Exception {
        DiskWorld world = new DiskWorld(layout, root);
        Path here = FaultyFileSystem.path(root, new NfsMemory());
        world.put(1);
        assertEquals(Outcome.COPIED, world.run().outcome());
        world.put(2);
        AtomicBoolean once = new AtomicBoolean();
        AtomicBoolean looking = new AtomicBoolean();
        world.hub().interfere(question -> {
            if (looking.get() && !question.startsWith("open")) {
                throw new SyncException(FailureKind.NOT_FOUND, "we only looked");
            }
            if (question.startsWith("open") && once.compareAndSet(false, true)) {
                looking.set(true);
                world.run(here, new Disk());
                looking.set(false);
            }
        });
        DiesInTheBurst dying = new DiesInTheBurst();
        assertEquals(Outcome.FAILED, world.run(root, dying).outcome());
        assertTrue(dying.dead);
        world.hub().interfere(question -> {});
        world.put(1);

        SyncReport.Item item = world.run(here, new Disk());

        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        world.shows(DiskWorld.revision(1), "after the other host died");
    }

    /** Renames the first file of the new revision into place, and no more. */
    private static final class DiesInTheBurst extends Disk {
        private volatile boolean dead;

        @Override
        public void rename(Path from, Path to) throws IOException {
            if (dead) {
                throw new IOException("dead");
            }
            super.rename(from, to);
            dead = to.endsWith("config.json") && !to.toString().contains("staged");
        }
    }
}
