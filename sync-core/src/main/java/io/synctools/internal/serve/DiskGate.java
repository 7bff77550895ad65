package io.synctools.internal.serve;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets a few workers at once ask the disk of one root. Where it hangs it holds these few, and whoever comes later is told so:
 * readers of other roots are answered as ever. Thread-safe.
 */
final class DiskGate {
    private static final int MOST = 8;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);

    private final String name;
    private final Semaphore places = new Semaphore(MOST);
    private volatile long moved = System.nanoTime();

    /** @param name of what is behind it, for messages */
    DiskGate(String name) {
        this.name = name;
    }

    /** What may wait for a disk. */
    interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Does it, as one of a few.
     *
     * @throws UnprovenException if those who are at it have not moved for two seconds
     */
    <T> T pass(Work<T> work) throws IOException {
        enter();
        try {
            return work.run();
        } finally {
            moved = System.nanoTime();
            places.release();
        }
    }

    private void enter() throws IOException {
        while (!places.tryAcquire()) {
            long patience = PATIENCE - (System.nanoTime() - moved);
            if (patience <= 0) {
                throw new UnprovenException(name + " does not answer; look at the disk or at the server that it is on");
            }
            try {
                if (places.tryAcquire(patience, TimeUnit.NANOSECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("ended while it waited for " + name, e);
            }
        }
        moved = System.nanoTime();
    }
}
