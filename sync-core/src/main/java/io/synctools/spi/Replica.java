package io.synctools.spi;

import io.synctools.model.ArtifactRef;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.Listing;
import java.io.IOException;
import java.util.Optional;

/**
 * One artifact at its destination, as {@link Target#open} found it: it remembers which publication stood there, so that what
 * was pinned afterwards is never older. It holds nothing and writes nothing until {@link #claim}.
 *
 * <p>Order of calls: {@code published? (look | claim)?}; the source is pinned between {@link Target#open} and the first of
 * them. Used by one thread at a time. After an {@link IOException} any call may be repeated.
 */
public interface Replica {

    /**
     * How much of this pinned revision is published here, proven and complete by name and size, also through the indexes
     * and links that readers use; empty if anything of that is missing, or is to be read anew. No byte of a file is read.
     */
    Optional<Extent> published(ArtifactRef pinned) throws IOException, InterruptedException;

    /**
     * Begins a comparison that changes nothing and waits for nobody. Of the session that it gives, {@link Session#reserve}
     * says whether there would be room, {@link Session#publish} whether readers would see something new, and {@link
     * Session#pull} is not called.
     *
     * @throws io.synctools.model.SyncException if the listing could not be published here, naming the first fault
     */
    Session look(ArtifactRef pinned, Listing listing) throws IOException, InterruptedException;

    /**
     * Takes the destination for us alone, waiting for a living holder as long as the run says, and finishes what a dead run
     * began to publish. From here to the end of the claim what is there is looked at anew.
     *
     * @throws HeldByAnotherException if another runner works on this destination
     */
    Claim claim() throws IOException, InterruptedException;
}
