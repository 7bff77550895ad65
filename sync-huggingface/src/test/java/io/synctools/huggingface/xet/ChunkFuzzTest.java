package io.synctools.huggingface.xet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.retry.MismatchException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever a store sends, chunks are read right or refused; nothing else is thrown, and nothing hangs. */
class ChunkFuzzTest {

    @Provide
    Arbitrary<FrameWriter> writers() {
        Arbitrary<Boolean> flag = Arbitraries.of(true, false);
        return flag.flatMap(linked -> flag.flatMap(sums -> flag.flatMap(total ->
                flag.flatMap(size -> Arbitraries.of(true, false, false).flatMap(stored -> Arbitraries.of(4, 5, 7)
                        .map(code -> new FrameWriter(linked, code, sums, total, size, stored)))))));
    }

    @Provide
    Arbitrary<byte[]> contents() {
        Arbitrary<Byte> few = Arbitraries.of((byte) 0, (byte) 1, (byte) 'a', (byte) 0xff);
        return Arbitraries.oneOf(few, Arbitraries.bytes())
                .array(byte[].class)
                .ofMinSize(1)
                .ofMaxSize(3000);
    }

    @Property
    void whatWasPackedIsReadRight(
            @ForAll("contents") byte[] content,
            @ForAll("writers") FrameWriter writer,
            @ForAll @IntRange(max = 2) int scheme)
            throws IOException {
        byte[] chunk = Chunks.chunk(content, scheme, writer);
        ChunkReader reader = new ChunkReader("store", new ByteArrayInputStream(chunk));

        assertEquals(content.length, reader.next());
        assertArrayEquals(content, Arrays.copyOf(reader.bytes(), content.length));
    }

    @Property
    void whatWasDamagedIsReadToItsLengthOrRefused(
            @ForAll("contents") byte[] content,
            @ForAll("writers") FrameWriter writer,
            @ForAll @IntRange(max = 2) int scheme,
            @ForAll @Size(min = 1, max = 4) int[] places,
            @ForAll byte[] values)
            throws IOException {
        byte[] chunk = Chunks.chunk(content, scheme, writer);
        for (int i = 0; i < places.length; i++) {
            chunk[Math.floorMod(places[i], chunk.length)] = values.length == 0 ? 0 : values[i % values.length];
        }
        readOrRefuse(chunk);
    }

    @Property
    void anythingAtAllIsReadOrRefused(@ForAll @Size(max = 300) byte[] bytes, @ForAll @IntRange(max = 2) int scheme)
            throws IOException {
        readOrRefuse(bytes);
        readOrRefuse(Chunks.chunk(0, bytes, scheme, 1 + bytes.length * 7));
        byte[] frame = FrameWriter.PLAIN.pack(bytes);
        byte[] block = new byte[frame.length];
        System.arraycopy(frame, 0, block, 0, Math.min(11, frame.length));
        System.arraycopy(
                bytes, 0, block, Math.min(11, frame.length), Math.max(0, Math.min(bytes.length, frame.length - 15)));
        readOrRefuse(Chunks.chunk(0, block, 1, Math.max(1, bytes.length)));
    }

    private static void readOrRefuse(byte[] bytes) throws IOException {
        ChunkReader reader = new ChunkReader("store", new ByteArrayInputStream(bytes));
        try {
            int length = reader.next();
            assertTrue(length >= 1 && length <= ChunkReader.BIGGEST && length <= reader.bytes().length);
        } catch (MismatchException | EOFException e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith("store: "), e.getMessage());
        }
    }
}
