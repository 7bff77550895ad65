package io.synctools.examples.hub;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Packs up to 256 KiB into an LZ4 frame of one block; simple, and no faster than it must be. */
final class Lz4 {
    private static final byte[] HEAD = {0x04, 0x22, 0x4d, 0x18, 0x60, 0x50, (byte) 0xfb};
    private static final int LAST_LITERALS = 5;
    private static final int LAST_MATCH = 12;

    private Lz4() {}

    /** Bytes sorted by their place in a word of four, which pack better. */
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

    static byte[] pack(byte[] bytes) {
        byte[] block = block(bytes);
        boolean stored = block.length >= bytes.length;
        ByteArrayOutputStream frame = new ByteArrayOutputStream(bytes.length);
        frame.writeBytes(HEAD);
        number(frame, stored ? bytes.length | 0x80000000 : block.length);
        frame.writeBytes(stored ? bytes : block);
        number(frame, 0);
        return frame.toByteArray();
    }

    private static void number(ByteArrayOutputStream out, int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            out.write(value >>> shift);
        }
    }

    private static byte[] block(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        int[] seen = new int[1 << 13];
        Arrays.fill(seen, -1);
        int anchor = 0;
        for (int at = 0; at < bytes.length - LAST_MATCH; ) {
            int word = word(bytes, at);
            int slot = (word * 0x9E3779B1) >>> 19;
            int candidate = seen[slot];
            seen[slot] = at;
            if (candidate < 0 || at - candidate > 0xffff || word(bytes, candidate) != word) {
                at++;
                continue;
            }
            int length = 4;
            while (at + length < bytes.length - LAST_LITERALS && bytes[candidate + length] == bytes[at + length]) {
                length++;
            }
            literals(out, bytes, anchor, at, length - 4);
            out.write(at - candidate);
            out.write((at - candidate) >>> 8);
            rest(out, length - 4);
            at += length;
            anchor = at;
        }
        literals(out, bytes, anchor, bytes.length, 0);
        return out.toByteArray();
    }

    private static int word(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
    }

    private static void literals(ByteArrayOutputStream out, byte[] bytes, int from, int to, int match) {
        out.write(Math.min(to - from, 15) << 4 | Math.min(match, 15));
        rest(out, to - from);
        out.write(bytes, from, to - from);
    }

    private static void rest(ByteArrayOutputStream out, int length) {
        if (length >= 15) {
            int left = length - 15;
            for (; left >= 255; left -= 255) {
                out.write(255);
            }
            out.write(left);
        }
    }
}
