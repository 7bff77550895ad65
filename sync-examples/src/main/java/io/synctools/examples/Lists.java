package io.synctools.examples;

import io.synctools.PlanException;
import io.synctools.config.Destinations;
import io.synctools.config.ImageRule;
import io.synctools.config.ListFault;
import io.synctools.config.ListFile;
import io.synctools.config.ListKind;
import io.synctools.config.ListReader;
import io.synctools.config.ListReading;
import io.synctools.config.ProjectLists;
import io.synctools.config.ProjectReading;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The lists of one run, from which its flow composes a plan. Used by one thread. */
final class Lists {

    /** Where lists come from. */
    interface Files {
        /** Whether the options name a list of that kind. */
        boolean given(ListKind kind);

        /** The list that the options name, else the shipped one of that name. */
        ListFile file(ListKind kind, String shipped);

        /** The project that the arguments name. */
        default Optional<String> project() {
            return Optional.empty();
        }

        /** The folder of projects that the options name. */
        default Optional<Path> projects() {
            return Optional.empty();
        }
    }

    private final String flow;
    private final Files files;
    private final Destinations destinations;
    private final Set<ListKind> read = EnumSet.noneOf(ListKind.class);

    Lists(String flow, Files files, Destinations destinations) {
        this.flow = flow;
        this.files = files;
        this.destinations = destinations;
    }

    /** The models of a shipped list, or of the one that replaces it. */
    ListReading models(String shipped) {
        return read(ListKind.MODELS, shipped);
    }

    /** The datasets of a shipped list, or of the one that replaces it. */
    ListReading datasets(String shipped) {
        return read(ListKind.DATASETS, shipped);
    }

    /** The image rules that the options name; there is no shipped list of them. */
    ListReading images() {
        if (!files.given(ListKind.IMAGES)) {
            throw new IllegalArgumentException("name the list of image rules: --images FILE");
        }
        return read(ListKind.IMAGES, "");
    }

    /** One image rule, which a list that the options name replaces. */
    ListReading image(String from, String to, NameFilter tags) {
        return images(List.of(from), to, tags);
    }

    /** An image rule for each of the repositories, which a list that the options name replaces. */
    ListReading images(List<String> from, String to, NameFilter tags) {
        if (files.given(ListKind.IMAGES)) {
            return images();
        }
        List<SyncItem> items = new ArrayList<>();
        for (String repository : from) {
            items.add(ImageRule.item(repository, to, tags, destinations.appendName()));
        }
        return new ListReading(items, List.of());
    }

    /** The project that the arguments name; faults of other projects do not stop it. */
    ListReading project() {
        read.add(ListKind.PROJECT);
        if (files.project().isEmpty() || files.projects().isEmpty()) {
            throw new IllegalArgumentException("name the project and the folder: ./sync project NAME --projects DIR");
        }
        String name = files.project().get();
        Path folder = files.projects().get();
        ProjectReading all = new ProjectLists(destinations).read(folder);
        List<ListFault> faults = concerning(name, all, folder);
        boolean broken = faults.stream().anyMatch(ListFault::error);
        return new ListReading(broken ? List.of() : named(name, all, folder).items(), faults);
    }

    /** The faults that stop a project: those of its own file and of the clusters' file. */
    static List<ListFault> concerning(String project, ProjectReading all, Path folder) {
        Set<String> concerned = Set.of(
                fileOf(project, folder).toString(),
                folder.resolve(ProjectLists.CLUSTERS_FILE).toString());
        return all.faults().stream()
                .filter(fault -> concerned.contains(fault.place().file()))
                .toList();
    }

    /**
     * The project of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    static io.synctools.config.DeclaredProject named(String project, ProjectReading all, Path folder) {
        return all.project(project)
                .orElseThrow(() -> new IllegalArgumentException(
                        fileOf(project, folder).toFile().exists()
                                ? "no cluster mirrors the project \"" + project + "\"; add it to "
                                        + folder.resolve(ProjectLists.CLUSTERS_FILE)
                                : "there is no project \"" + project + "\" in " + folder + "; there is "
                                        + all.projects().stream()
                                                .map(io.synctools.config.DeclaredProject::name)
                                                .collect(Collectors.joining(", "))));
    }

    private static Path fileOf(String project, Path folder) {
        return folder.resolve(ProjectLists.PROJECTS_FOLDER).resolve(project + ".json");
    }

    private ListReading read(ListKind kind, String shipped) {
        read.add(kind);
        return new ListReader(destinations).readFiles(kind, List.of(files.file(kind, shipped)));
    }

    /**
     * The plan of all that was read.
     *
     * @throws PlanException with all faults, if one of them is an error
     * @throws IllegalArgumentException if the options name a list that this flow does not have
     */
    SyncPlan plan(ListReading... readings) {
        if (!read.contains(ListKind.PROJECT)
                && (files.project().isPresent() || files.projects().isPresent())) {
            throw new IllegalArgumentException(flow + " takes no project"
                    + files.project()
                            .map(name -> "; what does \"" + name + "\" mean?")
                            .orElse("; leave --projects out"));
        }
        for (ListKind kind : List.of(ListKind.MODELS, ListKind.DATASETS, ListKind.IMAGES)) {
            if (files.given(kind) && !read.contains(kind)) {
                throw new IllegalArgumentException(flow + " has no list of " + kind.label() + "; leave --"
                        + kind.label() + " out, or see ./sync --help for the flow that you mean");
            }
        }
        List<ListFault> faults = Stream.of(readings)
                .flatMap(reading -> reading.faults().stream())
                .toList();
        if (faults.stream().anyMatch(ListFault::error)) {
            throw new PlanException(faults);
        }
        SyncPlan.Builder plan = SyncPlan.builder(
                files.project().map(project -> flow + " " + project).orElse(flow));
        for (ListReading reading : readings) {
            plan.addAll(reading.items());
        }
        faults.forEach(fault -> plan.warn(fault.toString()));
        return plan.build();
    }
}
