package io.synctools.huggingface.xet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.retry.MismatchException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkReaderTest {

    private static ChunkReader reader(byte[]... chunks) {
        return new ChunkReader("store.example", new ByteArrayInputStream(Chunks.join(List.of(chunks))));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 1000, 131_069, 131_070, 131_071, 131_072})
    void itReadsChunksOfEveryScheme(int length) throws IOException {
        byte[] content = Chunks.weights(length, length);
        byte[][] packed = {
            Chunks.chunk(content, 0, FrameWriter.PLAIN),
            Chunks.chunk(content, 1, FrameWriter.PLAIN),
            Chunks.chunk(content, 2, FrameWriter.PLAIN)
        };
        ChunkReader reader = reader(packed);
        for (byte[] ignored : packed) {
            assertEquals(length, reader.next());
            assertArrayEquals(content, Arrays.copyOf(reader.bytes(), length));
        }
        assertThrows(EOFException.class, reader::next);
    }

    @Test
    void itPassesOverChunks() throws IOException {
        byte[] second = Chunks.weights(70_000, 2);
        ChunkReader reader = reader(
                Chunks.chunk(Chunks.weights(9_000, 1), 2, FrameWriter.PLAIN),
                Chunks.chunk(second, 2, FrameWriter.PLAIN));

        reader.skip();

        assertEquals(second.length, reader.next());
        assertArrayEquals(second, Arrays.copyOf(reader.bytes(), second.length));
    }

    @Test
    void whatIsNoChunkIsRefusedBeforeMemoryIsTaken() {
        byte[] data = new byte[10];
        refuses("version 1", Chunks.chunk(1, data, 0, 10));
        refuses("the end of its chunks", "XETBLOB\u0001more".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        refuses("scheme 3", Chunks.chunk(0, data, 3, 10));
        refuses("scheme 99", Chunks.chunk(0, data, 99, 10));
        refuses("claims 11", Chunks.chunk(0, data, 0, 11));
        refuses("no LZ4 frame", Chunks.chunk(0, data, 1, 10));
        refuses("and 0 unpacked", Chunks.chunk(0, new byte[0], 0, 0));
        refuses("131073 unpacked", Chunks.chunk(0, data, 1, 131_073));
        byte[] header = Arrays.copyOf(Chunks.chunk(0, new byte[262_145], 1, 10), 8);
        refuses("262145 packed", header);
        byte[] bomb = FrameWriter.PLAIN.pack(new byte[131_072]);
        refuses("lengths do not fit", Chunks.chunk(0, bomb, 1, 1000));
    }

    private static void refuses(String why, byte[] chunk) {
        MismatchException e =
                assertThrows(MismatchException.class, () -> reader(chunk).next());
        assertTrue(String.valueOf(e.getMessage()).startsWith("store.example: the store sent "), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).contains(why), e.getMessage());
    }

    @Test
    void aChunkThatIsCutShortIsTheEndOfTheStream() {
        byte[] whole = Chunks.chunk(Chunks.weights(5_000, 1), 2, FrameWriter.PLAIN);
        for (int length : new int[] {0, 1, 7, 8, 9, whole.length - 1}) {
            assertThrows(EOFException.class, () -> reader(Arrays.copyOf(whole, length))
                    .next());
        }
    }
}
