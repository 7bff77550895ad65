package io.synctools.examples;

import io.synctools.SyncReport;
import io.synctools.examples.hub.OciLayout;
import io.synctools.examples.hub.RegistryDialect;
import io.synctools.model.SyncItem;
import io.synctools.standin.Hub;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The main job without accounts or internet: three flows as they are, with their shipped lists, against a hub in this
 * process that serves small stand-ins for what the lists declare.
 */
@Command
final class Quickstart {
    private static final int BIG = 24;
    private static final long CAP = 16L << 20; // slow enough to be seen

    private final Shell shell;
    private final Path folder;
    /** What did not go well, and why where there is no report that says it. */
    private final Map<String, String> failed = new LinkedHashMap<>();

    @Option(names = "--fresh", description = "remove what an earlier quickstart left, and start over")
    private boolean fresh;

    Quickstart(Shell shell) {
        this.shell = shell;
        this.folder = shell.target().resolve("quickstart").toAbsolutePath().normalize();
    }

    /** A flow, and the layout that it shows. */
    private record Step(String flow, String layout, List<String> arguments) {}

    private List<Step> steps() {
        return List.of(
                new Step(
                        "vllm-guiyang003",
                        "the ModelScope cache",
                        List.of(
                                "--modelscope-cache",
                                folder.resolve("modelscope").toString())),
                new Step(
                        "hk001-models",
                        "plain folders, as hf download --local-dir makes them",
                        List.of("--local-root", folder.resolve("local").toString())),
                new Step(
                        "hk001-datasets",
                        "the Hugging Face cache",
                        List.of(
                                "--huggingface-layout",
                                "cache",
                                "--huggingface-cache",
                                folder.resolve("huggingface").toString())));
    }

    int run(List<String> arguments) throws IOException, InterruptedException {
        Parsing parsing = new Parsing("quickstart", this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        if (fresh) {
            delete(folder);
        }
        Path served = folder.resolve("hub");
        for (Step step : steps()) {
            int mebibytes = BIG; // the first of each list: big enough to come in parts
            for (SyncItem item : FlowRun.of(shell, step.flow()).declared(step.arguments())) {
                StandIn.lay(served, item.from().name(), mebibytes);
                mebibytes = 1;
            }
        }
        Hub.Options slow = new Hub.Options(0, Duration.ofMillis(5), CAP);
        try (Hub hub = Hub.start(slow, HubRepository.allBelow(served))) {
            shell.out()
                    .println("A hub in this process, " + hub.origin()
                            + ",\nserves small stand-ins for what the lists declare.");
            int worst = 0;
            for (Step step : steps()) {
                worst = Math.max(worst, show(step, shell.with(environment(hub))));
            }
            worst = Math.max(worst, showImages());
            end(served);
            return worst;
        }
    }

    private void end(Path served) throws IOException {
        if (failed.isEmpty()) {
            shell.out()
                    .println("\nAll of it is in " + folder
                            + """

                    Run it again: nothing is left to do.
                    Change a file below %s, and run it again:
                    that file comes, and no other. --fresh starts over.
                    Next: ./sync --help, and docs/mirroring-models.md for lists of your own.
                    """.formatted(served).stripTrailing());
            return;
        }
        shell.out().println("\nNot all went well:");
        for (Map.Entry<String, String> one : failed.entrySet()) {
            if (one.getValue().isEmpty()) {
                Path report = folder.resolve(one.getKey() + ".json");
                Summary.of(SyncReport.read(report)).forEach(line -> shell.out().println("  " + line));
            } else {
                shell.out().println("  " + one.getKey() + " could not begin: " + one.getValue());
            }
        }
        shell.out()
                .println("What is there is in " + folder + "; mend what the lines name\nand run it again,"
                        + " or start over with --fresh.");
    }

    /** An image flow as it is, between two registries in this process. */
    private int showImages() throws IOException, InterruptedException {
        if (!hasSkopeo()) {
            shell.out()
                    .println("\nskopeo is not installed: the images are left out.\nInstall it, for example"
                            + " apt-get install skopeo, and run this again.");
            return 0;
        }
        Path served = folder.resolve("registries/docker.io");
        Path mirrored = folder.resolve("registries/quay.io");
        try (Hub source = RegistryDialect.start(Hub.Options.PLAIN, served);
                Hub mirror = RegistryDialect.start(Hub.Options.PLAIN, mirrored)) {
            OciLayout layout = new OciLayout(served.resolve("lmsysorg/sglang"));
            for (String tag : List.of("v0.5.6-cann8.3.rc1", "main-CANN", "latest")) {
                StandInImage.lay(layout, "lmsysorg/sglang", tag);
            }
            Map<String, String> environment = new HashMap<>(shell.environment());
            environment
                    .keySet()
                    .removeIf(name -> name.matches("JOB_COMPLETION_.*|REGISTRY_AUTH_FILE|DOCKER_CONFIG"
                            + "|(DOCKER_IO|DOCKERHUB|QUAY_IO|QUAY_ASCEND)_.*|(?i:(https?|all)_proxy)"));
            // The real ledger and the real logins have nothing to do with this.
            environment.put("HOME", folder.resolve("home").toString());
            shell.out()
                    .println(
                            "\nTwo registries in this process stand for docker.io and quay.io;\nonly tags with \"cann\""
                                    + " in them are declared.");
            Step step = new Step(
                    "images-docker-hub-to-quay",
                    "an OCI layout, " + mirrored.resolve("ascend/sglang"),
                    List.of(
                            "--registry",
                            "docker.io=" + source.origin().getAuthority(),
                            "--registry",
                            "quay.io=" + mirror.origin().getAuthority()));
            return show(step, shell.with(environment));
        }
    }

    private boolean hasSkopeo() {
        return Stream.of(shell.env("PATH").split(":", -1))
                .anyMatch(path -> !path.isEmpty() && Files.isExecutable(Path.of(path, "skopeo")));
    }

    private int show(Step step, Shell inside) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(step.arguments());
        shell.out().println("\n$ ./sync plan " + step.flow());
        new FlowPlan(inside, step.flow()).run(arguments);
        Path report = folder.resolve(step.flow() + ".json");
        Files.deleteIfExists(report); // what is read at the end is of this run
        arguments.addAll(List.of("--report", report.toString()));
        shell.out().print("\n$ ./sync " + step.flow());
        for (int i = 0; i < arguments.size(); i += 2) {
            shell.out().print(" \\\n    " + arguments.get(i) + " " + arguments.get(i + 1));
        }
        shell.out().println();
        int status = run(step, inside, arguments);
        if (Files.exists(report)) {
            shell.out().println("in " + step.layout() + ";\nthe report is " + report);
        }
        return status;
    }

    /** A flow that cannot begin, for example since skopeo is too old, does not keep the others from showing. */
    private int run(Step step, Shell inside, List<String> arguments) throws IOException {
        try {
            int status = FlowRun.of(inside, step.flow()).run(arguments);
            if (status != 0) {
                failed.put(step.flow(), "");
            }
            return status;
        } catch (IllegalArgumentException e) {
            String why = OptionNames.written(String.valueOf(e.getMessage()));
            shell.out().println(why);
            failed.put(step.flow(), why);
            return 2;
        }
    }

    /** Ours, but for what leads to other hubs. */
    private Map<String, String> environment(Hub hub) {
        Map<String, String> environment = new HashMap<>(shell.environment());
        environment
                .keySet()
                .removeIf(name -> name.matches("(MODELSCOPE|HF|JOB_COMPLETION)_.*|(?i:(https?|all)_proxy)"));
        environment.put("MODELSCOPE_ENDPOINT", hub.origin().toString());
        environment.put("HF_ENDPOINT", hub.origin().toString());
        return environment;
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
