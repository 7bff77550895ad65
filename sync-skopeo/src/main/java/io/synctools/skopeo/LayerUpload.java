package io.synctools.skopeo;

import io.synctools.internal.digest.Hasher;
import io.synctools.internal.text.Printable;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.Buffer;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a layer as the body of one request, hashed on their way: a fault of where its files come from is mended
 * behind it, and nothing of a file is kept. Sent once.
 */
final class LayerUpload extends RequestBody implements Closeable {
    private static final MediaType BYTES = MediaType.get("application/octet-stream");
    private static final int BUFFER = 128 * 1024;

    private final List<Part> parts;
    private final @Nullable Hasher layer;
    private final List<Checksum> digests = new ArrayList<>();
    private @Nullable Exception failure;
    private @Nullable WrongBytesException wrong;
    private boolean sent;

    LayerUpload(List<Part> parts) {
        this.parts = List.copyOf(parts);
        boolean plain =
                parts.size() == 1 && parts.get(0).length() == parts.get(0).entry.size();
        this.layer = plain ? null : new Hasher(Checksum.Algorithm.SHA256, contentLength());
    }

    /** A file of the layer, and what stands around it there. */
    static final class Part {
        private final byte[] before;
        private final Entry entry;
        private final FileBytes bytes;
        private final byte[] behind;

        /**
         * @param entry what is declared
         * @param bytes closed when they are sent
         */
        Part(byte[] before, Entry entry, FileBytes bytes, byte[] behind) {
            this.before = before;
            this.entry = entry;
            this.bytes = bytes;
            this.behind = behind;
        }

        /** A file as it is. */
        static Part plain(Entry entry, FileBytes bytes) {
            return new Part(new byte[0], entry, bytes, new byte[0]);
        }

        private long length() {
            return before.length + entry.size() + behind.length;
        }
    }

    @Override
    public MediaType contentType() {
        return BYTES;
    }

    @Override
    public long contentLength() {
        return parts.stream().mapToLong(Part::length).sum();
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
        for (Part part : parts) {
            write(sink, part.before, part.before.length);
            writeFile(sink, part, buffer);
            write(sink, part.behind, part.behind.length);
        }
    }

    private void writeFile(BufferedSink sink, Part part, byte[] buffer) throws IOException {
        Entry entry = part.entry;
        Hasher file = new Hasher(Checksum.Algorithm.SHA256, entry.size());
        Hasher declared = entry.checksum()
                .map(Checksum::algorithm)
                .filter(algorithm -> algorithm != Checksum.Algorithm.SHA256)
                .map(algorithm -> new Hasher(algorithm, entry.size()))
                .orElse(null);
        for (int length = next(part.bytes, buffer); length >= 0; length = next(part.bytes, buffer)) {
            file.update(buffer, 0, length);
            if (declared != null) {
                declared.update(buffer, 0, length);
            }
            write(sink, buffer, length);
        }
        part.bytes.close();
        Checksum hash = Checksum.of(Checksum.Algorithm.SHA256, file.finish());
        boolean right = declared == null
                ? entry.checksum().map(hash::equals).orElse(true)
                : entry.checksum().orElseThrow().matches(declared.finish());
        if (!right && wrong == null) {
            wrong = new WrongBytesException(Printable.name(entry.path()) + " came with other bytes than the declared "
                    + entry.checksum().orElseThrow());
        }
        digests.add(hash);
    }

    private void write(BufferedSink sink, byte[] bytes, int length) throws IOException {
        if (layer != null) {
            layer.update(bytes, 0, length);
        }
        sink.write(bytes, 0, length);
    }

    /** The request ends when a file does not come, and {@link #rethrow} says why. */
    private int next(FileBytes bytes, byte[] buffer) throws IOException {
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

    /** Reads all of a small layer. */
    byte[] all() throws IOException, InterruptedException {
        Buffer all = new Buffer();
        try {
            writeTo(all);
        } catch (IOException e) {
            rethrow();
            throw e;
        }
        return all.readByteArray();
    }

    /** Throws what kept a file from coming, if anything did. */
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
     * @throws WrongBytesException if a file is not what is declared of it
     */
    String digest() throws WrongBytesException {
        if (wrong != null) {
            throw wrong;
        }
        return layer == null
                ? digests.get(0).toString()
                : Checksum.of(Checksum.Algorithm.SHA256, layer.finish()).toString();
    }

    /** What the files hash to that came, in their order. */
    List<Checksum> digests() {
        return List.copyOf(digests);
    }

    /** Gives up the connections over which the files come. */
    @Override
    public void close() {
        parts.forEach(part -> part.bytes.close());
    }
}
