package io.synctools.modelscope;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of an index file in order, and its texts at any place. Not thread-safe. */
final class IndexBytes {
    /** Instruction: a text, its length in four bytes. */
    static final int LONG_TEXT = 'X';
    /** Instruction: a text, its length in one byte. */
    static final int SHORT_TEXT = 0x8C;

    private static final int LONGEST_TEXT = 1 << 12;

    private final FileChannel file;
    private final ByteBuffer buffer;
    private long bufferStart;

    IndexBytes(FileChannel file) throws IOException {
        this.file = file;
        this.buffer = ByteBuffer.allocate((int) Math.min(file.size(), 1 << 16)).flip();
    }

    /** Offset of the byte that is read next. */
    int position() {
        return Math.toIntExact(bufferStart + buffer.position());
    }

    /** The next byte, 0 to 255. */
    int next() throws IOException {
        fill();
        return buffer.get() & 0xff;
    }

    private void fill() throws IOException {
        if (!buffer.hasRemaining()) {
            bufferStart += buffer.limit();
            buffer.clear();
            file.read(buffer, bufferStart);
            buffer.flip();
            if (!buffer.hasRemaining()) {
                throw new EOFException();
            }
        }
    }

    /** The next four bytes as a number, least significant first; negative where it does not fit. */
    int nextInt() throws IOException {
        return next() | next() << 8 | next() << 16 | next() << 24;
    }

    /** The text whose instruction was just read. */
    String text(int instruction) throws IOException {
        byte[] bytes = new byte[length(instruction == SHORT_TEXT ? next() : nextInt())];
        for (int done = 0; done < bytes.length; ) {
            fill();
            int some = Math.min(bytes.length - done, buffer.remaining());
            buffer.get(bytes, done, some);
            done += some;
        }
        return decode(bytes);
    }

    /** The text whose instruction stands at an offset where {@link #text} found one before. */
    String textAt(int offset) throws IOException {
        ByteBuffer head = read(offset, 1);
        boolean isShort = (head.get() & 0xff) == SHORT_TEXT;
        ByteBuffer size = read(offset + 1L, isShort ? 1 : Integer.BYTES);
        int length = isShort ? size.get() & 0xff : Integer.reverseBytes(size.getInt());
        return decode(read(offset + (isShort ? 2L : 5L), length(length)).array());
    }

    private ByteBuffer read(long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, offset + bytes.position()) < 0) {
                throw new EOFException();
            }
        }
        return bytes.flip();
    }

    private static int length(int length) throws IOException {
        if (length < 0 || length > LONGEST_TEXT) {
            throw new IndexReader.RefusedException("a text of " + Integer.toUnsignedString(length) + " bytes");
        }
        return length;
    }

    private static String decode(byte[] bytes) throws CharacterCodingException {
        if (isAscii(bytes)) { // nearly all are, and a decoder for each costs more than all else here
            return new String(bytes, StandardCharsets.US_ASCII);
        }
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte each : bytes) {
            if (each < 0) {
                return false;
            }
        }
        return true;
    }
}
