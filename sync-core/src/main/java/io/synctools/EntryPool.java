package io.synctools;

import io.synctools.internal.threads.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
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
    private final List<Batch> batches = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private boolean closed;

    EntryPool(int size) {
        lock.lock(); // so that no worker begins before all are there
        try {
            for (int i = 0; i < size; i++) {
                workers.add(new Worker(i % 2 == 0, "sync-entry-" + (i + 1)));
            }
        } finally {
            lock.unlock();
        }
    }

    int size() {
        return workers.size();
    }

    Condition condition() {
        return lock.newCondition();
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
            while (!batch.done() && !batch.raised) {
                batch.changed.await();
            }
            if (closed) {
                throw new InterruptedException();
            }
            batch.raised = false;
            return batch.done();
        } finally {
            lock.unlock();
        }
    }

    /** Asks for the attention of the thread that waits for the batch. */
    void raise(Batch batch) {
        lock.lock();
        try {
            batch.raised = true;
            batch.changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Hands out nothing more of a batch; what is at work goes on. */
    void exhaust(Batch batch) {
        lock.lock();
        try {
            batch.exhaust();
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
                if (batch.equals(worker.current)) {
                    worker.thread.interrupt();
                }
            }
            long left = TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
            boolean interrupted = Thread.interrupted();
            while (batch.inFlight > 0 && left > 0) {
                try {
                    left = batch.changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
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
        private @Nullable Batch current;

        Worker(boolean biggest, String name) {
            this.biggest = biggest;
            this.thread = Threads.start(name, this);
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
                        current = best;
                        return best.claim(biggest);
                    }
                    work.awaitUninterruptibly();
                }
                return null;
            } finally {
                lock.unlock();
            }
        }

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
                current = null;
                batch.inFlight--;
                if (batch.done()) {
                    batches.remove(batch);
                    batch.changed.signalAll();
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
