package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.NameFilter;
import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProofTest {
    private static final ArtifactRef PINNED =
            ArtifactRef.of("modelscope", "models/o/n").pinned("master", "sha256:1");
    private static final List<Entry> ENTRIES = List.of(
            Entry.file("a b/ü\".json", 12, Checksum.sha256("ab".repeat(32))),
            Entry.file("model.bin", 5_000_000_000L, Checksum.gitBlob("cd".repeat(20))));

    private static final SyncItem ITEM = new SyncItem(
            ArtifactRef.of("modelscope", "models/o/n"),
            ArtifactRef.of("modelscope-cache", "models/o/n"),
            new NameFilter() {
                @Override
                public boolean accepts(String name) {
                    return name.endsWith(".json");
                }

                @Override
                public String text() {
                    return "allow=*.json";
                }
            },
            new Place("lists/one.json", 3, 5),
            "some flow");

    @TempDir
    Path folder;

    private Path written() throws IOException {
        Path file = folder.resolve("proof.json");
        Proof.of(PINNED, ITEM, ENTRIES, "mark").write(new Disk(), file, file.resolveSibling(""), ENTRIES);
        return file;
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        Path file = written();
        List<String> heard = new ArrayList<>();
        Proof proof = Proof.read(file, (path, size, checksum) -> heard.add(path + " " + size + " " + checksum))
                .orElseThrow();
        assertEquals(
                List.of(
                        "a b/ü\".json 12 sha256:" + "ab".repeat(32),
                        "model.bin 5000000000 git-blob:" + "cd".repeat(20)),
                heard);
        assertEquals(2, proof.files());
        assertEquals(5_000_000_012L, proof.bytes());
        assertEquals("master", proof.revision());
        assertEquals("one.json of some flow", proof.list() + " of " + proof.flow());
        assertEquals(Optional.of(proof), Proof.head(file));
        assertTrue(proof.proves(PINNED, "allow=*.json"));
        assertFalse(proof.proves(PINNED, ""));
        assertFalse(proof.proves(PINNED.pinned("master", "sha256:2"), "allow=*.json"));
        assertFalse(proof.proves(PINNED.pinned("master", ""), "allow=*.json"), "an unpinned artifact is never proven");
        try (var left = Files.list(folder)) {
            assertEquals(1, left.count(), "no temporary file stays");
        }
    }

    @Test
    void whatIsPublishedWithinOneSecondHasAnOrder() throws IOException {
        Set<Integer> fractions = new HashSet<>();
        for (int i = 0; i < 20 && fractions.size() < 2; i++) {
            fractions.add(Proof.head(written()).orElseThrow().published().getNano());
        }
        assertEquals(2, fractions.size(), "whole seconds: " + fractions);
    }

    @Test
    void everyCutAndEveryChangedByteIsNoticed() throws IOException {
        Path file = written();
        byte[] good = Files.readAllBytes(file);
        String entry = "\"path\":\"model.bin\"";
        int at = new String(good, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(entry) + entry.length() - 3;
        for (int length = 0; length < good.length - 2; length++) {
            Files.write(file, java.util.Arrays.copyOf(good, length));
            assertEquals(Optional.empty(), Proof.read(file, (path, size, checksum) -> {}), "cut at " + length);
        }
        good[at]++;
        Files.write(file, good);
        assertEquals(Optional.empty(), Proof.read(file, (path, size, checksum) -> {}));
        Files.delete(file);
        assertEquals(Optional.empty(), Proof.head(file));
    }

    @Test
    void anUnknownVersionReadsAsAbsent() throws IOException {
        Path file = written();
        Files.writeString(file, Files.readString(file).replace("\"version\":1", "\"version\":2"));
        assertEquals(Optional.empty(), Proof.head(file));
    }
}
