package io.synctools.examples.bench;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckingTest {
    @TempDir
    Path folder;

    private HubRepository repository;

    @BeforeEach
    void fetch() throws IOException {
        repository = HubRepository.of(
                "models/bench/repo", List.of(HubFile.of("a.txt", "alpha"), HubFile.of("b/c.txt", "gamma")));
        Files.writeString(folder.resolve("a.txt"), "alpha");
        Files.writeString(Files.createDirectories(folder.resolve("b")).resolve("c.txt"), "gamma");
        Checking.folder(repository, folder);
    }

    @Test
    void otherBytesAreFound() throws IOException {
        Files.writeString(folder.resolve("b/c.txt"), "gamna");
        assertThrows(IOException.class, () -> Checking.folder(repository, folder));
    }

    @Test
    void aMissingFileIsFound() throws IOException {
        Files.delete(folder.resolve("b/c.txt"));
        assertThrows(IOException.class, () -> Checking.folder(repository, folder));
    }

    @Test
    void aSnapshotOfAnotherCommitIsNone() throws IOException {
        Path snapshots = Files.createDirectories(folder.resolve("cache/models--bench--repo/snapshots"));
        Path other = Files.createDirectories(snapshots.resolve("0".repeat(40)));
        Files.writeString(other.resolve("a.txt"), "alpha");
        Files.writeString(Files.createDirectories(other.resolve("b")).resolve("c.txt"), "gamma");
        Path cache = folder.resolve("cache");
        assertThrows(IOException.class, () -> Checking.huggingFaceCache(List.of(repository), cache));
        Files.move(other, snapshots.resolve(repository.commit()));
        Checking.huggingFaceCache(List.of(repository), cache);
    }
}
