package io.synctools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Bounds how many items are at work between claim and close, and with them the listings in memory. An item that has to wait
 * for another runner gives its turn to the next one, and takes a turn again before it goes on. Thread-safe.
 */
final class ItemPermits {
    private static final int AT_ONCE = 4;

    private final Executor threads;

    @GuardedBy("this")
    private final Deque<Runnable> queued = new ArrayDeque<>();

    @GuardedBy("this")
    private int free = AT_ONCE;

    @GuardedBy("this")
    private int returning;

    /** @param threads has a thread for each item that is at work or waits for another runner */
    ItemPermits(Executor threads) {
        this.threads = threads;
    }

    /** Does some work as soon as there is a turn for it; nothing once the threads have ended. */
    synchronized void submit(Runnable work) {
        queued.add(work);
        beginNext();
    }

    /** The calling thread's item gives its turn away while it waits for somebody else. */
    synchronized void giveAway() {
        free++;
        beginNext();
    }

    /** The calling thread's item has waited and goes on, before those that have not begun. */
    synchronized void takeAgain() throws InterruptedException {
        returning++;
        try {
            while (free == 0) {
                wait();
            }
        } finally {
            returning--;
        }
        free--;
    }

    @GuardedBy("this")
    private void beginNext() {
        if (returning > 0) {
            notifyAll();
            return;
        }
        while (free > 0 && !queued.isEmpty()) {
            Runnable work = queued.remove();
            free--;
            try {
                threads.execute(() -> {
                    try {
                        work.run();
                    } finally {
                        giveAway();
                    }
                });
            } catch (RejectedExecutionException e) {
                return; // the run was interrupted; its items are ended with it
            }
        }
    }
}
