package io.synctools.examples;

import io.synctools.config.Destinations;
import io.synctools.config.ListFile;
import io.synctools.config.ListKind;
import io.synctools.model.SyncPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a flow declares. */
@SuppressWarnings("NullAway.Init") // picocli fills them
final class ListOptions {

    @Option(names = "--models", paramLabel = "FILE", description = "list of models (default: the shipped one)")
    @Nullable
    Path models;

    @Option(names = "--datasets", paramLabel = "FILE", description = "list of datasets (default: the shipped one)")
    @Nullable
    Path datasets;

    @Option(names = "--images", paramLabel = "FILE", description = "list of image rules (default: the shipped one)")
    @Nullable
    Path images;

    @Option(
            names = "--projects",
            paramLabel = "DIR",
            description = "project: folder of projects-clusters.json and projects/<name>.json")
    @Nullable
    Path projects;

    @Option(
            names = "--huggingface-layout",
            paramLabel = "local-dir|cache",
            description = "where Hugging Face entries without local_dir go (default: local-dir; project: cache)")
    @Nullable
    HuggingFaceLayout huggingfaceLayout;

    @Option(
            names = "--only",
            paramLabel = "GLOB",
            description = "only items whose organization/name matches; * crosses /; repeatable")
    List<String> only = new ArrayList<>();

    @Option(
            names = "--shard",
            paramLabel = "I/N",
            description = "own share of the items, I from 0, or an object of plan --matrix"
                    + " (default: $JOB_COMPLETION_INDEX/$JOB_COMPLETION_COUNT where set)")
    @Nullable
    ShardOption shard;

    /** Layouts of Hugging Face entries, named as on the command line. */
    enum HuggingFaceLayout {
        /** Plain folders. */
        LOCAL_DIR,
        /** The client's own cache. */
        CACHE
    }

    /** Where entries go that do not say so themselves. */
    Destinations destinations(Map<String, String> environment) {
        Destinations all = Destinations.standard(Optional.ofNullable(environment.get("HOME")));
        return huggingfaceLayout == HuggingFaceLayout.CACHE ? all.withHuggingFaceCache() : all;
    }

    /**
     * Whose share of the items is ours.
     *
     * @throws IllegalArgumentException if the environment tells only half of it
     */
    ShardOption own(Map<String, String> environment) {
        if (shard != null) {
            return shard;
        }
        String index = environment.getOrDefault("JOB_COMPLETION_INDEX", "");
        String count = environment.getOrDefault("JOB_COMPLETION_COUNT", "");
        if (index.isEmpty() && count.isEmpty()) {
            return ShardOption.ALL;
        }
        if (index.isEmpty() || count.isEmpty()) {
            throw new IllegalArgumentException(
                    "JOB_COMPLETION_INDEX and JOB_COMPLETION_COUNT belong together, and only "
                            + (index.isEmpty() ? "the count" : "the index")
                            + " is set; set both (Kubernetes sets the index alone), or give --shard I/N");
        }
        return ShardOption.parse(index + "/" + count);
    }

    /**
     * What a flow declares, or the share of it that is asked for.
     *
     * @param project the name of the project, for the flow that mirrors one
     * @throws io.synctools.PlanException if the lists have faults
     */
    SyncPlan plan(Shell shell, String name, Flow flow, Destinations destinations, Optional<String> project) {
        if (project.isPresent() && huggingfaceLayout == HuggingFaceLayout.LOCAL_DIR) {
            throw new IllegalArgumentException(
                    "--huggingface-layout local-dir: what projects declare goes where its readers"
                            + " look, to the client's own cache; give entries that need a plain folder a \"local_dir\"");
        }
        Lists read = new Lists(name, new GivenOrShipped(shell.config(), project), destinations);
        return own(shell.environment()).of(chosen(flow.plan(read)));
    }

    private SyncPlan chosen(SyncPlan all) {
        try {
            return all.only(only);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--only " + e.getMessage() + "; ./sync plan " + all.flow() + " lists them", e);
        }
    }

    /** The list that an option names, else the shipped one. */
    private final class GivenOrShipped implements Lists.Files {
        private final Path shippedFolder;
        private final Optional<String> project;

        GivenOrShipped(Path shippedFolder, Optional<String> project) {
            this.shippedFolder = shippedFolder;
            this.project = project;
        }

        @Override
        public boolean given(ListKind kind) {
            return option(kind) != null;
        }

        @Override
        public ListFile file(ListKind kind, String shipped) {
            Path given = option(kind);
            return ListFile.read(given == null ? shippedFolder.resolve(shipped) : given);
        }

        @Override
        public Optional<String> project() {
            return project;
        }

        @Override
        public Optional<Path> projects() {
            return Optional.ofNullable(projects);
        }

        private @Nullable Path option(ListKind kind) {
            return switch (kind) {
                case MODELS -> models;
                case DATASETS -> datasets;
                case IMAGES -> images;
                case PROJECT, CLUSTERS -> null;
            };
        }
    }
}
