package io.synctools.s3;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.file.Holder;
import io.synctools.internal.retry.TimeSource;
import io.synctools.internal.threads.Threads;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.s3.StoreApi.Small;
import io.synctools.spi.Reporter;
import io.synctools.spi.RunContext;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * The right to work at one place of a store, kept in a small object that is made only where there is none, and renewed by a
 * counter. Where a store does not know such conditions, or somebody's clock stood still, two may believe that they hold it:
 * that costs bandwidth and nothing else, since both write the same bytes under the same names, and pointers last.
 *
 * <p>A waiter judges a holder as for disks: at once where its process is known to be there or gone, else by whether the
 * counter moves during a minute of the waiter's own monotonic clock. Thread-safe.
 */
final class StoreLease implements Closeable {
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final Duration BEAT = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int LIMIT = 16 * 1024;

    private final StoreApi api;
    private final String key;
    private final TimeSource time;

    @GuardedBy("this")
    private Holder self;

    @GuardedBy("this")
    private String tag;

    private volatile boolean lost;
    private volatile boolean closed;
    private volatile long seenAt;

    private StoreLease(StoreApi api, String key, TimeSource time, Holder self, String tag) {
        this.api = api;
        this.key = key;
        this.time = time;
        this.self = self;
        this.tag = tag;
        this.seenAt = time.nanos();
    }

    /** Who holds it; empty where nobody does. */
    static Optional<Holder> holder(StoreApi api, StorePlace place) throws IOException, InterruptedException {
        return api.get(place.lease(), LIMIT).map(Small::bytes).map(Holder::of);
    }

    /**
     * Takes the lease, that of a dead holder too, and waits for a living one as long as the option "wait" says.
     *
     * @throws HeldByAnotherException if a living holder still has it after the wait
     */
    static StoreLease take(StoreApi api, StorePlace place, RunContext context, Reporter reporter)
            throws IOException, InterruptedException {
        TimeSource time = TimeSource.of(context);
        Holder self = Holder.self(context.options().find(SyncOptions.RUN_URL).orElse(""));
        Duration patience = context.options().get(SyncOptions.WAIT);
        long begun = time.nanos();
        Optional<Holder> watched = Optional.empty();
        long stillSince = begun;
        boolean beats = false;
        boolean told = false;
        while (true) {
            Optional<String> made = api.put(place.lease(), self.toBytes(), Map.of("If-None-Match", "*"));
            if (made.isPresent()) {
                return keep(new StoreLease(api, place.lease(), time, self, made.get()), context);
            }
            Optional<Small> found = api.get(place.lease(), LIMIT);
            if (found.isEmpty()) {
                continue; // it was given up in this moment
            }
            Holder holder = Holder.of(found.get().bytes());
            if (holder.nonce().equals(self.nonce())) { // it was made, and only the answer was lost
                return keep(
                        new StoreLease(
                                api, place.lease(), time, self, found.get().tag()),
                        context);
            }
            if (!watched.equals(Optional.of(holder))) {
                beats |= watched.isPresent();
                watched = Optional.of(holder);
                stillSince = time.nanos();
            }
            if (holder.isGone() || time.nanos() - stillSince >= SILENCE.toNanos()) {
                Optional<String> taken = api.put(
                        place.lease(),
                        self.toBytes(),
                        Map.of("If-Match", "\"" + found.get().tag() + "\""));
                if (taken.isPresent()) {
                    return keep(new StoreLease(api, place.lease(), time, self, taken.get()), context);
                }
            } else if ((beats || holder.isHere()) && time.nanos() - begun >= patience.toNanos()) {
                throw new HeldByAnotherException("another runner works on it: " + holder.describe() + " holds "
                        + place.bucket() + "/" + place.lease() + "; waited "
                        + Duration.ofNanos(time.nanos() - begun).toSeconds()
                        + " s; it is alive; run again later, or give the option \"wait\" a longer time");
            }
            if (!told) {
                told = true;
                reporter.waits(holder.describe());
            }
            time.sleep(LOOK);
        }
    }

    private static StoreLease keep(StoreLease lease, RunContext context) {
        context.shared(Keeper.class, s -> new Keeper(Threads.of(s))).keep(lease);
        return lease;
    }

    /**
     * Makes sure, by looking now, that it is still ours.
     *
     * @throws HeldByAnotherException if another runner took it over
     */
    void confirm() throws IOException, InterruptedException {
        Optional<Holder> holder =
                lost ? Optional.empty() : api.get(key, LIMIT).map(Small::bytes).map(Holder::of);
        if (holder.filter(this::isUs).isEmpty()) {
            lost = true;
            throw new HeldByAnotherException("the lease " + key + " was taken over while this process did not run"
                    + holder.map(other -> " by " + other.describe()).orElse("")
                    + "; what was brought so far is kept; run again");
        }
        seenAt = time.nanos();
    }

    private synchronized boolean isUs(Holder holder) {
        return holder.nonce().equals(self.nonce());
    }

    /** Gives it up. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        synchronized (this) { // after a beat that is under way
            if (lost) {
                return;
            }
            try {
                if (time.nanos() - seenAt > SILENCE.toNanos() / 2) {
                    confirm();
                }
                api.delete(key);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (SyncException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }

    /** Counts on; false when it need not be done again. */
    private boolean renew() {
        if (closed || lost) {
            return false;
        }
        synchronized (this) {
            if (closed) {
                return false;
            }
            try {
                Holder next = self.beaten();
                Optional<String> renewed = api.put(key, next.toBytes(), Map.of("If-Match", "\"" + tag + "\""));
                if (renewed.isEmpty()) {
                    lost = true;
                    return false;
                }
                self = next;
                tag = renewed.get();
                seenAt = time.nanos();
                return true;
            } catch (IOException | SyncException e) {
                return true; // the next beat tries again, and publishing looks for itself
            } catch (InterruptedException e) {
                return false;
            }
        }
    }

    /** Renews the leases of a run; its thread ends when none is left. */
    private static final class Keeper {
        private final Threads threads;
        private final Set<StoreLease> leases = ConcurrentHashMap.newKeySet();

        @GuardedBy("this")
        private boolean running;

        Keeper(Threads threads) {
            this.threads = threads;
        }

        synchronized void keep(StoreLease lease) {
            leases.add(lease);
            if (!running) {
                running = true;
                threads.start("sync-lease", this::run);
            }
        }

        private void run() {
            while (anyIsLeft()) {
                LockSupport.parkNanos(this, BEAT.toNanos()); // waking early only renews early
                leases.removeIf(lease -> !lease.renew());
            }
        }

        private synchronized boolean anyIsLeft() {
            leases.removeIf(lease -> lease.closed || lease.lost);
            running = !leases.isEmpty();
            return running;
        }
    }
}
