package io.synctools.skopeo;

import static io.synctools.skopeo.CannedResponses.always;
import static io.synctools.skopeo.CannedResponses.asks;
import static io.synctools.skopeo.CannedResponses.errors;
import static io.synctools.skopeo.CannedResponses.status;
import static io.synctools.skopeo.CannedResponses.times;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.Outcome;
import io.synctools.PlanException;
import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.internal.digest.Hasher;
import io.synctools.internal.json.Json;
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
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.testing.MemoryHub;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs into a registry that works, and into one that does not. */
class OciTargetTest {
    private static final String NAME = "models/Org/Name_1.5";
    private static final String REPOSITORY = "team/models/org/name_1.5";
    private static final byte[] BIG = random(3 << 20);

    private final MemoryHub hub = new MemoryHub();
    private final Map<String, String> environment = new HashMap<>();
    private SyncOptions.Builder options = SyncOptions.builder().retryFor(Duration.ofSeconds(20));
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

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private String commit() {
        return hub.commit(
                NAME,
                Map.of(
                        "config.json",
                        "{}".getBytes(StandardCharsets.UTF_8),
                        "model.safetensors",
                        BIG,
                        "README.md",
                        "hello".getBytes(StandardCharsets.UTF_8)));
    }

    private SyncItem item(String name, String revision) {
        return SyncItem.of(
                ArtifactRef.of("hub", name, revision),
                ArtifactRef.of("oci", registry.authority() + "/team/" + name, revision));
    }

    private Syncer syncer() {
        RunContext context = RunContext.of(options.environment(environment).build());
        return Syncer.builder()
                .context(context)
                .platforms(Platforms.builder()
                        .source("hub", source)
                        .target(new OciTargetProvider())
                        .build())
                .build();
    }

    private SyncReport.Item run() {
        return run(item(NAME, ""));
    }

    private SyncReport.Item run(SyncItem item) {
        return syncer().run(SyncPlan.of("test", List.of(item))).items().get(0);
    }

    private void assertThere() throws IOException {
        assertArrayEquals(BIG, registry.files(REPOSITORY, "latest").get("model.safetensors"));
        assertEquals(3, registry.files(REPOSITORY, "latest").size());
        assertEquals(0, registry.uploadsLeft());
    }

    private SyncReport.Failure failure(FailureKind kind) {
        SyncReport.Item item = run();
        assertEquals(Outcome.FAILED, item.outcome(), item::toString);
        SyncReport.Failure failure = item.failures().get(0);
        assertEquals(kind, failure.kind(), failure::message);
        assertEquals(List.of(), registry.tags(REPOSITORY), "nothing is visible");
        return failure;
    }

    @Test
    void aRevisionBecomesOneArtifactOfTheModelSpecification() throws Exception {
        String commit = commit();

        SyncReport.Item item = run();

        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertEquals(registry.authority() + "/" + REPOSITORY, item.path().orElseThrow());
        assertThere();
        JsonNode manifest =
                Json.MAPPER.readTree(registry.manifest(REPOSITORY, "latest").orElseThrow());
        assertEquals(
                "application/vnd.oci.image.manifest.v1+json",
                manifest.path("mediaType").asText());
        assertEquals(
                "application/vnd.cncf.model.manifest.v1+json",
                manifest.path("artifactType").asText());
        assertEquals(
                "application/vnd.cncf.model.config.v1+json",
                manifest.path("config").path("mediaType").asText());
        JsonNode weights = manifest.path("layers").path(2);
        assertEquals(
                "application/vnd.cncf.model.weight.v1.raw",
                weights.path("mediaType").asText());
        assertEquals(
                "model.safetensors",
                weights.path("annotations").path("org.cncf.model.filepath").asText());
        assertEquals(MemoryHub.checksum(BIG).toString(), weights.path("digest").asText());
        JsonNode config = Json.MAPPER.readTree(
                registry.blob(manifest.path("config").path("digest").asText()).orElseThrow());
        assertEquals(commit, config.path("descriptor").path("revision").asText());
        assertEquals(3, config.path("modelfs").path("diffIds").size());
        List<String> puts = registry.journal().stream()
                .filter(line -> line.startsWith("PUT") && line.contains("/manifests/"))
                .map(line -> line.substring(line.lastIndexOf('/') + 1))
                .toList();
        assertEquals(List.of(commit, "main", "latest"), puts, "the pointer comes last");
    }

    @Test
    void whatIsUpToDateCostsOneRequestOnEachSide() {
        commit();
        run();
        int before = registry.journal().size();
        int asked = hub.journal().size();

        SyncReport.Item item = run();

        assertEquals(Outcome.UP_TO_DATE, item.outcome());
        assertEquals(1, registry.journal().size() - before);
        assertEquals(1, hub.journal().size() - asked);
    }

    @Test
    void aPinnedRevisionHasItsOwnTagAndMovesNoOther() throws Exception {
        commit();
        run();
        byte[] latest = registry.manifest(REPOSITORY, "latest").orElseThrow();
        hub.commit(NAME, Map.of("config.json", "[]".getBytes(StandardCharsets.UTF_8)));

        SyncReport.Item item = run(item(NAME, "Release/V2"));

        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertEquals(1, registry.files(REPOSITORY, "release-v2").size());
        assertArrayEquals(latest, registry.manifest(REPOSITORY, "latest").orElseThrow());
    }

    @Test
    void namesThatBecomeOneAreRefusedBeforeAnythingIsAsked() {
        commit();
        for (List<SyncItem> twins : List.of(
                List.of(item(NAME, "a/b"), item(NAME, "a-b")),
                List.of(item("models/o/a+b", ""), item("models/o/a=b", "")))) {
            PlanException refused = assertThrows(PlanException.class, () -> syncer().run(SyncPlan.of("test", twins)));
            assertTrue(refused.faults().get(0).toString().contains("both go to"), refused::toString);
        }
        assertEquals(List.of(), registry.journal());
    }

    @ParameterizedTest
    @CsvSource({
        "models/Qwen/Qwen2.5-7B, models/qwen/qwen2.5-7b",
        "models/a__b/c--d, models/a__b/c--d",
        "models/-a-/b..c, models/a/b-c",
        "models/o/x_-y___z, models/o/x-y-z",
        "models/o/中a文, models/o/a",
        "models/gpt2, models/gpt2",
    })
    void namesAreThoseThatRegistriesKnow(String name, String expected) {
        OciPlace place = OciPlace.of(ArtifactRef.of("oci", "quay.io/Team/" + name));
        assertEquals("quay.io/team/" + expected, place.repository().toString());
    }

    @Test
    void whatNoRegistryCanNameIsRefused() {
        SyncException refused =
                assertThrows(SyncException.class, () -> OciPlace.of(ArtifactRef.of("oci", "quay.io/t/models/o/中文")));
        assertEquals(FailureKind.UNSAFE_NAME, refused.kind());
        assertThrows(SyncException.class, () -> OciPlace.of(ArtifactRef.of("oci", "quay.io/t/m", "x".repeat(129))));
    }

    @Test
    void aKilledRunGoesOnWithTheFilesThatItLacks() throws Exception {
        commit();
        registry.fault(always(asks("PUT", "/manifests/"), status(401)));
        run();
        registry.fault(request -> Optional.empty());

        SyncReport.Item item = run();

        assertEquals(Outcome.COPIED, item.outcome());
        assertEquals(0, item.bytes().orElseThrow().transferred(), "HEAD tells that all is there");
        assertThere();
    }

    @Test
    void aTagThatSomebodyRemovedIsThereAgainWithoutAByte() throws Exception {
        commit();
        run();
        registry.removeTag(REPOSITORY, "latest");
        assertEquals(Outcome.COPIED, run().outcome());
        assertThere();

        registry.removeTag(REPOSITORY, "main");
        options.verify(true);
        SyncReport.Item mended = run();
        assertEquals(0, mended.bytes().orElseThrow().transferred());
        assertTrue(registry.tags(REPOSITORY).contains("main"));
    }

    @Test
    void aLostBlobIsBroughtAgainByARunThatVerifies() throws Exception {
        commit();
        run();
        registry.loseBlob(MemoryHub.checksum(BIG).toString());
        options.verify(true);

        assertEquals(Outcome.COPIED, run().outcome());
        assertThere();
    }

    @Test
    void aPreviewWritesNothing() {
        commit();
        Object before = registry.trace();
        SyncReport.Item item = syncer().preview(SyncPlan.of("test", List.of(item(NAME, ""))))
                .items()
                .get(0);
        assertEquals(Outcome.WOULD_COPY, item.outcome(), item::toString);
        assertEquals(before, registry.trace());
    }

    @Test
    void filesOfWhichTheHubTellsNoSha256AreFetchedOnce() throws Exception {
        source = new GitHub(hub);
        commit();
        assertEquals(Outcome.COPIED, run().outcome());
        assertThere();
        hub.commit(NAME, Map.of("config.json", "[1]".getBytes(StandardCharsets.UTF_8), "model.safetensors", BIG));

        SyncReport.Item item = run();

        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertEquals(3, item.bytes().orElseThrow().transferred(), "the new file alone");
    }

    @Test
    void aHubThatBreaksOffInTheMiddleIsAskedForTheRestInOneUpload() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        source = new BreakingHub(hub, opened);
        commit();

        SyncReport.Item item = run();

        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertThere();
        assertEquals(1, registry.asked("PATCH"));
        assertTrue(opened.get() > 3, "several connections");
    }

    // Registries that fail.

    @Test
    void anUploadThatIsBrokenOffStartsAgain() throws Exception {
        commit();
        registry.fault(times(
                2,
                asks("PATCH", "/blobs/uploads/"),
                new MockResponse.Builder()
                        .onRequestBody(new SocketEffect.CloseSocket())
                        .build()));
        assertEquals(Outcome.COPIED, run().outcome());
        assertThere();
    }

    @Test
    void anUploadThatBreaksAfterLongWorkStartsAgainHoweverShortTheRunsPatienceIs() throws Exception {
        commit();
        options = options.retryFor(Duration.ofMillis(1));
        registry.fault(times(
                2,
                asks("PATCH", "/blobs/uploads/"),
                new MockResponse.Builder()
                        .onRequestBody(new SocketEffect.CloseSocket())
                        .build()));
        assertEquals(Outcome.COPIED, run().outcome());
        assertThere();
    }

    @ParameterizedTest
    @CsvSource({"POST, 503", "PATCH, 500", "PUT, 502", "HEAD, 504", "GET, 503"})
    void aServerThatIsBusyIsAskedAgain(String method, int status) throws Exception {
        commit();
        registry.fault(times(1, asks(method, "/" + REPOSITORY), status(status)));
        assertEquals(Outcome.COPIED, run().outcome());
        assertThere();
    }

    @Test
    void aRegistryThatFallsSilentIsAskedOverANewConnection() throws Exception {
        commit();
        options = options.stall(Duration.ofMillis(500));
        registry.fault(times(
                1,
                asks("PATCH", "/blobs/uploads/"),
                new MockResponse.Builder()
                        .onResponseStart(SocketEffect.Stall.INSTANCE)
                        .build()));
        assertEquals(Outcome.COPIED, run().outcome());
        assertThere();
    }

    @Test
    void bytesThatAreDamagedOnTheWayAreSentOnceMore() throws Exception {
        commit();
        registry.fault(times(1, asks("PUT", "/blobs/uploads/"), errors(400, "DIGEST_INVALID", "other content")));
        assertEquals(Outcome.COPIED, run().outcome());
        assertThere();
    }

    @Test
    void bytesThatAreDamagedAgainFailAndNothingIsVisible() {
        commit();
        registry.fault(always(asks("PUT", "/blobs/uploads/"), errors(400, "DIGEST_INVALID", "other content")));
        assertTrue(failure(FailureKind.CHECKSUM).message().contains("twice"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "403 | DENIED | adding 3 MiB will exceed the configured upper limit of 1 GiB | NO_SPACE | make room there",
                "507 | UNKNOWN | insufficient storage | NO_SPACE | make room there",
                "413 | SIZE_INVALID | too large | INCOMPATIBLE | have its limit raised",
                "401 | UNAUTHORIZED | authentication required | ACCESS | 401 when",
                "403 | DENIED | requested access to the resource is denied | ACCESS | 403 when",
                "404 | NAME_UNKNOWN | project team not found | NOT_FOUND | make its project or namespace there first",
            })
    void refusalsSayWhatToDo(int status, String code, String message, FailureKind kind, String advice) {
        commit();
        registry.fault(always(asks("POST", "/blobs/uploads/"), errors(status, code, message)));
        SyncReport.Failure failure = failure(kind);
        assertTrue(failure.message().contains(advice), failure::message);
        assertTrue(failure.message().contains(registry.authority()), failure::message);
    }

    @Test
    void aRegistryThatTakesNoArtifactsIsToldByName() {
        commit();
        registry.fault(always(asks("PUT", "/manifests/"), errors(400, "MANIFEST_INVALID", "unknown media type")));
        SyncReport.Failure failure = failure(FailureKind.INCOMPATIBLE);
        assertTrue(
                failure.message()
                        .startsWith(registry.authority()
                                + " does not take application/vnd.cncf.model.manifest.v1+json: status 400"
                                + " (MANIFEST_INVALID"),
                failure::message);
    }

    @Test
    void aManifestThatIsTooLargeIsRefusedBeforeWork() {
        Map<String, byte[]> files = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            files.put("data/part-" + i + ".parquet", new byte[] {1});
        }
        hub.commit(NAME, files);
        SyncReport.Failure failure = failure(FailureKind.INCOMPATIBLE);
        assertTrue(failure.message().contains("20000 files, whose manifest would have"), failure::message);
        assertEquals(0, hub.asked("open"));
        assertEquals(0, registry.asked("POST"));
    }

    @Test
    void aTokenThatHasExpiredIsRenewedAndNoSecretIsTold() throws Exception {
        commit();
        String host = registry.authority().toUpperCase(java.util.Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        String variable = Character.isDigit(host.charAt(0)) ? "_" + host : host;
        environment.put(variable + "_USER", "robot");
        environment.put(variable + "_PASSWORD", "hunter2 %");
        options.jobs(1);
        AtomicInteger tokens = new AtomicInteger();
        Map<String, AtomicInteger> uses = new java.util.concurrent.ConcurrentHashMap<>();
        registry.fault(request -> {
            if (request.getTarget().startsWith("/token")) {
                String token = "secret-token-" + tokens.incrementAndGet();
                uses.put(token, new AtomicInteger(7));
                return Optional.of(new MockResponse.Builder()
                        .body("{\"token\":\"" + token + "\",\"expires_in\":300}")
                        .build());
            }
            String shown = Optional.ofNullable(request.getHeaders().get("Authorization"))
                    .orElse("")
                    .replace("Bearer ", "");
            AtomicInteger left = uses.getOrDefault(shown, new AtomicInteger());
            if (left.getAndDecrement() > 0) {
                return Optional.empty();
            }
            return Optional.of(new MockResponse.Builder()
                    .code(401)
                    .setHeader(
                            "WWW-Authenticate",
                            "Bearer realm=\"http://" + registry.authority()
                                    + "/token\",service=\"s\",scope=\"repository:" + REPOSITORY + ":pull,push\"")
                    .build());
        });

        SyncReport.Item item = run();

        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertThere();
        assertTrue(tokens.get() > 1, "several tokens");
        registry.fault(always(request -> true, errors(401, "UNAUTHORIZED", "no")));
        hub.commit(NAME, Map.of("x", new byte[] {1}));
        List<String> told = new ArrayList<>(List.of(run().toString(), item.toString()));
        told.forEach(text -> assertFalse(text.contains("hunter2") || text.contains("secret-token"), text));
    }

    /** Tells git's ids instead of SHA-256. */
    private record GitHub(MemoryHub hub) implements FileSource {
        @Override
        public ArtifactRef pin(ArtifactRef ref) throws IOException, InterruptedException {
            return hub.pin(ref);
        }

        @Override
        public Listing list(ArtifactRef pinned, NameFilter filter) throws IOException, InterruptedException {
            List<Entry> entries = new ArrayList<>();
            for (Entry entry : hub.list(pinned, filter).entries()) {
                byte[] bytes =
                        hub.open(pinned, entry, new ByteRange(0, entry.size())).readAllBytes();
                Hasher hasher = new Hasher(Checksum.Algorithm.GIT_BLOB, bytes.length);
                hasher.update(bytes, 0, bytes.length);
                entries.add(Entry.file(
                        entry.path(), entry.size(), Checksum.of(Checksum.Algorithm.GIT_BLOB, hasher.finish())));
            }
            return new Listing(entries, List.of(), Map.of());
        }

        @Override
        public InputStream open(ArtifactRef pinned, Entry entry, ByteRange range)
                throws IOException, InterruptedException {
            return hub.open(pinned, entry, range);
        }
    }

    /** Breaks off each connection after 200 kB. */
    private record BreakingHub(MemoryHub hub, AtomicInteger opened) implements FileSource {
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
            opened.incrementAndGet();
            byte[] bytes = hub.open(pinned, entry, range).readAllBytes();
            return new FilterInputStream(new ByteArrayInputStream(bytes)) {
                private int left = 200_000;

                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    if (left <= 0) {
                        throw new IOException("connection reset");
                    }
                    int read = super.read(buffer, offset, Math.min(left, length));
                    left -= Math.max(0, read);
                    return read;
                }
            };
        }
    }
}
