package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.testing.FaultyFileSystem;
import io.synctools.testing.MemoryHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskSpaceTest {
    private static final long GIB = 1L << 30;

    @TempDir
    Path folder;

    /** A disk of which that much is free. */
    private static class Sized extends Disk {
        private long free = 100 * GIB;

        @Override
        public long usableSpace(Path any) throws IOException {
            return free;
        }
    }

    private final Sized disk = new Sized();
    private final DiskSpace space = new DiskSpace(disk);

    private static List<Entry> files(String name, long gibibytes) {
        return List.of(Entry.file(name, gibibytes * GIB, MemoryHub.checksum(name.getBytes())));
    }

    private boolean admits(Path parts, String name, long gibibytes) throws IOException {
        try {
            space.reserve(parts, files(name, gibibytes));
            return true;
        } catch (SyncException e) {
            assertEquals(FailureKind.NO_SPACE, e.kind());
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "60,30,65,true", "60,65,30,true", "30,60,65,true", "30,65,60,true", "65,60,30,true", "65,30,60,true",
        "60,30,65,false", "60,65,30,false", "30,60,65,false", "30,65,60,false", "65,60,30,false", "65,30,60,false"
    })
    void moreThanTheDiskHoldsIsNeverAdmitted(long first, long second, long third, boolean inOneFolder)
            throws IOException {
        long admitted = 0;
        int number = 0;
        for (long size : new long[] {first, second, third}) {
            number++;
            Path parts = Files.createDirectories(folder.resolve(inOneFolder ? "one" : "parts" + number));
            admitted += admits(parts, "f" + number, size) ? size : 0;
        }
        assertTrue(admitted <= 100, admitted + " GiB");
        assertTrue(admitted >= 90, "what fits is admitted: " + admitted + " GiB");
    }

    @Test
    void whatOneItemGivesBackIsItsOwnAlone() throws IOException {
        Reservation first = space.reserve(folder, files("a", 60));
        Reservation second = space.reserve(folder, files("b", 30));
        first.close();
        first.close();
        assertTrue(!admits(folder, "c", 75), "30 GiB are still the second's");
        second.close();
        assertTrue(admits(folder, "c", 75));
    }

    @Test
    void bytesThatArriveWhileTheDiskIsAskedAreNotForgotten() throws IOException {
        Reservation[] writing = new Reservation[1];
        DiskSpace watched = new DiskSpace(new Disk() {
            @Override
            public long usableSpace(Path any) {
                if (writing[0] != null) {
                    writing[0].arrived(60 * GIB); // after the disk looked, before its answer is used
                    writing[0].close();
                }
                return 100 * GIB;
            }
        });
        writing[0] = watched.reserve(folder, files("a", 60));
        assertThrows(SyncException.class, () -> watched.reserve(folder, files("b", 65)));
    }

    @Test
    void aForecastThatCannotBeHadStopsNobody() throws IOException {
        disk.free = -1;
        assertTrue(admits(folder, "a", 1000));
        DiskSpace broken = new DiskSpace(new Disk() {
            @Override
            public long usableSpace(Path any) throws IOException {
                throw new IOException("Mount point not found");
            }
        });
        broken.reserve(folder, files("a", 1000)).close();
        DiskSpace refused = new DiskSpace(new Disk() {
            @Override
            public long usableSpace(Path any) {
                throw new SecurityException("not told");
            }
        });
        refused.reserve(folder, files("a", 1000)).close();
    }

    @Test
    void aDiskThatSaysItHasNoSizeTellsNothing() throws IOException {
        Path proc = Path.of("/proc");
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Files.isDirectory(proc) && proc.toFile().getTotalSpace() == 0);
        assertEquals(-1, new Disk().usableSpace(proc));
        assertTrue(new Disk().usableSpace(folder) > 0);
    }

    @Test
    void disksAreToldApartByTheirNumbersAndAskedWithoutTheirMounts() throws IOException {
        Path one = Files.createDirectories(FaultyFileSystem.path(folder.resolve("1"), mounted(1)));
        Path two = Files.createDirectories(FaultyFileSystem.path(folder.resolve("2"), mounted(2)));
        assertTrue(admits(one, "a", 60));
        assertTrue(admits(two, "b", 60), "another disk");
        assertTrue(!admits(one, "c", 60), "the same disk");
    }

    private static FaultyFileSystem.Fault mounted(long device) {
        return new FaultyFileSystem.Fault() {
            @Override
            public void before(String operation, Path path) throws IOException {
                if (operation.equals("statfs")) {
                    throw new IOException("Mount point not found");
                }
            }

            @Override
            public long device(Path path, long real) {
                return device;
            }
        };
    }
}
