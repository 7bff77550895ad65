package io.synctools.skopeo;

import static io.synctools.skopeo.CannedResponses.always;
import static io.synctools.skopeo.CannedResponses.asks;
import static io.synctools.skopeo.CannedResponses.errors;
import static io.synctools.skopeo.CannedResponses.status;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.Outcome;
import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.internal.json.Json;
import io.synctools.mirror.Finding;
import io.synctools.mirror.RemoteMirror;
import io.synctools.mirror.RemoteRevision;
import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.skopeo.SkopeoOptions.OciForm;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.testing.MemoryHub;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole runs that write images. */
class OciImageTest {
    private static final String NAME = "models/org/name";
    private static final String REPOSITORY = "team/models/org/name";
    private static final byte[] ONE = random(3 << 20, 1);
    private static final byte[] TWO = random(2 << 20, 2);

    private final MemoryHub hub = new MemoryHub();
    private final SyncOptions.Builder options =
            SyncOptions.builder().retryFor(Duration.ofSeconds(20)).set(SkopeoOptions.OCI_FORM, OciForm.IMAGE);
    private FileSource source = hub;
    private MemoryRegistry registry;

    @BeforeEach
    void start() throws IOException {
        registry = new MemoryRegistry();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private static byte[] random(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("model-1.safetensors", ONE);
        files.put("model-2.safetensors", TWO);
        files.put("config.json", text("{}"));
        files.put("original/params.json", text("[1]"));
        files.put("empty", new byte[0]);
        files.put("文档/读我.md", text("你好"));
        files.put("deep/" + "d".repeat(120) + "/file with\nstrange \"name\"", text("x"));
        return files;
    }

    private SyncItem item() {
        return SyncItem.of(ArtifactRef.of("hub", NAME), ArtifactRef.of("oci", registry.authority() + "/team/" + NAME));
    }

    private SyncReport.Item run() {
        return Syncer.builder()
                .context(RunContext.of(options.build()))
                .platforms(Platforms.builder()
                        .source("hub", source)
                        .target(new OciTargetProvider())
                        .build())
                .build()
                .run(SyncPlan.of("test", List.of(item())))
                .items()
                .get(0);
    }

    private void copied() {
        SyncReport.Item item = run();
        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
    }

    private void assertThere(Map<String, byte[]> files) throws IOException {
        Map<String, byte[]> found = registry.imageFiles(REPOSITORY, "latest");
        assertEquals(files.keySet(), found.keySet());
        files.forEach((path, bytes) -> assertArrayEquals(bytes, found.get(path), path));
        assertEquals(0, registry.uploadsLeft());
        assertFalse(registry.tags(REPOSITORY).contains(ImageSession.UNFINISHED), "nothing is unfinished");
    }

    private List<String> layers() throws IOException {
        List<String> digests = new ArrayList<>();
        registry.layers(REPOSITORY, "latest", "amd64")
                .forEach(layer -> digests.add(layer.path("digest").asText()));
        return digests;
    }

    @Test
    void aRevisionBecomesOneImageForEachPlatform() throws Exception {
        String commit = hub.commit(NAME, files());

        copied();

        assertThere(files());
        JsonNode index =
                Json.MAPPER.readTree(registry.manifest(REPOSITORY, "latest").orElseThrow());
        assertEquals(Manifest.OCI_INDEX, index.path("mediaType").asText());
        assertEquals(2, index.path("manifests").size());
        for (JsonNode child : index.path("manifests")) {
            JsonNode manifest = Json.MAPPER.readTree(
                    registry.manifest(REPOSITORY, child.path("digest").asText()).orElseThrow());
            JsonNode config = Json.MAPPER.readTree(
                    registry.blob(manifest.path("config").path("digest").asText())
                            .orElseThrow());
            assertEquals(child.path("platform").path("architecture"), config.path("architecture"));
            assertEquals("linux", config.path("os").asText());
            List<String> unpacked = new ArrayList<>();
            config.path("rootfs").path("diff_ids").forEach(id -> unpacked.add(id.asText()));
            assertEquals(layers(), unpacked, "they are not compressed");
        }
        assertEquals(3, layers().size(), "two files alone, the small ones together");
        assertEquals(Set.of(commit, "main", "latest"), Set.copyOf(registry.tags(REPOSITORY)));
    }

    @Test
    void archivesHoldNothingOfThisMachineAndAreAlwaysTheSame() throws Exception {
        hub.commit(NAME, files());
        copied();
        List<String> first = layers();
        String printed = Unpacked.tar(registry.blob(first.get(2)).orElseThrow(), "-tv", "--numeric-owner", "--utc");
        assertTrue(printed.contains("-rw-r--r-- 0/0               2 1970-01-01 00:00 config.json"), printed);
        assertTrue(printed.contains("drwxr-xr-x 0/0               0 1970-01-01 00:00 original/"), printed);
        byte[] index = registry.manifest(REPOSITORY, "latest").orElseThrow();

        registry.close();
        registry = new MemoryRegistry();
        options.jobs(1);
        copied();

        assertEquals(first, layers());
        assertEquals(
                Json.MAPPER.readTree(index).path("manifests"),
                Json.MAPPER
                        .readTree(registry.manifest(REPOSITORY, "latest").orElseThrow())
                        .path("manifests"));
    }

    @Test
    void whatIsUpToDateCostsOneRequestOnEachSide() {
        hub.commit(NAME, files());
        copied();
        int before = registry.journal().size();
        int asked = hub.journal().size();

        assertEquals(Outcome.UP_TO_DATE, run().outcome());

        assertEquals(1, registry.journal().size() - before);
        assertEquals(1, hub.journal().size() - asked);
    }

    @Test
    void aFileThatChangesMakesItsOwnLayerAnew() throws Exception {
        hub.commit(NAME, files());
        copied();
        List<String> before = layers();
        Map<String, byte[]> changed = files();
        changed.put("config.json", text("{1}"));
        hub.commit(NAME, changed);
        long streams = registry.asked("PATCH");

        SyncReport.Item item = run();

        assertEquals(3, item.bytes().orElseThrow().transferred());
        assertThere(changed);
        assertEquals(before.subList(0, 2), layers().subList(0, 2));
        assertNotEquals(before.get(2), layers().get(2));
        assertEquals(streams, registry.asked("PATCH"), "no big layer was sent");
    }

    @Test
    void tenThousandFilesShareTheLayersThatRuntimesTake() {
        Map<String, byte[]> many = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            many.put("data/part-" + i + ".txt", text(Integer.toString(i)));
        }
        List<Entry> entries = new ArrayList<>();
        many.forEach((path, bytes) -> entries.add(Entry.file(path, bytes.length, MemoryHub.checksum(bytes))));
        List<LayerFiles> layers =
                LayerFiles.of(entries, entry -> entry.checksum().orElseThrow());
        assertTrue(layers.size() <= LayerFiles.MOST_LAYERS, () -> "" + layers.size());
        assertEquals(
                10_000, layers.stream().mapToInt(layer -> layer.files().size()).sum());
        assertTrue(layers.stream().allMatch(layer -> layer.files().size() < 500), "an update makes few anew");
    }

    @Test
    void filesThatShareManyLayersAreAllThere() throws Exception {
        Map<String, byte[]> many = new TreeMap<>();
        for (int i = 0; i < 600; i++) {
            many.put("data/" + i % 7 + "/part-" + i + ".txt", text(Integer.toString(i)));
        }
        hub.commit(NAME, many);
        copied();
        assertThere(many);
        assertEquals(4, layers().size());
    }

    @Test
    void manyBigFilesShareLayersToo() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            entries.add(Entry.file("part-" + i, (1L << 30) + i, MemoryHub.checksum(text("" + i))));
        }
        List<LayerFiles> layers =
                LayerFiles.of(entries, entry -> entry.checksum().orElseThrow());
        assertTrue(layers.size() > 60 && layers.size() <= LayerFiles.MOST_LAYERS, () -> "" + layers.size());
        Set<Checksum> keys = new HashSet<>();
        layers.forEach(layer -> keys.add(layer.key()));
        assertEquals(layers.size(), keys.size());
    }

    @Test
    void aRunThatEndedInTheMiddleSendsNoFinishedLayerAgain() throws Exception {
        hub.commit(NAME, files());
        registry.fault(always(asks("PUT", "/manifests/main"), status(401)));
        assertEquals(Outcome.FAILED, run().outcome());
        registry.fault(request -> Optional.empty());
        long streams = registry.asked("PATCH");
        long opened = hub.asked("open");

        SyncReport.Item item = run();

        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertEquals(0, item.bytes().orElseThrow().transferred());
        assertEquals(opened, hub.asked("open"));
        assertEquals(streams, registry.asked("PATCH"));
        assertThere(files());
    }

    @Test
    void aRegistryThatRemembersNothingIsFilledAllTheSame() throws Exception {
        hub.commit(NAME, files());
        registry.fault(
                always(asks("PUT", "/manifests/" + ImageSession.UNFINISHED), errors(400, "TAG_INVALID", "immutable")));
        copied();
        assertThere(files());
    }

    @Test
    void wrongBytesOfABigFileCloseNoUpload() {
        source = new Flipped(hub);
        hub.commit(NAME, files());

        SyncReport.Item item = run();

        assertEquals(Outcome.FAILED, item.outcome());
        SyncReport.Failure failure = item.failures().get(0);
        assertEquals(FailureKind.CHECKSUM, failure.kind(), failure::message);
        assertTrue(failure.message().contains("model-1.safetensors came with other bytes"), failure::message);
        assertFalse(registry.tags(REPOSITORY).contains("latest"), "nothing is visible");
        assertEquals(0, registry.uploadsLeft());
    }

    @Test
    void namesThatWouldRemoveFilesAreRefused() {
        for (String name : List.of(".wh.model", "a/.wh..wh..opq", ".wh.d/x")) {
            List<Entry> entries = List.of(Entry.file(name, 1, MemoryHub.checksum(text("x"))));
            SyncException refused = assertThrows(
                    SyncException.class,
                    () -> LayerFiles.of(entries, entry -> entry.checksum().orElseThrow()));
            assertEquals(FailureKind.UNSAFE_NAME, refused.kind());
        }
        hub.commit(NAME, Map.of(".wh.model", text("x")));
        assertEquals(FailureKind.UNSAFE_NAME, run().failures().get(0).kind());
        assertEquals(0, registry.asked("POST"));
    }

    @Test
    void eachFormIsAPublicationOfItsOwn() throws Exception {
        hub.commit(NAME, files());
        copied();
        options.set(SkopeoOptions.OCI_FORM, OciForm.ARTIFACT);

        copied();

        assertEquals(files().keySet(), new TreeMap<>(registry.files(REPOSITORY, "latest")).keySet());
        options.set(SkopeoOptions.OCI_FORM, OciForm.IMAGE);
        copied();
        assertThere(files());
        assertEquals(Outcome.UP_TO_DATE, run().outcome());
    }

    @Test
    void whatIsLostIsFoundAndMended() throws Exception {
        hub.commit(NAME, files());
        copied();
        RemoteMirror mirror = new OciTargetProvider()
                .create(RunContext.of(options.build()), ArtifactRef.of("oci", registry.authority() + "/team"));
        RemoteRevision revision = mirror.published(item()).orElseThrow();
        assertEquals(7, mirror.files(revision).size());
        for (Entry file : mirror.files(revision)) {
            assertEquals(Optional.empty(), mirror.fault(revision, file));
        }
        registry.loseBlob(layers().get(0));
        List<Finding> findings = new ArrayList<>();
        for (Entry file : mirror.files(revision)) {
            mirror.fault(revision, file).ifPresent(findings::add);
        }
        assertEquals(1, findings.size());
        assertEquals("model-1.safetensors", findings.get(0).path());
        assertEquals(Finding.Kind.MISSING, findings.get(0).kind());
        options.verify(true);
        copied();
        assertThere(files());

        JsonNode arm = Json.MAPPER
                .readTree(registry.manifest(REPOSITORY, "latest").orElseThrow())
                .path("manifests")
                .path(1);
        registry.removeTag(REPOSITORY, arm.path("digest").asText());
        assertEquals(List.of(), mirror.files(revision), "readers of that platform find nothing");
        run();
        assertThere(files());
    }

    @Test
    void noManifestWithoutATagKeepsLayersOfWhatIsUnfinishedOrRemoved() throws Exception {
        hub.commit(NAME, files());
        copied();
        assertEquals(3, registry.manifests(REPOSITORY).size(), "the index, and one for each platform");
        byte[] index = registry.manifest(REPOSITORY, "latest").orElseThrow();
        RemoteMirror mirror = new OciTargetProvider()
                .create(RunContext.of(options.build()), ArtifactRef.of("oci", registry.authority() + "/team"));
        RemoteRevision revision = mirror.published(item()).orElseThrow();
        byte[] sameLayers = text(new String(index, StandardCharsets.UTF_8).replace("\"main\"", "\"v1\""));
        registry.putTag(REPOSITORY, "v1", sameLayers);

        mirror.remove(revision);
        assertEquals(files().keySet(), registry.imageFiles(REPOSITORY, "v1").keySet());
        List<RemoteRevision> left = mirror.revisions(item());
        assertEquals(1, left.size());
        mirror.remove(left.get(0));

        assertEquals(Set.of(), registry.manifests(REPOSITORY));
    }

    @Test
    void aBlobOfAnotherSizeIsDamaged() throws Exception {
        hub.commit(NAME, files());
        copied();
        RemoteMirror mirror = new OciTargetProvider()
                .create(RunContext.of(options.build()), ArtifactRef.of("oci", registry.authority() + "/team"));
        RemoteRevision revision = mirror.published(item()).orElseThrow();
        Entry file = mirror.files(revision).get(0);
        registry.cutBlob(layers().get(0));

        Finding finding = mirror.fault(revision, file).orElseThrow();

        assertEquals(Finding.Kind.DAMAGED, finding.kind());
        assertTrue(finding.detail().contains("has 1 bytes instead of"), finding::detail);
    }

    @Test
    void severalFilesOfWhichTheHubTellsNoSha256AreFetchedOnce() throws Exception {
        source = new Untelling(hub);
        hub.commit(NAME, files());
        copied();
        assertThere(files());
        Map<String, byte[]> more = files();
        more.put("new.json", text("123"));
        hub.commit(NAME, more);

        SyncReport.Item item = run();

        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertThere(more);
        long small = files().values().stream()
                .filter(bytes -> bytes.length < 1000)
                .mapToLong(bytes -> bytes.length)
                .sum();
        assertTrue(item.bytes().orElseThrow().transferred() <= small + 3, item::toString);
    }

    /** Flips a bit of one file. */
    private record Flipped(MemoryHub hub) implements FileSource {
        @Override
        public ArtifactRef pin(ArtifactRef ref) throws IOException, InterruptedException {
            return hub.pin(ref);
        }

        @Override
        public Listing list(ArtifactRef pinned, NameFilter filter) throws IOException, InterruptedException {
            return hub.list(pinned, filter);
        }

        @Override
        public InputStream open(ArtifactRef pinned, Entry entry, ByteRange range)
                throws IOException, InterruptedException {
            byte[] bytes = hub.open(pinned, entry, range).readAllBytes();
            if (entry.path().equals("model-1.safetensors")) {
                bytes[bytes.length - 1] ^= 1;
            }
            return new ByteArrayInputStream(bytes);
        }
    }

    /** Tells no checksum, but which commit changed a file. */
    private record Untelling(MemoryHub hub) implements FileSource {
        @Override
        public ArtifactRef pin(ArtifactRef ref) throws IOException, InterruptedException {
            return hub.pin(ref);
        }

        @Override
        public Listing list(ArtifactRef pinned, NameFilter filter) throws IOException, InterruptedException {
            List<Entry> entries = hub.list(pinned, filter).entries().stream()
                    .map(entry -> new Entry(
                            entry.path(),
                            entry.size(),
                            Optional.empty(),
                            Map.of("changed", entry.checksum().orElseThrow().toString())))
                    .toList();
            return new Listing(entries, List.of(), Map.of());
        }

        @Override
        public InputStream open(ArtifactRef pinned, Entry entry, ByteRange range)
                throws IOException, InterruptedException {
            return hub.open(pinned, entry, range);
        }
    }
}
