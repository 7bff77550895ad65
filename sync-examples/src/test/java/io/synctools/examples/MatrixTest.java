package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.SyncReport;
import io.synctools.examples.hub.OciLayout;
import io.synctools.examples.hub.RegistryDialect;
import io.synctools.internal.json.Json;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plan --matrix}, and the jobs that take its shares. */
class MatrixTest {
    private static final int MODELS = 6;

    @TempDir
    Path folder;

    private Hub hub;

    @BeforeEach
    void start() throws IOException {
        List<HubRepository> repositories = new ArrayList<>();
        for (int i = 0; i < MODELS; i++) {
            HubFile weights = HubFile.random("model.safetensors", 1000 * (i + 1), i);
            repositories.add(HubRepository.of("models/acme/m" + i, List.of(weights)));
        }
        repositories.add(HubRepository.of("datasets/acme/m0", List.of(HubFile.of("a.csv", "1\n"))));
        hub = Hub.start(Hub.Options.PLAIN, repositories);
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < MODELS; i++) {
            list.append("acme/m").append(i).append('\n');
        }
        Files.writeString(folder.resolve("m.ini"), list);
        Files.writeString(folder.resolve("d.ini"), "acme/m0\n");
    }

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    private Console console() {
        return new Console(folder)
                .with("MODELSCOPE_ENDPOINT", hub.origin().toString())
                .with("PATH", System.getenv("PATH"));
    }

    private int run(Console console, String command, String... more) {
        Stream<String> lists = Stream.of(
                "--models",
                folder.resolve("m.ini").toString(),
                "--datasets",
                folder.resolve("d.ini").toString(),
                "--modelscope-cache",
                folder.resolve("cache").toString());
        return console.run(Stream.of(Stream.of(command.split(" ", -1)), lists, Stream.of(more))
                .flatMap(words -> words)
                .toArray(String[]::new));
    }

    private JsonNode matrix(int count) throws IOException {
        Console console = console();
        assertEquals(0, run(console, "plan vllm-guiyang003", "--matrix", Integer.toString(count)), console::err);
        assertEquals(1, console.out().lines().count(), "one line, as $GITHUB_OUTPUT wants it");
        JsonNode shares = Json.MAPPER.readTree(console.out());
        assertEquals(count, shares.size());
        return shares;
    }

    @Test
    void theSharesAreBalancedAndLookAtNoDestination() throws IOException {
        JsonNode shares = matrix(2);
        assertEquals("0/2", shares.get(0).get("shard").asText());
        assertEquals("1/2", shares.get(1).get("shard").asText());
        long first = shares.get(0).get("bytes").asLong();
        long second = shares.get(1).get("bytes").asLong();
        assertEquals(21_002, first + second);
        assertTrue(Math.abs(first - second) <= 1002, shares::toString);
        assertEquals(
                MODELS,
                shares.get(0).get("items").size() + shares.get(1).get("items").size(),
                "m0 stands once");
        assertFalse(Files.exists(folder.resolve("cache")));
        assertEquals(0, hub.bytes());
    }

    /** As a workflow does it: one job for each object, whose reports are merged. */
    @Test
    void jobsThatTakeOneShareEachMirrorEverythingOnceAndTheirReportsMerge() throws IOException {
        Path reports = Files.createDirectory(folder.resolve("reports"));
        JsonNode shares = matrix(9);
        for (JsonNode share : shares) {
            Console job = console();
            Path report = reports.resolve(share.get("shard").asText().replace('/', '-') + ".json");
            assertEquals(
                    0,
                    run(job, "vllm-guiyang003", "--shard", share.toString(), "--report", report.toString()),
                    job::err);
            assertEquals(share.get("shard").asText(), SyncReport.read(report).shard());
            assertEquals(
                    share.get("items").isEmpty(),
                    SyncReport.read(report).items().isEmpty(),
                    "a share without items does nothing, and not everything");
        }
        assertEquals(21_002, hub.bytes());
        Path merged = reports.resolve("merged.json");
        String[] merge = {"report", "merge", reports.toString(), "--report", merged.toString()};
        Console console = console();
        assertEquals(0, console.run(merge), console::err);
        assertEquals(MODELS + 1, SyncReport.read(merged).totals().copied());

        Files.delete(reports.resolve("4-9.json"));
        Console again = console();
        assertEquals(1, again.run(merge), "a share is missing; the merged report of before is none");
        assertTrue(again.out().contains("there is no report of shard 4/9"), again::out);
        assertEquals(1, SyncReport.read(merged).exit());
    }

    @Test
    void whatTheHubDoesNotListIsNamedAndHasAPlaceAllTheSame() throws IOException {
        Files.writeString(folder.resolve("d.ini"), "acme/none\n");
        Console console = console();
        assertEquals(1, run(console, "plan vllm-guiyang003", "--matrix", "3"));
        assertTrue(
                console.err()
                        .startsWith(
                                "modelscope:datasets/acme/none: size unknown, counted as the mean of the others: NOT_FOUND: "),
                console::err);
        assertTrue(console.out().contains("\"acme/none\""), console::out);
        assertEquals(3, Json.MAPPER.readTree(console.out()).size());
    }

    @Test
    void aPodDividesEverythingAndNotItsShare() throws IOException {
        Console pod = console().with("JOB_COMPLETION_INDEX", "1");
        assertEquals(0, run(pod, "plan vllm-guiyang003", "--matrix", "1"), pod::err);
        assertEquals(MODELS, Json.MAPPER.readTree(pod.out()).get(0).get("items").size());
    }

    @Test
    void wrongQuestionsAreRefusedBeforeAnybodyIsAsked() throws IOException {
        for (List<String> wrong : List.of(
                List.of("--matrix", "0"), List.of("--matrix", "many"), List.of("--matrix", "2", "--shard", "0/2"))) {
            Console console = console();
            assertEquals(2, run(console, "plan vllm-guiyang003", wrong.toArray(String[]::new)), wrong::toString);
            assertEquals("", console.out());
        }
        Files.writeString(folder.resolve("m.ini"), "acme\n");
        assertEquals(2, run(console(), "plan vllm-guiyang003", "--matrix", "2"));
        assertEquals(0, hub.connections());
    }

    @Test
    void imagesAreBalancedByWhatTheirManifestsTellAndALargeRepositoryIsDividedByTags() throws IOException {
        OciLayout large = new OciLayout(Files.createDirectories(folder.resolve("registry/acme/large")));
        for (int i = 0; i < 4; i++) {
            image(large, "v" + i, 1000, i);
        }
        image(large, "again", 1000, 0); // what v0 has; nothing of it is counted twice
        image(new OciLayout(Files.createDirectories(folder.resolve("registry/acme/middle"))), "v1", 1500, 9);
        image(new OciLayout(Files.createDirectories(folder.resolve("registry/acme/small"))), "v1", 500, 9);
        Path list = rules("large", "middle", "small");
        try (Hub registry = RegistryDialect.start(Hub.Options.PLAIN, folder.resolve("registry"))) {
            Console console = console();
            String at = "quay.io=" + registry.origin().getAuthority();
            assertEquals(
                    0,
                    console.run("plan", "images", "--images", list.toString(), "--registry", at, "--matrix", "2"),
                    console::err);
            assertEquals("", console.err());
            JsonNode shares = Json.MAPPER.readTree(console.out());
            assertEquals(2, shares.size());
            List<String> all = new ArrayList<>();
            for (JsonNode share : shares) {
                assertEquals(3000, share.get("bytes").asLong(), console::out);
                share.get("items").forEach(item -> all.add(item.asText()));
            }
            assertEquals(
                    List.of(
                            "acme/large:again",
                            "acme/large:v0",
                            "acme/large:v1",
                            "acme/large:v2",
                            "acme/large:v3",
                            "acme/middle",
                            "acme/small"),
                    all.stream().sorted().toList());

            Console job = console();
            assertEquals(
                    0,
                    job.run(
                            "plan",
                            "images",
                            "--images",
                            list.toString(),
                            "--shard",
                            shares.get(0).toString()),
                    job::err);
            assertTrue(job.out().contains("shard 0/2"), job::out);
        }
    }

    @Test
    void aRuleThatCannotBeListedIsNamedAndHasAShareAllTheSame() throws IOException {
        image(new OciLayout(Files.createDirectories(folder.resolve("registry/acme/small"))), "v1", 500, 9);
        Path list = rules("small", "none");
        try (Hub registry = RegistryDialect.start(Hub.Options.PLAIN, folder.resolve("registry"))) {
            Console console = console();
            String at = "quay.io=" + registry.origin().getAuthority();
            assertEquals(
                    1, console.run("plan", "images", "--images", list.toString(), "--registry", at, "--matrix", "2"));
            assertTrue(console.err().startsWith("docker:quay.io/acme/none: size unknown"), console::err);
            assertTrue(
                    console.out().contains("[\"acme/none\"]") && console.out().contains("[\"acme/small\"]"));
        }
    }

    private Path rules(String... names) throws IOException {
        List<String> rules = new ArrayList<>();
        for (String name : names) {
            rules.add("{\"src\": \"quay.io/acme/" + name + "\", \"dest\": \"docker.io/mirror/" + name + "\"}");
        }
        return Files.writeString(folder.resolve("images.json"), "[" + String.join(",", rules) + "]");
    }

    /** An image of one layer, and below an index. */
    private static void image(OciLayout layout, String tag, int bytes, int seed) throws IOException {
        String layer = "sha256:" + Integer.toString(seed).repeat(64);
        byte[] manifest = ("{\"schemaVersion\":2,\"config\":{\"digest\":\"sha256:" + "f".repeat(64)
                        + "\",\"size\":0},\"layers\":[{\"digest\":\"" + layer + "\",\"size\":" + bytes + "}]}")
                .getBytes(StandardCharsets.UTF_8);
        byte[] index =
                ("{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                                + "\"digest\":\"" + layout.put(manifest) + "\",\"size\":" + manifest.length + "}]}")
                        .getBytes(StandardCharsets.UTF_8);
        layout.tag(tag, "application/vnd.oci.image.index.v1+json", index);
    }
}
