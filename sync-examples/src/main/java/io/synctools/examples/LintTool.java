package io.synctools.examples;

import io.synctools.SyncReport.Failure;
import io.synctools.Syncer;
import io.synctools.config.Destinations;
import io.synctools.config.KnownNames;
import io.synctools.config.Lint;
import io.synctools.config.ListFault;
import io.synctools.config.ListFile;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds the faults of lists; contacts nobody, unless asked to. */
@Command
final class LintTool {
    private static final Duration PATIENCE = Duration.ofSeconds(30); // somebody waits for the answer

    private static final Pattern HOME = Pattern.compile("\"local_dir\"\\s*:\\s*(\"(?:~|\\$HOME|\\$\\{HOME\\})[/\"])");

    /** As GitHub Actions sets it in a job's container. */
    private static final String HOME_OF_CONTAINERS = "/github/home";

    private final Shell shell;

    @Parameters(paramLabel = "FILE", arity = "0..*", description = "lists of any kind (default: all shipped ones)")
    private List<Path> files = List.of();

    @Option(
            names = "--online",
            description = "ask the hubs and registries, too, whether everything is there and may be read")
    private boolean online;

    @Option(
            names = "--format",
            paramLabel = "text|github|json",
            description = "how faults are written (default: text, on GitHub Actions github)")
    private Lint.@Nullable Format format;

    @Option(
            names = "--migrate",
            paramLabel = "DIR",
            description = "a repository of older scripts: what loads as it is, what to edit, where files will land")
    private @Nullable Path migrate;

    LintTool(Shell shell) {
        this.shell = shell;
    }

    int run(List<String> arguments) throws IOException, InterruptedException {
        Parsing parsing = new Parsing("lint", this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        if (migrate != null) {
            return new Migration(shell, migrate).run();
        }
        List<ListFile> lists = files.isEmpty() ? Lint.readFolder(shell.config()) : Lint.read(files);
        Lint lint = new Lint(
                Destinations.standard(Optional.ofNullable(shell.environment().get("HOME"))));
        List<ListFault> declared = files.isEmpty() ? eachFlow(lint, lists) : lint.check(lists);
        List<ListFault> faults =
                Stream.concat(declared.stream(), inThrownAwayHomes(lists)).toList();
        boolean wrong = faults.stream().anyMatch(ListFault::error);
        List<ListFault> missing = online ? missing(lint, lists) : List.of();
        List<ListFault> all = Stream.concat(faults.stream(), missing.stream())
                .map(OptionNames::written)
                .toList();
        shell.out().print(Lint.print(Lint.inOrder(all, lists), format()));
        return wrong ? 2 : missing.isEmpty() ? 0 : 1;
    }

    /**
     * In a job's container the home ends with the job: what is mirrored there is gone, and the disk stays empty. That is of
     * the lists of flows, whose jobs mount a disk in a container, and of any list inside of one.
     */
    private Stream<ListFault> inThrownAwayHomes(List<ListFile> lists) {
        if (!onActions()) {
            return Stream.empty();
        }
        boolean contained = shell.env("HOME").equals(HOME_OF_CONTAINERS);
        return lists.stream().filter(list -> contained || isOfAFlow(list)).flatMap(list -> {
            List<ListFault> found = new ArrayList<>();
            String[] lines = list.text().orElse("").split("\\R", -1);
            for (int i = 0; i < lines.length; i++) {
                Matcher home = HOME.matcher(lines[i]);
                while (home.find()) {
                    found.add(new ListFault(
                            new Place(list.name(), i + 1, home.start(1) + 1),
                            true,
                            "\"local_dir\" lies in the home of the job's container, which is thrown away at its end;"
                                    + " write the path of the mounted disk, or one relative to --local-root"));
                }
            }
            return found.stream();
        });
    }

    private static boolean isOfAFlow(ListFile list) {
        return Flows.ALL.stream().anyMatch(flow -> flow.shipped().contains(baseName(list)));
    }

    private boolean onActions() {
        return shell.env("GITHUB_ACTIONS").equals("true");
    }

    /** The shipped lists run on several machines: those of one flow are judged together, and what no flow has by itself. */
    private List<ListFault> eachFlow(Lint lint, List<ListFile> shipped) {
        Map<String, ListFile> left = new LinkedHashMap<>();
        shipped.forEach(file -> left.put(baseName(file), file));
        Map<String, ListFile> all = Map.copyOf(left);
        Set<ListFault> faults = new LinkedHashSet<>();
        for (Flows.Named flow : Flows.ALL) {
            List<ListFile> own = flow.shipped().stream()
                    .filter(all::containsKey)
                    .map(all::get)
                    .toList();
            left.keySet().removeAll(flow.shipped());
            faults.addAll(lint.check(own));
        }
        faults.addAll(lint.check(List.copyOf(left.values())));
        return List.copyOf(faults);
    }

    private static String baseName(ListFile file) {
        return file.name().substring(file.name().lastIndexOf('/') + 1);
    }

    private Lint.Format format() {
        if (format != null) {
            return format;
        }
        return onActions() ? Lint.Format.GITHUB : Lint.Format.TEXT;
    }

    /** What the hubs and registries do not have, or do not let us read; each thing is asked about once. */
    private List<ListFault> missing(Lint lint, List<ListFile> lists) throws IOException, InterruptedException {
        List<SyncItem> declared = lint.declared(lists);
        Set<ArtifactRef> asked =
                declared.stream().map(SyncItem::from).collect(Collectors.toCollection(LinkedHashSet::new));
        Syncer syncer = Syncer.builder()
                .options(SyncOptions.builder()
                        .environment(shell.environment())
                        .retryFor(PATIENCE)
                        .build())
                .build();
        Map<ArtifactRef, Failure> unreadable = syncer.unreadable(asked);
        KnownNames known = new KnownNames(Stream.concat(
                        asked.stream(),
                        lint.declared(Lint.readFolder(shell.config())).stream().map(SyncItem::from))
                .filter(artifact -> !unreadable.containsKey(artifact))
                .toList());
        List<ListFault> faults = new ArrayList<>();
        for (SyncItem item : declared) {
            Failure failure = unreadable.get(item.from());
            if (failure != null) {
                boolean unknown = failure.kind() == FailureKind.NOT_FOUND || failure.kind() == FailureKind.ACCESS;
                // Where a revision is declared, that may be what is wrong, and another name would mislead.
                String hint = unknown && item.from().revision().isEmpty() ? known.hint(item.from()) : "";
                faults.add(new ListFault(item.declaredAt(), true, failure.message() + hint));
            }
        }
        return faults;
    }
}
