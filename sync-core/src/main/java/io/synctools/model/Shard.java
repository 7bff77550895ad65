package io.synctools.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One machine's share of the items, told by a stable hash, so that machines need not talk to each other.
 *
 * <p>Each item belongs to exactly one of {@code count} shares, but images, whose tags are divided: each tag of a rule
 * belongs to exactly one. All other items from one source artifact belong to the same one; adding or removing items or
 * tags moves no other. Immutable and thread-safe.
 *
 * @param index from 0, below {@code count}
 * @param count number of shares, at least 1
 */
public record Shard(int index, int count) {

    /** The only share of one. */
    public static final Shard ALL = new Shard(0, 1);

    private static final Pattern TEXT = Pattern.compile("(\\d{1,6})/(\\d{1,6})");

    public Shard {
        if (count < 1 || index < 0 || index >= count) {
            throw new IllegalArgumentException("shard " + index + "/" + count
                    + ": write I/N with I from 0 to N-1, for example 0/4 for the first of four");
        }
    }

    /**
     * Reads {@code I/N}.
     *
     * @throws IllegalArgumentException if the text is not of that form, saying what is
     */
    public static Shard parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "shard \"" + text + "\": write I/N with I from 0 to N-1, for example 0/4 for the first of four");
        }
        return new Shard(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** Whether items from this artifact belong to this share; the revision makes no difference. */
    public boolean owns(ArtifactRef from) {
        return owns(from.text());
    }

    /** Whether something of that name belongs to this share. */
    boolean owns(String name) {
        return count == 1 || Long.remainderUnsigned(hash(name), count) == index;
    }

    /** This share's part of a budget that all shares have together; never less than 1, and else no more in sum. */
    public int partOf(int budget) {
        return Math.max(1, budget / count + (index < budget % count ? 1 : 0));
    }

    // SHA-256 and not String.hashCode: names differ in few characters, and shares must come out even.
    private static long hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            long value = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                value = value << 8 | (digest[i] & 0xff);
            }
            return value;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** {@code I/N}. */
    @Override
    public String toString() {
        return index + "/" + count;
    }
}
