package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.examples.hub.OciLayout;
import io.synctools.examples.hub.RegistryDialect;
import io.synctools.model.SyncItem;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Where the commands of guides are run: a real {@code sh} in a folder whose {@code ./sync} is ours, a hub that serves what
 * the shipped lists declare and what guides use as examples, and a registry for every host that they name. {@code /data} is
 * a folder of the test.
 */
final class GuideShell implements AutoCloseable {
    /** Hosts that only guides name. */
    private static final List<String> EXAMPLES = List.of("registry.example.com");

    private static final String SYNC = """
            #!/bin/sh
            pipes=$(cat "$0.pipes")
            { env | base64 -w0; echo; for word; do printf '%s' "$word" | base64 -w0; echo; done; } >"$pipes/ask"
            cat "$pipes/err" >&2 &
            cat "$pipes/out"
            wait
            exit "$(cat "$pipes/status")"
            """;

    private final Path folder;
    private final Path pipes;
    private final Hub hub;
    private final List<Hub> registries = new ArrayList<>();
    private final Process server;

    GuideShell(Path temporary) throws Exception {
        folder = Files.createDirectory(temporary.resolve("guide")).toRealPath();
        pipes = Files.createDirectory(temporary.resolve("pipes")).toRealPath();
        for (String pipe : List.of("ask", "out", "err", "status")) {
            assertEquals(
                    0,
                    new ProcessBuilder("mkfifo", pipes.resolve(pipe).toString())
                            .start()
                            .waitFor());
        }
        hub = Hub.start(Hub.Options.PLAIN, repositories());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Stream.of(System.getProperty("java.class.path").split(":"))
                        .map(part -> Path.of(part).toAbsolutePath().toString())
                        .collect(java.util.stream.Collectors.joining(":")),
                GuideServer.class.getName(),
                pipes.toString(),
                Path.of("config").toRealPath().toString()));
        for (Map.Entry<String, Hub> registry : registries(Files.createDirectory(temporary.resolve("registries")))
                .entrySet()) {
            command.add(registry.getKey() + "=" + registry.getValue().origin().getAuthority());
            registries.add(registry.getValue());
        }
        server = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(temporary.resolve("server.log").toFile())
                .start();
    }

    /** What all flows declare, and the examples of the guides, in small. */
    private static List<HubRepository> repositories() throws IOException {
        Map<String, HubRepository> all = new TreeMap<>();
        for (SyncItem item : declared(false)) {
            put(all, item.from().name());
        }
        for (String example : List.of("models/acme/tiny.v1", "models/acme/other", "datasets/acme/rows")) {
            put(all, example);
        }
        return List.copyOf(all.values());
    }

    /** A registry for each host, with a tag of every image that a flow reads. */
    private static Map<String, Hub> registries(Path images) throws IOException {
        Map<String, Hub> all = new TreeMap<>();
        for (String host : EXAMPLES) {
            all.put(host, RegistryDialect.start(Hub.Options.PLAIN, images.resolve(host)));
        }
        for (SyncItem item : declared(true)) {
            for (String name : List.of(item.from().name(), item.to().name())) {
                String host = name.substring(0, name.indexOf('/'));
                if (!all.containsKey(host)) {
                    all.put(host, RegistryDialect.start(Hub.Options.PLAIN, images.resolve(host)));
                }
            }
            String source = item.from().name();
            StandInImage.lay(new OciLayout(images.resolve(source)), source, "8.3.rc1-cann");
        }
        return all;
    }

    /** What all flows with lists of their own declare. */
    private static List<SyncItem> declared(boolean images) throws IOException {
        List<SyncItem> all = new ArrayList<>();
        for (Flows.Named flow : Flows.ALL) {
            boolean own = !List.of("images", "project").contains(flow.name());
            if (own && flow.name().startsWith("images-") == images) {
                Shell shell = new Console(Path.of("target")).shell();
                all.addAll(FlowRun.of(shell, flow.name()).declared(List.of()));
            }
        }
        return all;
    }

    private static void put(Map<String, HubRepository> all, String name) throws IOException {
        all.put(
                name,
                HubRepository.of(
                        name,
                        List.of(
                                HubFile.of("README.md", "# " + name + "\n"),
                                HubFile.of("config.json", "{}"),
                                HubFile.random("model.safetensors", 300_000, name.hashCode()))));
    }

    /** Empties the folder, so that a guide begins as its reader does. */
    void begin() throws IOException {
        empty();
        Path sync = Files.writeString(folder.resolve("sync"), SYNC);
        assertTrue(sync.toFile().setExecutable(true));
        Files.writeString(folder.resolve("sync.pipes"), pipes.toString());
        for (String name : List.of("data", "home", "sync-examples")) {
            Files.createDirectory(folder.resolve(name));
        }
        Files.createSymbolicLink(
                folder.resolve("sync-examples/config"), Path.of("config").toRealPath());
    }

    private void empty() throws IOException {
        try (Stream<Path> old = Files.walk(folder)) {
            for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(folder)) {
                    Files.delete(path);
                }
            }
        }
    }

    /** What a block printed, on both streams. */
    record Ended(int status, String printed) {}

    /** Runs a block as {@code sh -e} does. */
    Ended run(String block) throws IOException, InterruptedException {
        assertTrue(server.isAlive(), "the guide's server has ended");
        ProcessBuilder shell = new ProcessBuilder("sh", "-ec", inside(block))
                .directory(folder.toFile())
                .redirectErrorStream(true);
        Map<String, String> environment = shell.environment();
        environment.keySet().removeIf(name -> name.matches("(MODELSCOPE|HF|GITHUB|JOB|SYNC)_.*|CI|(?i:.*_proxy)"));
        environment.put("HOME", folder.resolve("home").toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("MODELSCOPE_ENDPOINT", hub.origin().toString());
        environment.put("HF_ENDPOINT", hub.origin().toString());
        Process process = shell.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), () -> "does not end: " + block);
        return new Ended(process.exitValue(), printed.replace(folder + "/data", "/data"));
    }

    private String inside(String block) {
        return block.replaceAll("(?<![\\w./])/data\\b", folder + "/data");
    }

    @Override
    public void close() throws IOException {
        server.destroyForcibly();
        empty();
        hub.close();
        for (Hub registry : registries) {
            registry.close();
        }
    }
}
