package io.synctools.huggingface.xet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkerTest {
    @TempDir
    Path folder;

    private long[] ends(byte[] content, long offset, long length, int most) throws IOException {
        Path file = Files.write(folder.resolve("f"), content);
        try (FileChannel channel = FileChannel.open(file)) {
            return Chunker.ends(channel, offset, length, most);
        }
    }

    /** As the hub's own chunker cuts them (docs/protocols/xet.md section 8). */
    @Test
    void itCutsWhereTheHubsChunkerDoes() throws IOException {
        byte[] content = new byte[1 << 20];
        int s = 12345;
        for (int i = 0; i < content.length; i++) {
            s = s * 1664525 + 1013904223;
            content[i] = (byte) (s >>> 24);
        }
        long[] ends = ends(content, 0, content.length, 100);

        assertEquals(12, ends.length);
        assertArrayEquals(new long[] {81826, 196663, 237809, 330634, 461706, 592778}, Arrays.copyOf(ends, 6));
        assertEquals(content.length, ends[11]);
        assertArrayEquals(new long[] {114837, 155983}, ends(content, 81826, 155983, 100));
        assertEquals(3, ends(content, 0, content.length, 3).length);
    }

    @Test
    void bytesWithoutAnyMarkAreCutAtTheLongestChunk() throws IOException {
        assertArrayEquals(new long[] {131072, 262144, 300000}, ends(new byte[300_000], 0, 300_000, 10));
        assertArrayEquals(new long[] {131072, 262144}, ends(new byte[300_000], 0, 262_144, 10));
        assertArrayEquals(new long[] {1}, ends(new byte[300_000], 7, 1, 10));
    }

    @Test
    void aFileThatIsTooShortIsSaidToBe() {
        assertThrows(EOFException.class, () -> ends(new byte[1000], 500, 501, 10));
    }
}
