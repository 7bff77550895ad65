package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFolderTest {
    private final Path temporary;

    PrivateFolderTest(@TempDir Path temporary) {
        this.temporary = temporary;
    }

    @Test
    void onlyItsOwnerCanReadItAndItGoesWithAllInIt() throws Exception {
        PrivateFolder folder = PrivateFolder.create(temporary);
        Path file = folder.write("auth.json", "{}".getBytes(StandardCharsets.UTF_8));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
        folder.close();
        assertFalse(Files.exists(file.getParent()));
    }

    @Test
    void whatAKilledRunLeftIsSweptAndWhatIsInUseIsNot() throws Exception {
        Path left = Files.createDirectory(temporary.resolve("sync-tools-skopeo-killed"));
        Files.writeString(left.resolve("lock"), "");
        Files.writeString(left.resolve("auth.json"), "secret");
        Path beginning = Files.createDirectory(temporary.resolve("sync-tools-skopeo-beginning"));
        Path foreign = Files.createDirectory(temporary.resolve("somebody-else"));
        try (PrivateFolder first = PrivateFolder.create(temporary);
                PrivateFolder second = PrivateFolder.create(temporary)) {
            assertFalse(Files.exists(left));
            assertTrue(Files.exists(beginning), "another process may just be making it");
            assertTrue(Files.exists(foreign));
            assertTrue(Files.exists(first.resolve("lock")));
            assertTrue(Files.exists(second.resolve("lock")));
        }
    }

    @Test
    void aLinkToAForeignFolderIsNotFollowed() throws Exception {
        Path foreign = Files.createDirectory(temporary.resolve("foreign"));
        Files.writeString(foreign.resolve("lock"), "");
        Files.createSymbolicLink(temporary.resolve("sync-tools-skopeo-link"), foreign);
        PrivateFolder.create(temporary).close();
        assertTrue(Files.exists(foreign.resolve("lock")));
    }

    /** Two tags that began at once met in each other's sweep: an OverlappingFileLockException, or a folder that was gone. */
    @Test
    void manyThatBeginAtOnceDoNotSweepEachOther() throws Exception {
        List<Callable<Void>> tags = Collections.nCopies(8, () -> {
            for (int i = 0; i < 2000; i++) {
                try (PrivateFolder folder = PrivateFolder.create(temporary)) {
                    assertTrue(Files.exists(folder.write("auth.json", new byte[0])));
                }
            }
            return null;
        });
        ExecutorService threads = Executors.newFixedThreadPool(tags.size());
        try {
            for (Future<Void> tag : threads.invokeAll(tags)) {
                tag.get();
            }
        } finally {
            threads.shutdown();
        }
        try (var left = Files.list(temporary)) {
            assertEquals(0, left.count());
        }
    }
}
