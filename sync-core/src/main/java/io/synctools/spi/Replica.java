package io.synctools.spi;

import io.synctools.model.Entry;
import io.synctools.model.Listing;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * One artifact at its destination, held by us from {@link #begin} until closed.
 *
 * <p>Order of calls: {@code holds extent? (admit check* unpublished? (begin pull* publish)?)? close}, where {@code check} and {@code pull} are
 * called from several threads at once, and the others from one thread. After an {@link IOException} any call but {@code
 * close} may be repeated.
 * A preview stops after {@code check}.
 */
public interface Replica extends Closeable {

    /** Whether this pinned revision is already published and proven, so that nothing is left to do. Cheap, read-only. */
    default boolean holds() throws IOException {
        return false;
    }

    /** How much is published here, for the report; asked only after {@link #holds} was true. Cheap, read-only. */
    default Extent extent() throws IOException {
        return Extent.UNKNOWN;
    }

    /**
     * Refuses a listing that could not be published here (unsafe or colliding names), before anything is touched.
     * Read-only.
     *
     * @throws io.synctools.model.SyncException naming the first fault
     */
    default void admit(Listing listing) throws IOException {}

    /** Compares one entry with what is there. Read-only. */
    Presence check(Entry entry) throws IOException, InterruptedException;

    /**
     * Whether publishing would show readers something new although every entry is the same: what an earlier run fetched
     * and did not publish, or another revision of the same files. Asked after all checks. Read-only.
     */
    default boolean unpublished() throws IOException {
        return false;
    }

    /**
     * Takes the lease and makes sure that there is room, before the first byte is fetched.
     *
     * @param missing the entries that {@link #check} did not find the same; may be empty when only publishing is left
     * @throws io.synctools.model.HeldByAnotherException if another runner works on this destination
     */
    default void begin(List<Entry> missing) throws IOException, InterruptedException {}

    /** Brings one entry here. Idempotent and resumable. */
    void pull(Entry entry, Progress progress) throws IOException, InterruptedException;

    /** Makes the whole snapshot visible, pointers last. Called when every declared entry is the same or was pulled. */
    void publish(Listing listing) throws IOException, InterruptedException;

    /** Gives up the lease; keeps what was fetched so far for the next run. */
    @Override
    void close() throws IOException;
}
