package io.synctools.skopeo;

import io.synctools.internal.retry.Retrier;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Tries copies again. One that broke off after it had time to bring layers over made progress, for those are found again:
 * the next begins with new patience. Thread-safe.
 */
final class CopyRetries {
    private static final long TIME_FOR_LAYERS = TimeUnit.SECONDS.toNanos(30);
    private static final int STEPS = 6;

    private final Retrier retrier;
    private final TimeSource time;

    CopyRetries(Retrier retrier, TimeSource time) {
        this.retrier = retrier;
        this.time = time;
    }

    /** A copy. */
    @FunctionalInterface
    interface Copy {
        void run() throws IOException, InterruptedException;
    }

    /**
     * Runs a copy until it succeeds.
     *
     * @param what names it in messages
     * @param tokenLife how long the shortest-lived token of the two registries lives, where one is known
     * @throws SyncException when another try does not help, or not any more
     */
    void call(String what, Optional<Duration> tokenLife, Copy copy) throws InterruptedException {
        long enough =
                tokenLife.map(life -> Math.min(life.toNanos(), TIME_FOR_LAYERS)).orElse(TIME_FOR_LAYERS);
        boolean done = false;
        for (int step = 1; !done; step++) {
            boolean isLast = step == STEPS;
            done = retrier.call(what, () -> copiedOrMoved(copy, enough, isLast));
        }
    }

    private boolean copiedOrMoved(Copy copy, long enough, boolean isLast) throws IOException, InterruptedException {
        long begun = time.nanos();
        try {
            copy.run();
            return true;
        } catch (RetryLaterException e) {
            throw e;
        } catch (IOException | SyncException e) {
            // A token that expires in the middle of a long copy is refused; skopeo does not renew it.
            boolean mayPass = !(e instanceof SyncException refused) || refused.kind() == FailureKind.ACCESS;
            long least = e instanceof SyncException ? enough : TIME_FOR_LAYERS;
            if (isLast || !mayPass || time.nanos() - begun < least) {
                throw e;
            }
            return false;
        }
    }
}
