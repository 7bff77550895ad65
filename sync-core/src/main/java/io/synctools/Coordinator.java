package io.synctools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.threads.Threads;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Leads the items of one run through the parts of the act: many look at once, few are at work at once, and the entries of
 * those share one pool. What the disk had no room for beside others is tried again when those have ended: they may have
 * failed, and left some.
 */
final class Coordinator {
    private static final long GRACE_SECONDS = 8;

    private final Run run;
    private final Threads threads;
    private final ExecutorService lookers;
    private final ExecutorService walkers;
    private final List<ItemWalk> items = new ArrayList<>();
    private final Map<ArtifactRef, List<ItemWalk>> bySource = new LinkedHashMap<>();
    private final CountDownLatch left;

    @GuardedBy("this")
    private final List<ItemWalk> putOff = new ArrayList<>();

    /** @param walkers the threads behind the run's turns */
    Coordinator(Run run, Threads threads, ExecutorService walkers, Map<SyncItem, Route<?>> routes) {
        this.run = run;
        this.threads = threads;
        this.walkers = walkers;
        this.lookers = threads.pool("sync-look", run.pool().size());
        Map<ArtifactRef, SharedSource> sources = new LinkedHashMap<>();
        routes.forEach((item, route) -> {
            SharedSource source =
                    sources.computeIfAbsent(item.from(), from -> new SharedSource(route.source(), from, run.retrier()));
            source.join(item.filter());
            ItemWalk walk = new ItemWalk(run, item, route, source);
            items.add(walk);
            bySource.computeIfAbsent(item.from(), from -> new ArrayList<>()).add(walk);
        });
        this.left = new CountDownLatch(items.size());
    }

    /** Leads all items to their end; after an interruption, which stays set, to an early one. */
    List<SyncReport.Item> run() {
        try {
            bySource.values().forEach(sharing -> lookers.execute(() -> look(sharing)));
            left.await();
            end();
        } catch (InterruptedException e) {
            end();
            awaitEnd();
            items.forEach(ItemWalk::endInterrupted);
            Thread.currentThread().interrupt();
        }
        return items.stream().map(ItemWalk::result).toList();
    }

    /** All are opened before the first pins, so that the pin that they share is newer than what each of them has seen. */
    private void look(List<ItemWalk> sharing) {
        List<ItemWalk> opened = new ArrayList<>();
        for (ItemWalk item : sharing) {
            if (item.open()) {
                opened.add(item);
            } else {
                end(item);
            }
        }
        for (ItemWalk item : opened) {
            if (item.begin()) {
                run.turns().submit(() -> goOn(item));
            } else {
                end(item);
            }
        }
    }

    private void goOn(ItemWalk item) {
        boolean alone = isLast();
        item.goOn();
        if (!alone && item.putOff()) {
            putOff(item);
        } else {
            end(item);
        }
    }

    private synchronized boolean isLast() {
        return left.getCount() == putOff.size() + 1;
    }

    private synchronized void putOff(ItemWalk item) {
        putOff.add(item);
        goOnWithPutOff();
    }

    private void end(ItemWalk item) {
        try {
            item.end();
        } finally {
            left.countDown();
            goOnWithPutOff();
        }
    }

    /** Tries those again that were put off, if nobody else is at work. */
    private synchronized void goOnWithPutOff() {
        if (left.getCount() == putOff.size()) {
            putOff.forEach(item -> run.turns().submit(() -> {
                item.startAgain();
                end(item);
            }));
            putOff.clear();
        }
    }

    private void end() {
        threads.end(lookers);
        threads.end(walkers);
        run.pool().close();
    }

    private void awaitEnd() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
        try {
            if (lookers.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                walkers.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            // Asked twice: do not wait any longer.
            Thread.currentThread().interrupt();
        }
    }
}
