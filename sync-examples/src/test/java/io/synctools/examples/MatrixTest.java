package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.SyncReport;
import io.synctools.examples.hub.Hub;
import io.synctools.examples.hub.HubFile;
import io.synctools.examples.hub.HubRepository;
import io.synctools.examples.hub.OciLayout;
import io.synctools.internal.json.Json;
import java.io.IOException;
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
    void imagesAreBalancedByTagsWithoutSizes() throws IOException {
        try (Hub registry = Hub.registry(Hub.Options.PLAIN, layouts(List.of(5, 2, 2, 1)))) {
            StringBuilder rules = new StringBuilder("[");
            for (int i = 0; i < 4; i++) {
                rules.append(i == 0 ? "" : ",")
                        .append("{\"src\": \"quay.io/acme/i" + i + "\", \"dest\": \"docker.io/mirror/i" + i + "\"}");
            }
            Path list = Files.writeString(folder.resolve("images.json"), rules.append("]"));
            Console console = console();
            String at = "quay.io=" + registry.origin().getAuthority();
            assertEquals(
                    0,
                    console.run("plan", "images", "--images", list.toString(), "--registry", at, "--matrix", "2"),
                    console::err);
            assertEquals(
                    "[{\"shard\":\"0/2\",\"items\":[\"acme/i0\"],\"bytes\":0},"
                            + "{\"shard\":\"1/2\",\"items\":[\"acme/i1\",\"acme/i2\",\"acme/i3\"],\"bytes\":0}]\n",
                    console.out());
            assertTrue(console.err().contains("balanced by numbers of tags"), console::err);
        }
    }

    /** Repositories acme/i0 and so on with so many tags. */
    private Path layouts(List<Integer> tags) throws IOException {
        Path root = folder.resolve("registry");
        for (int i = 0; i < tags.size(); i++) {
            OciLayout layout = new OciLayout(Files.createDirectories(root.resolve("acme/i" + i)));
            for (int tag = 0; tag < tags.get(i); tag++) {
                layout.tag("v" + tag, "application/vnd.oci.image.manifest.v1+json", new byte[] {'{', '}'});
            }
        }
        return root;
    }
}
