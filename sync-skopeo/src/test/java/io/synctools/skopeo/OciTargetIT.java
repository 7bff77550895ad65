package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.Outcome;
import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.internal.json.Json;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import io.synctools.testing.MemoryHub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models into a real registry behind a password, and on from there to a second one; read by skopeo. */
class OciTargetIT {
    private static final String NAME = "models/Org/Name";

    @TempDir
    Path folder;

    private final MemoryHub hub = new MemoryHub();
    private LocalRegistry first;
    private LocalRegistry second;

    @BeforeEach
    void start() throws IOException {
        first = LocalRegistry.withPassword(folder.resolve("first"));
        second = LocalRegistry.open(folder.resolve("second"));
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    private Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        byte[] weights = new byte[9 << 20];
        new Random(3).nextBytes(weights);
        files.put("model-00001.safetensors", weights);
        files.put("copy/of/it.safetensors", weights);
        files.put("config.json", "{\"a\": 1}".getBytes(StandardCharsets.UTF_8));
        files.put("empty", new byte[0]);
        files.put("文档/读我.md", "你好".getBytes(StandardCharsets.UTF_8));
        return files;
    }

    private Map<String, String> environment() {
        String variable = "_" + first.authority().replaceAll("[^0-9]", "_");
        return Map.of(
                "PATH",
                System.getenv("PATH"),
                "HOME",
                folder.resolve("home").toString(),
                variable + "_USER",
                LocalRegistry.USER,
                variable + "_PASSWORD",
                LocalRegistry.PASSWORD);
    }

    private SyncReport.Item run(SyncItem item, boolean verify) {
        return run(item, SyncOptions.builder().verify(verify));
    }

    private SyncReport.Item run(SyncItem item, SyncOptions.Builder options) {
        RunContext context = RunContext.of(options.environment(environment()).build());
        return Syncer.builder()
                .context(context)
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target(new OciTargetProvider())
                        .source(new RegistrySourceProvider())
                        .target(new RegistryTargetProvider())
                        .build())
                .build()
                .run(SyncPlan.of("test", List.of(item)))
                .items()
                .get(0);
    }

    private SyncItem model() {
        return SyncItem.of(ArtifactRef.of("hub", NAME), ArtifactRef.of("oci", first.authority() + "/team/" + NAME));
    }

    /** What skopeo reads of an artifact: every file by its path. */
    private Map<String, byte[]> read(LocalRegistry registry, String login) throws Exception {
        Path layout = copy(registry, login, "amd64");
        Map<String, byte[]> files = new HashMap<>();
        for (JsonNode layer : layers(layout)) {
            String digest = layer.path("digest").asText().replace("sha256:", "");
            files.put(
                    layer.path("annotations").path("org.cncf.model.filepath").asText(),
                    Files.readAllBytes(layout.resolve(digest)));
        }
        return files;
    }

    /** What skopeo reads of an image for a platform, unpacked by tar. */
    private Map<String, byte[]> unpack(LocalRegistry registry, String login, String architecture) throws Exception {
        Path layout = copy(registry, login, architecture);
        List<byte[]> archives = new ArrayList<>();
        for (JsonNode layer : layers(layout)) {
            String digest = layer.path("digest").asText().replace("sha256:", "");
            archives.add(Files.readAllBytes(layout.resolve(digest)));
        }
        return Unpacked.of(archives);
    }

    private static JsonNode layers(Path layout) throws IOException {
        return Json.MAPPER.readTree(layout.resolve("manifest.json").toFile()).path("layers");
    }

    private Path copy(LocalRegistry registry, String login, String architecture) throws Exception {
        Path layout = Files.createTempDirectory(folder, "layout");
        List<String> command = new ArrayList<>(List.of(
                "skopeo", "--insecure-policy", "--override-arch", architecture, "copy", "--src-tls-verify=false"));
        if (!login.isEmpty()) {
            command.addAll(List.of("--src-creds", login));
        }
        command.addAll(List.of("docker://" + registry.authority() + "/team/models/org/name:latest", "dir:" + layout));
        Process skopeo = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(skopeo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, skopeo.waitFor(), printed);
        return layout;
    }

    private static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> found) {
        assertEquals(expected.keySet(), new TreeMap<>(found).keySet());
        expected.forEach((path, bytes) -> assertArrayEquals(bytes, found.get(path), path));
    }

    @Test
    void aModelGoesToOneRegistryAndByAnImageFlowToAnother() throws Exception {
        hub.commit(NAME, files());

        SyncReport.Item item = run(model(), false);

        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertSame(files(), read(first, LocalRegistry.USER + ":" + LocalRegistry.PASSWORD));
        assertEquals(Outcome.UP_TO_DATE, run(model(), false).outcome());
        assertEquals(Outcome.UP_TO_DATE, run(model(), true).outcome(), "each file was looked for");

        SyncReport.Item on = run(
                SyncItem.of(
                        ArtifactRef.of("docker", first.authority() + "/team/models/org/name"),
                        ArtifactRef.of("docker", second.authority() + "/team/models/org/name")),
                false);

        assertEquals(Outcome.COPIED, on.outcome(), on::toString);
        assertSame(files(), read(second, ""));
    }

    @Test
    void aModelBecomesAnImageForEveryPlatformAndGoesOnAsOne() throws Exception {
        hub.commit(NAME, files());
        SyncOptions.Builder image = SyncOptions.builder().set(SkopeoOptions.OCI_FORM, SkopeoOptions.OciForm.IMAGE);

        SyncReport.Item item = run(model(), image);

        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        String login = LocalRegistry.USER + ":" + LocalRegistry.PASSWORD;
        assertSame(files(), unpack(first, login, "amd64"));
        assertSame(files(), unpack(first, login, "arm64"));
        assertEquals(Outcome.UP_TO_DATE, run(model(), image).outcome());
        assertEquals(Outcome.UP_TO_DATE, run(model(), image.verify(true)).outcome(), "each layer was looked for");

        SyncReport.Item on = run(
                SyncItem.of(
                        ArtifactRef.of("docker", first.authority() + "/team/models/org/name"),
                        ArtifactRef.of("docker", second.authority() + "/team/models/org/name")),
                false);

        assertEquals(Outcome.COPIED, on.outcome(), on::toString);
        assertEquals(3, on.entries().total(), "the commit, the branch and the pointer, and nothing unfinished");
        assertSame(files(), unpack(second, "", "arm64"));
    }

    @Test
    void whatHasChangedAloneTravels() throws Exception {
        hub.commit(NAME, files());
        run(model(), false);
        Map<String, byte[]> changed = files();
        changed.put("config.json", "{\"a\": 2}".getBytes(StandardCharsets.UTF_8));
        changed.remove("empty");
        hub.commit(NAME, changed);

        SyncReport.Item item = run(model(), false);

        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertEquals(8, item.bytes().orElseThrow().transferred());
        assertSame(changed, read(first, LocalRegistry.USER + ":" + LocalRegistry.PASSWORD));
    }

    @Test
    void nothingIsLeftOnThisMachine() throws Exception {
        hub.commit(NAME, files());
        run(model(), false);
        try (var left = Files.walk(folder.resolve("home"))) {
            assertTrue(left.noneMatch(Files::isRegularFile));
        } catch (java.nio.file.NoSuchFileException e) {
            // Not even a folder.
        }
    }
}
