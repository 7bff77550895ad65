package io.synctools.huggingface.xet;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;

/** Makes chunks as a store keeps them. */
public final class Chunks {
    private Chunks() {}

    /** Bytes that look like weights: the upper half of each word repeats itself, the lower does not. */
    public static byte[] weights(int length, long seed) {
        Random random = new Random(seed);
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        for (int i = 1; i < length; i += 2) {
            bytes[i] = (byte) (0x3c + (bytes[i] & 1));
        }
        return bytes;
    }

    /** One chunk, packed by a scheme: 0 not at all, 1 LZ4, 2 grouped before. */
    static byte[] chunk(byte[] content, int scheme, FrameWriter writer) {
        byte[] data =
                switch (scheme) {
                    case 0 -> content;
                    case 1 -> writer.pack(content);
                    default -> writer.pack(group(content));
                };
        return chunk(0, data, scheme, content.length);
    }

    /** A header that claims what is given, and the data. */
    static byte[] chunk(int version, byte[] data, int scheme, int unpacked) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(version);
        number(out, data.length);
        out.write(scheme);
        number(out, unpacked);
        out.writeBytes(data);
        return out.toByteArray();
    }

    private static void number(ByteArrayOutputStream out, int value) {
        out.write(value);
        out.write(value >>> 8);
        out.write(value >>> 16);
    }

    /** Sorts bytes by their place in a word of four. */
    static byte[] group(byte[] bytes) {
        byte[] grouped = new byte[bytes.length];
        int at = 0;
        for (int group = 0; group < 4; group++) {
            for (int i = group; i < bytes.length; i += 4) {
                grouped[at++] = bytes[i];
            }
        }
        return grouped;
    }

    static byte[] join(List<byte[]> parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        parts.forEach(out::writeBytes);
        return out.toByteArray();
    }
}
