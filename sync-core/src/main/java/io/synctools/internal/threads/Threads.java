package io.synctools.internal.threads;

import io.synctools.spi.RunContext;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Owns every thread that the library starts: no other class makes one. Unless a
 * program makes them, all are daemons, since one that hangs in a dead network disk must not keep the process. Thread-safe.
 *
 * <table>
 * <caption>Who runs on what</caption>
 * <tr><th>name</th><th>runs</th><th>lives</th></tr>
 * <tr><td>sync-run</td><td>a run that was started, and nobody's thread</td><td>a run</td></tr>
 * <tr><td>sync-look</td><td>open, pin, published? of each item</td><td>a run</td></tr>
 * <tr><td>sync-item</td><td>all that follows from claim to close, one thread for an item</td><td>a run</td></tr>
 * <tr><td>sync-entry</td><td>check and pull, one thread for an entry</td><td>a run</td></tr>
 * <tr><td>sync-part</td><td>ranges of large files</td><td>while there are some</td></tr>
 * <tr><td>sync-hash</td><td>hashes of large files on their way to an object store</td><td>while there are some</td></tr>
 * <tr><td>sync-disk</td><td>many small looks at a disk</td><td>while there are some</td></tr>
 * <tr><td>sync-index</td><td>reads what lies below the roots of a run already</td><td>while it reads</td></tr>
 * <tr><td>sync-lease</td><td>beats of the leases on one disk</td><td>while one is held</td></tr>
 * <tr><td>sync-watchdog</td><td>ends silent connections</td><td>while there are some</td></tr>
 * <tr><td>sync-platform</td><td>what platforms do several at a time</td><td>while there is something</td></tr>
 * <tr><td>sync-ask</td><td>questions to hubs without a run</td><td>the questions</td></tr>
 * <tr><td>sync-verify</td><td>reads files for {@code verify}</td><td>the verification</td></tr>
 * <tr><td>sync-serve</td><td>answers to requests</td><td>while a hub is served</td></tr>
 * <tr><td>sync-serve-look</td><td>looks through the roots</td><td>while a hub is served</td></tr>
 * <tr><td>sync-serve-disk</td><td>asks disks that may hang</td><td>while a hub is served</td></tr>
 * <tr><td>sync-send</td><td>reads files for readers</td><td>while a hub is served</td></tr>
 * <tr><td>sync-net</td><td>connections of readers, many to a thread</td><td>while a hub is served</td></tr>
 * <tr><td>sync-children</td><td>kills what tools were started</td><td>while the process ends</td></tr>
 * </table>
 */
public final class Threads implements AutoCloseable {
    private static final long IDLE_SECONDS = 10;

    private final Set<ExecutorService> pools = ConcurrentHashMap.newKeySet();
    private final Optional<ThreadFactory> given;

    /** An owner of no threads yet, which makes daemons. */
    public Threads() {
        this.given = Optional.empty();
    }

    /**
     * An owner of no threads yet.
     *
     * @param given makes them; they are used as they come, under the names that it gives them
     */
    public Threads(ThreadFactory given) {
        this.given = Optional.of(given);
    }

    /** The owner of the threads of all who share this context. */
    public static Threads of(RunContext context) {
        return context.shared(Threads.class, s -> new Threads());
    }

    /** A pool of at most so many threads; idle ones end. What is submitted waits in order. */
    public ExecutorService pool(String name, int size) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                size, size, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory(name));
        pool.allowCoreThreadTimeOut(true);
        return owned(pool);
    }

    /**
     * Lets a pool of ours start threads up to another number, at most as many as it was made for. Java's pools start one
     * for each task until they are full, also where some are idle; each has buffers of its own.
     */
    public static void resize(ExecutorService pool, int size) {
        if (pool instanceof ThreadPoolExecutor threads && threads.getCorePoolSize() != size) {
            threads.setCorePoolSize(Math.min(size, threads.getMaximumPoolSize()));
        }
    }

    /** A pool that has a thread for whatever is submitted; idle ones end. */
    public ExecutorService onDemand(String name) {
        return owned(new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory(name)));
    }

    /** Interrupts whatever runs on a pool, and lets its threads end; waits for nothing. */
    public void end(ExecutorService pool) {
        pool.shutdownNow();
        pools.remove(pool);
    }

    /** A thread of its own that has begun. */
    public Thread start(String name, Runnable work) {
        Thread thread = thread(name, work);
        thread.start();
        return thread;
    }

    /** Has something done when the process ends. */
    public static void atExit(String name, Runnable work) {
        Runtime.getRuntime().addShutdownHook(daemon(name, work));
    }

    /** Ends all pools; what hangs in a disk ends when the disk lets it. */
    @Override
    public void close() {
        pools.forEach(this::end);
    }

    private ExecutorService owned(ExecutorService pool) {
        pools.add(pool);
        return pool;
    }

    /** Makes threads for a library that runs on its own; it ends them. */
    public ThreadFactory factory(String name) {
        AtomicInteger number = new AtomicInteger();
        return work -> thread(name + "-" + number.incrementAndGet(), work);
    }

    private Thread thread(String name, Runnable work) {
        if (given.isEmpty()) {
            return daemon(name, work);
        }
        Thread thread = given.get().newThread(work);
        if (thread == null) { // an executor would wait for it for ever
            throw new IllegalStateException("the thread factory that the syncer was given made no thread for " + name);
        }
        return thread;
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
