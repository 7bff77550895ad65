package io.synctools.s3;

/**
 * What a store says of one object.
 *
 * @param size in bytes
 * @param tag that changes with the content, without quotation marks
 * @param checksum SHA-256 in base 64, for a multipart upload that of its parts' with their number behind; empty where
 *     the store did not tell
 * @param declared what the bytes were declared to hash to by whoever put it there; empty where nobody said
 */
record ObjectFacts(long size, String tag, String checksum, String declared) {

    /** Whether the store's checksums agree, as far as it told both. */
    boolean agreesWith(ObjectFacts other) {
        return checksum.isEmpty() || other.checksum.isEmpty() || checksum.equals(other.checksum);
    }

    /** A tag as headers and listings write it, without what is around it. */
    static String bare(String tag) {
        String text = tag.strip();
        return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
    }
}
