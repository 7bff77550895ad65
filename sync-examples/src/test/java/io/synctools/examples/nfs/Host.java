package io.synctools.examples.nfs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.synctools.Outcome;
import io.synctools.model.FailureKind;
import io.synctools.standin.Hub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The command line at work on a host of its own: its own host name and process table, so that no other host can tell whether
 * its process lives.
 */
final class Host implements AutoCloseable {
    static final int PART = 16 * 1024;
    static final int CONNECTIONS = 4;
    /** For what takes seconds where nothing else is to be done, and no instruction to be translated. */
    static final Duration PATIENCE = Duration.ofMinutes(20);

    private final Process process;
    private final String name;
    private final Path report;
    private final Path output;

    private Host(String name, Hub hub, Path list, Path root, Path localRoot, List<String> as) throws IOException {
        Path folder = Files.createTempDirectory("host-" + name);
        Files.setAttribute(folder, "unix:mode", 0777);
        this.name = name;
        this.report = folder.resolve("report.json");
        this.output = folder.resolve("output.txt");
        List<String> command =
                new ArrayList<>(List.of("unshare", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"));
        command.addAll(List.of("sh", "-c", "hostname " + name + " && exec \"$@\"", "sh"));
        command.addAll(as);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(System.getProperty("sync.java").split(" ")));
        command.addAll(List.of("-jar", System.getProperty("sync.jar"), "hk001-models"));
        command.addAll(List.of("--models", list.toString(), "--report", report.toString(), "--wait", "5m"));
        command.addAll(List.of("--modelscope-cache", root.resolve("ms").toString()));
        command.addAll(List.of(
                "--huggingface-layout",
                "cache",
                "--huggingface-cache",
                root.resolve("hf").toString()));
        command.addAll(List.of("--local-root", localRoot.toString()));
        command.addAll(List.of("--stall", "5m", "--retry-for", PATIENCE.toMinutes() + "m"));
        command.addAll(List.of("--part-size", PART / 1024 + "KiB", "--connections", CONNECTIONS + "", "--quiet"));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment()
                .putAll(Map.of(
                        "HOME", folder.toString(),
                        "HF_ENDPOINT", hub.origin().toString(),
                        "MODELSCOPE_ENDPOINT", hub.origin().toString()));
        this.process = builder.start();
    }

    /** Begins to mirror a list to the caches below a root. */
    static Host mirrors(String name, Hub hub, Path list, Path root) throws IOException {
        return new Host(name, hub, list, root, root.resolve("ld"), List.of());
    }

    /** The same with the root of local directories elsewhere. */
    static Host mirrors(String name, Hub hub, Path list, Path root, Path localRoot) throws IOException {
        return new Host(name, hub, list, root, localRoot, List.of());
    }

    /** The same, as another user than root. */
    static Host mirrorsAs(int user, String name, Hub hub, Path list, Path root) throws IOException {
        List<String> as = List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups");
        return new Host(name, hub, list, root, root.resolve("ld"), as);
    }

    boolean isAtWork() {
        return process.isAlive();
    }

    /** Waits for the end and returns the exit status. */
    int exit() throws InterruptedException, IOException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException(name + " hangs: " + said() + where());
        }
        return process.exitValue();
    }

    /** What the kernel says of each thread of the process that mirrors. */
    private String where() throws IOException, InterruptedException {
        long java = process.children().findFirst().orElse(process.toHandle()).pid();
        return SystemCommand.run(
                "sh",
                "-c",
                "for t in /proc/" + java
                        + "/task/*; do cat $t/comm $t/wchan $t/stack; grep State $t/status; done 2>&1; true");
    }

    /** Sends a signal to the process that mirrors. */
    void signal(String signal) throws IOException, InterruptedException {
        long java = process.children()
                .findFirst()
                .orElseThrow(() -> new IOException(name + " ended"))
                .pid();
        SystemCommand.run("kill", "-" + signal, Long.toString(java));
    }

    /** Whether it has written its report, which comes in one rename. */
    boolean hasReported() {
        return Files.exists(report);
    }

    /** How each item ended, by its destination. */
    Map<String, Outcome> outcomes() throws IOException {
        Map<String, Outcome> outcomes = new TreeMap<>();
        for (JsonNode item : items()) {
            outcomes.put(
                    item.get("to").asText(), Outcome.valueOf(item.get("outcome").asText()));
        }
        return outcomes;
    }

    /** The kinds of all failures. */
    List<FailureKind> kinds() throws IOException {
        List<FailureKind> kinds = new ArrayList<>();
        for (JsonNode item : items()) {
            item.get("failures")
                    .forEach(failure ->
                            kinds.add(FailureKind.valueOf(failure.get("kind").asText())));
        }
        return kinds;
    }

    private JsonNode items() throws IOException {
        return new ObjectMapper().readTree(report.toFile()).get("items");
    }

    /** What it printed and reported, for messages. */
    String said() throws IOException {
        return name + " said: " + Files.readString(output)
                + (Files.exists(report) ? Files.readString(report) : "no report");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
