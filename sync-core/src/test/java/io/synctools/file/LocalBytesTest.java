package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.file.LocalBytes.Piece;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import io.synctools.model.SyncOptions;
import io.synctools.spi.Progress;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LocalBytesTest {
    private static final int MIB = 1 << 20;
    private static final int PART = 2 * MIB;
    private static final int LARGE = 11 * MIB + 77;

    private final ScriptedSource source = new ScriptedSource();
    private final AtomicLong reused = new AtomicLong();
    private final Progress progress = new Progress() {
        @Override
        public void received(long bytes) {}

        @Override
        public void reused(long bytes) {
            reused.addAndGet(bytes);
        }
    };

    @TempDir
    Path folder;

    private Path old;
    private Lease lease;

    @BeforeEach
    void begin() throws Exception {
        old = folder.resolve("old");
        lease = Lease.take(folder.resolve("lease"), RunContext.of(SyncOptions.DEFAULTS));
    }

    @AfterEach
    void giveUp() throws IOException {
        lease.close();
    }

    private void receive(Entry entry, Piece... pieces) throws Exception {
        RunContext context = RunContext.of(SyncOptions.builder().partSize(PART).build());
        context.shared(TimeSource.class, s -> new FakeTime());
        FileReceiver.of(context)
                .receive(
                        new Delivery(
                                source,
                                ScriptedSource.PINNED,
                                any -> List.of(pieces),
                                folder.resolve("parts"),
                                lease,
                                Reservation.NONE),
                        entry,
                        folder.resolve("file"),
                        progress);
        assertArrayEquals(source.files.get(entry.path()), Files.readAllBytes(folder.resolve("file")));
    }

    private Piece piece(long offset, long length, long there) {
        return new Piece(new ByteRange(offset, length), old, there);
    }

    @Test
    void whatLiesInAnotherFileIsCopiedAndTheRestIsFetched() throws Exception {
        Entry entry = source.put("f", LARGE, 1);
        byte[] content = source.files.get("f");
        // The old file lacks 1,000 bytes at 5 MiB and has 500 others in front.
        Files.write(old, new byte[500]);
        try (var out = Files.newOutputStream(old, java.nio.file.StandardOpenOption.APPEND)) {
            out.write(content, 0, 5 * MIB);
            out.write(content, 5 * MIB + 1000, LARGE - 5 * MIB - 1000);
        }

        receive(entry, piece(5 * MIB + 1000, LARGE - 5 * MIB - 1000, 5 * MIB + 500), piece(0, 5 * MIB, 500));

        assertEquals(List.of(new ByteRange(5 * MIB, 1000)), source.asked);
        assertEquals(LARGE - 1000, reused.get());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, PART, LARGE})
    void aWholeFileThatLiesElsewhereIsNotFetched(int size) throws Exception {
        Entry entry = source.put("f", size, 1);
        Files.write(old, source.files.get("f"));

        receive(entry, piece(0, size, 0));

        assertEquals(List.of(), source.asked);
        assertEquals(size, reused.get());
        assertTrue(Files.exists(old));
    }

    @ParameterizedTest
    @ValueSource(ints = {PART, LARGE})
    void aWrongGuessCostsAFetchAndNeverAWrongByte(int size) throws Exception {
        Entry entry = source.put("f", size, 1);
        byte[] almost = source.files.get("f").clone();
        almost[size / 2] ^= 1;
        Files.write(old, almost);

        receive(entry, piece(0, size, 0));

        assertEquals(size, source.sent.get());
    }

    @ParameterizedTest
    @ValueSource(ints = {PART, LARGE})
    void aFileThatIsGoneOrTooShortIsFetchedInstead(int size) throws Exception {
        Entry entry = source.put("f", size, 1);
        receive(entry, piece(0, size, 0));
        assertEquals(size, source.sent.get());

        Files.write(old, Arrays.copyOf(source.files.get("f"), size - 1000));
        source.sent.set(0);
        receive(entry, piece(0, size, 0));
        assertEquals(1000, source.sent.get());
    }

    @Test
    void wrongBytesOverTheNetworkAreStillTriedTwiceAfterAWrongGuess() throws Exception {
        Entry entry = source.put("f", LARGE, 1);
        Files.write(old, new byte[LARGE]);
        long[] streams = {0};
        source.fault = (path, range, content) -> {
            if (range.offset() == 0 && streams[0]++ == 0) {
                content[7] ^= 1;
            }
            return new java.io.ByteArrayInputStream(content);
        };

        receive(entry, piece(0, LARGE, 0));

        assertEquals(2L * LARGE, source.sent.get());
    }

    @Test
    void overlappingAndImpossiblePiecesDoNoHarm() throws Exception {
        Entry entry = source.put("f", LARGE, 1);
        Files.write(old, source.files.get("f"));

        receive(
                entry,
                piece(0, 3 * MIB, 0),
                piece(MIB, 4 * MIB, MIB),
                piece(2 * MIB, 10, 2 * MIB),
                piece(LARGE - 100, 200, LARGE - 100));

        assertEquals(5 * MIB, reused.get());
        assertEquals(LARGE - 5 * MIB, source.sent.get());
    }

    @Test
    void partsEndWhereTheSourceSays() throws Exception {
        Entry entry = source.put("f", LARGE, 1);
        source.parts = List.of(
                new ByteRange(0, 5 * MIB),
                new ByteRange(5 * MIB, 77),
                new ByteRange(5 * MIB + 77, LARGE - 5 * MIB - 77));

        receive(entry);

        assertEquals(
                source.parts,
                Stream.of(source.asked.toArray(ByteRange[]::new))
                        .sorted((a, b) -> Long.compare(a.offset(), b.offset()))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, LARGE - 1, LARGE + 1})
    void partsThatAreNotTheWholeFileCountForNothing(long length) throws Exception {
        Entry entry = source.put("f", LARGE, 1);
        source.parts = length == 0 ? List.of() : List.of(new ByteRange(0, length));

        receive(entry);

        assertEquals(6, source.asked.size());
    }

    /** What is stored together cannot be begun anywhere, so that each step of it counts. */
    @Test
    void ofAPartThatTheSourceCutNextToNothingComesTwiceAfterAFailure() throws Exception {
        Entry entry = source.put("f", LARGE, 1);
        source.parts = List.of(new ByteRange(0, LARGE));
        source.fault = (path, range, content) -> {
            if (source.asked.size() > 1) {
                throw new IOException("gone");
            }
            return ScriptedSource.breakingAfter(content, MIB * 3 / 2, new IOException("Connection reset"));
        };
        assertThrows(RuntimeException.class, () -> receive(entry));
        source.asked.clear();
        source.fault = (path, range, content) -> new java.io.ByteArrayInputStream(content);

        receive(entry);

        assertEquals(List.of(new ByteRange(MIB * 3 / 2, LARGE - MIB * 3 / 2)), source.asked);
    }
}
