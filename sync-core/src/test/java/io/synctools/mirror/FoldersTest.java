package io.synctools.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {
    @TempDir
    Path disk;

    /** At the root of a disk; who is not root may not look into it, and all that is beside it would be lost. */
    @Test
    void theFileSystemsOwnFolderIsLeftOut() throws IOException {
        for (String name : List.of("models", "lost+found", ".state", "datasets")) {
            Files.createDirectory(disk.resolve(name));
        }
        Files.createFile(disk.resolve("file"));

        assertEquals(List.of(disk.resolve("datasets"), disk.resolve("models")), Folders.in(disk));
        assertEquals(List.of(), Folders.in(disk.resolve("absent")));
    }
}
