package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.SyncItem;
import io.synctools.testing.Mutations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever stands in our own files on a shared disk, it is what we wrote, or counts as damaged; a person never has to
 * clean it up.
 */
class StateFuzzTest {
    private static final long SIZE = 1 << 20;
    private static final ArtifactRef PINNED =
            ArtifactRef.of("modelscope", "models/o/n").pinned("master", "sha256:1");
    private static final SyncItem ITEM = SyncItem.of(PINNED, ArtifactRef.of("modelscope-cache", "models/o/n"));
    private static final List<Entry> ENTRIES = List.of(
            Entry.file("a b/ü\".json", 12, Checksum.sha256("ab".repeat(32))),
            Entry.file("model.bin", 5_000_000_000L, Checksum.gitBlob("cd".repeat(20))));
    private static final List<String> JSON_WORDS = List.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "\\u0000",
            "null",
            "-1",
            "1e999",
            "99999999999999999999",
            "\"path\":",
            "\"size\":",
            "\"seal\":",
            "\"beat\":",
            "\"pid\":",
            " ",
            "\n",
            "\u001b[31m");
    private static final List<String> BINARY_WORDS =
            List.of("\0", "\0\0\0\1", "\u007f", "sha256:", " ", "../", "\0\0\0\0\0\0\0\0");

    private static Path file;

    @BeforeContainer
    static void makeFile() throws IOException {
        Path memory = Path.of("/dev/shm");
        file = Files.isWritable(memory)
                ? Files.createTempFile(memory, "state", ".fuzz")
                : Files.createTempFile("state", ".fuzz");
    }

    @AfterContainer
    static void removeFile() throws IOException {
        Files.delete(file);
    }

    private static Arbitrary<byte[]> like(byte[] example, List<String> words) {
        return Mutations.of(List.of(example), words);
    }

    @Provide
    Arbitrary<byte[]> proofs() throws IOException {
        Proof.of(PINNED, ITEM, ENTRIES, "mark").write(new Disk(), file, file.resolveSibling(""), ENTRIES);
        return like(Files.readAllBytes(file), JSON_WORDS);
    }

    @Property(seed = "20260101")
    void aProofSaysWhatWasPublishedOrNothing(@ForAll("proofs") byte[] bytes) throws IOException {
        Files.write(file, bytes);
        List<Entry> heard = new ArrayList<>();
        Optional<Proof> proof = Proof.read(file, (path, size, checksum) -> heard.add(Entry.file(path, size, checksum)));
        if (proof.isPresent()) {
            assertEquals(ENTRIES, heard);
            assertTrue(proof.get().proves(PINNED, ""));
            assertEquals(proof, Proof.head(file));
        }
    }

    @Provide
    Arbitrary<byte[]> leases() {
        return like(Holder.self("https://ci.example/run/1").toBytes(), JSON_WORDS);
    }

    @Property(seed = "20260101")
    void aLeaseHasAHolderWhoCanBeDescribed(@ForAll("leases") byte[] bytes) throws IOException {
        Files.write(file, bytes);
        Holder holder = Holder.read(file).orElseThrow();
        assertTrue(holder.describe().chars().noneMatch(Character::isISOControl), holder.describe());
        assertFalse(holder.isGone() && holder.isHere());
        assertEquals(Optional.of(holder), Holder.read(file), "a holder that does not move is not seen to move");
    }

    @Provide
    Arbitrary<byte[]> journals() throws IOException {
        Files.write(file, new byte[0]);
        try (RangeJournal journal = RangeJournal.open(new Disk(), file, SIZE, new Ranges())) {
            journal.append(0, 100);
            journal.append(SIZE - 10, 10);
            journal.append(50, 1000);
        }
        return like(Files.readAllBytes(file), BINARY_WORDS);
    }

    @Property(seed = "20260101")
    void aJournalSpeaksOfRangesOfItsFileAndGoesOn(@ForAll("journals") byte[] bytes) throws IOException {
        Files.write(file, bytes);
        Ranges found = new Ranges();
        try (RangeJournal journal = RangeJournal.open(new Disk(), file, SIZE, found)) {
            assertTrue(found.total() <= 1060 && found.front() <= 1050, "bytes that nobody wrote");
            journal.append(5000, 7);
        }
        found.add(5000, 5007);
        Ranges again = new Ranges();
        RangeJournal.read(file, again);
        // Records behind a damaged one count again once that is overwritten; they tell the truth.
        assertTrue(again.total() >= found.total() && again.total() <= 1067, "records were lost or made up");
    }

    @Provide
    Arbitrary<byte[]> logs() throws IOException {
        Files.write(file, new byte[0]);
        try (StagedLog log = StagedLog.open(new Disk(), file)) {
            for (Entry entry : ENTRIES) {
                log.add(entry, entry.checksum().orElseThrow());
            }
        }
        return like(Files.readAllBytes(file), BINARY_WORDS);
    }

    private static List<String> records(List<String> records) throws IOException {
        StagedLog.read(file, (path, checksum) -> records.add(checksum + " " + path));
        return records;
    }

    @Property(seed = "20260101")
    void aLogHoldsWholeRecordsAndGoesOn(@ForAll("logs") byte[] bytes) throws IOException {
        Files.write(file, bytes);
        List<String> before = records(new ArrayList<>());
        List<String> written = ENTRIES.stream()
                .map(entry -> entry.checksum().orElseThrow() + " " + entry.path())
                .toList();
        assertTrue(written.containsAll(before), before::toString);
        Entry more = Entry.file("more", 1, Checksum.sha256("ef".repeat(32)));
        try (StagedLog log = StagedLog.open(new Disk(), file)) {
            log.add(more, more.checksum().orElseThrow());
        }
        before.add(more.checksum().orElseThrow() + " more");
        List<String> after = records(new ArrayList<>());
        assertEquals(before, after.subList(0, before.size()));
    }
}
