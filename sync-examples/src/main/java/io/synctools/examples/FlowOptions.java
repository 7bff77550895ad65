package io.synctools.examples;

import io.synctools.config.Destinations;
import io.synctools.file.Adoption;
import io.synctools.model.Shard;
import io.synctools.model.SyncPlan;
import io.synctools.spi.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of all flows, in the one place that knows their names and defaults. */
@SuppressWarnings("NullAway.Init") // picocli fills them
final class FlowOptions {
    private static final int COPIES_PER_HOST = 8;

    @Mixin
    final ListOptions lists = new ListOptions();

    @Mixin
    final Roots roots = new Roots();

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "project: the one to mirror")
    @Nullable
    String project;

    @Option(names = "--dry-run", description = "print the plan, write nothing")
    boolean dryRun;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "16",
            description = "entries in flight, divided among the shares (default: ${DEFAULT-VALUE})")
    Count jobs;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "16",
            description = "connections in all and per host, divided among the shares (default: ${DEFAULT-VALUE})")
    Count connections;

    @Option(
            names = "--part-size",
            paramLabel = "SIZE",
            defaultValue = "16MiB",
            description = "above it a file comes in ranges of this size (default: ${DEFAULT-VALUE})")
    ByteSize partSize;

    @Option(names = "--bandwidth", paramLabel = "RATE", description = "cap for the run, for example 200MiB/s")
    @Nullable
    Rate bandwidth;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            defaultValue = "0s",
            description = "how long to wait for an item that another runner holds (default: ${DEFAULT-VALUE})")
    Duration wait;

    @Option(
            names = "--stall",
            paramLabel = "DURATION",
            defaultValue = "30s",
            description = "silence for this long means a new connection (default: ${DEFAULT-VALUE})")
    Duration stall;

    @Option(
            names = "--retry-for",
            paramLabel = "DURATION",
            defaultValue = "2m",
            description = "without any progress for this long an operation fails (default: ${DEFAULT-VALUE})")
    Duration retryFor;

    @Option(
            names = "--copy-timeout",
            paramLabel = "DURATION",
            defaultValue = "2h",
            description = "images: one tag's copy (default: ${DEFAULT-VALUE})")
    Duration copyTimeout;

    @Option(
            names = "--retries",
            paramLabel = "N",
            defaultValue = "5",
            description = "tries of one operation after the first (default: ${DEFAULT-VALUE})")
    Count retries;

    @Option(
            names = "--adopt",
            paramLabel = "DIR",
            description = "one more cache or folder to take files from instead of the network, by checksum; repeatable")
    List<Path> adopt = new ArrayList<>();

    @Option(names = "--verify", description = "hash what is there again before trusting it")
    boolean verify;

    @Option(names = "--replace", description = "take over a place that another list's declaration published")
    boolean replace;

    @Option(names = "--report", paramLabel = "FILE", description = "write a report as JSON")
    @Nullable
    Path report;

    @Option(
            names = "--metrics",
            paramLabel = "FILE",
            description = "write metrics in Prometheus's text form, for the node exporter")
    @Nullable
    Path metrics;

    @Option(
            names = "--registry",
            paramLabel = "HOST=HOST[:PORT]",
            description = "reach a registry at another address; repeatable")
    Map<String, String> registries = new LinkedHashMap<>();

    @Option(
            names = "--xet",
            paramLabel = "auto|off",
            defaultValue = "auto",
            description = "Hugging Face: large files from its chunk store (default: ${DEFAULT-VALUE})")
    String xet;

    @Option(
            names = "--via",
            paramLabel = "HOST=URL",
            description = "send what is meant for a host to a reverse proxy in front of it; repeatable")
    Map<String, String> detours = new LinkedHashMap<>();

    @Option(
            names = "--plain-http",
            paramLabel = "HOST",
            description = "this registry may be spoken to without TLS; repeatable (default: this machine only)")
    List<String> plainHttp = new ArrayList<>();

    @Option(names = "--append-name", description = "images: append the source's last name to the destination always")
    boolean appendName;

    @Option(names = "--quiet", description = "say only what is not there")
    boolean quiet;

    @Option(names = "--verbose", description = "say each item and each file")
    boolean verbose;

    /** What the options say that annotations cannot check. */
    void check() {
        if (quiet && verbose) {
            throw new IllegalArgumentException("--quiet and --verbose exclude each other; choose one");
        }
        checkAtLeastOne("--jobs", jobs);
        checkAtLeastOne("--connections", connections);
        checkLasts("--stall", stall);
        checkLasts("--copy-timeout", copyTimeout);
        if (!xet.equals("auto") && !xet.equals("off")) {
            throw new IllegalArgumentException("--xet is auto or off, not '" + xet + "'");
        }
        for (Path folder : adopt) {
            if (!Files.isDirectory(folder)) {
                throw new IllegalArgumentException("--adopt " + folder + ": there is no such folder");
            }
        }
        Writable.checkFile("--report", report);
        Writable.checkFile("--metrics", metrics);
    }

    private static void checkAtLeastOne(String option, Count count) {
        if (count.value() == 0) {
            throw new IllegalArgumentException(option + " must be at least 1");
        }
    }

    private static void checkLasts(String option, Duration duration) {
        if (duration.isZero()) {
            throw new IllegalArgumentException(option + " must be longer than 0s");
        }
    }

    /**
     * What a flow declares, or the share of it that is asked for.
     *
     * @throws io.synctools.PlanException if the lists have faults
     */
    SyncPlan plan(Shell shell, String name, Flow flow) {
        return lists.plan(shell, name, flow, destinations(shell.environment()), Optional.ofNullable(project));
    }

    /** Where entries go that do not say so themselves. */
    private Destinations destinations(Map<String, String> environment) {
        Destinations all = lists.destinations(environment);
        return appendName ? all.withAppendedNames() : all;
    }

    /** What platforms are told. */
    Settings settings(Map<String, String> environment) {
        Map<String, String> told = new LinkedHashMap<>();
        Shard share = lists.portion(environment).shard();
        put(told, "jobs", share.partOf(jobs.value()));
        put(told, "connections", share.partOf(connections.value()));
        put(told, "copies-per-host", share.partOf(COPIES_PER_HOST));
        put(told, "part-size", partSize.bytes());
        put(told, "bandwidth", bandwidth == null ? null : bandwidth.bytesPerSecond());
        put(told, "wait", wait);
        put(told, "stall", stall);
        put(told, "retry-for", retryFor);
        put(told, "copy-timeout", copyTimeout);
        put(told, "retries", retries);
        put(told, "verify", verify);
        put(told, "replace", replace);
        put(told, "append-name", appendName);
        put(told, "xet", xet);
        detours.forEach((host, url) -> put(told, "via." + host, url));
        registries.forEach((host, address) -> put(told, "registry." + host, address));
        plainHttp.forEach(host -> put(told, "plain-http." + host, true));
        put(told, "runner", environment.get("SYNC_RUNNER"));
        runUrl(environment).ifPresent(url -> put(told, "run-url", url));
        Settings settings = Adoption.naming(roots.settings(environment), adopt);
        for (Map.Entry<String, String> one : told.entrySet()) {
            settings = settings.with(one.getKey(), one.getValue());
        }
        return settings;
    }

    private static void put(Map<String, String> told, String option, @Nullable Object value) {
        if (value != null) {
            told.put(option, value.toString());
        }
    }

    /** The page of this run, for those who find our lease. */
    private static Optional<String> runUrl(Map<String, String> environment) {
        String server = environment.getOrDefault("GITHUB_SERVER_URL", "");
        String repository = environment.getOrDefault("GITHUB_REPOSITORY", "");
        String run = environment.getOrDefault("GITHUB_RUN_ID", "");
        return run.isEmpty() ? Optional.empty() : Optional.of(server + "/" + repository + "/actions/runs/" + run);
    }
}
