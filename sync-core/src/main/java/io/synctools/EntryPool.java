package io.synctools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.http.Concurrency;
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
 * The threads that settle the entries of all items at work: somewhat more at a time than the hosts take requests, so that
 * there is always one to be sent.
 *
 * <p>Every second thread takes the biggest entry there is, the others the smallest, so that neither waits behind the
 * other. A thread of this pool never waits for another entry. Thread-safe.
 */
final class EntryPool implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EntryPool.class.getName());
    private static final long GRACE_SECONDS = 5;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final int jobs;
    private final Concurrency concurrency;
    private final Threads threads;
    private final Runnable adapt = this::adapt;

    @GuardedBy("lock")
    private final List<Batch> batches = new ArrayList<>();

    @GuardedBy("lock")
    private final List<Worker> workers = new ArrayList<>();

    /** What each worker settles. */
    @GuardedBy("lock")
    private final Map<Worker, Batch> atWork = new HashMap<>();

    @GuardedBy("lock")
    private boolean closed;

    /** @param jobs at a time, whatever the hosts take */
    EntryPool(int jobs, Concurrency concurrency, Threads threads) {
        this.jobs = jobs;
        this.concurrency = concurrency;
        this.threads = threads;
        concurrency.follow(adapt);
    }

    /** How many entries may be at work now. */
    int size() {
        int now = concurrency.now();
        return Math.min(jobs, now + now / 4);
    }

    private void adapt() {
        lock.lock();
        try {
            hire();
        } finally {
            lock.unlock();
        }
    }

    /** Has a thread for each entry that may be at work. */
    @GuardedBy("lock")
    private void hire() {
        while (!closed && !batches.isEmpty() && workers.size() < size()) {
            int number = workers.size();
            workers.add(new Worker(number % 2 == 0, "sync-entry-" + (number + 1)));
        }
        work.signalAll();
    }

    /** What guards the pool, and its batches with it. */
    Lock lock() {
        return lock;
    }

    void submit(Batch batch) {
        lock.lock();
        try {
            batches.add(batch);
            hire();
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
        concurrency.forget(adapt);
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
                    Batch best = atWork.size() < size() ? best() : null;
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
