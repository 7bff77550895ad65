package io.synctools.modelscope;

import static io.synctools.modelscope.HubScript.file;
import static io.synctools.modelscope.HubScript.files;
import static io.synctools.modelscope.HubScript.folder;
import static io.synctools.modelscope.HubScript.json;
import static io.synctools.modelscope.HubScript.refusal;
import static io.synctools.modelscope.HubScript.success;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.http.Endpoints;
import io.synctools.internal.http.ItemMeter;
import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelScopeSourceTest {
    private static final ArtifactRef MODEL = ArtifactRef.of("modelscope", "models/Qwen/Qwen2.5-7B");
    private static final ArtifactRef DATASET = ArtifactRef.of("modelscope", "datasets/org/data");
    private static final String FILES = "/api/v1/models/Qwen/Qwen2.5-7B/repo/files?Revision=";
    private static final String LIST = FILES + "master&Recursive=True";
    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);

    private HubScript hub;

    @BeforeEach
    void startHub() throws IOException {
        hub = new HubScript();
    }

    @AfterEach
    void stopHub() {
        hub.close();
    }

    private ModelScopeSource source() {
        return new ModelScopeSource(hub.context());
    }

    private static List<String> paths(Listing listing) {
        return listing.entries().stream().map(Entry::path).toList();
    }

    private static String says(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }

    @Test
    void aModelThatIsUpToDateCostsOneRequest() throws Exception {
        hub.on(LIST, files(file("config.json", 2, A, "r1")));
        ArtifactRef pinned = source().pin(MODEL);
        assertEquals("master", pinned.revision());
        assertTrue(pinned.pin().matches("sha256:[0-9a-f]{64}"), pinned.pin());
        assertEquals(List.of(LIST), hub.asked());
    }

    @Test
    void listAnswersFromWhatPinSawAndAsksForTheDateOnly() throws Exception {
        hub.on(LIST, files(folder("sub"), file("config.json", 2, A, "r1"), file("sub/w.bin", 3_000_000_000L, B, "r2")));
        hub.on(
                "/api/v1/models/Qwen/Qwen2.5-7B/revisions",
                success("{\"RevisionMap\":{\"Branches\":[{\"Revision\":\"dev\",\"CreatedAt\":1},"
                        + "{\"CreatedAt\":1690000000,\"Revision\":\"master\",\"Extra\":[{\"x\":1}]}],\"Tags\":null}}"));
        ModelScopeSource source = source();
        Listing listing = source.list(source.pin(MODEL), NameFilter.ALL);

        assertEquals(
                List.of(
                        new Entry(
                                "config.json", 2, java.util.Optional.of(Checksum.sha256(A)), Map.of("Revision", "r1")),
                        new Entry(
                                "sub/w.bin",
                                3_000_000_000L,
                                java.util.Optional.of(Checksum.sha256(B)),
                                Map.of("Revision", "r2"))),
                listing.entries());
        assertEquals(Map.of("CreatedAt", "1690000000"), listing.attributes());
        assertEquals(List.of(LIST, "/api/v1/models/Qwen/Qwen2.5-7B/revisions"), hub.asked());
    }

    @Test
    void aHubThatDoesNotTellTheDateStopsNothing() throws Exception {
        hub.on(LIST, files(file("config.json", 2, A, "r1")));
        ModelScopeSource source = source();
        assertEquals(Map.of(), source.list(source.pin(MODEL), NameFilter.ALL).attributes());
    }

    @Test
    void fingerprintFollowsContentAndNotOrder() throws Exception {
        hub.on(LIST, files(file("a", 1, A, "r"), file("b", 2, B, "r")));
        String before = source().pin(MODEL).pin();
        hub.on(LIST, files(file("b", 2, B, "r"), file("a", 1, A, "r")));
        assertEquals(before, source().pin(MODEL).pin());
        for (String changed :
                List.of(file("b", 2, A, "r"), file("b", 3, B, "r"), file("c", 2, B, "r"), file("b", 2, B, "r2"))) {
            hub.on(LIST, files(file("a", 1, A, "r"), changed));
            assertNotEquals(before, source().pin(MODEL).pin(), changed);
        }
    }

    @Test
    void pinLooksAnewAtEveryCall() throws Exception {
        hub.on(LIST, files(file("a", 1, A, "r")));
        ModelScopeSource source = source();
        String before = source.pin(MODEL).pin();
        hub.on(LIST, files(file("a", 1, B, "r")));
        assertNotEquals(before, source.pin(MODEL).pin());
    }

    @Test
    void listsAgainWhatWasForgottenAndNoticesThatItMoved() throws Exception {
        hub.on(LIST, files(file("a", 1, A, "r")));
        ModelScopeSource source = source();
        ArtifactRef pinned = source.pin(MODEL);
        source.list(pinned, NameFilter.ALL);
        assertEquals(List.of("a"), paths(source.list(pinned, NameFilter.ALL)));

        hub.on(LIST, files(file("b", 1, A, "r")));
        SyncException moved = assertThrows(SyncException.class, () -> source.list(pinned, NameFilter.ALL));
        assertEquals(FailureKind.NOT_FOUND, moved.kind());
        assertTrue(moved.retryable());
    }

    @Test
    void aCommitIsPinnedWithoutAskingAndListedAsDeclared() throws Exception {
        String commit = "0123456789".repeat(4);
        hub.on(FILES + commit + "&Recursive=True", files(file("a", 1, A, "r")));
        ModelScopeSource source = source();
        ArtifactRef pinned = source.pin(ArtifactRef.of("modelscope", MODEL.name(), commit));
        assertEquals(commit, pinned.pin());
        assertEquals(List.of(), hub.asked());
        assertEquals(List.of("a"), paths(source.list(pinned, NameFilter.ALL)));
        assertEquals(List.of(FILES + commit + "&Recursive=True"), hub.asked());
    }

    @Test
    void branchNamesAreFormEncoded() throws Exception {
        hub.on(FILES + "feature%2Fa+b%26c&Recursive=True", files(file("a", 1, A, "r")));
        assertEquals(
                "feature/a b&c",
                source().pin(ArtifactRef.of("modelscope", MODEL.name(), "feature/a b&c"))
                        .revision());
    }

    @Test
    void aFilterDividesTheListing() throws Exception {
        hub.on(LIST, files(file("a.json", 1, A, "r"), file("b.bin", 2, B, "r")));
        NameFilter onlyJson = new NameFilter() {
            @Override
            public boolean accepts(String name) {
                return name.endsWith(".json");
            }

            @Override
            public String text() {
                return "*.json";
            }
        };
        ModelScopeSource source = source();
        Listing listing = source.list(source.pin(MODEL), onlyJson);
        assertEquals(List.of("a.json"), paths(listing));
        assertEquals("b.bin", listing.leftOut().get(0).path());
    }

    @Test
    void aListingCutAtTheSilentCapIsListedPerFolder() throws Exception {
        List<String> cut = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            cut.add(file("d/e/" + i, 1, A, "r"));
        }
        String[] full = cut.toArray(new String[0]);
        hub.on(LIST, files(full));
        hub.on(FILES + "master&Recursive=False", files(folder("d"), folder("x y"), file("top", 1, A, "r")));
        hub.on(FILES + "master&Recursive=True&Root=d", files(full));
        hub.on(FILES + "master&Recursive=False&Root=d", files(folder("d/e"), file("d/first", 1, A, "r")));
        hub.on(FILES + "master&Recursive=True&Root=d%2Fe", files(file("d/e/1", 1, A, "r"), file("d/e/2", 1, A, "r")));
        hub.on(FILES + "master&Recursive=True&Root=x+y", files(folder("x y/z"), file("x y/z/1", 1, A, "r")));
        ModelScopeSource source = source();
        assertEquals(
                List.of("top", "d/first", "d/e/1", "d/e/2", "x y/z/1"),
                paths(source.list(source.pin(MODEL), NameFilter.ALL)));
    }

    @Test
    void moreFilesThanTheCapInOneAnswerAreTakenAsTheyAre() throws Exception {
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 3001; i++) {
            many.add(file("f" + i, 1, A, "r"));
        }
        hub.on(LIST, files(many.toArray(new String[0])));
        ModelScopeSource source = source();
        assertEquals(
                3001, source.list(source.pin(MODEL), NameFilter.ALL).entries().size());
    }

    @Test
    void aFolderThatTheHubCutsCannotBeListed() throws Exception {
        List<String> cut = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            cut.add(file("f" + i, 1, A, "r"));
        }
        String answer = files(cut.toArray(new String[0]));
        hub.on(LIST, answer);
        hub.on(FILES + "master&Recursive=False", answer);
        SyncException cannot = assertThrows(SyncException.class, () -> source().pin(MODEL));
        assertEquals(FailureKind.INCOMPATIBLE, cannot.kind());
        assertTrue(says(cannot).contains("3000"), says(cannot));
    }

    @Test
    void aHubThatIgnoresTheFolderIsNotFollowedInCircles() {
        List<String> cut = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            cut.add(file("d/" + i, 1, A, "r"));
        }
        hub.on(LIST, files(cut.toArray(new String[0])));
        hub.on(FILES + "master&Recursive=False", files(folder("d")));
        hub.on(FILES + "master&Recursive=True&Root=d", files(folder("d"), file("d/1", 1, A, "r")));
        IOException circle = assertThrows(IOException.class, () -> source().pin(MODEL));
        assertTrue(says(circle).contains("asked for the folder \"d\""), says(circle));
    }

    private static String page(int number) {
        return "/api/v1/datasets/4711/repo/tree?Revision=master&Root=%2F&Recursive=True&PageNumber=" + number
                + "&PageSize=200";
    }

    private static String[] many(int from, int to) {
        String[] many = new String[to - from];
        for (int i = from; i < to; i++) {
            // Folders count for the length of a page.
            many[i - from] = i % 3 == 0 ? folder("d" + i) : file("f" + i, 1, A, "r");
        }
        return many;
    }

    @Test
    void aDatasetIsListedByItsNumberPageByPage() throws Exception {
        hub.on("/api/v1/datasets/org/data", success("{\"Readme\":{\"Id\":1},\"Id\":4711,\"Type\":3}"));
        hub.on(page(1), files(many(0, 200)));
        hub.on(page(2), files(many(200, 301)));
        ModelScopeSource source = source();
        Listing listing = source.list(source.pin(DATASET), NameFilter.ALL);
        assertEquals(200, listing.entries().size());
        assertEquals("f299", listing.entries().get(199).path());
        assertEquals(
                List.of("/api/v1/datasets/org/data", page(1), HEAD, page(1), page(2), page(1), page(2)), hub.asked());
    }

    @Test
    void aDatasetOfOnePageCostsNothingMore() throws Exception {
        hub.on("/api/v1/datasets/org/data", success("{\"Id\":4711}"));
        hub.on(page(1), files(many(0, 199)));
        source().pin(DATASET);
        assertEquals(List.of("/api/v1/datasets/org/data", page(1)), hub.asked());
    }

    @Test
    void aHeadThatStaysIsAskedForTwice() throws Exception {
        hub.on("/api/v1/datasets/org/data", success("{\"Id\":4711}"));
        hub.on(HEAD, head("c1"));
        hub.on(page(1), files(many(0, 200)));
        hub.on(page(2), files(many(200, 301)));
        source().pin(DATASET);
        assertEquals(List.of("/api/v1/datasets/org/data", page(1), HEAD, page(1), page(2), HEAD), hub.asked());
    }

    /** A mirror that serves a part of it first, and then all of it, or the other way round. */
    @Test
    void pagesOfAPartAndOfAllAreNoListing() {
        hub.on("/api/v1/datasets/org/data", success("{\"Id\":4711}"));
        hub.on(HEAD, head("c1"));
        hub.on(page(1), files(many(0, 200)));
        MockResponse part = json(200, files(many(200, 301)))
                .newBuilder()
                .addHeader("X-Sync-Filter", "allow[\"*.json\"]")
                .build();
        hub.on(page(2), part);
        IOException e = assertThrows(IOException.class, () -> source().pin(DATASET));
        assertTrue(says(e).contains("changed while it was listed"), says(e));
    }

    private static final String HEAD = "/api/v1/datasets/org/data/commits?Ref=master&PageSize=1";

    private static String head(String commit) {
        return success("{\"Commit\":[{\"Id\":\"" + commit + "\",\"Message\":\"m\"}],\"TotalCount\":9}");
    }

    private static String[] flat(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> file("f" + i, 1, A, "r")).toArray(String[]::new);
    }

    /** Of 450 files the one at 5 is deleted when the first page has been read: the one at 200 moves onto it. */
    private AtomicBoolean deletedAfterTheFirstPage() {
        AtomicBoolean deleted = new AtomicBoolean();
        AtomicInteger firsts = new AtomicInteger();
        List<String> left = new ArrayList<>(List.of(flat(0, 450)));
        left.remove(5);
        String[] after = left.toArray(String[]::new);
        hub.on("/api/v1/datasets/org/data", success("{\"Id\":4711}"));
        for (int i = 0; i < 3; i++) {
            int number = i;
            hub.on(page(number + 1), request -> {
                String[] now = deleted.get() ? after : flat(0, 450);
                String[] rows = Arrays.copyOfRange(now, 200 * number, Math.min(now.length, 200 * number + 200));
                if (number == 0 && firsts.incrementAndGet() == 2) { // the first time it only tells that there are more
                    deleted.set(true);
                }
                return json(200, files(rows));
            });
        }
        return deleted;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileDeletedBetweenTwoPagesTakesNoOtherOutOfSight(boolean tellsHead) throws Exception {
        AtomicBoolean deleted = deletedAfterTheFirstPage();
        if (tellsHead) {
            hub.on(HEAD, request -> json(200, head(deleted.get() ? "c2" : "c1")));
        }
        ModelScopeSource source = source();

        List<String> paths = paths(source.list(source.pin(DATASET), NameFilter.ALL));

        assertTrue(deleted.get());
        assertTrue(paths.contains("f200"), "f200 was moved to the page before");
        assertFalse(paths.contains("f5"));
        assertEquals(449, paths.size());
    }

    @Test
    void aDatasetThatNeverStandsStillFails() {
        AtomicInteger commits = new AtomicInteger();
        hub.on("/api/v1/datasets/org/data", success("{\"Id\":4711}"));
        hub.on(HEAD, request -> json(200, head("c" + commits.incrementAndGet())));
        hub.on(page(1), files(many(0, 200)));
        hub.on(page(2), files(many(200, 301)));

        IOException moved = assertThrows(IOException.class, () -> source().pin(DATASET));

        assertTrue(says(moved).contains("changed each time while it was listed"), says(moved));
    }

    @Test
    void pagesWithoutEndAreGivenUp() {
        hub.on("/api/v1/datasets/org/data", success("{\"Id\":4711}"));
        AtomicInteger pages = new AtomicInteger();
        hub.otherwise(request -> {
            if (!request.getTarget().contains("PageNumber=")) {
                return HubScript.refusal(404, 10010205001L, "record not found");
            }
            int from = 200 * pages.incrementAndGet();
            return json(200, files(flat(from, from + 200)));
        });

        SyncException endless = assertThrows(SyncException.class, () -> source().pin(DATASET));

        assertEquals(FailureKind.INCOMPATIBLE, endless.kind());
        assertTrue(pages.get() <= 4001, "pages read: " + pages);
    }

    @Test
    void aFullLastPageIsFollowedByAnEmptyOne() throws Exception {
        hub.on("/api/v1/datasets/org/data", success("{\"Id\":4711}"));
        hub.on(page(1), files(many(0, 200)));
        hub.on(page(2), files());
        source().pin(DATASET);
        assertEquals(
                List.of("/api/v1/datasets/org/data", page(1), HEAD, page(1), page(2), page(1), page(2)), hub.asked());
    }

    @Test
    void aPageInTheMiddleThatFailsFailsTheListing() {
        hub.on("/api/v1/datasets/org/data", success("{\"Id\":4711}"));
        hub.on(page(1), files(many(0, 200)));
        hub.on(page(2), json(503, ""));
        assertThrows(IOException.class, () -> source().pin(DATASET));
    }

    @Test
    void pagesThatRepeatThemselvesFailTheListing() {
        hub.on("/api/v1/datasets/org/data", success("{\"Id\":4711}"));
        hub.on(page(1), files(many(0, 200)));
        hub.on(page(2), files(many(0, 200)));
        assertThrows(IOException.class, () -> source().pin(DATASET));
        assertEquals(5, hub.asked().size());
    }

    @ParameterizedTest
    @ValueSource(ints = {198, 199}) // a folder, a file
    void whatStandsOnTwoPagesFailsTheListing(int again) {
        hub.on("/api/v1/datasets/org/data", success("{\"Id\":4711}"));
        hub.on(page(1), files(many(0, 200)));
        hub.on(
                page(2),
                files(Stream.concat(Stream.of(many(200, 300)), Stream.of(many(again, again + 1)))
                        .toArray(String[]::new)));
        IOException moved = assertThrows(IOException.class, () -> source().pin(DATASET));
        assertTrue(says(moved).contains(again + ": it changed while it was listed"), says(moved));
    }

    @Test
    void filesWithoutSha256AreListedWithANote() throws Exception {
        List<String> rows = new ArrayList<>(List.of(file("a", 1, A, "r")));
        for (String none : List.of("null", "\"\"")) {
            for (String name : List.of("w1", "w2")) {
                rows.add(file(none.length() + name, 1, A, "r").replace("\"" + A + "\"", none));
            }
        }
        hub.on(LIST, files(rows.toArray(String[]::new)));
        ModelScopeSource source = source();
        Listing listing = source.list(source.pin(MODEL), NameFilter.ALL);
        assertEquals(
                4,
                listing.entries().stream()
                        .filter(entry -> entry.checksum().isEmpty())
                        .count());
        assertEquals(
                List.of(
                        "the hub tells no SHA-256 of 4w1, 4w2, 2w1 and 1 more: they are verified by their sizes, and known by"
                                + " the commits that last changed them; the proof holds the checksums of what came"),
                listing.notes());
    }

    @Test
    void aSha256ThatIsNoneIsNotTakenForNone() {
        hub.on(LIST, files(file("a", 1, "abc", "r")));
        IOException refused = assertThrows(IOException.class, () -> source().pin(MODEL));
        assertTrue(says(refused).contains("it lists a with a Sha256 that is none"), says(refused));
    }

    @Test
    void aRefusalNamesHostVariableAndPage() {
        hub.on(LIST, refusal(404, 10010200001L, "no permission"));
        SyncException refused = assertThrows(SyncException.class, () -> source().pin(MODEL));
        assertEquals(FailureKind.ACCESS, refused.kind());
        assertFalse(refused.retryable());
        for (String part : List.of(
                hub.url().substring(7),
                "MODELSCOPE_API_TOKEN",
                hub.url() + "/models/Qwen/Qwen2.5-7B",
                "req-1",
                "no permission")) {
            assertTrue(says(refused).contains(part), part + " in: " + says(refused));
        }
    }

    @Test
    void whatTheHubSaysDecidesTheKind() {
        Map<MockResponse, FailureKind> kinds = Map.of(
                refusal(401, 10010200002L, "who are you"), FailureKind.ACCESS,
                refusal(403, 10010200002L, "forbidden"), FailureKind.ACCESS,
                json(403, "<html>no</html>"), FailureKind.ACCESS,
                refusal(200, 10010200001L, "no access"), FailureKind.ACCESS,
                refusal(200, 403, "forbidden"), FailureKind.ACCESS,
                refusal(404, 10010205001L, "record not found"), FailureKind.NOT_FOUND,
                refusal(200, 10010205001L, "record not found"), FailureKind.NOT_FOUND,
                refusal(404, 10990101004L, "get file tree failed"), FailureKind.NOT_FOUND,
                json(404, "404 page not found"), FailureKind.NOT_FOUND,
                refusal(400, 10010101001L, "bad"), FailureKind.OTHER);
        kinds.forEach((answer, kind) -> {
            hub.on(LIST, answer);
            SyncException refused = assertThrows(SyncException.class, () -> source().pin(MODEL), answer.toString());
            assertEquals(kind, refused.kind(), says(refused));
            boolean tellsOfToken = says(refused).contains("MODELSCOPE_API_TOKEN");
            assertEquals(kind != FailureKind.OTHER, tellsOfToken, says(refused));
        });
    }

    @Test
    void aNameThatSoundsLikeTroubleIsNone() {
        String name = "models/internal-connection/sql-timeout";
        hub.on(
                "/api/v1/" + name + "/repo/files?Revision=master&Recursive=True",
                refusal(404, 10010205001L, "internal-connection/sql-timeout not found"));
        SyncException refused =
                assertThrows(SyncException.class, () -> source().pin(ArtifactRef.of("modelscope", name)));
        assertEquals(FailureKind.NOT_FOUND, refused.kind());
    }

    @Test
    void aPasswordInAnEndpointIsNotRepeated() {
        hub.on(LIST, refusal(404, 10010205001L, "record not found"));
        ModelScopeSource source = new ModelScopeSource(RunContext.of(SyncOptions.builder()
                .environment(Map.of("MODELSCOPE_ENDPOINT", hub.url().replace("://", "://user:geheim@")))
                .build()));
        SyncException refused = assertThrows(SyncException.class, () -> source.pin(MODEL));
        assertFalse(says(refused).contains("geheim"), says(refused));
    }

    @Test
    void answersThatMayBeBetterNextTimeAreIoErrors() {
        String whole = files(file("a", 1, A, "r"));
        for (MockResponse answer : List.of(
                refusal(404, 10010205001L, "Error 1040: Too many connections"),
                refusal(404, 10010205001L, "record not found: dial tcp 10.0.0.1:3306: i/o timeout"),
                refusal(200, 500, "oops"),
                refusal(200, 10020500001L, "rpc error: code = Unknown desc = whatever"),
                refusal(200, 10020500001L, "ResourceExhausted"),
                refusal(200, 10020500001L, "系统繁忙，请稍后再试"),
                refusal(200, 10020500001L, "请求过于频繁"),
                refusal(200, 10020500001L, "超时"),
                refusal(200, 10020500001L, "Table 'hub.t' doesn't exist"),
                refusal(200, 20020500001L, ""),
                refusal(400, 10020500001L, "系统繁忙，请稍后再试"),
                json(405, "<!doctypehtml><html><title>405</title>blocked</html>"),
                refusal(200, 429, "slow down"),
                json(500, ""),
                json(429, ""),
                json(200, whole.substring(0, whole.length() - 30)),
                json(200, whole.substring(0, whole.length() - 1)),
                json(200, whole + "x"),
                json(200, "<!DOCTYPE html><html>log in</html>"),
                json(200, ""),
                json(200, "null"),
                json(200, "[]"),
                json(200, "{}"),
                json(200, success("null")),
                json(200, success("{}")),
                json(200, success("{\"Files\":{}}")),
                json(200, success("{\"Files\":[1]}")),
                json(200, success("{\"Files\":[{\"Path\":\"a\"}]}")),
                json(200, success("{\"Files\":[{\"Size\":1}]}")))) {
            hub.on(LIST, answer);
            IOException failure = assertThrows(IOException.class, () -> source().pin(MODEL), answer.toString());
            assertTrue(says(failure).contains(hub.url().substring(7)), says(failure));
        }
    }

    @Test
    void anEmptyRepositoryIsNoError() throws Exception {
        hub.on(LIST, success("{\"Files\":null}"));
        ModelScopeSource source = source();
        assertEquals(List.of(), source.list(source.pin(MODEL), NameFilter.ALL).entries());
    }

    @Test
    void aRepositoryWithoutFilesIsSaid() throws Exception {
        for (String nothing : List.of("{\"Files\":null}", "{\"Files\":[]}", "{\"Files\":[" + folder("sub") + "]}")) {
            hub.on(LIST, success(nothing));
            ItemMeter meter = new ItemMeter();
            try (ItemMeter.Scope scope = meter.bind()) {
                source().pin(MODEL);
            }
            assertEquals(
                    List.of("the hub lists no file in model Qwen/Qwen2.5-7B; is it empty?"),
                    meter.takeNotes(),
                    nothing);
        }
    }

    @Test
    void theOtherSiteIsAskedForWhatTheFirstDoesNotHave() throws Exception {
        try (HubScript other = new HubScript()) {
            other.model("Qwen/Qwen2.5-7B", Map.of("config.json@r1", "{}"));
            ModelScopeSource source = new ModelScopeSource(hub.context(), twoSites(other));
            ItemMeter meter = new ItemMeter();

            try (ItemMeter.Scope scope = meter.bind()) {
                ArtifactRef pinned = source.pin(MODEL);
                Entry file = source.list(pinned, NameFilter.ALL).entries().get(0);
                source.open(pinned, file, new ByteRange(0, 2)).close();
            }

            assertEquals(List.of(LIST), hub.asked());
            assertEquals(3, other.asked().size());
            assertEquals(other.url().substring(7), meter.host());
        }
    }

    @Test
    void whatNeitherSiteHasIsNotFoundAtBoth() throws Exception {
        try (HubScript other = new HubScript()) {
            ModelScopeSource source = new ModelScopeSource(hub.context(), twoSites(other));

            SyncException refused = assertThrows(SyncException.class, () -> source.pin(MODEL));

            assertEquals(FailureKind.NOT_FOUND, refused.kind());
            assertTrue(says(refused).startsWith(hub.url().substring(7)), says(refused));
            assertTrue(says(refused).endsWith("it is not at " + other.url().substring(7) + " either"), says(refused));
        }
    }

    @Test
    void aSiteThatIsInTroubleIsNotTakenForOneThatDoesNotHaveIt() throws Exception {
        try (HubScript other = new HubScript()) {
            other.model("Qwen/Qwen2.5-7B", Map.of("config.json@r1", "{}"));
            ModelScopeSource source = new ModelScopeSource(hub.context(), twoSites(other));
            for (MockResponse trouble : List.of(
                    json(500, ""), refusal(404, 10010205001L, "Error 1040"), refusal(404, 10990101004L, "no tree"))) {
                hub.on(LIST, trouble);
                assertThrows(Exception.class, () -> source.pin(MODEL));
            }
            assertEquals(List.of(), other.asked());
        }
    }

    private ModelScopeAccess twoSites(HubScript other) {
        return new ModelScopeAccess(
                List.of(Endpoints.parse("first", hub.url()), Endpoints.parse("second", other.url())),
                java.util.Optional.empty(),
                java.util.Optional.empty());
    }

    @Test
    void aLoginOfTheHubsOwnClientIsSaidToBeUnused(@TempDir Path home) throws Exception {
        Path cookies =
                Files.createDirectories(home.resolve(".modelscope/credentials")).resolve("cookies");
        Files.write(cookies, new byte[] {(byte) 0x80, 4});
        hub.on(LIST, refusal(404, 10010200001L, "no permission"));
        ModelScopeSource source = new ModelScopeSource(RunContext.of(SyncOptions.builder()
                .environment(Map.of("MODELSCOPE_ENDPOINT", hub.url(), "HOME", home.toString()))
                .build()));

        SyncException refused = assertThrows(SyncException.class, () -> source.pin(MODEL));

        assertTrue(says(refused).contains("set MODELSCOPE_API_TOKEN"), says(refused));
        assertTrue(says(refused).contains("the login in " + cookies + " is for the hub's own client"), says(refused));
    }

    @Test
    void aRepositoryThatMayNotBeReadCostsOneRefusedRequest() {
        ModelScopeSource source = source();
        for (int i = 0; i < 20; i++) {
            String path = "f" + i;
            hub.on(
                    "/api/v1/models/Qwen/Qwen2.5-7B/repo?Revision=master&FilePath=" + path,
                    refusal(403, 10010200003L, "licence not accepted"));
            SyncException refused = assertThrows(
                    SyncException.class,
                    () -> source.open(MODEL, Entry.file(path, 3, Checksum.sha256(A)), new ByteRange(0, 3)));
            assertEquals(FailureKind.ACCESS, refused.kind());
        }
        assertEquals(1, hub.downloads());
    }

    @Test
    void theTokenTravelsAsCookieAndAsBearer() throws Exception {
        hub.on(LIST, files(file("a", 1, A, "r")));
        new ModelScopeSource(RunContext.of(SyncOptions.builder()
                        .environment(Map.of("MODELSCOPE_ENDPOINT", hub.url(), "MODELSCOPE_API_TOKEN", "ms-secret"))
                        .build()))
                .pin(MODEL);
        RecordedRequest request = hub.requests().get(0);
        assertEquals("m_session_id=ms-secret", request.getHeaders().get("Cookie"));
        assertEquals("Bearer ms-secret", request.getHeaders().get("Authorization"));
    }

    @Test
    void aRefusalWithATokenSaysSoAndKeepsIt() {
        hub.on(LIST, refusal(403, 403, "token ms-secret is invalid"));
        ModelScopeSource source = new ModelScopeSource(RunContext.of(SyncOptions.builder()
                .environment(Map.of("MODELSCOPE_ENDPOINT", hub.url(), "MODELSCOPE_API_TOKEN", "ms-secret"))
                .build()));
        SyncException refused = assertThrows(SyncException.class, () -> source.pin(MODEL));
        assertFalse(says(refused).contains("ms-secret"), says(refused));
        assertTrue(says(refused).contains("MODELSCOPE_API_TOKEN"), says(refused));
    }

    @Test
    void opensARangeOfAModelsFile() throws Exception {
        hub.on(
                "/api/v1/models/Qwen/Qwen2.5-7B/repo?Revision=master&FilePath=sub%2Fa+b%2Bc.txt",
                new MockResponse.Builder()
                        .code(206)
                        .addHeader("Content-Range", "bytes 2-4/6")
                        .body("cde")
                        .build());
        Entry entry = Entry.file("sub/a b+c.txt", 6, Checksum.sha256(A));
        try (InputStream in = source().open(MODEL, entry, new ByteRange(2, 3))) {
            assertEquals("cde", new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        }
        assertEquals("bytes=2-4", hub.requests().get(0).getHeaders().get("Range"));
    }

    @Test
    void opensADatasetsFile() throws Exception {
        hub.on(
                "/api/v1/datasets/org/data/repo?Source=SDK&Revision=v1&FilePath=a.txt&View=False",
                new MockResponse.Builder().body("abc").build());
        Entry entry = Entry.file("a.txt", 3, Checksum.sha256(A));
        ArtifactRef pinned = DATASET.pinned("v1", "sha256:" + A);
        try (InputStream in = source().open(pinned, entry, new ByteRange(0, 3))) {
            assertEquals("abc", new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    @Test
    void aFileThatIsGoneIsNotFoundAndNamed() {
        Entry entry = Entry.file("gone.bin", 3, Checksum.sha256(A));
        SyncException gone = assertThrows(SyncException.class, () -> source().open(MODEL, entry, new ByteRange(0, 3))
                .close());
        assertEquals(FailureKind.NOT_FOUND, gone.kind());
        assertTrue(says(gone).contains("gone.bin"), says(gone));
    }

    @Test
    void anEmptyRangeMakesNoRequest() throws Exception {
        try (InputStream in = source().open(MODEL, Entry.file("a", 0, Checksum.sha256(A)), new ByteRange(0, 0))) {
            assertEquals(-1, in.read());
        }
        assertEquals(List.of(), hub.asked());
    }

    @Test
    void theNextEndpointIsAskedWhenOneIsDead() throws Exception {
        hub.on(LIST, files(file("a", 1, A, "r")));
        HubScript dead = new HubScript();
        String deadUrl = dead.url();
        dead.close();
        new ModelScopeSource(RunContext.of(SyncOptions.builder()
                        .environment(Map.of("MODELSCOPE_ENDPOINT", deadUrl + ", " + hub.url()))
                        .build()))
                .pin(MODEL);
        assertEquals(List.of(LIST), hub.asked());
    }

    @Test
    void namesThatAreNoRepositoriesAreRefused() {
        for (String name : List.of(
                "Qwen/Qwen2",
                "models/Qwen",
                "models/a/b/c",
                "models//b",
                "models/../b",
                "models/a/..",
                "models/.sync-tools/x",
                "models/a\\b/c",
                "models/a/b\u0000",
                "spaces/a/b",
                "models/a/" + "n".repeat(256))) {
            SyncException refused =
                    assertThrows(SyncException.class, () -> source().pin(ArtifactRef.of("modelscope", name)), name);
            assertEquals(FailureKind.UNSAFE_NAME, refused.kind());
        }
        assertEquals(List.of(), hub.asked());
    }
}
