package io.synctools.internal.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.synctools.testing.FaultyFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountsTest {
    @TempDir
    Path folder;

    private Mounts mounts() {
        return Mounts.of("overlay / overlay rw 0 0\n"
                + "server:/a " + folder + "/nfs nfs4 rw,hard 0 0\n"
                + "server:/b " + folder + "/nfs/inner\\040one nfs4 rw,hard 0 0\n");
    }

    @Test
    void aPathLiesOnTheDeepestMountAboveIt() {
        Path nfs = folder.resolve("nfs");
        assertEquals(nfs, mounts().of(nfs));
        assertEquals(nfs, mounts().of(nfs.resolve("models/x")));
        assertEquals(nfs.resolve("inner one"), mounts().of(nfs.resolve("inner one/models/x")));
        assertEquals(Path.of("/"), mounts().of(folder.resolve("nfs2")));
        assertEquals(Path.of("/"), mounts().of(Path.of("/")));
    }

    @Test
    void aLinkOnTheRootLeadsToTheMount() throws IOException {
        Files.createSymbolicLink(folder.resolve("data"), Path.of("nfs/models"));
        Files.createSymbolicLink(folder.resolve("cache"), folder.resolve("data"));
        Files.createSymbolicLink(folder.resolve("circle"), folder.resolve("circle"));
        assertEquals(folder.resolve("nfs"), mounts().of(folder.resolve("cache/hub")));
        assertEquals(Path.of("/"), mounts().of(folder.resolve("circle/hub")));
    }

    @Test
    void anotherFileSystemIsADiskOfItsOwn() {
        assertNotEquals(mounts().of(folder), mounts().of(FaultyFileSystem.path(folder, (operation, path) -> {})));
    }

    @Test
    void whereThereIsNoTableAllIsOneDisk() {
        assertEquals(Mounts.of("").of(folder), Mounts.of("").of(Path.of("/proc")));
    }
}
