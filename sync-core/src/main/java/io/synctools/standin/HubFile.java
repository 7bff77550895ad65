package io.synctools.standin;

import io.synctools.internal.digest.Hasher;
import io.synctools.model.Checksum;
import io.synctools.serve.Content;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
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
    private static final int BLOCK = 256 << 10;

    /** A file on disk, read once for its checksums. It must not change while the hub serves it. */
    public static HubFile of(String path, Path file) throws IOException {
        // Opened anew each time: a repository may have more files than a process may have open.
        Content content = Content.of(Files.size(file), () -> FileChannel.open(file, StandardOpenOption.READ));
        return hashed(path, content, Files.newInputStream(file));
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
        return hashed(path, Content.of(bytes), new ByteArrayInputStream(bytes));
    }

    /** Whether hubs keep such a file outside git and serve it from another host. */
    public boolean lfs() {
        return size > 1 << 20 || path.matches(".*\\.(safetensors|bin|parquet|gguf|pt|onnx)");
    }

    /** A checksum that verifies the content. */
    public Checksum checksum() {
        return Checksum.sha256(sha256);
    }

    private static HubFile hashed(String path, Content content, InputStream in) throws IOException {
        Hasher sha256 = new Hasher(Checksum.Algorithm.SHA256, content.size());
        Hasher git = new Hasher(Checksum.Algorithm.GIT_BLOB, content.size());
        byte[] block = new byte[(int) Math.max(1, Math.min(BLOCK, content.size()))];
        try (in) {
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                sha256.update(block, 0, read);
                git.update(block, 0, read);
            }
        }
        HexFormat hex = HexFormat.of();
        return new HubFile(path, content.size(), hex.formatHex(sha256.finish()), hex.formatHex(git.finish()), content);
    }
}
