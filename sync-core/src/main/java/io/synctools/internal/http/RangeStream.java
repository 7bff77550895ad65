package io.synctools.internal.http;

import io.synctools.internal.retry.MismatchException;
import io.synctools.model.ByteRange;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;

/** Exactly the bytes of one range, cut from whatever a server made of the request. */
final class RangeStream extends InputStream {
    private final Exchange answer;
    private final InputStream in;
    private long left;

    private RangeStream(Exchange answer, InputStream in, long length) {
        this.answer = answer;
        this.in = in;
        this.left = length;
    }

    /**
     * Checks a 200 or 206 and places the stream at the range's first byte.
     *
     * @param size of the whole file
     * @throws MismatchException if the answer holds another range or another file
     */
    static InputStream of(Exchange answer, long size, ByteRange range) throws IOException {
        Optional<ContentRange> sent =
                answer.header("Content-Range").flatMap(ContentRange::parse).filter(found -> found.start() >= 0);
        if (answer.status() == 206 || (sent.isPresent() && isPart(answer, sent.get(), size))) {
            return part(answer, sent, size, range);
        }
        return whole(answer, size, range);
    }

    /** A 200 with {@code Content-Range} is a part if its length says so. */
    private static boolean isPart(Exchange answer, ContentRange sent, long size) {
        OptionalLong length = answer.length();
        return length.isPresent() && length.getAsLong() != size && length.getAsLong() == sent.length();
    }

    private static InputStream part(Exchange answer, Optional<ContentRange> sent, long size, ByteRange range)
            throws IOException {
        if (sent.isEmpty()) {
            throw mismatch(answer, "206 without a usable Content-Range");
        }
        ContentRange got = sent.get();
        if (got.total().isPresent() && got.total().getAsLong() != size) {
            throw mismatch(answer, "a file of " + got.total().getAsLong() + " bytes instead of " + size);
        }
        if (got.start() != range.offset()) {
            throw mismatch(answer, "bytes from " + got.start() + " instead of " + range.offset());
        }
        if (answer.length().isPresent() && answer.length().getAsLong() != got.length()) {
            throw mismatch(answer, answer.length().getAsLong() + " bytes for a range of " + got.length());
        }
        if (answer.encoding().isPresent()) {
            throw mismatch(answer, "a compressed part of a file");
        }
        return new RangeStream(answer, answer.rawBody(), range.length());
    }

    private static InputStream whole(Exchange answer, long size, ByteRange range) throws IOException {
        boolean rightLength = answer.length().isPresent() && answer.length().getAsLong() == size;
        if (!rightLength && answer.encoding().isEmpty() && answer.length().isPresent()) {
            throw mismatch(answer, "a file of " + answer.length().getAsLong() + " bytes instead of " + size);
        }
        // Some stores keep a compressed file together with a Content-Encoding: then its own length is the listed one.
        InputStream body = rightLength ? answer.rawBody() : answer.body();
        RangeStream stream = new RangeStream(answer, body, range.length());
        stream.skipTo(range.offset());
        return stream;
    }

    /** What an ignored range sends before the range: read, thrown away, and counted as wasted. */
    private void skipTo(long offset) throws IOException {
        byte[] waste = new byte[(int) Math.min(offset, 256 * 1024)];
        long done = 0;
        while (done < offset) {
            int count = in.read(waste, 0, (int) Math.min(waste.length, offset - done));
            if (count < 0) {
                throw tooShort();
            }
            ItemMeter.current().wasted(count);
            done += count;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0 || left == 0) {
            return length == 0 ? 0 : -1;
        }
        int count = in.read(bytes, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw tooShort();
        }
        left -= count;
        return count;
    }

    @Override
    public void close() {
        answer.close();
    }

    private EOFException tooShort() {
        return new EOFException(answer + ": the body ended early");
    }

    private static MismatchException mismatch(Exchange answer, String what) {
        return new MismatchException(answer + ": the server sent " + what);
    }
}
