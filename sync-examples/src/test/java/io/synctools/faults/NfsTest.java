package io.synctools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.faults.DiskWorld.Layout;
import io.synctools.file.Disk;
import io.synctools.mirror.LocalRepository;
import io.synctools.mirror.RepositoryStatus;
import io.synctools.testing.FaultyFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What NFS makes of a file that is deleted while somebody has it open: another name, which only a close removes. */
class NfsTest {
    private static final String LITTER = ".nfs0000000000c0ffee00000001";

    @TempDir(factory = InMemory.class)
    Path root;

    /** Gives open files that are deleted another name, as the NFS client of Linux does. */
    private static final class SillyRename implements FaultyFileSystem.Fault {
        private final Map<Path, Integer> open = new HashMap<>();
        private final Map<Path, Path> renamed = new HashMap<>();

        @Override
        public synchronized void opened(Path path) {
            open.merge(path, 1, Integer::sum);
        }

        @Override
        public synchronized void before(String operation, Path path) throws IOException {
            if (operation.equals("unlink") && open.getOrDefault(path, 0) > 0) {
                Path litter = path.resolveSibling(String.format(".nfs%024x", renamed.size() + 1));
                Files.createLink(litter, path);
                renamed.put(path, litter);
            } else if (operation.equals("close") && open.merge(path, -1, Integer::sum) == 0) {
                Path litter = renamed.remove(path);
                if (litter != null) {
                    Files.deleteIfExists(litter);
                }
            }
        }
    }

    private static List<String> litter(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.map(Path::toString).filter(name -> name.contains(".nfs")).toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsDeletedWhileWeHaveItOpen(Layout layout) throws Exception {
        DiskWorld world = new DiskWorld(layout, root);
        Path nfs = FaultyFileSystem.path(root, new SillyRename());
        for (int revision : List.of(1, 2)) {
            world.put(revision);
            SyncReport.Item item = world.run(nfs, new Disk());
            assertEquals(Outcome.COPIED, item.outcome(), item::toString);
            assertEquals(List.of(), item.notes());
            world.shows(DiskWorld.revision(revision), "on NFS");
            assertEquals(List.of(), litter(root));
        }
    }

    /** Somebody else reads what we delete: his litter cannot be deleted, and is nobody's file. */
    @ParameterizedTest
    @EnumSource
    void litterOfOthersIsNeverCountedNorInTheWay(Layout layout) throws Exception {
        DiskWorld world = new DiskWorld(layout, root);
        world.put(1);
        world.hub().interfere(question -> {
            if (question.endsWith("config.json")) {
                throw new IOException("cut");
            }
        });
        assertEquals(Outcome.FAILED, world.run().outcome());
        world.hub().interfere(question -> {});
        long wholeFiles = unfinished(world);
        try (Stream<Path> all = Files.walk(root)) {
            for (Path folder : all.filter(Files::isDirectory).toList()) {
                Files.writeString(folder.resolve(LITTER), "litter");
            }
        }
        assertEquals(wholeFiles, unfinished(world), "litter is no file that was fetched");
        FaultyFileSystem.Fault busy = (operation, path) -> {
            if (operation.equals("unlink") && path.getFileName().toString().equals(LITTER)) {
                throw new java.nio.file.FileSystemException(path.toString(), null, "Device or resource busy");
            }
        };
        for (int revision : List.of(1, 2)) {
            world.put(revision);
            SyncReport.Item item = world.run(FaultyFileSystem.path(root, busy), new Disk());
            assertEquals(Outcome.COPIED, item.outcome(), item::toString);
            world.shows(DiskWorld.revision(revision), "beside litter");
        }
    }

    private static long unfinished(DiskWorld world) throws IOException {
        long files = 0;
        for (LocalRepository repository : world.inventory(world.root()).repositories()) {
            files += RepositoryStatus.of(repository).unfinished().files();
        }
        return files;
    }
}
