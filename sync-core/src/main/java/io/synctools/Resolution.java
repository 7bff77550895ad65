package io.synctools;

import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.spi.Resolved;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Finds the folder of one artifact, after a run of it. Thread-safe; of those who want one destination at the same time one
 * runs, and the others look at what it left.
 *
 * @param routes makes the route of an item
 * @param runs mirrors an item
 * @param locks one for each destination
 */
record Resolution(
        Function<SyncItem, Route<?>> routes, Function<SyncItem, SyncReport> runs, Map<ArtifactRef, Lock> locks) {

    /** Fails as {@link Syncer#resolve(ArtifactRef)}. */
    Path resolve(SyncItem item) throws InterruptedException {
        Route<?> route = routes.apply(item);
        Lock lock = locks.computeIfAbsent(item.to(), any -> new ReentrantLock());
        lock.lockInterruptibly();
        try {
            route.target().resolved(item); // before anything is asked: a destination that is no folder is refused
            SyncReport.Item result = runs.apply(item).items().get(0);
            if (!result.well()) {
                throw failure(item, result);
            }
            return route.target()
                    .resolved(item)
                    .map(Resolved::folder)
                    .orElseThrow(() -> new SyncException(
                            FailureKind.OTHER,
                            item.from() + " was published at " + item.to()
                                    + ", and then somebody replaced it there; resolve it again",
                            true,
                            null));
        } catch (IOException e) {
            throw new SyncException(FailureKind.DISK, item.to() + " cannot be looked at: " + e.getMessage(), true, e);
        } finally {
            lock.unlock();
        }
    }

    private static RuntimeException failure(SyncItem item, SyncReport.Item result) throws InterruptedException {
        SyncReport.Failure first = result.failures().get(0);
        String entry = first.entry().isEmpty() ? "" : ": " + first.entry();
        String more = result.failures().size() == 1
                ? ""
                : " (and " + (result.failures().size() - 1) + " failures more)";
        String message = item.from() + entry + ": " + first.message() + more;
        if (Thread.interrupted()) {
            throw new InterruptedException(message);
        }
        if (result.outcome() == Outcome.HELD_BY_ANOTHER) {
            throw new HeldByAnotherException(item.from() + ": " + first.message());
        }
        return new SyncException(first.kind(), message, first.retryable(), null);
    }

    /** Fails as {@link Syncer#resolveOffline(ArtifactRef)}. */
    static Path published(Route<?> route, SyncItem item) throws IOException, InterruptedException {
        Optional<Resolved> resolved = route.target().resolved(item);
        boolean whole = resolved.isPresent()
                && route.open(item, note -> {})
                        .published(resolved.get().pinned())
                        .isPresent();
        if (!whole) {
            throw new SyncException(
                    FailureKind.NOT_FOUND,
                    item.from() + " is not at " + item.to().scheme() + ":"
                            + route.target().path(item.to())
                            + ", whole and as declared; resolve it where its hub can be reached");
        }
        return resolved.get().folder();
    }
}
