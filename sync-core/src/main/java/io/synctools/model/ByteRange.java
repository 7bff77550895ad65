package io.synctools.model;

/**
 * A stretch of a file.
 *
 * @param offset first byte, from 0
 * @param length number of bytes, at least 0
 */
public record ByteRange(long offset, long length) {

    public ByteRange {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("range " + offset + "+" + length);
        }
    }

    /** The byte after the last one. */
    public long end() {
        return offset + length;
    }
}
