package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models and datasets from a hub to a real registry by the command line, and what the tools say of them there. */
class ToRegistryIT {
    private static final Pattern LISTENING = Pattern.compile("listening on (127\\.0\\.0\\.1:\\d+)");

    @TempDir
    Path folder;

    private HubFile weights;
    private Hub hub;
    private Process registry;
    private String authority;

    @BeforeEach
    void start() throws IOException {
        byte[] bytes = new byte[40_000_000];
        new Random(1).nextBytes(bytes);
        weights = HubFile.of("model.safetensors", Files.write(folder.resolve("weights"), bytes));
        hub = Hub.start(Hub.Options.PLAIN, List.of(model("{}"), dataset()));
        registry = registry(folder.resolve("registry"));
    }

    @AfterEach
    void stop() throws IOException {
        registry.destroy();
        registry.onExit().join();
        hub.close();
    }

    private HubRepository model(String config) throws IOException {
        return HubRepository.of("models/Acme/Tiny.v1", List.of(HubFile.of("config.json", config), weights));
    }

    private static HubRepository dataset() throws IOException {
        return HubRepository.of("datasets/acme/rows", List.of(HubFile.of("a/b.csv", "1\n")));
    }

    private Process registry(Path at) throws IOException {
        for (String program : List.of("skopeo", "docker-registry")) {
            boolean there = List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
                    .anyMatch(bin -> Files.isExecutable(Path.of(bin, program)));
            if (!there && "true".equals(System.getenv("CI"))) {
                throw new AssertionError(program + " is missing: apt-get install " + program);
            }
            if (!there) {
                abort(program + " is not installed: apt-get install " + program);
            }
        }
        Path config = Files.writeString(
                Files.createDirectories(at).resolve("config.yml"),
                "version: 0.1\nlog: {level: info, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: "
                        + at.resolve("data") + "}, delete: {enabled: true}}\nhttp: {addr: '127.0.0.1:0'}\n");
        Process process = new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader log = process.inputReader();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                authority = listening.group(1);
                Thread drain = new Thread(() -> log.lines().forEach(rest -> {}), "registry-log");
                drain.setDaemon(true);
                drain.start();
                return process;
            }
        }
        throw new IOException("docker-registry does not start");
    }

    private Console console() {
        return new Console(folder)
                .with("MODELSCOPE_ENDPOINT", hub.origin().toString())
                .with("HF_ENDPOINT", hub.origin().toString())
                .with("PATH", System.getenv("PATH"));
    }

    private String address() {
        return "oci://" + authority + "/Team";
    }

    private List<String> lists() throws IOException {
        return List.of(
                "--models",
                Files.writeString(folder.resolve("m.ini"), "Acme/Tiny.v1\n").toString(),
                "--datasets",
                Files.writeString(folder.resolve("d.ini"), "acme/rows\n").toString());
    }

    /** Runs a command and returns what it printed. */
    private String sync(int status, String... arguments) {
        Console console = console();
        assertEquals(status, console.run(arguments), () -> console.out() + console.err());
        return console.out() + console.err();
    }

    private String[] flow(String... more) throws IOException {
        List<String> all = new ArrayList<>(List.of("vllm-guiyang003", "--to", address()));
        all.addAll(lists());
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private byte[] get(String path) throws Exception {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://" + authority + "/v2/" + path).toURL().openConnection();
        connection.setRequestProperty(
                "Accept", "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json");
        assertEquals(200, connection.getResponseCode(), path);
        return connection.getInputStream().readAllBytes();
    }

    private Map<String, byte[]> files(String repository, String tag) throws Exception {
        Map<String, byte[]> files = new TreeMap<>();
        for (JsonNode layer :
                Json.MAPPER.readTree(get(repository + "/manifests/" + tag)).path("layers")) {
            files.put(
                    layer.path("annotations").path("org.cncf.model.filepath").asText(),
                    get(repository + "/blobs/" + layer.path("digest").asText()));
        }
        return files;
    }

    private byte[] weights() throws IOException {
        return Files.readAllBytes(folder.resolve("weights"));
    }

    @Test
    void aFlowFillsARegistryAndTheToolsLookAfterIt() throws Exception {
        assertTrue(sync(0, flow("--dry-run")).contains("to copy     modelscope:models/Acme/Tiny.v1"));
        Path report = folder.resolve("report.json");
        sync(0, flow("--report", report.toString()));

        assertEquals(
                List.of("config.json", "model.safetensors"),
                List.copyOf(files("team/models/acme/tiny.v1", "latest").keySet()));
        assertArrayEquals(weights(), files("team/models/acme/tiny.v1", "master").get("model.safetensors"));
        assertArrayEquals(
                "1\n".getBytes(StandardCharsets.UTF_8),
                files("team/datasets/acme/rows", "latest").get("a/b.csv"));
        JsonNode item = Json.MAPPER.readTree(report.toFile()).path("items").path(0);
        assertEquals(
                "oci:" + authority + "/Team/models/Acme/Tiny.v1",
                item.path("to").asText());
        assertEquals(authority + "/team/models/acme/tiny.v1", item.path("path").asText());
        assertFalse(Files.exists(folder.resolve("home/.cache")), "nothing on disk");

        assertTrue(sync(0, flow("--report", report.toString())).contains("up to date"));
        JsonNode again = Json.MAPPER.readTree(report.toFile()).path("items").path(0);
        assertEquals(2, again.path("requests").asInt(), "one to the hub and one to the registry");

        assertTrue(sync(0, "verify", "--to", address()).contains(": 0 missing, 0 damaged, 0 foreign"));
        assertTrue(sync(
                        0,
                        "verify",
                        "vllm-guiyang003",
                        "--to",
                        address(),
                        lists().get(0),
                        lists().get(1),
                        lists().get(2),
                        lists().get(3))
                .contains("2 items, 3 files"));
        String status = sync(0, "status", "--to", address());
        assertTrue(status.contains("oci:" + authority + "/team/models/acme/tiny.v1 latest, master"), status);
        assertTrue(status.contains("2 items, 2 revisions"), status);

        JsonNode manifest = Json.MAPPER.readTree(get("team/models/acme/tiny.v1/manifests/latest"));
        String lost = manifest.path("layers").path(1).path("digest").asText().substring("sha256:".length());
        Files.delete(
                folder.resolve("registry/data/docker/registry/v2/repositories/team/models/acme/tiny.v1/_layers/sha256/"
                        + lost + "/link"));
        assertTrue(sync(1, "verify", "--to", address()).contains("1 missing"));
        sync(0, flow("--verify"));
        sync(0, "verify", "--to", address());
    }

    @Test
    void whatNoListDeclaresAnyMoreIsPruned() throws Exception {
        sync(0, flow());
        String list =
                Files.writeString(folder.resolve("kept.ini"), "Acme/Tiny.v1\n").toString();

        String preview = sync(0, "prune", "--to", address(), "--keep-declared", list);
        assertTrue(preview.contains("would remove oci:" + authority + "/team/datasets/acme/rows"), preview);
        assertTrue(preview.contains("1 revision to remove; nothing was touched"), preview);
        sync(0, "prune", "--to", address(), "--keep-declared", list, "--apply");

        assertTrue(sync(0, "status", "--to", address()).contains("1 item, 1 revisions"));
        sync(0, "verify", "--to", address());
        hub.put(HubRepository.of("models/acme/other", List.of(HubFile.of("x", "y"))));
        String more = Files.writeString(folder.resolve("more.ini"), "Acme/Tiny.v1\nacme/other\n")
                .toString();
        assertTrue(sync(1, "prune", "--to", address(), "--keep-declared", more, "--apply")
                .contains("it was never published at " + address()));
    }

    @Test
    void fromThereAnImageFlowCarriesItOn() throws Exception {
        sync(0, flow());
        String first = authority;
        Process second = registry(folder.resolve("second"));
        try {
            String rules = Files.writeString(
                            folder.resolve("images.json"),
                            "[{\"src\": \"" + first + "/team/models/acme/tiny.v1\", \"dest\": \"" + authority
                                    + "/far/tiny\"}]")
                    .toString();
            sync(0, "images", "--images", rules);
            assertArrayEquals(weights(), files("far/tiny", "latest").get("model.safetensors"));
            assertArrayEquals(
                    "{}".getBytes(StandardCharsets.UTF_8),
                    files("far/tiny", "master").get("config.json"));
        } finally {
            second.destroy();
            second.onExit().join();
        }
    }

    @Test
    void asImagesModelsAreLookedAfterAsWell() throws Exception {
        sync(0, flow("--oci-form", "image"));

        JsonNode index = Json.MAPPER.readTree(get("team/models/acme/tiny.v1/manifests/latest"));
        assertEquals(
                "arm64",
                index.path("manifests")
                        .path(1)
                        .path("platform")
                        .path("architecture")
                        .asText());
        JsonNode manifest = Json.MAPPER.readTree(get("team/models/acme/tiny.v1/manifests/"
                + index.path("manifests").path(1).path("digest").asText()));
        assertEquals(2, manifest.path("layers").size());
        String big = manifest.path("layers").path(0).path("digest").asText();
        byte[] archive = get("team/models/acme/tiny.v1/blobs/" + big);
        byte[] weights = weights();
        assertArrayEquals(weights, Arrays.copyOfRange(archive, 512, 512 + weights.length));

        Path report = folder.resolve("report.json");
        assertTrue(sync(0, flow("--oci-form", "image", "--report", report.toString()))
                .contains("up to date"));
        JsonNode again = Json.MAPPER.readTree(report.toFile()).path("items").path(0);
        assertEquals(2, again.path("requests").asInt(), "one to the hub and one to the registry");
        assertTrue(sync(0, "verify", "--to", address()).contains(": 0 missing, 0 damaged, 0 foreign"));
        String status = sync(0, "status", "--to", address());
        assertTrue(status.contains("oci:" + authority + "/team/models/acme/tiny.v1 latest, master"), status);
        assertTrue(status.contains("2 items, 2 revisions"), status);
        Files.delete(
                folder.resolve("registry/data/docker/registry/v2/repositories/team/models/acme/tiny.v1/_layers/sha256/"
                        + big.replace("sha256:", "") + "/link"));
        assertTrue(sync(1, "verify", "--to", address()).contains("1 missing"));
        sync(0, flow("--oci-form", "image", "--verify"));
        sync(0, "verify", "--to", address());
        String list =
                Files.writeString(folder.resolve("kept.ini"), "Acme/Tiny.v1\n").toString();
        sync(0, "prune", "--to", address(), "--keep-declared", list, "--apply");
        assertTrue(sync(0, "status", "--to", address()).contains("1 item, 1 revisions"));
    }

    @Test
    void sharesTogetherBringEverythingOnce() throws Exception {
        Path report = folder.resolve("report.json");
        int items = 0;
        for (String share : List.of("0/2", "1/2")) {
            sync(0, flow("--shard", share, "--report", report.toString()));
            items += Json.MAPPER.readTree(report.toFile()).path("items").size();
        }

        assertEquals(2, items, "each item is in one share");
        assertTrue(sync(0, "verify", "--to", address()).contains(": 0 missing, 0 damaged, 0 foreign"));
        assertArrayEquals(weights(), files("team/models/acme/tiny.v1", "latest").get("model.safetensors"));
        assertEquals(1, files("team/datasets/acme/rows", "latest").size());
    }

    @Test
    void aRunThatIsKilledGoesOnWithWhatIsMissing() throws Exception {
        assertKilledRunGoesOn("_layers/sha256/"
                + HubFile.random("one.safetensors", 4_000_000, 1).sha256());
        assertEquals(2, files("team/models/acme/tiny.v1", "latest").size());
    }

    @Test
    void aKilledRunSendsNoFinishedLayerOfAnImageAgain() throws Exception {
        assertKilledRunGoesOn("_manifests/tags/sync-tools-unfinished/current", "--oci-form", "image");
        assertTrue(sync(0, "verify", "--to", address()).contains(": 0 missing, 0 damaged, 0 foreign"));
    }

    /** @param sign what is there in the registry once the first of two files is, and the second is on its way */
    private void assertKilledRunGoesOn(String sign, String... more) throws Exception {
        hub.close();
        hub = Hub.start(
                new Hub.Options(0, Duration.ZERO, 8 << 20),
                List.of(
                        HubRepository.of(
                                "models/Acme/Tiny.v1",
                                List.of(
                                        HubFile.random("one.safetensors", 4_000_000, 1),
                                        HubFile.random("two.safetensors", 40_000_000, 2))),
                        dataset()));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Launch.class.getName()));
        command.addAll(List.of(flow(more)));
        ProcessBuilder child = new ProcessBuilder(command).redirectErrorStream(true);
        child.environment()
                .putAll(new HashMap<>(Map.of(
                        "MODELSCOPE_ENDPOINT", hub.origin().toString(),
                        "HOME", folder.resolve("home").toString())));
        Process run = child.start();
        Path link = folder.resolve(
                "registry/data/docker/registry/v2/repositories/team/models/acme/tiny.v1/" + sign + "/link");
        for (int i = 0; i < 600 && !Files.exists(link) && run.isAlive(); i++) {
            run.waitFor(50, TimeUnit.MILLISECONDS);
        }
        assertTrue(run.isAlive(), "it is in the middle of the second file");
        run.destroyForcibly().waitFor();

        Path report = folder.resolve("report.json");
        List<String> again = new ArrayList<>(List.of(more));
        again.addAll(List.of("--report", report.toString()));
        sync(0, flow(again.toArray(String[]::new)));

        JsonNode bytes =
                Json.MAPPER.readTree(report.toFile()).path("items").path(0).path("bytes");
        assertEquals(40_000_000, bytes.path("transferred").asLong(), bytes::toString);
    }
}
