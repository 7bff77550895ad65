package io.synctools;

import io.synctools.internal.retry.Retrier;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.time.Clock;

/**
 * What the items of one run share; threads and turns only those on one store, so that a disk that hangs keeps no other
 * item waiting.
 *
 * @param mode how far it goes
 * @param retrier tries again
 * @param pool settles entries
 * @param permits bounds the items at work
 * @param counters counts what goes on
 * @param listener hears of it
 * @param clock tells the time
 */
record Run(
        RunMode mode,
        Retrier retrier,
        EntryPool pool,
        ItemPermits permits,
        RunCounters counters,
        GuardedListener listener,
        Clock clock) {

    /** Something that gives nothing back and may be tried again. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException, InterruptedException;
    }

    /**
     * Runs an action until it succeeds.
     *
     * @param what names the step and its object in messages
     * @throws SyncException when trying again does not help any more
     */
    void retry(String what, Action action) throws InterruptedException {
        retrier.call(what, () -> {
            action.run();
            return true;
        });
    }
}
