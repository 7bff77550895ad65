package io.synctools;

import io.synctools.model.ArtifactRef;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncItem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Owns the threads of one run and leads its items through them: many are looked at at once, few are settled at once, and
 * the entries of those share one pool.
 */
final class Coordinator {
    /** Items that are listed and not done; bounds the memory, since each holds its listing. */
    private static final int SETTLED_AT_ONCE = 4;

    private static final long GRACE_SECONDS = 8;

    private final Run run;
    private final ExecutorService lookers;
    private final ExecutorService settlers;
    private final List<ItemRun> items = new ArrayList<>();
    private final Map<ArtifactRef, List<ItemRun>> bySource = new LinkedHashMap<>();
    private final CountDownLatch left;

    Coordinator(Run run, Intent intent, Map<SyncItem, Route<?>> routes) {
        this.run = run;
        this.lookers = Executors.newFixedThreadPool(run.pool().size(), threads("sync-look"));
        this.settlers = Executors.newFixedThreadPool(
                Math.min(SETTLED_AT_ONCE, run.pool().size()), threads("sync-item"));
        Map<ArtifactRef, Look> looks = looks(run, routes);
        routes.forEach((item, route) -> {
            ItemRun itemRun = new ItemRun(run, intent, item, route, looks.get(item.from()));
            items.add(itemRun);
            bySource.computeIfAbsent(item.from(), from -> new ArrayList<>()).add(itemRun);
        });
        this.left = new CountDownLatch(items.size());
    }

    static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            // A thread that hangs in a dead network disk must not keep the process.
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Leads all items to their end; after an interruption, which stays set, to an early one. */
    List<SyncReport.Item> run() {
        try {
            bySource.values().forEach(sharing -> lookers.execute(() -> look(sharing)));
            left.await();
            shutDown();
        } catch (InterruptedException e) {
            shutDown();
            awaitEnd();
            items.forEach(ItemRun::endInterrupted);
            Thread.currentThread().interrupt();
        }
        return items.stream().map(ItemRun::result).toList();
    }

    private static Map<ArtifactRef, Look> looks(Run run, Map<SyncItem, Route<?>> routes) {
        Map<ArtifactRef, List<SyncItem>> sharing = new LinkedHashMap<>();
        routes.keySet().forEach(item -> sharing.computeIfAbsent(item.from(), from -> new ArrayList<>())
                .add(item));
        Map<ArtifactRef, Look> looks = new LinkedHashMap<>();
        sharing.forEach((from, all) -> {
            Set<NameFilter> filters = new LinkedHashSet<>();
            all.forEach(item -> filters.add(item.filter()));
            Route<?> route = routes.get(all.get(0));
            looks.put(from, new Look(route.source(), from, run.retrier(), filters, all.size()));
        });
        return looks;
    }

    private void look(List<ItemRun> sharing) {
        for (ItemRun item : sharing) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            if (item.open()) {
                try {
                    settlers.execute(() -> settle(item));
                } catch (RejectedExecutionException e) {
                    return; // interrupted meanwhile; the item is ended with the others
                }
            } else {
                end(item);
            }
        }
    }

    private void settle(ItemRun item) {
        item.settle();
        end(item);
    }

    private void end(ItemRun item) {
        item.end();
        left.countDown();
    }

    private void shutDown() {
        lookers.shutdownNow();
        settlers.shutdownNow();
        run.pool().close();
    }

    private void awaitEnd() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
        try {
            if (lookers.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                settlers.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            // Asked twice: do not wait any longer.
            Thread.currentThread().interrupt();
        }
    }
}
