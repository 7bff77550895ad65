package io.synctools.examples;

import io.synctools.config.Destinations;
import io.synctools.huggingface.HuggingFaceOptions;
import io.synctools.model.Option;
import io.synctools.model.Shard;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.skopeo.SkopeoOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The options of all flows. */
@SuppressWarnings("NullAway.Init") // picocli fills them
final class FlowOptions {
    private static final List<Option<Integer>> BUDGETS =
            List.of(SyncOptions.JOBS, SyncOptions.CONNECTIONS, SkopeoOptions.COPIES_PER_HOST);

    private static final List<Option<?>> TAKEN = Stream.of(
                    Roots.OPTIONS.stream(),
                    SyncOptions.ALL.stream()
                            .filter(option -> option != SyncOptions.RUNNER && option != SyncOptions.RUN_URL),
                    Stream.of(
                            HuggingFaceOptions.XET,
                            SkopeoOptions.COPY_TIMEOUT,
                            SkopeoOptions.REGISTRY,
                            SkopeoOptions.OCI_FORM))
            .<Option<?>>flatMap(options -> options)
            .toList();

    final LibraryOptions library;
    final Roots roots;

    @Mixin
    final ListOptions lists = new ListOptions();

    @Mixin
    final TargetOption to = new TargetOption();

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "project: the one to mirror")
    @Nullable
    String project;

    @CommandLine.Option(names = "--dry-run", description = "print the plan, write nothing")
    boolean dryRun;

    @CommandLine.Option(names = "--report", paramLabel = "FILE", description = "write a report as JSON")
    @Nullable
    Path report;

    @CommandLine.Option(
            names = "--metrics",
            paramLabel = "FILE",
            description = "write metrics in Prometheus's text form, for the node exporter")
    @Nullable
    Path metrics;

    @CommandLine.Option(
            names = "--append-name",
            description = "images: append the source's last name to the destination always")
    boolean appendName;

    @CommandLine.Option(names = "--quiet", description = "say only what is not there")
    boolean quiet;

    @CommandLine.Option(names = "--verbose", description = "say each item and each file")
    boolean verbose;

    FlowOptions(Map<String, String> environment) {
        library = new LibraryOptions(environment, TAKEN);
        roots = new Roots(library);
    }

    /** What the options say that neither annotations nor the library can check. */
    void check() {
        if (quiet && verbose) {
            throw new IllegalArgumentException("--quiet and --verbose exclude each other; choose one");
        }
        to.check(library, lists);
        for (Path folder : library.options().get(SyncOptions.ADOPT)) {
            if (!Files.isDirectory(folder)) {
                throw new IllegalArgumentException("--adopt " + folder + ": there is no such folder");
            }
        }
        Writable.checkFile("--report", report);
        Writable.checkFile("--metrics", metrics);
    }

    /**
     * What a flow declares, or the share of it that is asked for.
     *
     * @throws io.synctools.PlanException if the lists have faults
     */
    SyncPlan plan(Shell shell, String name, Flow flow) {
        if (to.given() && Flows.isOfImages(name)) {
            throw new IllegalArgumentException(
                    name + " mirrors images, which go where their rules say; leave " + TargetOption.NAME + " out");
        }
        return lists.plan(shell, name, flow, destinations(shell.environment()), Optional.ofNullable(project));
    }

    /** Where entries go that do not say so themselves. */
    private Destinations destinations(Map<String, String> environment) {
        Destinations disk = lists.destinations(environment);
        Destinations all = to.place().map(disk::withPlace).orElse(disk);
        return appendName ? all.withAppendedNames() : all;
    }

    /** How the share works that is asked for: budgets are those of all shares together. */
    SyncOptions ofShare(Map<String, String> environment) {
        SyncOptions given = library.options();
        Shard share = lists.own(environment).shard();
        SyncOptions.Builder options = given.toBuilder();
        BUDGETS.forEach(budget -> options.set(budget, share.partOf(given.get(budget))));
        Optional.ofNullable(environment.get("SYNC_RUNNER"))
                .filter(name -> !name.isBlank())
                .ifPresent(options::runner);
        runUrl(environment).ifPresent(options::runUrl);
        return options.build();
    }

    /** The page of this run, for those who find our lease. */
    private static Optional<String> runUrl(Map<String, String> environment) {
        String server = environment.getOrDefault("GITHUB_SERVER_URL", "");
        String repository = environment.getOrDefault("GITHUB_REPOSITORY", "");
        String run = environment.getOrDefault("GITHUB_RUN_ID", "");
        return run.isEmpty() ? Optional.empty() : Optional.of(server + "/" + repository + "/actions/runs/" + run);
    }
}
