package io.synctools;

import io.synctools.internal.http.Tally;
import io.synctools.internal.retry.Retrier;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.spi.Source;
import java.util.HashMap;
import java.util.HashSet;
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

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<NameFilter> filters = new HashSet<>();
    private final Map<String, Listing> listings = new HashMap<>();
    private @Nullable ArtifactRef pinned;
    private @Nullable SyncException failure;
    private volatile String host = "";
    private int users;

    Look(Source source, ArtifactRef from, Retrier retrier) {
        this.source = source;
        this.from = from;
        this.retrier = retrier;
    }

    /** One more item will use it; all join before the first of them begins. */
    void join(NameFilter filter) {
        lock.lock();
        try {
            filters.add(filter);
            users++;
        } finally {
            lock.unlock();
        }
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
     * Looks again, unless another item did since, and says whether that gave another pin.
     *
     * @param before what the caller worked with, and found reason to doubt
     */
    boolean movedOn(ArtifactRef before) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (before.equals(pinned)) {
                pinned = ask();
                listings.clear();
            }
            return !before.equals(pinned);
        } catch (SyncException e) {
            return false; // the failure that raised the doubt says more
        } finally {
            lock.unlock();
        }
    }

    /** Everything at a pinned reference; listed once for all items, divided for each. */
    Listing list(ArtifactRef at, NameFilter filter) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            NameFilter asked = filters.size() == 1 ? filter : NameFilter.ALL;
            Listing listing = listings.get(at.pin());
            if (listing == null) {
                listing = retrier.call("list " + from, () -> source.list(at, asked));
                listings.put(at.pin(), listing);
            }
            return filter.equals(asked) ? listing : Listing.divide(listing.entries(), filter, listing.attributes());
        } finally {
            lock.unlock();
        }
    }

    /** Keeps no listing until somebody asks again. */
    void forget() {
        lock.lock();
        try {
            listings.clear();
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
