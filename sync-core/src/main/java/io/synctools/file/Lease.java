package io.synctools.file;

import io.synctools.spi.Settings;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The right to work on one destination, kept in a small file and renewed by a counter, so that two runners do not do the
 * same work. Losing it costs bandwidth, never correctness.
 *
 * <p>Thread-safe.
 */
public final class Lease implements Closeable {

    private Lease() {}

    /**
     * Takes the lease, adopting that of a dead holder, and waiting for a living one as long as {@code wait} says.
     *
     * @param file the lease's path; its folder is made
     * @throws io.synctools.model.HeldByAnotherException if a living holder still has it after the wait
     */
    public static Lease take(Path file, Settings settings) throws IOException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    /**
     * Makes sure that the lease is still ours; cheap where that was seen a moment ago.
     *
     * @throws io.synctools.model.HeldByAnotherException if another runner took it over
     */
    public void ensureHeld() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Makes sure, by looking at the disk now, that the lease is still ours; fails as {@link #ensureHeld}. */
    public void confirm() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** The name that no other holder ever has; for naming private folders. */
    public String nonce() {
        throw new UnsupportedOperationException();
    }

    /** Gives the lease up. */
    @Override
    public void close() {}
}
