package io.synctools.spi;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Listing;
import java.io.Closeable;
import java.io.IOException;

/**
 * The right to write at one destination, held until it is closed.
 *
 * <p>Order of calls: {@code moved (admit …)* close}, where … is what a {@link Session} does. Used by one thread at a time;
 * after an {@link IOException} any call but {@code close} may be repeated.
 */
public interface Claim extends Closeable {

    /**
     * Whether another publication stands there than when the replica was opened. Then what was pinned meanwhile may be older
     * than what is there, and the source is asked again.
     */
    boolean moved() throws IOException, InterruptedException;

    /**
     * Begins a comparison of a listing with what is there; ends the one before.
     *
     * @throws io.synctools.model.SyncException if the listing could not be published here (unsafe or colliding names, what
     *     is in the way), naming the first fault; nothing that readers see was touched
     */
    Session admit(ArtifactRef pinned, Listing listing) throws IOException, InterruptedException;

    /** Gives the destination back; keeps what was fetched so far for the next run. More calls change nothing. */
    @Override
    void close() throws IOException;
}
