package io.synctools.spi;

import io.synctools.internal.http.ItemMeter;
import io.synctools.internal.http.PlatformHttp;
import io.synctools.internal.http.PlatformPool;
import io.synctools.model.SyncOptions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What one run hands to every platform: its options, the environment, and the objects that platforms share.
 *
 * <p>Thread-safe. It never prints its values, which may be secret.
 */
public final class RunContext implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RunContext.class.getName());

    private final SyncOptions options;
    private final Map<Class<?>, Object> shared = new ConcurrentHashMap<>();

    private RunContext(SyncOptions options) {
        this.options = Objects.requireNonNull(options);
    }

    /** For runs with these options; nothing is shared yet. */
    public static RunContext of(SyncOptions options) {
        return new RunContext(options);
    }

    /** The options of the core and of the platforms. */
    public SyncOptions options() {
        return options;
    }

    /** A variable of the environment; an empty one counts as absent. */
    public Optional<String> env(String name) {
        return Optional.ofNullable(environment().get(name)).filter(value -> !value.isEmpty());
    }

    /** The whole environment, for platforms whose variables have computed names (registry hosts). */
    public Map<String, String> environment() {
        return options.environment();
    }

    /** HTTP as this run speaks it. */
    public RunHttp http() {
        return PlatformHttp.of(this);
    }

    /** Counts for the item that the calling thread works for. */
    public RequestMeter meter() {
        return ItemMeter.current();
    }

    /** What is done with one of many; thread-safe. */
    @FunctionalInterface
    public interface Step<T> {
        /** Does it. */
        void on(T item) throws IOException, InterruptedException;
    }

    /**
     * Does something with each of the items, several at a time, on threads that the run lends, so that platforms start none;
     * the calling thread works, too. In no order. After a failure or an interruption nothing more is begun; returns, or throws
     * one of the failures, when what was begun has ended.
     */
    public <T> void each(List<T> items, Step<? super T> step) throws IOException, InterruptedException {
        PlatformPool.of(this).each(items, step);
    }

    /** The one instance of a type that platforms of this run share, made at first use (a budget of connections). */
    public <T> T shared(Class<T> type, Function<RunContext, T> create) {
        Object found = shared.get(type);
        if (found == null) {
            synchronized (shared) {
                found = shared.get(type);
                if (found == null) {
                    found = create.apply(this);
                    shared.put(type, found);
                }
            }
        }
        return type.cast(found);
    }

    /**
     * Ends what is shared and can be ended, such as threads and idle connections. Whatever still uses it fails; called when
     * no run does.
     */
    @Override
    public void close() {
        for (Object one : shared.values()) {
            if (one instanceof AutoCloseable owner) {
                try {
                    owner.close();
                } catch (Exception e) { // The others are closed all the same.
                    if (e instanceof InterruptedException) {
                        Thread.currentThread().interrupt();
                    }
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "not closed cleanly: " + owner.getClass().getName(),
                            e);
                }
            }
        }
    }

    @Override
    public String toString() {
        return "RunContext[" + options + "]";
    }
}
