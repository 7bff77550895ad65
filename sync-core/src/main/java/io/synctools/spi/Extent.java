package io.synctools.spi;

/**
 * How much an artifact holds.
 *
 * @param entries number of entries
 * @param bytes their sizes together
 */
public record Extent(long entries, long bytes) {

    public Extent {
        if (entries < 0 || bytes < 0) {
            throw new IllegalArgumentException("extent of " + entries + " entries, " + bytes + " bytes");
        }
    }
}
