package io.synctools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.http.ItemMeter;
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
 * has ended. Whoever asks the source asks for all; others wait for the answer, and can be interrupted. Thread-safe.
 */
final class SharedSource {
    private final Source source;
    private final ArtifactRef from;
    private final Retrier retrier;

    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Set<NameFilter> filters = new HashSet<>();

    @GuardedBy("lock")
    private final Map<String, Listing> listings = new HashMap<>();

    @GuardedBy("lock")
    private @Nullable ArtifactRef pinned;

    @GuardedBy("lock")
    private @Nullable SyncException failure;

    @GuardedBy("lock")
    private @Nullable ArtifactRef readable;

    @GuardedBy("lock")
    private int users;

    private volatile String host = "";

    SharedSource(Source source, ArtifactRef from, Retrier retrier) {
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
            return pinned == null ? ask() : pinned;
        } catch (SyncException e) {
            failure = e;
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** The source's revision from now on, asked for anew; others that ask for a pin get this one. */
    ArtifactRef pinAgain() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            return ask();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks again, unless another item did since, and says whether that gave another pin.
     *
     * @param before what the caller worked with, and found reason to doubt
     */
    boolean movedOn(ArtifactRef before) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            return !before.equals(pinned) || !before.equals(ask());
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
            if (filter.equals(asked)) {
                return listing;
            }
            Listing part = Listing.divide(listing.entries(), filter, listing.attributes());
            return new Listing(part.entries(), part.leftOut(), part.attributes(), listing.notes());
        } finally {
            lock.unlock();
        }
    }

    /** Returns if the files of a pinned reference may be read; asked once for all items. */
    void check(ArtifactRef at) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (!at.equals(readable)) {
                retrier.call("ask whether " + from + " may be read", () -> {
                    source.check(at);
                    return true;
                });
                readable = at;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Everything at a pinned reference, asked for anew. */
    Listing listAgain(ArtifactRef at, NameFilter filter) throws InterruptedException {
        forget();
        return list(at, filter);
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

    @GuardedBy("lock")
    private ArtifactRef ask() throws InterruptedException {
        ArtifactRef answer = retrier.call("pin " + from, () -> source.pin(from));
        if (!answer.equals(pinned)) {
            listings.clear();
        }
        pinned = answer;
        host = ItemMeter.current().host();
        return answer;
    }
}
