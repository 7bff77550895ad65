package io.synctools.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.synctools.model.SyncItem;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the faults of lists of every kind; contacts nobody.
 *
 * <p>What kind a list is shows in its content, and between models and datasets in its name. Thread-safe.
 */
public final class Lint {

    /** How faults are written. */
    public enum Format {
        /** {@code file:line:column: error: message}, one a line. */
        TEXT,
        /** Workflow commands, which GitHub Actions shows as annotations in the file. */
        GITHUB,
        /** One array of objects {@code file}, {@code line}, {@code column}, {@code severity}, {@code message}. */
        JSON
    }

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    private final Destinations destinations;

    /**
     * A linter that judges as a run with these destinations would.
     *
     * @param destinations where entries go that do not say so themselves
     */
    public Lint(Destinations destinations) {
        this.destinations = destinations;
    }

    /** Reads files; with a {@code projects-clusters.json} also the projects beside it. */
    public static List<ListFile> read(List<Path> files) {
        Map<Path, ListFile> read = new LinkedHashMap<>();
        for (Path file : files) {
            read.computeIfAbsent(key(file), path -> ListFile.read(file));
            if (file.endsWith(ProjectLists.CLUSTERS_FILE)) {
                Path folder = Objects.requireNonNullElse(file.getParent(), Path.of(""));
                for (Path project : ProjectLists.projectFiles(folder)) {
                    read.computeIfAbsent(key(project), path -> ListFile.read(project));
                }
            }
        }
        return List.copyOf(read.values());
    }

    private static Path key(Path file) {
        return file.toAbsolutePath().normalize();
    }

    /** Reads all lists of a folder, by name. */
    public static List<ListFile> readFolder(Path folder) throws IOException {
        TreeSet<Path> files = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.{ini,json}")) {
            entries.forEach(files::add);
        }
        return read(List.copyOf(files));
    }

    /**
     * All faults: of each file in the order of places, of a clusters' file together with its projects, and of files that
     * claim one place with different entries, since all files given together are run on one disk; projects are, where they
     * share a cluster.
     */
    public List<ListFault> check(List<ListFile> files) {
        Map<ListFile, ListKind> kinds = new LinkedHashMap<>();
        files.forEach(file -> kinds.put(file, Recognition.kind(file)));
        Set<ListFile> checked = new HashSet<>();
        List<ListFault> found = new ArrayList<>();
        kinds.forEach((file, kind) -> {
            if (kind == ListKind.CLUSTERS) {
                List<ListFile> projects = files.stream()
                        .filter(other -> kinds.get(other) == ListKind.PROJECT && belongs(other, file))
                        .toList();
                checked.addAll(projects);
                checked.add(file);
                found.addAll(
                        new ProjectLists(destinations).readFiles(file, projects).faults());
            }
        });
        List<List<SyncItem>> lists = new ArrayList<>();
        kinds.forEach((file, kind) -> {
            ListReading reading = reading(file, kind);
            if (checked.add(file)) {
                found.addAll(reading.faults());
                lists.add(reading.items());
            }
            reading.items().forEach(item -> warnOfCommit(item).ifPresent(found::add));
        });
        Faults across = new Faults();
        new Collisions(across).compare(lists);
        found.addAll(across.inOrder(List.of()));
        return inOrder(found, files);
    }

    /** In the cache a reader goes from the name of a branch or tag to the commit; of a bare commit nothing leads there. */
    private static Optional<ListFault> warnOfCommit(SyncItem item) {
        boolean pathIsItsOwn = item.to().scheme().equals(Destinations.LOCAL_DIR)
                && !item.to().name().equals(item.from().name());
        if (!item.from().scheme().equals(RepositoryEntry.HUGGING_FACE)
                || !COMMIT.matcher(item.from().revision()).matches()
                || pathIsItsOwn) {
            return Optional.empty();
        }
        return Optional.of(ListFault.warning(
                item.declaredAt(),
                "a commit alone has no name in the Hugging Face cache: `vllm serve " + item.label()
                        + "` offline will not find it there; its readers have to name the commit too,"
                        + " as their revision, or declare a branch or tag"));
    }

    /** What the files declare, as far as it can be read: the same in several files once for each of them. */
    public List<SyncItem> declared(List<ListFile> files) {
        return files.stream()
                .flatMap(file -> reading(file, Recognition.kind(file)).items().stream())
                .toList();
    }

    /** Faults in the order of files and places. */
    public static List<ListFault> inOrder(List<ListFault> faults, List<ListFile> files) {
        Faults sorted = new Faults();
        sorted.addAll(faults);
        return sorted.inOrder(files.stream().map(ListFile::name).toList());
    }

    /** Faults as they are printed, each line ended; an empty text where there is none, in JSON an empty array. */
    public static String print(List<ListFault> faults, Format format) {
        return switch (format) {
            case TEXT -> lines(faults, ListFault::toString);
            case GITHUB -> lines(faults, Lint::annotation);
            case JSON -> json(faults);
        };
    }

    private ListReading reading(ListFile file, ListKind kind) {
        return switch (kind) {
            case MODELS, DATASETS, IMAGES -> new ListReader(destinations).readFiles(kind, List.of(file));
            case PROJECT -> new ProjectLists(destinations).readProject(file);
            case CLUSTERS -> new ListReading(List.of(), List.of()); // read with its projects
        };
    }

    private static boolean belongs(ListFile project, ListFile clusters) {
        return project.name().startsWith(folder(clusters.name()) + ProjectLists.PROJECTS_FOLDER + "/");
    }

    private static String folder(String name) {
        return name.substring(0, name.lastIndexOf('/') + 1);
    }

    private static String lines(List<ListFault> faults, Function<ListFault, String> line) {
        return faults.stream().map(fault -> line.apply(fault) + "\n").collect(Collectors.joining());
    }

    /** A workflow command; in its parts some characters are written as escapes. */
    private static String annotation(ListFault fault) {
        return "::" + severity(fault) + " file=" + property(fault.place().file()) + ",line="
                + fault.place().line() + ",col=" + fault.place().column() + "::" + data(fault.message());
    }

    private static String data(String text) {
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
    }

    private static String property(String text) {
        return data(text).replace(":", "%3A").replace(",", "%2C");
    }

    private static String severity(ListFault fault) {
        return fault.error() ? "error" : "warning";
    }

    private static String json(List<ListFault> faults) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartArray();
            for (ListFault fault : faults) {
                json.writeStartObject();
                json.writeStringField("file", fault.place().file());
                json.writeNumberField("line", fault.place().line());
                json.writeNumberField("column", fault.place().column());
                json.writeStringField("severity", severity(fault));
                json.writeStringField("message", fault.message());
                json.writeEndObject();
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out + "\n";
    }
}
