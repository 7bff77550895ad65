package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.synctools.model.ByteRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RangeJournalTest {
    private final Disk disk = new Disk();

    @TempDir
    Path folder;

    private Ranges replayed(Path file) throws IOException {
        Ranges found = new Ranges();
        RangeJournal.open(disk, file, 1000, found).close();
        return found;
    }

    @Test
    void recordsAreFoundAgainWhateverAKillLeftOfTheLastOne() throws IOException {
        Path file = folder.resolve("journal");
        try (RangeJournal journal = RangeJournal.open(disk, file, 1000, new Ranges())) {
            journal.append(0, 100);
            journal.append(500, 50);
        }
        byte[] whole = Files.readAllBytes(file);
        for (int cut = whole.length - 1; cut > whole.length / 2; cut--) {
            Files.write(file, Arrays.copyOf(whole, cut));
            assertEquals(100, replayed(file).total(), "cut at " + cut);
        }
        Files.write(file, whole);
        assertEquals(150, replayed(file).total());
    }

    @Test
    void writingGoesOnAfterTheLastWholeRecord() throws IOException {
        Path file = folder.resolve("journal");
        Files.write(file, new byte[13]);
        try (RangeJournal journal = RangeJournal.open(disk, file, 1000, new Ranges())) {
            journal.append(10, 20);
        }
        assertEquals(
                List.of(new ByteRange(0, 10), new ByteRange(30, 970)),
                replayed(file).missing(1000, 1000));
    }

    @Test
    void aRecordBeyondTheFileIsDamage() throws IOException {
        Path file = folder.resolve("journal");
        try (RangeJournal journal = RangeJournal.open(disk, file, 5000, new Ranges())) {
            journal.append(990, 20);
            journal.append(0, 10);
        }
        assertEquals(0, replayed(file).total());
    }

    @Test
    void rangesAgreeWithASetOfBytes() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            Ranges ranges = new Ranges();
            BitSet bytes = new BitSet();
            for (int i = 0; i < 12; i++) {
                int start = random.nextInt(100);
                int end = start + random.nextInt(20);
                ranges.add(start, end);
                bytes.set(start, end);
            }
            assertEquals(bytes.cardinality(), ranges.total());
            assertEquals(bytes.nextClearBit(0), ranges.front());
            BitSet missing = new BitSet();
            for (ByteRange hole : ranges.missing(120, 16)) {
                assertEquals(hole.offset() / 16, (hole.end() - 1) / 16, "a hole crosses no part's border");
                missing.set((int) hole.offset(), (int) hole.end());
            }
            missing.xor(bytes);
            assertEquals(120, missing.cardinality());
        }
    }
}
