package io.synctools.model;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * What the bytes of a file must hash to.
 *
 * <p>Immutable and thread-safe. The hash is kept in four numbers, so that a listing of 270,000 files stays small.
 */
public final class Checksum {

    /** How a checksum is computed. */
    public enum Algorithm {
        /** SHA-256 over the content. */
        SHA256("sha256", 32),
        /** The id that git gives a blob: SHA-1 over {@code "blob " + length + NUL + content}. */
        GIT_BLOB("git-blob", 20);

        private final String label;
        private final int length;

        Algorithm(String label, int length) {
            this.label = label;
            this.length = length;
        }

        /** The word that stands before the colon in {@link Checksum#toString()}. */
        public String label() {
            return label;
        }
    }

    private static final int LONGEST = 32;

    private final Algorithm algorithm;
    private final long first;
    private final long second;
    private final long third;
    private final long fourth;

    private Checksum(Algorithm algorithm, byte[] hash) {
        if (hash.length != algorithm.length) {
            throw new IllegalArgumentException(
                    algorithm.label + " has " + algorithm.length + " bytes, not " + hash.length);
        }
        this.algorithm = algorithm;
        ByteBuffer numbers = ByteBuffer.wrap(Arrays.copyOf(hash, LONGEST));
        this.first = numbers.getLong();
        this.second = numbers.getLong();
        this.third = numbers.getLong();
        this.fourth = numbers.getLong();
    }

    /** A checksum from its raw bytes, which are copied. */
    public static Checksum of(Algorithm algorithm, byte[] hash) {
        return new Checksum(algorithm, hash);
    }

    /**
     * A checksum from hexadecimal text in either case.
     *
     * @throws IllegalArgumentException if the text is not hexadecimal or has the wrong length
     */
    public static Checksum of(Algorithm algorithm, String hex) {
        return new Checksum(algorithm, HexFormat.of().parseHex(hex.toLowerCase(Locale.ROOT)));
    }

    /** A SHA-256 from hexadecimal text; fails as {@link #of(Algorithm, String)}. */
    public static Checksum sha256(String hex) {
        return of(Algorithm.SHA256, hex);
    }

    /** A git blob id from hexadecimal text; fails as {@link #of(Algorithm, String)}. */
    public static Checksum gitBlob(String hex) {
        return of(Algorithm.GIT_BLOB, hex);
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws IllegalArgumentException if the text is not of that form
     */
    public static Checksum parse(String text) {
        for (Algorithm algorithm : Algorithm.values()) {
            if (text.startsWith(algorithm.label + ":")) {
                return of(algorithm, text.substring(algorithm.label.length() + 1));
            }
        }
        throw new IllegalArgumentException("not a checksum: " + text);
    }

    /** How this checksum is computed. */
    public Algorithm algorithm() {
        return algorithm;
    }

    /** Lower-case hexadecimal text of the hash alone. */
    public String hex() {
        return HexFormat.of().formatHex(bytes());
    }

    /** Whether the given raw hash is this one. */
    public boolean matches(byte[] other) {
        return Arrays.equals(bytes(), other);
    }

    private byte[] bytes() {
        byte[] bytes = new byte[LONGEST];
        ByteBuffer.wrap(bytes).putLong(first).putLong(second).putLong(third).putLong(fourth);
        return Arrays.copyOf(bytes, algorithm.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Checksum that
                && algorithm == that.algorithm
                && first == that.first
                && second == that.second
                && third == that.third
                && fourth == that.fourth;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(first ^ second); // a hash is random in all its bits
    }

    /** {@code sha256:<hex>} or {@code git-blob:<hex>}. */
    @Override
    public String toString() {
        return algorithm.label + ":" + hex();
    }
}
