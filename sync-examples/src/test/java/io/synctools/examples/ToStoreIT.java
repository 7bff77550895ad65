package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.examples.bench.Store;
import io.synctools.internal.json.Json;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models and datasets from a hub to an object store by the command line, and what the tools say of them there. */
class ToStoreIT {
    /** As the module for object stores cuts large files. */
    private static final int PART = 16 << 20;

    private static final String PLACE = "s3://" + Store.BUCKET + "/team";
    private static final int LARGE = 4 * PART + 17;

    @TempDir
    Path folder;

    private Hub hub;
    private Store store;

    @BeforeEach
    void start() throws IOException {
        Path classes = Path.of("s3/target/store.classpath");
        if (!Files.exists(classes)) {
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(classes + " is missing: build sync-examples/s3 first");
            }
            abort(classes + " is missing: build sync-examples/s3 first");
        }
        store = Store.start(classes, folder.resolve("store"));
        hub = Hub.start(Hub.Options.PLAIN, List.of(model("models/acme/one"), model("models/acme/two"), dataset()));
    }

    @AfterEach
    void stop() throws IOException {
        if (store != null) {
            store.close();
            hub.close();
        }
    }

    private static HubRepository model(String name) throws IOException {
        return HubRepository.of(
                name, List.of(HubFile.of("config.json", "{}"), HubFile.random("sub/model.safetensors", 100_000, 1)));
    }

    private static HubRepository dataset() throws IOException {
        return HubRepository.of("datasets/acme/rows", List.of(HubFile.of("a/b.csv", "1\n")));
    }

    /** Runs a command and returns what it printed. */
    private String sync(int status, String... arguments) {
        Console console = new Console(folder)
                .with("MODELSCOPE_ENDPOINT", hub.origin().toString())
                .with("HF_ENDPOINT", hub.origin().toString());
        store.environment().forEach(console::with);
        assertEquals(status, console.run(arguments), () -> console.out() + console.err());
        return console.out() + console.err();
    }

    private String list(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private String[] flow(String... more) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "vllm-guiyang003",
                "--to",
                PLACE,
                "--models",
                list("m.ini", "acme/one\nacme/two\n"),
                "--datasets",
                list("d.ini", "acme/rows\n")));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** The only object of a repository whose key ends so. */
    private Path object(String repository, String end) throws IOException {
        try (Stream<Path> all = Files.walk(store.bucket().resolve("team").resolve(repository))) {
            List<Path> found = all.filter(Files::isRegularFile)
                    .filter(path -> path.toString().endsWith(end))
                    .toList();
            assertEquals(1, found.size(), found::toString);
            return found.get(0);
        }
    }

    @Test
    void aFlowFillsAStoreAndTheToolsLookAfterIt() throws Exception {
        assertTrue(sync(0, flow("--dry-run")).contains("to copy     modelscope:models/acme/one"));
        sync(0, flow());

        assertArrayEquals(
                "1\n".getBytes(StandardCharsets.UTF_8), Files.readAllBytes(object("datasets/acme/rows", "/a/b.csv")));
        assertTrue(sync(0, flow()).contains("3 up to date"));
        assertFalse(Files.exists(folder.resolve("home/.cache")), "nothing on disk");
        assertTrue(sync(0, flowOf("verify")).contains("3 items, 5 files"));
        String status = sync(0, "status", "--to", PLACE);
        assertTrue(status.contains("s3:bench/team/models/acme/one master"), status);
        assertTrue(status.contains("3 items, 3 revisions"), status);

        Files.delete(object("models/acme/one", "/config.json"));
        Files.writeString(object("models/acme/two", "/config.json"), "[1]");
        String wrong = sync(1, "verify", "--to", PLACE);
        assertTrue(wrong.contains("1 missing, 1 damaged"), wrong);
        assertTrue(sync(0, flow()).contains("2 copied"));
        sync(0, "verify", "--to", PLACE);
    }

    private String[] flowOf(String tool) throws IOException {
        return Stream.concat(Stream.of(tool), Stream.of(flow())).toArray(String[]::new);
    }

    @Test
    void whatNoListDeclaresAnyMoreIsPruned() throws Exception {
        sync(0, flow());
        String kept = list("kept.ini", "acme/one\nacme/two\n");

        String preview = sync(0, "prune", "--to", PLACE, "--keep-declared", kept);
        assertTrue(preview.contains("would remove s3:bench/team/datasets/acme/rows"), preview);
        assertTrue(preview.contains("1 revision to remove; nothing was touched"), preview);
        sync(0, "verify", "--to", PLACE);
        sync(0, "prune", "--to", PLACE, "--keep-declared", kept, "--apply");

        assertTrue(sync(0, "status", "--to", PLACE).contains("2 items, 2 revisions"));
        sync(0, "verify", "--to", PLACE);
    }

    @Test
    void twoSharesBringEverythingOnce() throws Exception {
        String first = sync(0, flow("--shard", "0/2"));
        String second = sync(0, flow("--shard", "1/2"));

        assertEquals(3, copied(first) + copied(second), first + second);
        assertTrue(sync(0, flow()).contains("3 up to date"));
        sync(0, "verify", "--to", PLACE);
    }

    private static long copied(String printed) {
        return printed.lines().filter(line -> line.contains(": copied, ")).count();
    }

    @Test
    void aProcessThatIsKilledLeavesFinishedFilesAndParts() throws Exception {
        hub.close();
        hub = Hub.start(
                new Hub.Options(0, Duration.ZERO, 16 << 20),
                List.of(
                        HubRepository.of(
                                "models/acme/one",
                                List.of(
                                        HubFile.random("one.safetensors", 4_000_000, 1),
                                        HubFile.random("two.safetensors", LARGE, 2))),
                        model("models/acme/two"),
                        dataset()));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Launch.class.getName()));
        command.addAll(List.of(flow()));
        ProcessBuilder child = new ProcessBuilder(command).redirectErrorStream(true);
        child.environment().putAll(store.environment());
        child.environment().put("MODELSCOPE_ENDPOINT", hub.origin().toString());
        child.environment().put("HOME", folder.resolve("home").toString());
        Process run = child.start();
        for (int i = 0; i < 600 && hub.bytes() < 4_000_000 + 3 * PART && run.isAlive(); i++) {
            run.waitFor(50, TimeUnit.MILLISECONDS);
        }
        assertTrue(run.isAlive(), "it is in the middle of the second file");
        run.destroyForcibly().waitFor();

        Path report = folder.resolve("report.json");
        sync(0, flow("--report", report.toString()));

        JsonNode bytes =
                Json.MAPPER.readTree(report.toFile()).path("items").path(0).path("bytes");
        assertTrue(bytes.path("transferred").asLong() <= LARGE - PART, bytes::toString);
        assertEquals(
                HubFile.random("two.safetensors", LARGE, 2).sha256(),
                HubFile.of("", object("models/acme/one", "/two.safetensors")).sha256());
        sync(0, "verify", "--to", PLACE);
    }
}
