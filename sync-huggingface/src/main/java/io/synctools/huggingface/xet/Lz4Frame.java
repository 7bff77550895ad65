package io.synctools.huggingface.xet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Unpacks LZ4 frames as any writer makes them: blocks that build on each other or not, blocks that are stored as they
 * are, with checksums or without.
 *
 * <p>Our own, since the hub's JavaScript uploader links its blocks, which lz4-java refuses (docs/protocols/xet.md section 8).
 */
final class Lz4Frame {
    /** So many bytes behind the last one an output array should have, so that copies need not look at each byte. */
    static final int SLACK = 16;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int MAGIC = 0x184D2204;
    private static final int VERSION_MASK = 0b1100_0000;
    private static final int VERSION = 0b0100_0000;
    private static final int INDEPENDENT = 0b0010_0000;
    private static final int BLOCK_CHECKSUMS = 0b0001_0000;
    private static final int CONTENT_SIZE = 0b0000_1000;
    private static final int CONTENT_CHECKSUM = 0b0000_0100;
    private static final int DICTIONARY = 0b0000_0001;
    private static final int STORED = 0x8000_0000;
    private static final int LEAST_MATCH = 4;

    private final byte[] in;
    private final byte[] out;
    private final int end;
    private final int limit;
    private int at;
    private int filled;

    private Lz4Frame(byte[] in, int length, byte[] out, int limit) {
        this.in = in;
        this.end = length;
        this.out = out;
        this.limit = limit;
    }

    /** What was to be unpacked is no LZ4 frame, or not of the promised length. */
    static final class DamagedFrameException extends Exception {
        private static final long serialVersionUID = 1L;

        DamagedFrameException(String message) {
            super(message);
        }
    }

    /**
     * Unpacks one frame.
     *
     * @param in holds the frame from its beginning to {@code length}, and nothing else there
     * @param out at least {@code expected} long, faster with {@link #SLACK} more
     * @param expected how many bytes the frame holds
     */
    static void decode(byte[] in, int length, byte[] out, int expected) throws DamagedFrameException {
        Lz4Frame frame = new Lz4Frame(in, length, out, expected);
        frame.decode();
        if (frame.filled != expected) {
            throw new DamagedFrameException("an LZ4 frame of " + frame.filled + " bytes instead of " + expected);
        }
        if (frame.at != length) {
            throw new DamagedFrameException((length - frame.at) + " bytes after the end of the LZ4 frame");
        }
    }

    private void decode() throws DamagedFrameException {
        if (readInt() != MAGIC) {
            throw new DamagedFrameException("no LZ4 frame");
        }
        int descriptor = at;
        need(2);
        int flags = in[at++];
        int biggestBlock = 1 << (8 + 2 * ((in[at++] >>> 4) & 7));
        if ((flags & VERSION_MASK) != VERSION || biggestBlock < 1 << 16) {
            throw new DamagedFrameException("an LZ4 frame of an unknown version");
        }
        if ((flags & DICTIONARY) != 0) {
            throw new DamagedFrameException("an LZ4 frame that needs a dictionary");
        }
        if ((flags & CONTENT_SIZE) != 0) {
            need(8);
            long size = (long) LONG.get(in, at);
            at += 8;
            if (size != limit) {
                throw new DamagedFrameException("an LZ4 frame that claims another length");
            }
        }
        need(1);
        if (in[at] != (byte) (XxHash32.of(in, descriptor, at) >>> 8)) {
            throw new DamagedFrameException("a wrong checksum in the header of an LZ4 frame");
        }
        at++;
        for (int size = readInt(); size != 0; size = readInt()) {
            block(size, flags, biggestBlock);
        }
        if ((flags & CONTENT_CHECKSUM) != 0 && readInt() != XxHash32.of(out, 0, filled)) {
            throw new DamagedFrameException("a wrong checksum of an LZ4 frame");
        }
    }

    private void block(int header, int flags, int biggestBlock) throws DamagedFrameException {
        int size = header & ~STORED;
        if (size > biggestBlock) {
            throw new DamagedFrameException("an LZ4 block of " + size + " bytes in a frame of smaller ones");
        }
        need(size);
        int start = at;
        if ((header & STORED) != 0) {
            room(size);
            System.arraycopy(in, at, out, filled, size);
            filled += size;
        } else {
            unpack(at + size, (flags & INDEPENDENT) != 0 ? filled : 0);
        }
        at = start + size;
        if ((flags & BLOCK_CHECKSUMS) != 0 && readInt() != XxHash32.of(in, start, start + size)) {
            throw new DamagedFrameException("a wrong checksum of an LZ4 block");
        }
    }

    /**
     * Unpacks one block, which starts at {@link #at}.
     *
     * @param floor the first byte of the output that it may refer to
     */
    private void unpack(int blockEnd, int floor) throws DamagedFrameException {
        final byte[] from = in;
        final byte[] to = out;
        final int fast = to.length - SLACK;
        int read = at;
        int written = filled;
        while (true) {
            if (read >= blockEnd) {
                throw cut();
            }
            int token = from[read++] & 0xff;
            int literals = token >>> 4;
            if (literals == 15) {
                int more;
                do {
                    if (read >= blockEnd) {
                        throw cut();
                    }
                    more = from[read++] & 0xff;
                    literals += more;
                } while (more == 255);
            }
            if (literals > blockEnd - read || literals > limit - written) {
                throw cut();
            }
            if (literals <= SLACK && written <= fast && read <= from.length - SLACK) {
                LONG.set(to, written, (long) LONG.get(from, read));
                LONG.set(to, written + 8, (long) LONG.get(from, read + 8));
            } else {
                System.arraycopy(from, read, to, written, literals);
            }
            read += literals;
            written += literals;
            if (read == blockEnd) {
                filled = written;
                return;
            }
            if (blockEnd - read < 2) {
                throw cut();
            }
            int distance = (from[read] & 0xff) | (from[read + 1] & 0xff) << 8;
            read += 2;
            int source = written - distance;
            if (distance == 0 || source < floor) {
                throw new DamagedFrameException("an LZ4 block that refers to before its beginning");
            }
            int length = token & 15;
            if (length == 15) {
                int more;
                do {
                    if (read >= blockEnd) {
                        throw cut();
                    }
                    more = from[read++] & 0xff;
                    length += more;
                } while (more == 255);
            }
            length += LEAST_MATCH;
            if (length > limit - written) {
                throw cut();
            }
            int stop = written + length;
            if (distance >= 8 && stop <= fast) {
                for (; written < stop; written += 8, source += 8) {
                    LONG.set(to, written, (long) LONG.get(to, source));
                }
            } else {
                for (; written < stop; written++, source++) {
                    to[written] = to[source];
                }
            }
            written = stop;
        }
    }

    private static DamagedFrameException cut() {
        return new DamagedFrameException("an LZ4 block whose lengths do not fit");
    }

    private int readInt() throws DamagedFrameException {
        need(4);
        int value = (int) INT.get(in, at);
        at += 4;
        return value;
    }

    private void need(int bytes) throws DamagedFrameException {
        if (bytes < 0 || bytes > end - at) {
            throw new DamagedFrameException("an LZ4 frame that is cut short");
        }
    }

    private void room(int bytes) throws DamagedFrameException {
        if (bytes > limit - filled) {
            throw new DamagedFrameException("an LZ4 frame that holds more than it should");
        }
    }
}
