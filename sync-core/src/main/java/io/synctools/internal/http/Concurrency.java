package io.synctools.internal.http;

import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * How many requests the hosts of a run take at a time, as far as that has been found: who prepares requests keeps as many
 * at work. Thread-safe.
 */
public final class Concurrency {
    private final int most;
    private final Map<String, Integer> hosts = new ConcurrentHashMap<>();
    private final List<Runnable> followers = new CopyOnWriteArrayList<>();
    private volatile int now;

    /** @param most whatever is found; 1 or more */
    public Concurrency(int most) {
        this.most = most;
        this.now = Math.min(most, Window.FIRST);
    }

    /** What is found in a run, shared through its context. */
    public static Concurrency of(RunContext context) {
        return context.shared(
                Concurrency.class, s -> new Concurrency(s.options().get(SyncOptions.CONNECTIONS)));
    }

    /** It will never be more. */
    public int most() {
        return most;
    }

    /** Of the host that takes the most; a first guess until one was asked. */
    public int now() {
        return now;
    }

    /** Has something done whenever it changes, on the thread that found it out, until {@link #forget}. */
    public void follow(Runnable follower) {
        followers.add(follower);
    }

    /** Tells a follower nothing more. */
    public void forget(Runnable follower) {
        followers.remove(follower);
    }

    /** A host takes so many. */
    void found(String host, int limit) {
        hosts.put(host, limit);
        int widest = hosts.values().stream().mapToInt(Integer::intValue).max().orElse(limit);
        if (widest != now) {
            now = widest;
            followers.forEach(Runnable::run);
        }
    }
}
