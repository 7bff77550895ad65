package io.synctools.testing;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.spi.Claim;
import io.synctools.spi.Extent;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Replica;
import io.synctools.spi.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The act on one item by hand, from the claim to the close: what the engine does, without its threads and retries, so that a
 * test can stop between two steps. Not thread-safe.
 */
public final class Walk implements AutoCloseable {
    private final Replica replica;
    private final ArtifactRef pinned;
    private final Listing listing;
    private @Nullable Claim claim;
    private @Nullable Session session;
    private List<Entry> missing = List.of();

    /**
     * A walk that has not claimed anything.
     *
     * @param replica as it was opened before the pin
     */
    public Walk(Replica replica, ArtifactRef pinned, Listing listing) {
        this.replica = replica;
        this.pinned = pinned;
        this.listing = listing;
    }

    /** What is published of the pinned revision. */
    public Optional<Extent> published() throws IOException, InterruptedException {
        return replica.published(pinned);
    }

    /** Takes the destination; true if another publication stands there than when the replica was opened. */
    public boolean claim() throws IOException, InterruptedException {
        Claim taken = replica.claim();
        claim = taken;
        return taken.moved();
    }

    /** Admits the listing, and compares every entry. */
    public Walk compare() throws IOException, InterruptedException {
        Session begun = Objects.requireNonNull(claim, "claim first").admit(pinned, listing);
        session = begun;
        missing = missing(begun, listing);
        return this;
    }

    /** What a preview finds missing. */
    public List<Entry> look() throws IOException, InterruptedException {
        Session begun = replica.look(pinned, listing);
        List<Entry> found = missing(begun, listing);
        begun.reserve(found);
        begun.publish(listing);
        return found;
    }

    private static List<Entry> missing(Session session, Listing listing) throws IOException, InterruptedException {
        List<Entry> found = new ArrayList<>();
        for (Entry entry : listing.entries()) {
            if (session.check(entry) != Presence.SAME) {
                found.add(entry);
            }
        }
        return found;
    }

    /** The entries that were not there when they were compared. */
    public List<Entry> missing() {
        return missing;
    }

    /** The entry of that path in the listing. */
    public Entry entry(String path) {
        return listing.entries().stream()
                .filter(entry -> entry.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    /** The session between comparison and close. */
    public Session session() {
        return Objects.requireNonNull(session, "compare first");
    }

    /** Reserves room and fetches what is missing. */
    public Walk pull(Progress progress) throws IOException, InterruptedException {
        session().reserve(missing);
        for (Entry entry : missing) {
            session().pull(entry, progress);
        }
        return this;
    }

    /** Publishes; true if readers see something new. */
    public boolean publish() throws IOException, InterruptedException {
        return session().publish(listing);
    }

    /** All of it, unless it is published already; true if readers see something new. */
    public boolean mirror() throws IOException, InterruptedException {
        if (published().isPresent()) {
            return false;
        }
        claim();
        return compare().pull(bytes -> {}).publish();
    }

    @Override
    public void close() throws IOException {
        Claim held = claim;
        if (held != null) {
            held.close();
        }
    }
}
