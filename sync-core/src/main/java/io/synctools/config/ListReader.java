package io.synctools.config;

import io.synctools.model.SyncItem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads lists of models, datasets or images, INI or JSON, into items; contacts nobody.
 *
 * <p>All faults of all files are told at once. Thread-safe.
 */
public final class ListReader {
    private final Destinations destinations;

    /**
     * A reader for one run.
     *
     * @param destinations where entries go that do not say so themselves
     */
    public ListReader(Destinations destinations) {
        this.destinations = destinations;
    }

    /** Reads files of one kind ({@code MODELS}, {@code DATASETS} or {@code IMAGES}); entries in several count once. */
    public ListReading read(ListKind kind, List<Path> files) {
        return readFiles(kind, files.stream().map(ListFile::read).toList());
    }

    /** As {@link #read}, from files that were read before. */
    public ListReading readFiles(ListKind kind, List<ListFile> files) {
        Faults faults = new Faults();
        List<SyncItem> items = new ArrayList<>();
        for (ListFile file : files) {
            int before = faults.errors();
            List<SyncItem> found = items(kind, file, faults);
            if (found.isEmpty() && faults.errors() == before) {
                faults.warning(file.top(), "declares nothing");
            }
            items.addAll(found);
        }
        List<SyncItem> settled = new Collisions(faults).settle(items);
        return new ListReading(
                settled, faults.inOrder(files.stream().map(ListFile::name).toList()));
    }

    /**
     * Reads lists of models, of datasets or of a project, each of the kind that its content or its name tells.
     *
     * <p>A list of another kind is an error. Unlike in a run, several entries may claim one place.
     */
    public ListReading readRepositories(List<Path> files) {
        Faults faults = new Faults();
        List<SyncItem> items = new ArrayList<>();
        for (Path path : files) {
            ListFile file = ListFile.read(path);
            ListKind kind = Recognition.kind(file);
            switch (kind) {
                case MODELS, DATASETS -> items.addAll(items(kind, file, faults));
                case PROJECT -> {
                    ListReading project = new ProjectLists(destinations).readProject(file);
                    items.addAll(project.items());
                    faults.addAll(project.faults());
                }
                case IMAGES, CLUSTERS ->
                    faults.error(file.top(), "is a list of " + kind.label() + "; name lists of models or datasets");
            }
        }
        return new ListReading(
                items, faults.inOrder(files.stream().map(Path::toString).toList()));
    }

    private List<SyncItem> items(ListKind kind, ListFile file, Faults faults) {
        boolean json = isJson(file);
        Optional<ListKind> other = json ? Recognition.otherThan(kind, file) : Optional.empty();
        if (other.isPresent()) {
            faults.error(
                    file.top(),
                    "is " + other.get().phrase() + ", and " + kind.phrase() + " is expected here; "
                            + (other.get() == ListKind.PROJECT || other.get() == ListKind.CLUSTERS
                                    ? "the flow \"project\" mirrors one, by its name"
                                    : "give it as the option \"" + other.get().label() + "\""));
            return List.of();
        }
        return switch (kind) {
            case MODELS, DATASETS ->
                json
                        ? JsonList.read(file, faults)
                                .map(new RepositoryList(kind, destinations, faults)::read)
                                .orElse(List.of())
                        : IniList.read(file, kind, destinations, faults);
            case IMAGES ->
                JsonList.read(file, faults)
                        .map(new ImageList(destinations, faults)::read)
                        .orElse(List.of());
            case PROJECT, CLUSTERS -> throw new IllegalArgumentException(kind + " is read by ProjectLists");
        };
    }

    /** By the end of its name; where that says nothing, by how it begins. */
    static boolean isJson(ListFile file) {
        String name = file.name().toLowerCase(Locale.ROOT);
        if (name.endsWith(".json") || name.endsWith(".ini") || name.endsWith(".txt")) {
            return name.endsWith(".json");
        }
        String text = file.text().orElse("").stripLeading();
        String inside = text.isEmpty() ? "" : text.substring(1).stripLeading();
        return text.startsWith("{")
                || (text.startsWith("[") && (inside.isEmpty() || "{[]\"".indexOf(inside.charAt(0)) >= 0));
    }
}
