package io.synctools.config;

import io.synctools.internal.text.Nearest;
import io.synctools.internal.text.Printable;
import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads self-serve projects: {@code projects-clusters.json} says which project goes to which clusters, and
 * {@code projects/<name>.json} what it declares.
 *
 * <p>All faults of all files are told at once. Thread-safe.
 */
public final class ProjectLists {
    /** The file that names the projects, inside their folder. */
    public static final String CLUSTERS_FILE = "projects-clusters.json";
    /** The folder with one file for each project, beside it. */
    public static final String PROJECTS_FOLDER = "projects";

    private static final String SCHEMA_KEY = "$schema";
    private static final String JSON = ".json";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /** What the clusters' file says of one project. */
    private record Declared(Place place, Place clustersPlace, List<String> clusters) {}

    private final Destinations destinations;

    /**
     * A reader for one run.
     *
     * @param destinations where entries go that do not say so themselves; those of Hugging Face go to its client's own
     *     cache in any case, since a project's readers look there
     */
    public ProjectLists(Destinations destinations) {
        this.destinations = destinations.withHuggingFaceCache();
    }

    /** Reads the files of a folder. */
    public ProjectReading read(Path folder) {
        return readFiles(
                ListFile.read(folder.resolve(CLUSTERS_FILE)),
                projectFiles(folder).stream().map(ListFile::read).toList());
    }

    /** As {@link #read}, from files that were read before, for example out of an older revision. */
    public ProjectReading readFiles(ListFile clusters, List<ListFile> projects) {
        Faults faults = new Faults();
        Map<String, Declared> declared = new LinkedHashMap<>();
        JsonList.read(clusters, faults).ifPresent(root -> declared.putAll(clusters(root, faults)));
        boolean clustersKnown = faults.errors() == 0;
        warnOfMistypedLabels(declared, faults);
        Map<String, ListFile> files = new LinkedHashMap<>();
        projects.forEach(file -> files.put(nameOf(file), file));
        Map<String, List<SyncItem>> whole = new LinkedHashMap<>();
        files.forEach((name, file) -> {
            int before = faults.errors();
            List<SyncItem> items = items(file, faults);
            if (faults.errors() == before) {
                whole.put(name, items);
            }
            if (clustersKnown && !declared.containsKey(name)) {
                faults.warning(
                        file.top(),
                        "no cluster mirrors this project; add " + Printable.quoted(name) + " to " + CLUSTERS_FILE);
            }
        });
        List<DeclaredProject> found = new ArrayList<>();
        declared.forEach((name, said) -> {
            if (!files.containsKey(name)) {
                faults.error(
                        said.place(),
                        "the project " + Printable.quoted(name) + " has no file " + PROJECTS_FOLDER + "/" + name + JSON
                                + Nearest.hint(name, files.keySet()));
            } else if (whole.containsKey(name) && !said.clusters().isEmpty()) {
                found.add(new DeclaredProject(name, said.clusters(), whole.get(name)));
            }
        });
        refuseSharedPlaces(found, faults);
        List<String> order = Stream.concat(Stream.of(clusters), projects.stream())
                .map(ListFile::name)
                .toList();
        return new ProjectReading(found, faults.inOrder(order));
    }

    /** Projects that share a cluster share its disk: there each place has one content, or changes with every run. */
    private static void refuseSharedPlaces(List<DeclaredProject> projects, Faults faults) {
        Set<String> clusters = new LinkedHashSet<>();
        projects.forEach(project -> clusters.addAll(project.clusters()));
        Set<ListFault> told = new LinkedHashSet<>();
        for (String cluster : clusters) {
            Faults shared = new Faults();
            new Collisions(shared)
                    .compare(projects.stream()
                            .filter(project -> project.clusters().contains(cluster))
                            .map(DeclaredProject::items)
                            .toList());
            told.addAll(shared.inOrder(List.of()));
        }
        faults.addAll(List.copyOf(told));
    }

    /** Nobody here knows which runners there are; but a label that only one project has, and others nearly, is odd. */
    private static void warnOfMistypedLabels(Map<String, Declared> declared, Faults faults) {
        Map<String, Long> uses = declared.values().stream()
                .flatMap(said -> said.clusters().stream())
                .collect(Collectors.groupingBy(label -> label, LinkedHashMap::new, Collectors.counting()));
        declared.forEach((name, said) -> said.clusters().stream()
                .filter(label -> uses.getOrDefault(label, 0L) == 1)
                .forEach(label -> uses.keySet().stream()
                        .filter(other -> uses.getOrDefault(other, 0L) > 1 && Nearest.differBySlip(label, other))
                        .findFirst()
                        .ifPresent(other -> faults.warning(
                                said.clustersPlace(),
                                "only " + Printable.quoted(name) + " has the cluster " + Printable.quoted(label)
                                        + "; did you mean " + Printable.quoted(other) + "?"))));
    }

    /** Reads one project's file by itself. */
    public ListReading readProject(ListFile file) {
        Faults faults = new Faults();
        List<SyncItem> items = items(file, faults);
        return new ListReading(items, faults.inOrder(List.of(file.name())));
    }

    /** The files of the projects in a folder, by name; none where it cannot be read. */
    static List<Path> projectFiles(Path folder) {
        TreeSet<Path> files = new TreeSet<>();
        Path projects = folder.resolve(PROJECTS_FOLDER);
        if (Files.isDirectory(projects)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(projects, "*" + JSON)) {
                entries.forEach(files::add);
            } catch (IOException e) {
                return List.of();
            }
        }
        return List.copyOf(files);
    }

    private static String nameOf(ListFile file) {
        String base = file.name().substring(file.name().lastIndexOf('/') + 1);
        return base.endsWith(JSON) ? base.substring(0, base.length() - JSON.length()) : base;
    }

    private List<SyncItem> items(ListFile file, Faults faults) {
        int before = faults.errors();
        List<SyncItem> items =
                JsonList.read(file, faults).map(root -> items(root, faults)).orElse(List.of());
        if (items.isEmpty() && faults.errors() == before) {
            faults.warning(file.top(), "declares nothing");
        }
        return items;
    }

    /** Models, then datasets, compared with each other. */
    private List<SyncItem> items(JsonValue root, Faults faults) {
        if (!(root instanceof JsonValue.Members object)) {
            faults.error(root.place(), "a project is an object with \"models\" and \"datasets\", not " + root.what());
            return List.of();
        }
        List<String> keys = List.of(ListKind.MODELS.label(), ListKind.DATASETS.label(), SCHEMA_KEY);
        Fields fields = new Fields(object, "a project", keys, Map.of("model", "models", "dataset", "datasets"), faults);
        List<SyncItem> items = new ArrayList<>();
        for (ListKind kind : List.of(ListKind.MODELS, ListKind.DATASETS)) {
            Optional<JsonValue> list = fields.value(kind.label());
            list.ifPresent(value -> items.addAll(new RepositoryList(kind, destinations, faults).read(value)));
        }
        return new Collisions(faults).settle(items);
    }

    private static Map<String, Declared> clusters(JsonValue root, Faults faults) {
        Map<String, Declared> declared = new LinkedHashMap<>();
        if (!(root instanceof JsonValue.Members object)) {
            faults.error(
                    root.place(), "this is an object of projects, each {\"clusters\": [\"…\"]}, not " + root.what());
            return declared;
        }
        int before = faults.errors();
        for (JsonValue.Member member : object.members()) {
            if (member.key().equals(SCHEMA_KEY)) {
                continue;
            }
            if (!NAME.matcher(member.key()).matches()) {
                faults.error(
                        member.place(),
                        "the project's name " + Printable.quoted(member.key())
                                + " cannot be a file's; it has letters, digits, \".\", \"_\" and \"-\" and begins with a letter or digit");
                continue;
            }
            declared.putIfAbsent(member.key(), declared(member, faults));
        }
        if (declared.isEmpty() && faults.errors() == before) {
            faults.warning(root.place(), "declares nothing");
        }
        return declared;
    }

    private static Declared declared(JsonValue.Member member, Faults faults) {
        if (!(member.value() instanceof JsonValue.Members object)) {
            faults.error(
                    member.value().place(),
                    "a project is {\"clusters\": [\"…\"]}, not "
                            + member.value().what());
            return new Declared(member.place(), member.place(), List.of());
        }
        Fields fields = new Fields(object, "a project", List.of("clusters"), Map.of("cluster", "clusters"), faults);
        int before = faults.errors();
        Optional<JsonValue> value = fields.requiredValue("clusters");
        if (value.isPresent() && !(value.get() instanceof JsonValue.Array)) {
            faults.error(
                    value.get().place(),
                    "\"clusters\" is an array of runner labels, not "
                            + value.get().what());
            return new Declared(member.place(), member.place(), List.of());
        }
        List<String> labels = new ArrayList<>();
        for (String label : fields.texts("clusters").orElse(List.of())) {
            if (!NAME.matcher(label).matches()) {
                faults.error(
                        fields.place("clusters"),
                        Printable.quoted(label)
                                + " is no runner label; it has letters, digits, \".\", \"_\" and \"-\"");
            } else if (labels.contains(label)) {
                faults.warning(fields.place("clusters"), "the cluster \"" + label + "\" stands twice; it counts once");
            } else {
                labels.add(label);
            }
        }
        if (value.isPresent() && labels.isEmpty() && faults.errors() == before) {
            faults.error(value.get().place(), "\"clusters\" is empty; name at least one, or remove the project");
        }
        return new Declared(member.place(), fields.place("clusters"), labels);
    }
}
