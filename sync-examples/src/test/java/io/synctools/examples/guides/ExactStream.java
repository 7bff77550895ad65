package io.synctools.examples.guides;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Exactly so many bytes of a stream; fewer are a failure, never a short file. */
final class ExactStream extends FilterInputStream {
    private long left;

    ExactStream(InputStream in, long length) {
        super(in);
        this.left = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int read = super.read(into, offset, (int) Math.min(length, left));
        if (read < 0) {
            throw new EOFException("the file ended " + left + " bytes early");
        }
        left -= read;
        return read;
    }
}
