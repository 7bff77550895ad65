package io.synctools.huggingface.xet;

import io.synctools.internal.retry.MismatchException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;

/**
 * Reads chunks, one after the other, as the store keeps them: a header of eight bytes, then data that may be packed.
 *
 * <p>No memory is taken before the lengths in a header are checked. Not thread-safe.
 */
final class ChunkReader {
    /** A chunk never holds more. */
    static final int BIGGEST = 128 * 1024;

    private static final int BIGGEST_PACKED = 256 * 1024;
    private static final int HEADER = 8;
    private static final int PLAIN = 0;
    private static final int LZ4 = 1;
    private static final int GROUPED_LZ4 = 2;

    /**
     * One for each processor: more threads than these would not unpack faster, but keep the hash of what is there waiting,
     * and the compiler, without which it takes ten times as long.
     */
    private static final Semaphore PROCESSORS =
            new Semaphore(Runtime.getRuntime().availableProcessors());

    private final String where;
    private final InputStream in;
    private final byte[] header = new byte[HEADER];
    private byte[] packed = new byte[0];
    private byte[] unpacked = new byte[0];
    private byte[] joined = new byte[0];
    private byte[] chunk = new byte[0];

    /**
     * Chunks that follow each other in a stream.
     *
     * @param where they come from, for messages
     */
    ChunkReader(String where, InputStream in) {
        this.where = where;
        this.in = in;
    }

    /**
     * Reads the next chunk; its bytes are in {@link #bytes()} until the next call.
     *
     * @return its length, at least 1
     * @throws MismatchException if it is no chunk, or damaged
     * @throws EOFException if the stream ends before the chunk does
     */
    int next() throws IOException {
        int packedLength = readHeader();
        int length = unpackedLength();
        packed = atLeast(packed, packedLength);
        fill(packed, packedLength);
        PROCESSORS.acquireUninterruptibly();
        try {
            unpack(packedLength, length);
        } finally {
            PROCESSORS.release();
        }
        return length;
    }

    /** Passes over the next chunk without unpacking it. */
    void skip() throws IOException {
        int packedLength = readHeader();
        packed = atLeast(packed, packedLength);
        fill(packed, packedLength);
    }

    /** The bytes of the chunk that was read last. */
    byte[] bytes() {
        return chunk;
    }

    private int readHeader() throws IOException {
        fill(header, HEADER);
        int version = header[0] & 0xff;
        if (version != 0) {
            // A serialized xorb ends in a footer that begins with XETBLOB.
            throw damaged(version == 'X' ? "the end of its chunks too early" : "a chunk of version " + version);
        }
        int scheme = header[4];
        if (scheme != PLAIN && scheme != LZ4 && scheme != GROUPED_LZ4) {
            throw damaged("a chunk packed by scheme " + (scheme & 0xff) + ", which is unknown");
        }
        int packedLength = number(1);
        if (packedLength > BIGGEST_PACKED || unpackedLength() > BIGGEST || unpackedLength() == 0) {
            throw damaged("a chunk of " + packedLength + " packed and " + unpackedLength() + " unpacked bytes");
        }
        return packedLength;
    }

    private int unpackedLength() {
        return number(5);
    }

    private int number(int at) {
        return (header[at] & 0xff) | (header[at + 1] & 0xff) << 8 | (header[at + 2] & 0xff) << 16;
    }

    private void fill(byte[] bytes, int length) throws IOException {
        if (in.readNBytes(bytes, 0, length) < length) {
            throw new EOFException(where + ": the body ended early");
        }
    }

    private void unpack(int packedLength, int length) throws MismatchException {
        switch (header[4]) {
            case PLAIN -> {
                if (packedLength != length) {
                    throw damaged("a chunk of " + packedLength + " bytes that claims " + length);
                }
                chunk = packed;
            }
            case LZ4 -> {
                decode(packedLength, length);
                chunk = unpacked;
            }
            default -> {
                decode(packedLength, length);
                joined = atLeast(joined, length);
                ByteGroups.join(unpacked, length, joined);
                chunk = joined;
            }
        }
    }

    private void decode(int packedLength, int length) throws MismatchException {
        unpacked = atLeast(unpacked, length);
        try {
            Lz4Frame.decode(packed, packedLength, unpacked, length);
        } catch (Lz4Frame.DamagedFrameException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    private static byte[] atLeast(byte[] bytes, int length) {
        return bytes.length >= length + Lz4Frame.SLACK ? bytes : new byte[length + length / 4 + Lz4Frame.SLACK];
    }

    private MismatchException damaged(String what) {
        return new MismatchException(where + ": the store sent " + what);
    }
}
