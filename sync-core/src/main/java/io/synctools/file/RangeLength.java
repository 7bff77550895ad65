package io.synctools.file;

/**
 * How long a range of a large file is: what one connection brings in about a second, so that all connections have some, and
 * few are asked for. Thread-safe.
 */
final class RangeLength {
    private static final long LEAST = 2 << 20;

    /** Before anything is known. */
    private static final long FIRST = 4 << 20;

    private static final long ENOUGH = 1 << 20;
    private static final double WEIGHT_OF_NEW = 0.25;
    private static final double SECOND = 1e9;

    private final long most;

    /** Bytes of a connection in a second; 0 where nothing is known. */
    private volatile double rate;

    /** @param most bytes, however fast they come */
    RangeLength(long most) {
        this.most = most;
    }

    /** In bytes. */
    long next() {
        double known = rate;
        return Math.min(most, known == 0 ? FIRST : Math.max(LEAST, (long) known));
    }

    /** A connection brought so many bytes in so long, from the first to the last. */
    void brought(long bytes, long nanos) {
        if (bytes < ENOUGH) {
            return; // which lay in buffers
        }
        double seen = bytes * SECOND / Math.max(1, nanos);
        double known = rate;
        rate = known == 0 ? seen : known + WEIGHT_OF_NEW * (seen - known); // of two at the same time one may be lost
    }
}
