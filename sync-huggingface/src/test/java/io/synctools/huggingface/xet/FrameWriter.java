package io.synctools.huggingface.xet;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Packs bytes into LZ4 frames of any form that the format allows; simple and greedy.
 *
 * @param linked whether blocks refer to those before them
 * @param blockCode 4 to 7: blocks of 64 KiB, 256 KiB, 1 MiB, 4 MiB
 * @param blockChecksums whether each block has a checksum
 * @param contentChecksum whether the whole has one
 * @param contentSize whether the frame tells its length
 * @param stored whether blocks are left as they are
 */
record FrameWriter(
        boolean linked,
        int blockCode,
        boolean blockChecksums,
        boolean contentChecksum,
        boolean contentSize,
        boolean stored) {
    private static final int LAST_LITERALS = 5;
    private static final int MATCH_LIMIT = 12;

    static final FrameWriter PLAIN = new FrameWriter(false, 4, false, false, false, false);

    byte[] pack(byte[] bytes) {
        Out out = new Out();
        out.number(0x184D2204L, 4);
        int flags = 0x40
                | (linked ? 0 : 0x20)
                | (blockChecksums ? 0x10 : 0)
                | (contentSize ? 8 : 0)
                | (contentChecksum ? 4 : 0);
        out.write(flags);
        out.write(blockCode << 4);
        if (contentSize) {
            out.number(bytes.length, 8);
        }
        byte[] soFar = out.toByteArray();
        out.write(XxHash32.of(soFar, 4, soFar.length) >>> 8);
        int step = 1 << (8 + 2 * blockCode);
        for (int from = 0; from < bytes.length; from += step) {
            int to = Math.min(bytes.length, from + step);
            byte[] block = stored ? Arrays.copyOfRange(bytes, from, to) : block(bytes, from, to, linked ? 0 : from);
            boolean asIs = stored || block.length >= to - from;
            block = asIs ? Arrays.copyOfRange(bytes, from, to) : block;
            out.number(block.length | (asIs ? 0x80000000L : 0), 4);
            out.writeBytes(block);
            if (blockChecksums) {
                out.number(XxHash32.of(block, 0, block.length), 4);
            }
        }
        out.number(0, 4);
        if (contentChecksum) {
            out.number(XxHash32.of(bytes, 0, bytes.length), 4);
        }
        return out.toByteArray();
    }

    private static byte[] block(byte[] bytes, int from, int to, int floor) {
        Out out = new Out();
        int[] seen = new int[1 << 12];
        Arrays.fill(seen, -1);
        for (int i = floor; i < from && i + 4 <= bytes.length; i++) {
            seen[slot(bytes, i)] = i;
        }
        int anchor = from;
        int at = from;
        while (at < to - MATCH_LIMIT) {
            int slot = slot(bytes, at);
            int candidate = seen[slot];
            seen[slot] = at;
            if (candidate < floor
                    || at - candidate > 0xffff
                    || !Arrays.equals(bytes, candidate, candidate + 4, bytes, at, at + 4)) {
                at++;
                continue;
            }
            int length = 4;
            while (at + length < to - LAST_LITERALS && bytes[candidate + length] == bytes[at + length]) {
                length++;
            }
            out.sequence(bytes, anchor, at, length - 4);
            out.number(at - candidate, 2);
            out.rest(length - 4);
            at += length;
            anchor = at;
        }
        out.sequence(bytes, anchor, to, 0);
        return out.toByteArray();
    }

    private static int slot(byte[] bytes, int at) {
        int word =
                (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
        return (word * 0x9E3779B1) >>> 20;
    }

    private static final class Out extends ByteArrayOutputStream {
        void number(long value, int bytes) {
            for (int i = 0; i < bytes; i++) {
                write((int) (value >>> (8 * i)));
            }
        }

        void sequence(byte[] bytes, int from, int to, int match) {
            int literals = to - from;
            write(Math.min(literals, 15) << 4 | Math.min(match, 15));
            rest(literals);
            write(bytes, from, literals);
        }

        void rest(int length) {
            if (length >= 15) {
                int left = length - 15;
                for (; left >= 255; left -= 255) {
                    write(255);
                }
                write(left);
            }
        }
    }
}
