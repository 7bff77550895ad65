package io.synctools.examples.hub;

import io.synctools.model.Checksum;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.SplittableRandom;

/**
 * One file of a repository that the hub serves. Immutable and thread-safe.
 *
 * @param path slash-separated, relative to the repository's root
 * @param size in bytes
 * @param sha256 of the content, in hexadecimal
 * @param gitBlob the id that git gives the content, in hexadecimal
 * @param content where the bytes come from
 */
public record HubFile(String path, long size, String sha256, String gitBlob, Content content) {

    /** Where the bytes of a file come from. Thread-safe. */
    interface Content {
        /** Sends some of the bytes; fewer than asked for is fine. */
        long send(SocketChannel to, long offset, long length) throws IOException;

        /** Puts bytes from the offset on into the buffer, as many as fit and there are. */
        void read(ByteBuffer into, long offset) throws IOException;
    }

    /** A file on disk, read once for its checksums. It must not change while the hub serves it. */
    public static HubFile of(String path, Path file) throws IOException {
        return hashed(path, Files.size(file), new OnDisk(file));
    }

    /** A file with the given text. */
    public static HubFile of(String path, String text) throws IOException {
        return of(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A file of random bytes, the same ones for the same seed. */
    public static HubFile random(String path, int size, long seed) throws IOException {
        byte[] bytes = new byte[size];
        new SplittableRandom(seed).nextBytes(bytes);
        return of(path, bytes);
    }

    private static HubFile of(String path, byte[] bytes) throws IOException {
        return hashed(path, bytes.length, new InMemory(bytes));
    }

    /** Whether hubs keep such a file outside git and serve it from another host. */
    public boolean lfs() {
        return size > 1 << 20 || path.matches(".*\\.(safetensors|bin|parquet|gguf|pt|onnx)");
    }

    /** A checksum that verifies the content. */
    public Checksum checksum() {
        return Checksum.sha256(sha256);
    }

    private static HubFile hashed(String path, long size, Content content) throws IOException {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            MessageDigest git = MessageDigest.getInstance("SHA-1");
            git.update(("blob " + size + "\0").getBytes(StandardCharsets.UTF_8));
            byte[] block = new byte[(int) Math.min(Math.max(size, 1), 1 << 18)];
            for (long offset = 0; offset < size; ) {
                ByteBuffer buffer = ByteBuffer.wrap(block);
                content.read(buffer, offset);
                if (buffer.position() == 0) {
                    throw new IOException(path + " became shorter while it was read");
                }
                sha256.update(block, 0, buffer.position());
                git.update(block, 0, buffer.position());
                offset += buffer.position();
            }
            return new HubFile(path, size, hex(sha256.digest()), hex(git.digest()), content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has both
        }
    }

    static String hex(byte[] hash) {
        return java.util.HexFormat.of().formatHex(hash);
    }

    /** Opened anew each time: a repository may have more files than a process may have open. */
    private record OnDisk(Path file) implements Content {
        @Override
        public long send(SocketChannel to, long offset, long length) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                return channel.transferTo(offset, length, to);
            }
        }

        @Override
        public void read(ByteBuffer into, long offset) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                channel.read(into, offset);
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record InMemory(byte[] bytes) implements Content {
        @Override
        public long send(SocketChannel to, long offset, long length) throws IOException {
            return to.write(ByteBuffer.wrap(bytes, (int) offset, (int) length));
        }

        @Override
        public void read(ByteBuffer into, long offset) {
            into.put(bytes, (int) offset, (int) Math.min(into.remaining(), bytes.length - offset));
        }
    }
}
