package io.synctools.huggingface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.huggingface.FakeHub.File;
import io.synctools.internal.http.ItemMeter;
import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceSourceTest {
    private static final String MODEL = "models/acme/tiny";
    private static final String DATASET = "datasets/acme/rows";
    private static final byte[] WEIGHTS = new byte[100_000];
    private static final String TOKEN = "hf_secretSecretSecret";

    static {
        for (int i = 0; i < WEIGHTS.length; i++) {
            WEIGHTS[i] = (byte) (i * 31 >> 3);
        }
    }

    private FakeHub hub;

    @BeforeEach
    void startHub() throws IOException {
        hub = new FakeHub();
    }

    @AfterEach
    void stopHub() {
        hub.close();
    }

    private HuggingFaceSource source(String... environment) {
        Map<String, String> variables = new HashMap<>(Map.of("HF_ENDPOINT", hub.url(), "HOME", "/nonexistent"));
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        RunContext context =
                RunContext.of(SyncOptions.builder().environment(variables).build());
        return new HuggingFaceSource(context);
    }

    private static ArtifactRef ref(String name, String revision) {
        return ArtifactRef.of("huggingface", name, revision);
    }

    private static Entry find(Listing listing, String path) {
        return listing.entries().stream()
                .filter(entry -> entry.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "main", "feature/long/name", "v1.0", "refs/pr/3"})
    void oneRequestPinsAnyKindOfRevision(String revision) throws Exception {
        String named = revision.isEmpty() ? "main" : revision;
        String commit = hub.commit(MODEL, named, File.regular("config.json", "{}"));

        ArtifactRef pinned = source().pin(ref(MODEL, revision));

        assertEquals(ref(MODEL, "").pinned(named, commit), pinned);
        assertEquals(1, hub.requests.size());
    }

    @Test
    void aShortCommitIsResolvedByTheHubAndAFullOneByNobody() throws Exception {
        String commit = hub.commit(MODEL, "main", File.regular("config.json", "{}"));

        assertEquals(commit, source().pin(ref(MODEL, commit.substring(0, 8))).pin());
        assertEquals(1, hub.requests.size());
        assertEquals(commit, source().pin(ref(MODEL, commit)).pin());
        assertEquals(1, hub.requests.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"../main", "a b", "/main", "main/", "a//b", "-x", "a..b", "x\u0000y", "a:b"})
    void whatGitWouldNotTakeForARevisionIsRefusedBeforeAnyRequest(String revision) {
        SyncException e = assertThrows(SyncException.class, () -> source().pin(ref(MODEL, revision)));

        assertEquals(FailureKind.UNSAFE_NAME, e.kind());
        assertEquals(0, hub.requests.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "models/a/b/c",
                "spaces/a/b",
                "models/../etc",
                "models/a--b/c",
                "models/-a/b",
                "models/a/b.git",
                "models/a/b?x=y",
                "models",
                "models/"
            })
    void whatTheHubWouldNotTakeForARepositoryIsRefusedBeforeAnyRequest(String name) {
        SyncException e = assertThrows(SyncException.class, () -> source().pin(ref(name, "")));

        assertEquals(FailureKind.UNSAFE_NAME, e.kind());
        assertEquals(0, hub.requests.size());
    }

    @Test
    void listsEveryFileOfEveryPageWithTheChecksumOfItsContent() throws Exception {
        List<File> files = new ArrayList<>(List.of(File.lfs("weights.bin", WEIGHTS)));
        IntStream.range(0, 25).forEach(i -> files.add(File.regular("sub dir/ü#" + i + ".txt", "text " + i)));
        hub.commit(DATASET, "main", files.toArray(File[]::new));
        hub.pageSize = 10;
        HuggingFaceSource source = source();

        Listing listing = source.list(source.pin(ref(DATASET, "")), NameFilter.ALL);

        assertEquals(
                files.stream().map(File::path).sorted().toList(),
                listing.entries().stream().map(Entry::path).toList());
        assertEquals(1 + 3, hub.requests.size());
        Entry weights = find(listing, "weights.bin");
        assertEquals(WEIGHTS.length, weights.size());
        assertEquals(Optional.of(Checksum.sha256(files.get(0).sha256())), weights.checksum());
        assertEquals(files.get(0).gitId(), GitFacts.of(weights).orElseThrow().blobId());
        Entry text = find(listing, "sub dir/ü#24.txt");
        assertEquals(Optional.of(Checksum.gitBlob(files.get(25).gitId())), text.checksum());
    }

    @Test
    void aFilterDividesTheListing() throws Exception {
        hub.commit(MODEL, "main", File.regular("a.json", "{}"), File.regular("b.txt", "b"));
        HuggingFaceSource source = source();
        NameFilter json = new NameFilter() {
            @Override
            public boolean accepts(String name) {
                return name.endsWith(".json");
            }

            @Override
            public String text() {
                return "json";
            }
        };

        Listing listing = source.list(source.pin(ref(MODEL, "")), json);

        assertEquals(
                List.of("a.json"), listing.entries().stream().map(Entry::path).toList());
        assertEquals(
                List.of("b.txt"), listing.leftOut().stream().map(Entry::path).toList());
    }

    @Test
    void aMaskedXetHashCountsAsAbsent() throws Exception {
        File file = File.lfs("w.bin", WEIGHTS);
        String commit = hub.commit(MODEL, "main", file);
        HuggingFaceSource source = source();
        hub.xet = true;
        ArtifactRef pinned = source.pin(ref(MODEL, ""));
        assertEquals(
                "ab".repeat(32),
                GitFacts.of(find(source.list(pinned, NameFilter.ALL), "w.bin"))
                        .orElseThrow()
                        .xetHash());

        hub.fault = request -> Optional.of(
                FakeHub.json(
                        "[{\"type\":\"file\",\"path\":\"w.bin\",\"size\":3,\"oid\":\""
                                + file.gitId() + "\",\"lfs\":{\"oid\":\"" + file.sha256()
                                + "\",\"size\":3},\"xetHash\":\"abab****************************************************************\"}]"));

        GitFacts facts =
                GitFacts.of(find(source.list(pinned, NameFilter.ALL), "w.bin")).orElseThrow();
        assertEquals(new GitFacts(file.gitId(), null), facts);
        assertEquals(commit, pinned.pin());
    }

    @Test
    void opensExactlyTheRangeOfRegularAndLargeFiles() throws Exception {
        hub.commit(MODEL, "main", File.lfs("a b/weights%#?.bin", WEIGHTS), File.regular("config.json", "0123456789"));
        HuggingFaceSource source = source();
        ArtifactRef pinned = source.pin(ref(MODEL, ""));
        Listing listing = source.list(pinned, NameFilter.ALL);

        assertEquals("345", new String(read(source, pinned, find(listing, "config.json"), 3, 3)));
        Entry weights = find(listing, "a b/weights%#?.bin");
        assertArrayEquals(WEIGHTS, read(source, pinned, weights, 0, WEIGHTS.length));
        byte[] middle = read(source, pinned, weights, 50_000, 7);
        assertEquals(WEIGHTS[50_006], middle[6]);
        assertEquals(0, read(source, pinned, weights, 50_000, 0).length);
    }

    private static byte[] read(HuggingFaceSource source, ArtifactRef pinned, Entry entry, long offset, long length)
            throws Exception {
        try (InputStream in = source.open(pinned, entry, new ByteRange(offset, length))) {
            return in.readAllBytes();
        }
    }

    @Test
    void theTokenReachesTheHubAndNobodyElse() throws Exception {
        hub.token = TOKEN;
        hub.commit(MODEL, "main", File.lfs("weights.bin", WEIGHTS), File.regular("config.json", "{}"));
        HuggingFaceSource source = source("HF_TOKEN", TOKEN);
        ArtifactRef pinned = source.pin(ref(MODEL, ""));
        Listing listing = source.list(pinned, NameFilter.ALL);

        assertArrayEquals(WEIGHTS, read(source, pinned, find(listing, "weights.bin"), 0, WEIGHTS.length));
        read(source, pinned, find(listing, "weights.bin"), 10, 10);
        read(source, pinned, find(listing, "weights.bin"), 20, 10);

        assertTrue(hub.cdn.getRequestCount() >= 3, "the CDN was asked");
        assertEquals(List.of(), hub.credentialsAtCdn);
    }

    @Test
    void aRedirectToAnotherHostIsFollowedWithoutTheToken() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (MockWebServer foreign = new MockWebServer()) {
            foreign.setDispatcher(new Dispatcher() {
                @Override
                public MockResponse dispatch(RecordedRequest request) {
                    seen.add(String.valueOf(request.getHeaders().get("Authorization")));
                    return FakeHub.json("{\"sha\":\"" + "d".repeat(40) + "\"}");
                }
            });
            foreign.start();
            hub.fault = request -> Optional.of(new MockResponse.Builder()
                    .code(302)
                    .addHeader("Location", foreign.url("/elsewhere"))
                    .build());

            assertEquals(
                    "d".repeat(40),
                    source("HF_TOKEN", TOKEN).pin(ref(MODEL, "")).pin());
        }
        assertEquals(List.of("null"), seen);
    }

    @Test
    void aPagingLinkToAnotherHostIsRefusedAndNotAsked() throws Exception {
        hub.token = TOKEN;
        hub.pageSize = 1;
        hub.commit(MODEL, "main", File.regular("a", "a"), File.regular("b", "b"));
        HuggingFaceSource source = source("HF_TOKEN", TOKEN);
        ArtifactRef pinned = source.pin(ref(MODEL, ""));
        try (MockWebServer foreign = new MockWebServer()) {
            foreign.start();
            hub.linkBase = foreign.url("/").toString().replaceAll("/$", "");

            SyncException e = assertThrows(SyncException.class, () -> source.list(pinned, NameFilter.ALL));

            assertEquals(FailureKind.INCOMPATIBLE, e.kind());
            assertEquals(0, foreign.getRequestCount());
        }
    }

    /** A mirror that serves a part of it first, and then all of it, or the other way round. */
    @Test
    void pagesOfAPartAndOfAllAreNoListing() throws Exception {
        hub.pageSize = 1;
        hub.commit(MODEL, "main", File.regular("a.json", "a"), File.regular("b.json", "b"));
        HuggingFaceSource source = source();
        ArtifactRef pinned = source.pin(ref(MODEL, ""));
        hub.fault = request -> request.getTarget().contains("cursor=")
                ? Optional.of(FakeHub.json("[]")
                        .newBuilder()
                        .addHeader("X-Sync-Filter", "allow[\"*.json\"]")
                        .build())
                : Optional.empty();

        SyncException e = assertThrows(SyncException.class, () -> source.list(pinned, NameFilter.ALL));

        assertEquals(FailureKind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().contains("changed while it was listed"), e.getMessage());
    }

    @Test
    void aMirrorsPagingLinksThatNameThePublicHubAreFollowedAtTheMirror() throws Exception {
        hub.pageSize = 1;
        hub.commit(MODEL, "main", File.regular("a", "a"), File.regular("b", "b"), File.regular("c", "c"));
        hub.linkBase = "https://huggingface.co";
        HuggingFaceSource source = source();

        assertEquals(
                3,
                source.list(source.pin(ref(MODEL, "")), NameFilter.ALL)
                        .entries()
                        .size());
    }

    @Test
    void aListingThatLeadsBackToItselfEnds() throws Exception {
        hub.commit(MODEL, "main", File.regular("a", "a"));
        HuggingFaceSource source = source();
        ArtifactRef pinned = source.pin(ref(MODEL, ""));
        hub.fault = request -> Optional.of(new MockResponse.Builder()
                .addHeader("Link", "<" + hub.hub.url(request.getTarget()) + ">; rel=\"next\"")
                .body("[]")
                .build());

        SyncException e = assertThrows(SyncException.class, () -> source.list(pinned, NameFilter.ALL));

        assertTrue(e.getMessage().contains("never ends"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<html><body>Sign in</body></html>", "{\"error\":\"x\"}", "[{\"type\":\"file\"", "[", "", "[]]"})
    void anAnswerThatIsNoWholeListingMayBeAskedForAgain(String body) throws Exception {
        hub.commit(MODEL, "main", File.regular("a", "a"));
        HuggingFaceSource source = source();
        ArtifactRef pinned = source.pin(ref(MODEL, ""));
        hub.fault = request -> Optional.of(FakeHub.json(body));

        IOException e = assertThrows(IOException.class, () -> source.list(pinned, NameFilter.ALL));

        assertTrue(e.getMessage().contains("HF_ENDPOINT"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"file\",\"path\":\"w\",\"size\":1,\"oid\":\"../../etc/passwd\"}",
                "{\"type\":\"file\",\"path\":\"w\",\"oid\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
                "{\"type\":\"file\",\"size\":1,\"oid\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
                "{\"type\":\"file\",\"path\":\"w\",\"size\":1,\"oid\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"lfs\":{\"size\":1}}",
                "{\"type\":\"submodule\",\"path\":\"w\",\"size\":1,\"oid\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}"
            })
    void aListingThatCouldNotBeVerifiedIsRefused(String row) throws Exception {
        hub.commit(MODEL, "main", File.regular("a", "a"));
        HuggingFaceSource source = source();
        ArtifactRef pinned = source.pin(ref(MODEL, ""));
        hub.fault = request -> Optional.of(FakeHub.json("[" + row + "]"));

        SyncException e = assertThrows(SyncException.class, () -> source.list(pinned, NameFilter.ALL));

        assertEquals(FailureKind.INCOMPATIBLE, e.kind());
    }

    @Test
    void aListingIsTakenUpAgainAtThePageThatFailed() throws Exception {
        hub.pageSize = 1;
        hub.commit(MODEL, "main", File.regular("a", "a"), File.regular("b", "b"), File.regular("c", "c"));
        HuggingFaceSource source = source();
        ArtifactRef pinned = source.pin(ref(MODEL, ""));
        AtomicInteger cuts = new AtomicInteger();
        hub.fault = request -> request.getTarget().contains("cursor=2") && cuts.getAndIncrement() == 0
                ? Optional.of(new MockResponse.Builder()
                        .body("[{\"type\":\"file\"")
                        .onResponseBody(new SocketEffect.CloseSocket())
                        .build())
                : Optional.empty();

        assertThrows(IOException.class, () -> source.list(pinned, NameFilter.ALL));
        Listing listing = source.list(pinned, NameFilter.ALL);

        assertEquals(
                List.of("a", "b", "c"),
                listing.entries().stream().map(Entry::path).toList());
        assertEquals(3 + 1, hub.count("/tree/"));
    }

    @ParameterizedTest
    @CsvSource({
        "403, GatedRepo, Access to model is restricted, ACCESS, /acme/tiny",
        "401, GatedRepo, Access to model is restricted, ACCESS, HF_TOKEN",
        "404, RevisionNotFound, Invalid rev id, NOT_FOUND, revision",
        "401, RepoNotFound, Repository not found, ACCESS, HF_TOKEN",
        "404, RepoNotFound, Repository not found, NOT_FOUND, HF_TOKEN",
        "401, , Invalid credentials in Authorization header, ACCESS, settings/tokens",
        "403, , Access to this resource is disabled., ACCESS, disabled",
        "403, , no scope, ACCESS, no scope",
        "400, , bad, OTHER, bad"
    })
    void refusalsSayWhatAPersonCanDo(int status, String code, String message, FailureKind kind, String advice) {
        hub.fault = request -> Optional.of(FakeHub.error(status, code == null ? "" : code, message));

        SyncException e = assertThrows(
                SyncException.class, () -> source("HF_TOKEN", TOKEN).pin(ref(MODEL, "")));

        assertEquals(kind, e.kind());
        assertTrue(e.getMessage().contains(advice), e.getMessage());
        assertTrue(!e.getMessage().contains(TOKEN), "no secret in a message");
        assertEquals(1, hub.requests.size());
    }

    @Test
    void aGatedFileNamesThePageWhereItsTermsAreAccepted() throws Exception {
        hub.commit(DATASET, "main", File.lfs("data.bin", WEIGHTS));
        HuggingFaceSource source = source();
        ArtifactRef pinned = source.pin(ref(DATASET, ""));
        Entry entry = find(source.list(pinned, NameFilter.ALL), "data.bin");
        hub.fault = request -> Optional.of(FakeHub.error(401, "GatedRepo", "Access is restricted"));

        SyncException e = assertThrows(SyncException.class, () -> source.open(pinned, entry, new ByteRange(0, 10)));

        assertEquals(FailureKind.ACCESS, e.kind());
        assertTrue(e.getMessage().contains(hub.url() + "datasets/acme/rows"), e.getMessage());
    }

    @Test
    void aFileBeyondPlainHttpIsTriedAndItsRefusalExplained() throws Exception {
        String commit = hub.commit(MODEL, "main", File.regular("a", "a"));
        Entry huge = Entry.file("huge.bin", 60_000_000_000L, Checksum.sha256("ab".repeat(32)));
        ArtifactRef pinned = ref(MODEL, "").pinned("main", commit);
        hub.fault = request -> Optional.of(new MockResponse.Builder().code(403).build());

        SyncException e = assertThrows(SyncException.class, () -> source().open(pinned, huge, new ByteRange(0, 10)));

        assertEquals(FailureKind.INCOMPATIBLE, e.kind());
        assertTrue(e.getMessage().contains("xet"), e.getMessage());
        assertEquals(1, hub.requests.size());
    }

    @Test
    void aRenamedRepositoryIsFollowedAtTheEndpointWithTheToken() throws Exception {
        hub.token = TOKEN;
        hub.commit(MODEL, "main", File.regular("config.json", "0123456789"));
        hub.fault = request -> request.getTarget().contains("acme/old")
                ? Optional.of(new MockResponse.Builder()
                        .code(307)
                        .addHeader("Location", request.getTarget().replace("acme/old", "acme/tiny"))
                        .build())
                : Optional.empty();
        HuggingFaceSource source = source("HF_TOKEN", TOKEN);

        ArtifactRef pinned = source.pin(ref("models/acme/old", ""));
        Entry entry = find(source.list(pinned, NameFilter.ALL), "config.json");

        assertEquals("models/acme/old", pinned.name());
        assertEquals("0123456789", new String(read(source, pinned, entry, 0, 10)));
    }

    @Test
    void anAddressThatExpiredIsResolvedAnew() throws Exception {
        hub.commit(MODEL, "main", File.lfs("weights.bin", WEIGHTS));
        HuggingFaceSource source = source();
        ArtifactRef pinned = source.pin(ref(MODEL, ""));
        Entry entry = find(source.list(pinned, NameFilter.ALL), "weights.bin");
        read(source, pinned, entry, 0, 10);
        AtomicInteger expired = new AtomicInteger();
        hub.fault = request -> isCdn(request) && expired.getAndIncrement() == 0
                ? Optional.of(new MockResponse.Builder().code(403).build())
                : Optional.empty();

        assertEquals(10, read(source, pinned, entry, 10, 10).length);

        assertEquals(2, hub.count("/resolve/"));
    }

    private boolean isCdn(RecordedRequest request) {
        return request.getUrl().port() == hub.cdn.getPort();
    }

    @Test
    void theNextEndpointServesWhenTheFirstIsDown() throws Exception {
        hub.commit(MODEL, "main", File.regular("config.json", "{}"));
        String dead;
        try (MockWebServer gone = new MockWebServer()) {
            gone.start();
            dead = gone.url("/").toString();
        }
        HuggingFaceSource source = source("HF_ENDPOINT", dead + " , " + hub.url());

        ArtifactRef pinned = source.pin(ref(MODEL, ""));
        Entry entry = find(source.list(pinned, NameFilter.ALL), "config.json");

        assertEquals("{}", new String(read(source, pinned, entry, 0, 2)));
    }

    @Test
    void anEndpointBelowAPathIsAskedThere() throws Exception {
        hub.commit(MODEL, "main", File.regular("config.json", "{}"));
        hub.fault = request -> Optional.of(
                request.getTarget().startsWith("/mirror/hf/api/models/acme/tiny/revision/main")
                        ? FakeHub.json("{\"sha\":\"" + "c".repeat(40) + "\"}")
                        : new MockResponse.Builder().code(400).build());

        assertEquals(
                "c".repeat(40),
                source("HF_ENDPOINT", hub.url() + "mirror/hf/")
                        .pin(ref(MODEL, ""))
                        .pin());
    }

    @Test
    void aServerThatAsksForAPauseIsNotRetriedHere() {
        hub.fault = request -> Optional.of(new MockResponse.Builder()
                .code(429)
                .addHeader("RateLimit", "\"api\";r=0;t=7")
                .build());

        RetryLaterException e = assertThrows(RetryLaterException.class, () -> source().pin(ref(MODEL, "")));

        assertEquals(FailureKind.RATE_LIMITED, e.kind());
        assertEquals(1, hub.requests.size());
    }

    @Test
    void aPathThatWouldLeadElsewhereIsNotAskedFor() {
        Entry escape = Entry.file("../../../../api/whoami-v2", 1, Checksum.gitBlob("a".repeat(40)));
        ArtifactRef pinned = ref(MODEL, "").pinned("main", "b".repeat(40));

        SyncException e = assertThrows(SyncException.class, () -> source().open(pinned, escape, new ByteRange(0, 1)));

        assertEquals(FailureKind.UNSAFE_NAME, e.kind());
        assertEquals(0, hub.requests.size());
    }

    /** The hub at a distance: it knows the plain questions only, and says so without its own codes. */
    private void standBehindAProxy() {
        hub.fault = request -> request.getTarget().contains("expand=sha")
                        || request.getTarget().contains("auth-check")
                ? Optional.of(new MockResponse.Builder()
                        .code(404)
                        .body("404 page not found")
                        .build())
                : Optional.empty();
    }

    @Test
    void aProxyThatKnowsNoExpandIsAskedOnceMoreWithoutIt() throws Exception {
        String commit = hub.commit(MODEL, "main", File.regular("config.json", "{}"));
        standBehindAProxy();

        assertEquals(commit, source().pin(ref(MODEL, "")).pin());
        assertEquals(2, hub.requests.size());
        source().check(ref(MODEL, ""));
        assertEquals(4, hub.requests.size());
    }

    @Test
    void whatAProxyDoesNotKnowEitherWayIsNotFound() {
        hub.fault = request -> Optional.of(new MockResponse.Builder().code(404).build());

        SyncException e = assertThrows(SyncException.class, () -> source().pin(ref(MODEL, "")));

        assertEquals(FailureKind.NOT_FOUND, e.kind());
        assertEquals(2, hub.requests.size());
    }

    @ParameterizedTest
    @CsvSource({"404, ''", "404, EntryNotFound", "405, ''"})
    void anEndpointThatOffersNoAccessCheckLeavesItToTheFiles(int status, String code) throws Exception {
        hub.fault = request -> Optional.of(
                request.getTarget().contains("auth-check")
                        ? new MockResponse.Builder()
                                .code(status)
                                .addHeader("X-Error-Code", code)
                                .build()
                        : FakeHub.json("{\"gated\":\"auto\"}"));

        source("HF_TOKEN", TOKEN).check(ref(MODEL, ""));

        assertEquals(2, hub.requests.size());
    }

    @Test
    void aSubmoduleIsLeftOutWithANote() throws Exception {
        File file = File.regular("a", "a");
        hub.commit(MODEL, "main", file);
        HuggingFaceSource source = source();
        ArtifactRef pinned = source.pin(ref(MODEL, ""));
        hub.fault = request -> Optional.of(FakeHub.json("[{\"type\":\"unknown\",\"path\":\"lib/other\",\"oid\":\""
                + "c".repeat(40) + "\"},{\"type\":\"file\",\"path\":\"a\",\"size\":1,\"oid\":\"" + file.gitId()
                + "\"}]"));
        ItemMeter meter = new ItemMeter();

        Listing listing;
        try (ItemMeter.Scope scope = meter.bind()) {
            listing = source.list(pinned, NameFilter.ALL);
        }

        assertEquals(List.of("a"), listing.entries().stream().map(Entry::path).toList());
        assertEquals(
                1,
                meter.takeNotes().stream()
                        .filter(note -> note.startsWith("lib/other: left out"))
                        .count());
    }

    private static File[] numbered(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> File.regular("f" + i, "" + i))
                .toArray(File[]::new);
    }

    @Test
    void aFullPageWhoseLinkWasLostOnItsWayIsNoWholeListing() throws Exception {
        hub.commit(MODEL, "main", numbered(2500));
        hub.dropLinks = true;
        HuggingFaceSource source = source();
        ArtifactRef pinned = source.pin(ref(MODEL, ""));

        SyncException e = assertThrows(SyncException.class, () -> source.list(pinned, NameFilter.ALL));

        assertEquals(FailureKind.INCOMPATIBLE, e.kind());
        assertTrue(e.getMessage().contains("1000") && e.getMessage().contains("2500"), e.getMessage());
        assertEquals(1 + 1 + 1, hub.requests.size());
    }

    @Test
    void aRepositoryOfExactlyOnePageIsWhole() throws Exception {
        hub.commit(MODEL, "main", numbered(1000));
        HuggingFaceSource source = source();

        assertEquals(
                1000,
                source.list(source.pin(ref(MODEL, "")), NameFilter.ALL)
                        .entries()
                        .size());
        assertEquals(1 + 1 + 1, hub.requests.size());
    }

    @Test
    void aRenameThatTheMirrorTellsInThePublicHubsNameIsFollowedAtTheMirror() throws Exception {
        hub.token = TOKEN;
        hub.commit(MODEL, "main", File.regular("config.json", "0123456789"));
        hub.fault = request -> request.getTarget().contains("acme/old")
                ? Optional.of(new MockResponse.Builder()
                        .code(307)
                        .addHeader(
                                "Location",
                                "https://huggingface.co" + request.getTarget().replace("acme/old", "acme/tiny"))
                        .build())
                : Optional.empty();
        HuggingFaceSource source = source("HF_TOKEN", TOKEN);

        ArtifactRef pinned = source.pin(ref("models/acme/old", ""));
        Entry entry = find(source.list(pinned, NameFilter.ALL), "config.json");

        assertEquals("0123456789", new String(read(source, pinned, entry, 0, 10)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[{\"type\":\"directory\",\"path\":\"sub\",\"oid\":\"00\"}]"})
    void aListingWithoutEndIsGivenUp(String page) throws Exception {
        hub.commit(MODEL, "main", File.regular("a", "a"));
        HuggingFaceSource source = source();
        ArtifactRef pinned = source.pin(ref(MODEL, ""));
        AtomicInteger number = new AtomicInteger();
        hub.fault = request -> Optional.of(new MockResponse.Builder()
                .addHeader("Link", "<" + hub.hub.url("/next/" + number.incrementAndGet()) + ">; rel=\"next\"")
                .body(page)
                .build());

        SyncException e = assertThrows(SyncException.class, () -> source.list(pinned, NameFilter.ALL));

        assertEquals(FailureKind.INCOMPATIBLE, e.kind());
        assertTrue(number.get() <= 100, "pages read: " + number);
        assertTrue(e.getMessage().contains("never ends"), e.getMessage());
    }

    @Test
    void aGatedRepositoryCostsOneRefusedRequest() throws Exception {
        hub.commit(MODEL, "main", numbered(50));
        HuggingFaceSource source = source();
        ArtifactRef pinned = source.pin(ref(MODEL, ""));
        Listing listing = source.list(pinned, NameFilter.ALL);
        hub.fault = request -> Optional.of(FakeHub.error(403, "GatedRepo", "Access is restricted"));

        List<FailureKind> kinds = listing.entries().parallelStream()
                .map(entry -> assertThrows(SyncException.class, () -> source.open(pinned, entry, new ByteRange(0, 1)))
                        .kind())
                .toList();

        assertEquals(50, kinds.stream().filter(FailureKind.ACCESS::equals).count());
        assertEquals(1, hub.count("/resolve/"));

        hub.fault = request -> Optional.empty(); // the terms were accepted, and a new look begins
        source.pin(ref(MODEL, ""));
        assertEquals("7", new String(read(source, pinned, find(listing, "f7"), 0, 1)));
    }
}
