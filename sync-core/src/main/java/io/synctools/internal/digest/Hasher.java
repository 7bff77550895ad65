package io.synctools.internal.digest;

import io.synctools.model.Checksum;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Computes the checksum of one file from its bytes in order. Not thread-safe. */
public final class Hasher {
    private final MessageDigest digest;

    /**
     * Begins a checksum.
     *
     * @param size length of the whole content in bytes; a git blob id depends on it
     */
    public Hasher(Checksum.Algorithm algorithm, long size) {
        digest = algorithm(algorithm == Checksum.Algorithm.SHA256 ? "SHA-256" : "SHA-1");
        if (algorithm == Checksum.Algorithm.GIT_BLOB) {
            digest.update(("blob " + size + "\0").getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Adds bytes. From a heap array, which hashes faster than a direct buffer. */
    public void update(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
    }

    /** Ends the checksum and returns its raw bytes. */
    public byte[] finish() {
        return digest.digest();
    }

    private static MessageDigest algorithm(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + name, e);
        }
    }
}
