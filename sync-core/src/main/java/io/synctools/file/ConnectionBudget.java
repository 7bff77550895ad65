package io.synctools.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how many connections bring files at once, whatever disk these go to. A place whose holder hangs in a disk is
 * somebody else's until the disk answers, so that a dead mount does not keep what goes to another. Fair; thread-safe.
 */
final class ConnectionBudget {
    private final Semaphore free;
    private final Duration hung;

    @GuardedBy("held")
    private final Set<Place> held = new HashSet<>();

    /** @param hung after so long in one operation of a disk a place is lent; a disk that is only slow is not kept waiting */
    ConnectionBudget(int connections, Duration hung) {
        this.free = new Semaphore(connections, true);
        this.hung = hung;
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
