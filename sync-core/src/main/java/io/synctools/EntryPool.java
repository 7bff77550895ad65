package io.synctools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.threads.Threads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The fixed pool of threads that settles the entries of all items at work.
 *
 * <p>Every second thread takes the biggest entry there is, the others the smallest, so that neither waits behind the
 * other. A thread of this pool never waits for another entry. Thread-safe.
 */
final class EntryPool implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EntryPool.class.getName());
    private static final long GRACE_SECONDS = 5;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final int size;
    private final Threads threads;

    @GuardedBy("lock")
    private final List<Batch> batches = new ArrayList<>();

    @GuardedBy("lock")
    private final List<Worker> workers = new ArrayList<>();

    /** What each worker settles. */
    @GuardedBy("lock")
    private final Map<Worker, Batch> atWork = new HashMap<>();

    @GuardedBy("lock")
    private boolean closed;

    EntryPool(int size, Threads threads) {
        this.size = size;
        this.threads = threads;
        lock.lock(); // so that no worker begins before all are there
        boolean whole = false;
        try {
            for (int i = 0; i < size; i++) {
                workers.add(new Worker(i % 2 == 0, "sync-entry-" + (i + 1)));
            }
            whole = true;
        } finally {
            closed = !whole; // those that were made end
            lock.unlock();
        }
    }

    int size() {
        return size;
    }

    /** What guards the pool, and its batches with it. */
    Lock lock() {
        return lock;
    }

    void submit(Batch batch) {
        lock.lock();
        try {
            batches.add(batch);
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until a batch is done (true), or one of its entries asked for attention (false).
     *
     * @throws InterruptedException also if the pool was closed: then nobody knows what became of the entries
     */
    boolean await(Batch batch) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean done = batch.await();
            if (closed) {
                throw new InterruptedException();
            }
            return done;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends a batch: hands out nothing more, interrupts what is at work, and waits until that has ended, but not for ever:
     * a thread may hang in a dead network disk.
     */
    void stop(Batch batch) {
        lock.lock();
        try {
            batch.exhaust();
            batches.remove(batch);
            for (Worker worker : workers) {
                if (batch.equals(atWork.get(worker))) {
                    worker.thread.interrupt();
                }
            }
            batch.awaitIdle(TimeUnit.SECONDS.toNanos(GRACE_SECONDS));
        } finally {
            lock.unlock();
        }
    }

    /** Interrupts all threads and lets them end. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            batches.forEach(Batch::exhaust);
            workers.forEach(worker -> worker.thread.interrupt());
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private final class Worker implements Runnable {
        private final boolean biggest;
        private final Thread thread;

        Worker(boolean biggest, String name) {
            this.biggest = biggest;
            this.thread = threads.start(name, this);
        }

        @Override
        public void run() {
            for (Batch.Claim claim = next(); claim != null; claim = next()) {
                try {
                    claim.settle();
                } catch (InterruptedException e) {
                    // The batch was stopped or the run interrupted; either way whoever did that knows.
                } catch (Throwable e) {
                    LOG.log(
                            System.Logger.Level.ERROR,
                            "a step let an exception through; its entry counts as untried",
                            e);
                } finally {
                    settled(claim.batch());
                }
            }
        }

        private Batch.@Nullable Claim next() {
            lock.lock();
            try {
                while (!closed) {
                    Batch best = best();
                    if (best != null) {
                        atWork.put(this, best);
                        return best.claim(biggest);
                    }
                    work.awaitUninterruptibly();
                }
                return null;
            } finally {
                lock.unlock();
            }
        }

        @GuardedBy("EntryPool.this.lock")
        private @Nullable Batch best() {
            Batch best = null;
            for (Batch batch : batches) {
                if (!batch.handedOut()
                        && (best == null
                                || (biggest
                                        ? batch.next(true) > best.next(true)
                                        : batch.next(false) < best.next(false)))) {
                    best = batch;
                }
            }
            return best;
        }

        private void settled(Batch batch) {
            lock.lock();
            try {
                atWork.remove(this);
                batch.settled();
                if (batch.done()) {
                    batches.remove(batch);
                }
                // An interruption meant for that batch must not reach the next one.
                if (!closed) {
                    Thread.interrupted();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
