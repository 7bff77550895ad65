package io.synctools.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.http.Concurrency;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how many connections bring files at once to what serves best, whatever disk these go to. A place whose holder hangs in a disk is
 * somebody else's until the disk answers, so that a dead mount does not keep what goes to another. Fair; thread-safe.
 */
final class ConnectionBudget {
    private final Places free = new Places();
    private final Concurrency concurrency;
    private final Duration hung;

    @GuardedBy("held")
    private final Set<Place> held = new HashSet<>();

    /** @param hung after so long in one operation of a disk a place is lent; a disk that is only slow is not kept waiting */
    ConnectionBudget(Concurrency concurrency, Duration hung) {
        this.concurrency = concurrency;
        this.hung = hung;
        concurrency.follow(this::adapt);
        adapt();
    }

    private void adapt() {
        free.resize(concurrency.now());
    }

    /** As many as are wanted now; while there are too many of them out, none is given. */
    private static final class Places extends Semaphore {
        private static final long serialVersionUID = 1;

        @GuardedBy("this")
        private int size;

        Places() {
            super(0, true);
        }

        synchronized void resize(int wanted) {
            if (wanted > size) {
                release(wanted - size);
            } else {
                reducePermits(size - wanted);
            }
            size = wanted;
        }
    }

    /** Waits for a place. */
    Place take() throws InterruptedException {
        while (!free.tryAcquire(hung.toNanos(), TimeUnit.NANOSECONDS)) {
            lend();
        }
        Place place = new Place();
        synchronized (held) {
            held.add(place);
        }
        return place;
    }

    private void lend() {
        synchronized (held) {
            held.forEach(Place::lendIfHung);
        }
    }

    /** One connection's. Used by one thread. */
    final class Place implements AutoCloseable {
        @GuardedBy("held")
        private boolean atDisk;

        @GuardedBy("held")
        private long since;

        @GuardedBy("held")
        private boolean lent;

        private Place() {}

        private void lendIfHung() {
            synchronized (held) {
                if (!lent && atDisk && System.nanoTime() - since > hung.toNanos()) {
                    lent = true;
                    free.release();
                }
            }
        }

        /** What the connection brought goes to the disk. */
        void toDisk() {
            synchronized (held) {
                atDisk = true;
                since = System.nanoTime();
            }
        }

        /** The disk has it; waits for another place if this one was lent. */
        void fromDisk() throws InterruptedException {
            synchronized (held) {
                atDisk = false;
                if (!lent) {
                    return;
                }
            }
            free.acquire();
            synchronized (held) {
                lent = false;
            }
        }

        /** Gives the place back, unless somebody has it already. */
        @Override
        public void close() {
            synchronized (held) {
                held.remove(this);
                if (!lent) {
                    free.release();
                }
            }
        }
    }
}
