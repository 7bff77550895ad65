package io.synctools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.http.Concurrency;
import io.synctools.internal.http.GivenHttp;
import io.synctools.internal.http.HostHeaders;
import io.synctools.internal.http.Pauses;
import io.synctools.internal.retry.Retrier;
import io.synctools.internal.retry.TimeSource;
import io.synctools.internal.threads.Threads;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.model.Version;
import io.synctools.spi.RunContext;
import io.synctools.spi.Source;
import io.synctools.spi.Target;
import java.io.IOException;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Lock;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Mirrors what plans declare.
 *
 * <p>Thread-safe; runs of one syncer share its context and with them the budgets of connections. Cancel a run by
 * interrupting the thread that called it, or by its handle where it was {@link #start}ed.
 *
 * <p>It owns the threads and connections that it makes, and {@link #close} ends them; one that is not closed lets them end by
 * themselves within a minute.
 */
public final class Syncer implements AutoCloseable {
    /** A run returns within ten seconds of an interruption. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final RunContext context;
    private final boolean ownsContext;
    private final Platforms platforms;
    private final SyncListener listener;
    private final Clock clock;
    private final int jobs;
    private final Optional<ThreadFactory> threads;
    private final Map<ArtifactRef, Lock> resolving = new ConcurrentHashMap<>();

    /** The threads that are in a run, which {@link #close} interrupts. */
    @GuardedBy("running")
    private final Set<Thread> running = new HashSet<>();

    @GuardedBy("running")
    private boolean closed;

    private Syncer(Builder builder) {
        this.ownsContext = builder.context == null;
        this.context = builder.context == null ? builder.own() : builder.context;
        this.platforms = builder.platforms == null ? Platforms.discover() : builder.platforms;
        this.listener = builder.listener;
        this.clock = builder.clock;
        this.threads = builder.threads;
        this.jobs = context.options().get(SyncOptions.JOBS);
    }

    /** Begins a syncer. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Brings there what the plan declares. Failures of items are in the report; nothing is thrown for them.
     *
     * <p>When the calling thread is interrupted, the run stops within seconds, unfinished items are reported as {@code
     * FAILED} and {@code INTERRUPTED}, and the thread is still marked as interrupted when the report comes back.
     *
     * @throws PlanException if the plan cannot be run as it is; nothing was contacted or written
     */
    public SyncReport run(SyncPlan plan) {
        return walk(plan, RunMode.MIRROR);
    }

    /**
     * Begins what {@link #run} does, on a thread of its own, and returns at once.
     *
     * @param heard hears what this run does, instead of the syncer's listener
     * @throws PlanException if the plan cannot be run as it is; nothing was contacted or written
     * @throws IllegalStateException if the syncer is closed
     */
    public SyncRun start(SyncPlan plan, SyncListener heard) {
        Map<SyncItem, Route<?>> routes = routes(plan);
        RunCounters counters = new RunCounters(plan.items().size(), Pauses.of(context));
        requireOpen();
        return SyncRun.start(
                Threads.of(context), () -> walk(plan, RunMode.MIRROR, routes, counters, heard), counters::now);
    }

    /** The same walk, stopped before anything is written; fails as {@link #run}. */
    public SyncReport preview(SyncPlan plan) {
        return walk(plan, RunMode.PREVIEW);
    }

    /**
     * What is declared and how big it is, told by the sources alone: a preview that looks at no destination, so that any
     * machine can divide the work of others ({@link Sharding#balanced}). Fails as {@link #run}.
     */
    public SyncReport survey(SyncPlan plan) {
        return walk(plan, RunMode.SURVEY);
    }

    /**
     * Finds all that is wrong with a plan, without network and disk: schemes that nobody provides, targets that cannot
     * pull from a source, unsafe destinations, and different items for one place.
     *
     * @throws PlanException with all faults
     */
    public void check(SyncPlan plan) {
        routes(plan);
    }

    /**
     * Asks the sources whether artifacts are there and may be read: once for each, several at a time, within the pauses
     * that hosts ask for. A host that does not answer is not asked again.
     *
     * @return those that are not, or of which that could not be found out, with the reason; in the order given
     * @throws IllegalArgumentException if nobody provides a source of a scheme, or an option or a variable is wrong
     */
    public Map<ArtifactRef, SyncReport.Failure> unreadable(Collection<ArtifactRef> artifacts)
            throws InterruptedException {
        requireOpen();
        Map<ArtifactRef, Source> asked = new LinkedHashMap<>();
        Map<String, Source> sources = new HashMap<>();
        artifacts.forEach(artifact -> asked.put(artifact, sources.computeIfAbsent(artifact.scheme(), this::source)));
        return new PresenceCheck(Retrier.of(context), Threads.of(context))
                .unreadable(asked, Math.min(jobs, Concurrency.of(context).most()));
    }

    /**
     * The folder of an artifact in the cache of its platform's own clients, where it is mirrored to first if it is not there
     * whole: the source is asked what the revision means now, and nothing is written where that is there.
     *
     * @throws SyncException if it cannot be had, with the kind and the words that the report of a run would have
     * @throws IllegalArgumentException if nobody provides its scheme, or that platform's clients have no cache
     */
    public Path resolve(ArtifactRef artifact) throws InterruptedException {
        return resolve(artifact, clientCache(artifact));
    }

    /** The same at a destination of one's own, for example {@code local-dir:/models/name}. */
    public Path resolve(ArtifactRef artifact, ArtifactRef destination) throws InterruptedException {
        return new Resolution(this::route, item -> run(SyncPlan.of("resolve", List.of(item))), resolving)
                .resolve(SyncItem.of(artifact, destination));
    }

    /**
     * The folder of what is published of an artifact in the cache of its platform's own clients, looked at by name and size
     * and through the indexes and links that readers use; nobody is asked for it and nothing is written.
     *
     * @throws SyncException {@code NOT_FOUND} if it is not there, whole and as declared
     * @throws IllegalArgumentException as {@link #resolve(ArtifactRef)}
     */
    public Path resolveOffline(ArtifactRef artifact) throws IOException, InterruptedException {
        return resolveOffline(artifact, clientCache(artifact));
    }

    /** The same at a destination of one's own. */
    public Path resolveOffline(ArtifactRef artifact, ArtifactRef destination) throws IOException, InterruptedException {
        requireOpen();
        SyncItem item = SyncItem.of(artifact, destination);
        // A look at names and sizes is what is asked for here; to have bytes read again there is the verifier.
        try (RunContext looking =
                RunContext.of(context.options().toBuilder().verify(false).build())) {
            looking.shared(Threads.class, s -> threads.map(Threads::new).orElseGet(Threads::new));
            return Resolution.published(
                    Route.of(
                            platforms.source(artifact.scheme()).create(looking),
                            platforms.target(destination.scheme()).create(looking)),
                    item);
        }
    }

    private ArtifactRef clientCache(ArtifactRef artifact) {
        String cache = platforms
                .source(artifact.scheme())
                .cache()
                .orElseThrow(() -> new IllegalArgumentException("the clients of \"" + artifact.scheme()
                        + "\" have no cache of their own; name a destination for " + artifact));
        return ArtifactRef.of(cache, artifact.name());
    }

    private Route<?> route(SyncItem item) {
        return Route.of(source(item.from().scheme()), target(item.to().scheme()));
    }

    /**
     * Cancels what still runs, waits until it has ended, ten seconds at most, and ends threads and idle connections. Daemons
     * that hang in a dead disk stay, and hold nothing that others need. What was given as {@link Builder#context} is left to
     * whoever shares it. Closing again does nothing.
     */
    @Override
    public void close() {
        boolean interrupted = false;
        synchronized (running) {
            closed = true;
            running.forEach(Thread::interrupt);
            long end = System.nanoTime() + GRACE.toNanos();
            for (long left = GRACE.toMillis(); !running.isEmpty() && left > 0; ) {
                try {
                    running.wait(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                left = (end - System.nanoTime()) / 1_000_000;
            }
        }
        if (ownsContext) {
            context.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void requireOpen() {
        synchronized (running) {
            if (closed) {
                throw new IllegalStateException("this syncer is closed; make another");
            }
        }
    }

    private SyncReport walk(SyncPlan plan, RunMode mode) {
        return walk(plan, mode, routes(plan), new RunCounters(plan.items().size(), Pauses.of(context)), listener);
    }

    /** Marks the calling thread as one that {@link #close} interrupts, and nobody else's once it has left. */
    private SyncReport walk(
            SyncPlan plan, RunMode mode, Map<SyncItem, Route<?>> routes, RunCounters counters, SyncListener heard) {
        synchronized (running) {
            requireOpen();
            running.add(Thread.currentThread());
        }
        try {
            return lead(plan, mode, routes, counters, heard);
        } finally {
            synchronized (running) {
                running.remove(Thread.currentThread());
                running.notifyAll();
            }
        }
    }

    private SyncReport lead(
            SyncPlan plan, RunMode mode, Map<SyncItem, Route<?>> routes, RunCounters counters, SyncListener heard) {
        Instant started = clock.instant();
        GuardedListener announcer = new GuardedListener(heard);
        Retrier retrier = Retrier.of(context);
        announcer.runStarted(plan, counters::now);
        List<SyncReport.Item> items = new Coordinator(
                        (pool, permits) -> new Run(mode, retrier, pool, permits, counters, announcer, clock),
                        Threads.of(context),
                        jobs,
                        Concurrency.of(context),
                        routes)
                .run();
        boolean well = items.stream().allMatch(SyncReport.Item::well);
        SyncReport report = new SyncReport(
                Version.TOOL,
                plan.flow(),
                well ? 0 : 1,
                started,
                clock.instant(),
                mode != RunMode.MIRROR,
                plan.shard().toString(),
                context.options().find(SyncOptions.RUNNER),
                items);
        announcer.runFinished(report);
        return report;
    }

    /** Sources and targets are made for each run: what they remember of it ends with it. */
    private Map<SyncItem, Route<?>> routes(SyncPlan plan) {
        Map<String, Source> sources = new HashMap<>();
        Map<String, Target<?>> targets = new HashMap<>();
        Places places = new Places();
        Map<SyncItem, Route<?>> routes = new LinkedHashMap<>();
        for (SyncItem item : plan.items()) {
            try {
                Route<?> route = Route.of(
                        sources.computeIfAbsent(item.from().scheme(), this::source),
                        targets.computeIfAbsent(item.to().scheme(), this::target));
                places.claim(item, route.target().place(item.to()));
                routes.put(item, route);
            } catch (IllegalArgumentException | SyncException e) {
                places.refuse(item.declaredAt(), item.from() + ": " + e.getMessage());
            }
        }
        places.check();
        return routes;
    }

    private Source source(String scheme) {
        return platforms.source(scheme).create(context);
    }

    private Target<?> target(String scheme) {
        return platforms.target(scheme).create(context);
    }

    /** Collects what a {@link Syncer} needs; all has a default. Not thread-safe. */
    public static final class Builder {
        private SyncOptions options = SyncOptions.DEFAULTS;
        private @Nullable RunContext context;
        private @Nullable Platforms platforms;
        private SyncListener listener = SyncListener.NONE;
        private Clock clock = Clock.systemUTC();
        private Optional<SSLContext> tls = Optional.empty();
        private Optional<ProxySelector> proxies = Optional.empty();
        private Optional<ThreadFactory> threads = Optional.empty();
        private HostHeaders headers = HostHeaders.NONE;

        private Builder() {}

        /** How runs work; {@link SyncOptions#DEFAULTS} unless given. Instead of {@link #context}. */
        public Builder options(SyncOptions given) {
            this.options = Objects.requireNonNull(given);
            this.context = null;
            return this;
        }

        /**
         * The same, for those who share what a run shares with targets that they made by hand; its threads and connections
         * are its own.
         */
        public Builder context(RunContext given) {
            this.context = Objects.requireNonNull(given);
            return this;
        }

        /** The platforms; {@link Platforms#discover()} unless given. */
        public Builder platforms(Platforms given) {
            this.platforms = Objects.requireNonNull(given);
            return this;
        }

        /** Who hears what a run does; nobody unless given. */
        public Builder listener(SyncListener given) {
            this.listener = Objects.requireNonNull(given);
            return this;
        }

        /** The clock of reports, and of the dates that servers name; the system's unless given. */
        public Builder clock(Clock given) {
            this.clock = Objects.requireNonNull(given);
            return this;
        }

        /**
         * Makes connections of TLS, with its certificates and its trust, in place of Java's own and of {@code SSL_CERT_FILE};
         * the host's name is still compared. Tools such as skopeo know nothing of it.
         */
        public Builder sslContext(SSLContext given) {
            this.tls = Optional.of(given);
            return this;
        }

        /**
         * Says which hosts are reached through which proxy, in place of {@code HTTP_PROXY} and its like. A proxy that asks for
         * a password gets what the process's {@link java.net.Authenticator} says. Tools such as skopeo know nothing of it.
         */
        public Builder proxySelector(ProxySelector given) {
            this.proxies = Optional.of(given);
            return this;
        }

        /**
         * Has a host told one more header, in place of a header of that name that would be sent to it. It goes to no other
         * host, also not where this one redirects; it is taken for a secret, which does not travel without TLS but to this
         * machine and those of {@link SyncOptions#PLAIN_HTTP}. Tools such as skopeo know nothing of it.
         *
         * @param host {@code host}, whatever its port, or {@code host:port}
         * @throws IllegalArgumentException if that is no host, no header, or one that requests are framed by
         */
        public Builder header(String host, String name, String value) {
            this.headers = headers.with(host, name, value);
            return this;
        }

        /**
         * Makes all threads of the syncer; daemons of its own unless given. They are used as they come: one that is no daemon
         * and hangs in a dead disk keeps the process.
         */
        public Builder threads(ThreadFactory given) {
            this.threads = Optional.of(given);
            return this;
        }

        /**
         * The syncer.
         *
         * @throws IllegalStateException if a {@link #context} was given, which has connections and threads of its own, and
         *     others as well
         */
        public Syncer build() {
            boolean given =
                    tls.isPresent() || proxies.isPresent() || threads.isPresent() || headers != HostHeaders.NONE;
            if (context != null && given) {
                throw new IllegalStateException("a context has connections and threads of its own: give the options"
                        + " instead, or no SSL context, proxy selector, headers and thread factory");
            }
            return new Syncer(this);
        }

        private RunContext own() {
            RunContext own = RunContext.of(options);
            own.shared(GivenHttp.class, s -> new GivenHttp(tls, proxies, headers));
            own.shared(TimeSource.class, s -> TimeSource.with(clock));
            threads.ifPresent(factory -> own.shared(Threads.class, s -> new Threads(factory)));
            return own;
        }
    }
}
