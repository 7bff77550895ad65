package io.synctools.examples;

import io.synctools.config.Destinations;
import io.synctools.config.Lint;
import io.synctools.config.ListFault;
import io.synctools.config.ListFile;
import io.synctools.examples.OldList.Edit;
import io.synctools.model.SyncItem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads a repository of older scripts and says what of it loads as it is, what is to be edited and how, where files will
 * land, and which secrets go by which name. Changes nothing and contacts nobody.
 */
final class Migration {
    private static final int LARGEST = 10 << 20;
    private static final Set<String> SAME = Set.of(
            "HF_TOKEN",
            "HF_ENDPOINT",
            "HF_HOME",
            "HF_HUB_CACHE",
            "MODELSCOPE_API_TOKEN",
            "MODELSCOPE_CACHE",
            "MODELSCOPE_ENDPOINT",
            "MODELSCOPE_DOMAIN",
            "QUAY_ASCEND_USER",
            "QUAY_ASCEND_PWD",
            "DOCKERHUB_USER",
            "DOCKERHUB_PWD",
            "HWCLOUD_USER",
            "HWCLOUD_PWD",
            "HWCLOUD_EAST_USER",
            "HWCLOUD_EAST_PWD",
            "SWR_HK_USER",
            "SWR_HK_SECRET",
            "SWR_EAST3_USER",
            "SWR_EAST3_SECRET",
            "GITHUB_TOKEN");
    private static final Map<String, String> RENAMED = Map.of(
            "MODELSCOPE_TOKEN", "MODELSCOPE_API_TOKEN",
            "MODELSCOPE_SDK_TOKEN", "MODELSCOPE_API_TOKEN",
            "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN",
            "HUGGINGFACE_TOKEN", "HF_TOKEN",
            "HUGGINGFACE_HUB_TOKEN", "HF_TOKEN",
            "HF_HUB_TOKEN", "HF_TOKEN",
            "HUGGINGFACE_ENDPOINT", "HF_ENDPOINT");
    private static final Pattern NAME = Pattern.compile(
            "\\b(?:secrets|vars)\\.([A-Z][A-Z0-9_]+)|\\b((?:HF|HUGGINGFACE|HUGGING_FACE|MODELSCOPE)_[A-Z_]+)\\b");

    private final Shell shell;
    private final Path folder;
    private final Lint lint;
    private final List<String> asTheyAre = new ArrayList<>();
    private final List<String> edits = new ArrayList<>();
    private final List<String> byHand = new ArrayList<>();
    private final List<SyncItem> items = new ArrayList<>();

    Migration(Shell shell, Path folder) {
        this.shell = shell;
        this.folder = folder;
        this.lint = new Lint(
                Destinations.standard(Optional.ofNullable(shell.environment().get("HOME"))));
    }

    /** Prints what it found; 2 where something is to be edited. */
    int run() throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(folder + " is not a folder");
        }
        Set<String> names = new TreeSet<>();
        for (Path file : files()) {
            String name = file.getFileName().toString();
            if (name.endsWith(".ini") || name.endsWith(".json")) {
                list(file);
            } else if (name.matches(".*\\.(ya?ml|sh|py)")) {
                NAME.matcher(text(file)).results().map(Migration::named).forEach(names::add);
            }
        }
        section("loads as it is", asTheyAre);
        section("to edit (- is, + has to be)", edits);
        section("to decide by hand", byHand);
        section("where files will land", places());
        section("secrets and variables", names.stream().map(Migration::advice).toList());
        if (items.stream().anyMatch(item -> !item.from().scheme().equals("docker"))) {
            section(
                    "nothing is fetched twice",
                    List.of(
                            "What lies at these places is compared by name, size and checksum in the first run, which"
                                    + " reads it once; only what is missing or differs comes over the network.",
                            "Try it: ./sync FLOW --dry-run says what would come."));
        }
        return edits.isEmpty() && byHand.isEmpty() ? 0 : 2;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .filter(file ->
                            !folder.relativize(file).toString().matches("(.*/)?(\\.git|node_modules|target)/.*"))
                    .filter(file -> file.toFile().length() <= LARGEST)
                    .sorted()
                    .toList();
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private void list(Path file) throws IOException {
        String text = text(file);
        boolean json = file.toString().endsWith(".json");
        if (json && !isList(text)) {
            return;
        }
        OldList old = new OldList(text);
        String mended = json ? old.mended() : text;
        ListFile read = ListFile.of(file.toString(), mended.getBytes(StandardCharsets.UTF_8));
        List<ListFile> world = new ArrayList<>(List.of(read));
        if (text.contains("\"clusters\"")) { // it names projects, whose files lie beside it
            for (Path project : projects(file)) {
                world.add(ListFile.read(project));
            }
        }
        List<ListFault> faults = lint.check(world).stream()
                .filter(fault -> fault.place().file().equals(read.name()))
                .toList();
        List<SyncItem> declared = lint.declared(List.of(read));
        items.addAll(declared);
        List<Edit> changes = json ? old.edits() : List.of();
        boolean wrong = faults.stream().anyMatch(ListFault::error);
        if (!wrong && changes.isEmpty()) {
            asTheyAre.add(file + ": " + count(declared.size(), "item"));
        }
        for (Edit edit : changes) {
            edits.add(file + ":" + edit.line());
            edits.add("  - " + edit.before());
            edits.add(edit.after().isEmpty() ? "  + (nothing)" : "  + " + edit.after());
        }
        faults.stream().filter(ListFault::error).forEach(fault -> byHand.add(OptionNames.written(fault.toString())));
        faults.stream()
                .filter(fault -> !fault.error())
                .forEach(fault -> asTheyAre.add(OptionNames.written(fault.toString())));
    }

    private static List<Path> projects(Path clusters) throws IOException {
        Path beside = clusters.resolveSibling("projects");
        if (!Files.isDirectory(beside)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(beside)) {
            return all.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    /** Lists, projects and clusters; a package.json and the like are none of ours. */
    private static boolean isList(String text) {
        return Stream.of("\"platform\"", "\"organization\"", "\"model_name\"", "\"dataset_name\"", "\"clusters\"")
                        .anyMatch(text::contains)
                || (text.contains("\"src\"") && text.contains("\"dest\""));
    }

    private List<String> places() {
        Map<String, List<SyncItem>> layouts = items.stream()
                .collect(Collectors.groupingBy(item -> item.to().scheme(), TreeMap::new, Collectors.toList()));
        List<String> lines = new ArrayList<>();
        layouts.forEach((layout, all) -> lines.add(
                switch (layout) {
                    case "modelscope-cache" ->
                        count(all.size(), "item") + " in the ModelScope cache, $MODELSCOPE_CACHE/models/ORG/NAME, where"
                                + " modelscope download puts them";
                    case "huggingface-cache" ->
                        count(all.size(), "item") + " in the Hugging Face cache, where hf download puts them";
                    case "local-dir" ->
                        count(all.size(), "item") + " in plain folders, as hf download --local-dir: " + folders(all);
                    default ->
                        count(all.size(), "image rule") + " at the registries: the repositories that the rules name";
                }));
        return lines;
    }

    private static String folders(List<SyncItem> all) {
        Set<String> folders = new LinkedHashSet<>();
        all.forEach(item -> folders.add(
                item.to().name().startsWith("/")
                        ? item.to().name()
                        : "<--local-root>/" + item.to().name()));
        return folders.stream().limit(3).collect(Collectors.joining(", "))
                + (folders.size() > 3 ? " and " + (folders.size() - 3) + " more" : "");
    }

    private static String named(MatchResult name) {
        return name.group(1) == null ? name.group(2) : name.group(1);
    }

    private static String advice(String name) {
        if (SAME.contains(name)) {
            return name + ": the same name";
        }
        if (RENAMED.containsKey(name)) {
            return name + ": set " + RENAMED.get(name) + " to its value";
        }
        if (name.matches(".*(TOKEN|KEY).*") && name.matches("HF_.*|.*HUGGING.*|.*MODELSCOPE.*")) {
            String ours = name.contains("MODELSCOPE") ? "MODELSCOPE_API_TOKEN" : "HF_TOKEN";
            return name + ": set " + ours + " to its value";
        }
        return name + ": not read; a registry's login goes by HOST_USER and HOST_PASSWORD, for example QUAY_IO_USER";
    }

    private void section(String title, List<String> lines) {
        if (!lines.isEmpty()) {
            shell.out().println(title);
            lines.forEach(line -> shell.out().println("  " + line));
        }
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
