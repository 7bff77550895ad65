package io.synctools.s3;

import io.synctools.model.SyncException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that go to the store as they come from the source, a buffer at a time: with their SHA-256 behind them, where the
 * store understands that, else as they are. Sent once; its facts hold when it was sent. Not thread-safe.
 */
final class SentBody extends RequestBody {
    private static final int CHUNK = 128 * 1024;
    private static final String TRAILER = "x-amz-checksum-sha256:";
    private static final int TRAILER_LENGTH = TRAILER.length() + 44;

    /** Where the bytes come from, and who else sees them. */
    @FunctionalInterface
    interface Bytes {
        /** Fills the beginning of the buffer with the next bytes. */
        void next(byte[] buffer, int length) throws IOException, InterruptedException;
    }

    private final Bytes bytes;
    private final long length;
    private final boolean trailer;
    private final MessageDigest digest;
    private String hash = "";
    private @Nullable Throwable failure;

    /** @param trailer whether the checksum goes along; else the store's own MD5 is compared with ours */
    SentBody(Bytes bytes, long length, boolean trailer) {
        this.bytes = bytes;
        this.length = length;
        this.trailer = trailer;
        this.digest = Signature.digest(trailer ? "SHA-256" : "MD5");
    }

    boolean hasTrailer() {
        return trailer;
    }

    long length() {
        return length;
    }

    /** What the store should call these bytes: SHA-256 in base 64 where that went along, else MD5 in hexadecimal text. */
    String hash() {
        return hash;
    }

    /** Throws what the source threw while this was sent, which is no fault of the store. */
    void rethrow() throws IOException, InterruptedException {
        Throwable thrown = failure;
        if (thrown instanceof SyncException known) {
            throw known;
        }
        if (thrown instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        if (thrown instanceof IOException io) {
            throw io;
        }
        if (thrown instanceof RuntimeException other) {
            throw other;
        }
    }

    @Override
    public @Nullable MediaType contentType() {
        return null;
    }

    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public long contentLength() {
        if (!trailer) {
            return length;
        }
        long whole = length / CHUNK;
        int rest = (int) (length % CHUNK);
        return whole * framed(CHUNK) + (rest == 0 ? 0 : framed(rest)) + "0\r\n".length() + TRAILER_LENGTH + 4;
    }

    private static int framed(int count) {
        return Integer.toHexString(count).length() + 2 + count + 2;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        byte[] buffer = new byte[(int) Math.min(CHUNK, length)];
        for (long left = length; left > 0; ) {
            int count = (int) Math.min(buffer.length, left);
            fill(buffer, count);
            digest.update(buffer, 0, count);
            if (trailer) {
                sink.writeHexadecimalUnsignedLong(count).writeUtf8("\r\n");
            }
            sink.write(buffer, 0, count);
            if (trailer) {
                sink.writeUtf8("\r\n");
            }
            left -= count;
        }
        byte[] raw = digest.digest();
        hash = trailer
                ? Base64.getEncoder().encodeToString(raw)
                : HexFormat.of().formatHex(raw);
        if (trailer) {
            sink.write(("0\r\n" + TRAILER + hash + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** A failure of the source ends the request before its end, so that nothing comes to be in the store. */
    private void fill(byte[] buffer, int count) throws IOException {
        try {
            bytes.next(buffer, count);
        } catch (InterruptedException e) {
            failure = e;
            throw new InterruptedIOException("interrupted");
        } catch (IOException e) {
            failure = e;
            throw e;
        } catch (RuntimeException e) {
            failure = e;
            throw new IOException("the source failed", e);
        }
    }
}
