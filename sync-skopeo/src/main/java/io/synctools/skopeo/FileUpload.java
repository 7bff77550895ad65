package io.synctools.skopeo;

import io.synctools.internal.digest.Hasher;
import io.synctools.internal.text.Printable;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file as the body of one request, hashed on their way: a hub's fault in the middle is mended behind it, and
 * nothing of the file is kept. Sent once.
 */
final class FileUpload extends RequestBody {
    private static final MediaType BYTES = MediaType.get("application/octet-stream");
    private static final int BUFFER = 128 * 1024;

    private final FileBytes bytes;
    private final Entry entry;
    private final Hasher sha256;
    private final @Nullable Hasher declared;
    private @Nullable Exception failure;
    private boolean sent;

    FileUpload(FileBytes bytes, Entry entry) {
        this.bytes = bytes;
        this.entry = entry;
        this.sha256 = new Hasher(Checksum.Algorithm.SHA256, entry.size());
        this.declared = entry.checksum()
                .map(Checksum::algorithm)
                .filter(algorithm -> algorithm != Checksum.Algorithm.SHA256)
                .map(algorithm -> new Hasher(algorithm, entry.size()))
                .orElse(null);
    }

    @Override
    public MediaType contentType() {
        return BYTES;
    }

    @Override
    public long contentLength() {
        return entry.size();
    }

    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        if (sent) {
            throw new IOException("the registry wants the bytes a second time");
        }
        sent = true;
        byte[] buffer = new byte[BUFFER];
        for (int length = next(buffer); length >= 0; length = next(buffer)) {
            update(buffer, length);
            sink.write(buffer, 0, length);
        }
    }

    /** Reads all of a small file. */
    byte[] all() throws InterruptedException {
        byte[] all = new byte[Math.toIntExact(entry.size())];
        byte[] buffer = new byte[Math.max(1, Math.min(BUFFER, all.length))];
        int at = 0;
        for (int length = bytes.read(buffer); length >= 0; length = bytes.read(buffer)) {
            update(buffer, length);
            System.arraycopy(buffer, 0, all, at, length);
            at += length;
        }
        return all;
    }

    /** The request ends when the file does not come, and {@link #rethrow} says why. */
    private int next(byte[] buffer) throws IOException {
        try {
            return bytes.read(buffer);
        } catch (InterruptedException | RuntimeException e) {
            failure = e;
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("the file did not come", e);
        }
    }

    private void update(byte[] buffer, int length) {
        sha256.update(buffer, 0, length);
        if (declared != null) {
            declared.update(buffer, 0, length);
        }
    }

    /** Throws what kept the file from coming, if anything did. */
    void rethrow() throws InterruptedException {
        if (failure instanceof InterruptedException e) {
            Thread.interrupted();
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
    }

    /**
     * The digest of what came; once.
     *
     * @throws WrongBytesException if it is not what the hub declares
     */
    String digest() throws WrongBytesException {
        Checksum hash = Checksum.of(Checksum.Algorithm.SHA256, sha256.finish());
        boolean right = declared == null
                ? entry.checksum().map(hash::equals).orElse(true)
                : entry.checksum().orElseThrow().matches(declared.finish());
        if (!right) {
            throw new WrongBytesException(Printable.name(entry.path()) + " came with other bytes than the declared "
                    + entry.checksum().orElseThrow());
        }
        return hash.toString();
    }
}
