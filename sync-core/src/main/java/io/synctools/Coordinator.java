package io.synctools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.http.Concurrency;
import io.synctools.internal.threads.Threads;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Leads the items of one run through the parts of the act: many look at once, few are at work at once, and the entries of
 * those share one pool; all this for each store by itself. What a disk had no room for beside others is tried again when
 * those have ended: they may have failed, and left some.
 */
final class Coordinator {
    private static final long GRACE_SECONDS = 5;

    private final Threads threads;
    private final ExecutorService walkers;
    private final Map<Object, Lane> lanes = new LinkedHashMap<>();
    private final List<ItemWalk> items = new ArrayList<>();
    private final Map<ArtifactRef, List<Led>> bySource = new LinkedHashMap<>();
    private final CountDownLatch left;

    /** Makes what the items on one store share. */
    @FunctionalInterface
    interface Sharing {
        Run with(EntryPool pool, ItemPermits permits);
    }

    /** An item and those that it shares threads with. */
    private record Led(ItemWalk item, Lane lane) {}

    /**
     * @param sharing is asked for each store
     * @param jobs items of one store that look at once, and its entries at work at once, at most
     * @param concurrency tells how many of these are of use
     */
    Coordinator(Sharing sharing, Threads threads, int jobs, Concurrency concurrency, Map<SyncItem, Route<?>> routes) {
        this.threads = threads;
        this.walkers = threads.onDemand("sync-item");
        Map<SyncItem, Object> stores = new HashMap<>(); // all are known before the first thread is made for one
        routes.forEach((item, route) -> stores.put(item, route.target().store(item.to())));
        Map<ArtifactRef, SharedSource> sources = new LinkedHashMap<>();
        boolean whole = false;
        try {
            routes.forEach((item, route) -> {
                Lane lane = lanes.computeIfAbsent(
                        Objects.requireNonNull(stores.get(item)), store -> new Lane(sharing, jobs, concurrency));
                SharedSource source = sources.computeIfAbsent(
                        item.from(), from -> new SharedSource(route.source(), from, lane.run.retrier()));
                source.join(item.filter());
                ItemWalk walk = new ItemWalk(lane.run, item, route, source);
                items.add(walk);
                lane.join();
                bySource.computeIfAbsent(item.from(), from -> new ArrayList<>()).add(new Led(walk, lane));
            });
            whole = true;
        } finally {
            if (!whole) {
                end();
            }
        }
        this.left = new CountDownLatch(items.size());
    }

    /** Leads all items to their end; after an interruption, which stays set, to an early one. */
    List<SyncReport.Item> run() {
        try {
            bySource.values().forEach(sharing -> sharing.get(0).lane.lookers.execute(() -> look(sharing)));
            left.await();
        } catch (InterruptedException e) {
            end();
            awaitEnd();
            items.forEach(ItemWalk::endInterrupted);
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
        return items.stream().map(ItemWalk::result).toList();
    }

    /** All are opened before the first pins, so that the pin that they share is newer than what each of them has seen. */
    private void look(List<Led> sharing) {
        List<Led> opened = new ArrayList<>();
        for (Led led : sharing) {
            if (led.item.open()) {
                opened.add(led);
            } else {
                led.lane.end(led.item);
            }
        }
        for (Led led : opened) {
            if (led.item.begin()) {
                led.lane.submit(led.item);
            } else {
                led.lane.end(led.item);
            }
        }
    }

    private void end() {
        lanes.values().forEach(Lane::close);
        threads.end(walkers);
    }

    private void awaitEnd() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
        try {
            for (Lane lane : lanes.values()) {
                lane.lookers.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
            walkers.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // Asked twice: do not wait any longer.
            Thread.currentThread().interrupt();
        }
    }

    /** The items on one store. Thread-safe. */
    private final class Lane {
        private final Run run;
        private final ExecutorService lookers;

        @GuardedBy("this")
        private final List<ItemWalk> putOff = new ArrayList<>();

        @GuardedBy("this")
        private int unfinished;

        Lane(Sharing sharing, int jobs, Concurrency concurrency) {
            this.run = sharing.with(new EntryPool(jobs, concurrency, threads), new ItemPermits(walkers));
            this.lookers = threads.pool("sync-look", Math.min(jobs, concurrency.most()));
        }

        synchronized void join() {
            unfinished++;
        }

        void submit(ItemWalk item) {
            run.permits().submit(() -> goOn(item));
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
            return unfinished == putOff.size() + 1;
        }

        private synchronized void putOff(ItemWalk item) {
            putOff.add(item);
            goOnWithPutOff();
        }

        void end(ItemWalk item) {
            try {
                item.end();
            } finally {
                ended();
                left.countDown();
            }
        }

        private synchronized void ended() {
            unfinished--;
            goOnWithPutOff();
        }

        /** Tries those again that were put off, if nobody else is at work. */
        @GuardedBy("this")
        private void goOnWithPutOff() {
            if (unfinished == putOff.size()) {
                putOff.forEach(item -> run.permits().submit(() -> {
                    item.startAgain();
                    end(item);
                }));
                putOff.clear();
            }
        }

        void close() {
            threads.end(lookers);
            run.pool().close();
        }
    }
}
