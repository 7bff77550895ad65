package io.synctools;

import io.synctools.internal.http.Tally;
import io.synctools.internal.retry.Retrier;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.spi.Source;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the items of one source artifact share in a run: one pin, and one listing, which is dropped when the last of them
 * has ended. Thread-safe.
 */
final class Look {
    private final Source source;
    private final ArtifactRef from;
    private final Retrier retrier;
    private final NameFilter asked;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Listing> listings = new HashMap<>();
    private @Nullable ArtifactRef pinned;
    private @Nullable SyncException failure;
    private volatile String host = "";
    private int users;

    /**
     * A look that nobody has taken yet.
     *
     * @param filters of the items that share it
     */
    Look(Source source, ArtifactRef from, Retrier retrier, Set<NameFilter> filters, int users) {
        this.source = source;
        this.from = from;
        this.retrier = retrier;
        this.asked = filters.size() == 1 ? filters.iterator().next() : NameFilter.ALL;
        this.users = users;
    }

    /** The source's revision as this run sees it; the first caller asks, and all share a failure. */
    ArtifactRef pin() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (failure != null) {
                throw failure;
            }
            if (pinned == null) {
                pinned = ask();
            }
            return pinned;
        } catch (SyncException e) {
            failure = e;
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Looks again, unless another item did since.
     *
     * @param before what the caller worked with
     */
    ArtifactRef pinAgain(ArtifactRef before) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (before.equals(pinned)) {
                pinned = ask();
                listings.clear();
            }
            return pinned == null ? before : pinned;
        } finally {
            lock.unlock();
        }
    }

    /** Everything at a pinned reference; listed once for all items, divided for each. */
    Listing list(ArtifactRef at, NameFilter filter) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            String key = at.pin() + " " + asked.text();
            Listing listing = listings.get(key);
            if (listing == null) {
                listing = retrier.call("list " + from, () -> source.list(at, asked));
                listings.put(key, listing);
            }
            return filter.equals(asked) ? listing : Listing.divide(listing.entries(), filter, listing.attributes());
        } finally {
            lock.unlock();
        }
    }

    /** Who answered; empty before the first answer. */
    String host() {
        return host;
    }

    /** One of the items has ended. */
    void leave() {
        lock.lock();
        try {
            users--;
            if (users == 0) {
                listings.clear();
            }
        } finally {
            lock.unlock();
        }
    }

    private ArtifactRef ask() throws InterruptedException {
        ArtifactRef answer = retrier.call("pin " + from, () -> source.pin(from));
        host = Tally.current().host();
        return answer;
    }
}
