package io.synctools.spi;

import io.synctools.model.Entry;
import io.synctools.model.Listing;
import java.io.IOException;
import java.util.List;

/**
 * One comparison of a listing with what is at the destination, and what follows from it.
 *
 * <p>Order of calls: {@code check* reserve pull* publish?}, where {@code check} and {@code pull} are called from several
 * threads at once, and the others from one thread. After an {@link IOException} any call may be repeated. It ends with its
 * claim, which gives back what was reserved.
 */
public interface Session {

    /** Compares one entry with what is there. Read-only. */
    Presence check(Entry entry) throws IOException, InterruptedException;

    /**
     * Makes sure that there is room, before the first byte is fetched.
     *
     * @param missing the entries that {@link #check} did not find the same; may be empty when only publishing is left
     * @throws io.synctools.model.SyncException {@code NO_SPACE} with the numbers
     */
    void reserve(List<Entry> missing) throws IOException, InterruptedException;

    /** Brings one entry here. Idempotent and resumable. */
    void pull(Entry entry, Progress progress) throws IOException, InterruptedException;

    /**
     * Makes the whole snapshot visible, pointers last. Called when every declared entry is the same or was pulled.
     *
     * @return whether readers see something new
     */
    boolean publish(Listing listing) throws IOException, InterruptedException;
}
