package io.synctools;

import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Owns the threads of one run and leads its items through them: many are looked at at once, few are settled at once, and
 * the entries of those share one pool. What the disk had no room for beside others is tried again when those have ended: they
 * may have failed, and left some.
 */
final class Coordinator {
    private static final long GRACE_SECONDS = 8;

    private final Run run;
    private final ExecutorService lookers;
    private final ExecutorService settlers;
    private final List<ItemRun> items = new ArrayList<>();
    private final Map<ArtifactRef, List<ItemRun>> bySource = new LinkedHashMap<>();
    private final List<ItemRun> putOff = new ArrayList<>();
    private final CountDownLatch left;

    Coordinator(Run run, Intent intent, Map<SyncItem, Route<?>> routes) {
        this.run = run;
        this.lookers = Executors.newFixedThreadPool(run.pool().size(), threads("sync-look"));
        this.settlers = Executors.newFixedThreadPool(run.pool().size(), threads("sync-item"));
        Map<ArtifactRef, Look> looks = new LinkedHashMap<>();
        routes.forEach((item, route) -> {
            Look look = looks.computeIfAbsent(item.from(), from -> new Look(route.source(), from, run.retrier()));
            look.join(item.filter());
            ItemRun itemRun = new ItemRun(run, intent, item, route, look);
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

    private void look(List<ItemRun> sharing) {
        for (ItemRun item : sharing) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            if (!item.open()) {
                end(item);
            } else if (!settleLater(() -> settle(item))) {
                return;
            }
        }
    }

    /** False where the run was interrupted meanwhile; then the item is ended with the others. */
    private boolean settleLater(Runnable work) {
        try {
            settlers.execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void settle(ItemRun item) {
        inTurn(() -> {
            boolean alone = isLast();
            item.settle();
            if (!alone && item.lacksRoom()) {
                putOff(item);
            } else {
                end(item);
            }
        });
    }

    private void settleAgain(ItemRun item) {
        inTurn(() -> {
            item.settleAgain();
            end(item);
        });
    }

    private void inTurn(Runnable work) {
        try {
            run.turns().take();
        } catch (InterruptedException e) {
            return; // the item is ended with the others
        }
        try {
            work.run();
        } finally {
            run.turns().giveBack();
        }
    }

    private boolean isLast() {
        synchronized (putOff) {
            return left.getCount() == putOff.size() + 1;
        }
    }

    private void putOff(ItemRun item) {
        try {
            item.putOff();
        } finally {
            synchronized (putOff) {
                putOff.add(item);
            }
            goOnWithPutOff();
        }
    }

    private void end(ItemRun item) {
        try {
            item.end();
        } finally {
            left.countDown();
            goOnWithPutOff();
        }
    }

    /** Tries those again that were put off, if nobody else is at work. */
    private void goOnWithPutOff() {
        synchronized (putOff) {
            if (left.getCount() == putOff.size()) {
                putOff.forEach(item -> settleLater(() -> settleAgain(item)));
                putOff.clear();
            }
        }
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
