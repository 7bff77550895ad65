package io.synctools.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.internal.retry.TimeSource;
import io.synctools.mirror.RemoteMirrors;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import io.synctools.testing.MemoryHub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a store may do wrong, and what is said of it. */
class StoreFaultsTest {
    private static final String NAME = "models/org/name";
    private static final String TOKEN = "session-token-that-nobody-may-see";

    private static LocalStore store;
    private static int tests;

    private final MemoryHub hub = new MemoryHub();
    private FaultyStore faulty;
    private String prefix = "";

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws Exception {
        store = new LocalStore();
    }

    @AfterAll
    static void stop() throws Exception {
        store.close();
    }

    @BeforeEach
    void begin() throws Exception {
        prefix = "faults-" + ++tests;
        faulty = new FaultyStore(store);
        hub.commitText(NAME, Map.of("a", "one", "b", "two"));
    }

    @AfterEach
    void end() {
        faulty.close();
    }

    @ParameterizedTest
    @CsvSource({
        "404, NoSuchBucket, NOT_FOUND, there is no bucket \"models-here\"; make it",
        "403, AccessDenied, ACCESS, the bucket's policy must allow",
        "403, InvalidAccessKeyId, ACCESS, correct AWS_ACCESS_KEY_ID",
        "403, SignatureDoesNotMatch, ACCESS, correct AWS_SECRET_ACCESS_KEY",
        "400, ExpiredToken, ACCESS, their time is over: renew them",
        "403, QuotaExceeded, NO_SPACE, the bucket's quota used up; make room",
        "507, XMinioStorageFull, NO_SPACE, the store is full",
        "400, EntityTooLarge, INCOMPATIBLE, takes no object of that size",
        "501, NotImplemented, INCOMPATIBLE, set AWS_REQUEST_CHECKSUM_CALCULATION=when_required",
        "301, PermanentRedirect, INCOMPATIBLE, is in another region; set AWS_REGION",
        "400, BadDigest, CHECKSUM, the bytes changed on their way",
        "503, SlowDown, UNAVAILABLE, status 503",
        "500, InternalError, UNAVAILABLE, status 500",
    })
    void aRefusalIsOfTheRightKindAndSaysWhatToDo(int status, String code, FailureKind kind, String advice) {
        faulty.fails(request ->
                isUploadOf(request, "a") ? Optional.of(FaultyStore.refusal(status, code)) : Optional.empty());

        SyncReport.Item item = run(context(Map.of()));

        assertEquals(Outcome.FAILED, item.outcome());
        SyncReport.Failure failure = item.failures().get(0);
        assertEquals(kind, failure.kind(), failure::message);
        assertTrue(failure.message().contains(advice), failure::message);
        assertTrue(failure.message().contains("PUT http://localhost:"), failure::message);

        faulty.fails(request -> Optional.empty());
        assertEquals(Outcome.COPIED, run(context(Map.of())).outcome());
    }

    @Test
    void whatPassesIsTriedAgain() {
        AtomicInteger left = new AtomicInteger(6);
        faulty.fails(request -> left.get() > 0 && left.getAndDecrement() > 0
                ? Optional.of(
                        switch (left.get() % 3) {
                            case 0 -> FaultyStore.refusal(503, "SlowDown");
                            case 1 -> FaultyStore.refusal(500, "InternalError");
                            default ->
                                new MockResponse.Builder()
                                        .onResponseStart(new SocketEffect.CloseSocket())
                                        .build();
                        })
                : Optional.empty());

        SyncReport.Item item = run(context(Map.of()));

        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
    }

    @Test
    void aStoreThatSaysItGotOtherBytesIsNotBelieved() {
        faulty.fails(request -> isUploadOf(request, "a")
                ? Optional.of(new MockResponse.Builder()
                        .addHeader("ETag", "\"x\"")
                        .addHeader("x-amz-checksum-sha256", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
                        .build())
                : Optional.empty());

        SyncReport.Item item = run(context(Map.of()));

        assertEquals(Outcome.FAILED, item.outcome());
        assertEquals(FailureKind.CHECKSUM, item.failures().get(0).kind());
        assertTrue(item.failures().get(0).message().contains("other bytes than were sent"), item::toString);
    }

    @Test
    void aListingThatIsCutOffIsNoEmptyOne() {
        run(context(Map.of()));
        faulty.fails(request -> request.getTarget().contains("list-type=2")
                ? Optional.of(new MockResponse.Builder()
                        .body("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>x")
                        .build())
                : Optional.empty());
        SyncReport.Item item = run(context(Map.of()));
        assertEquals(Outcome.FAILED, item.outcome());
        assertTrue(item.failures().get(0).message().contains("no XML, or was cut off"), item::toString);
    }

    @Test
    void aClockThatIsAnHourWrongGoesByTheStores() {
        for (Duration ahead : List.of(Duration.ofHours(1), Duration.ofHours(-1))) {
            prefix += "x";
            SyncReport.Item item = run(context(Map.of(), Duration.ZERO.plus(ahead)));
            assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        }
    }

    @Test
    void aStoreThatTakesNoChecksumBehindABodyIsHeldToItsOwn() throws Exception {
        Map<String, String> required = Map.of("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required");
        byte[] big = StoreRunTest.random(11 << 20);
        hub.commit(NAME, Map.of("big", big));

        assertEquals(Outcome.COPIED, run(context(required)).outcome());
        assertEquals(
                List.of(),
                faulty.asked().stream()
                        .filter(line -> line.contains("x-amz-trailer"))
                        .toList());
        assertEquals(Outcome.UP_TO_DATE, run(context(required)).outcome());

        hub.commitText(NAME, Map.of("a", "three"));
        faulty.fails(request -> isUploadOf(request, "a")
                ? Optional.of(new MockResponse.Builder()
                        .addHeader("ETag", "\"00000000000000000000000000000000\"")
                        .build())
                : Optional.empty());
        assertEquals(
                FailureKind.CHECKSUM, run(context(required)).failures().get(0).kind());
    }

    @Test
    void credentialsComeFromTheUsualFiles() throws Exception {
        Path aws = Files.createDirectories(folder.resolve(".aws"));
        Files.writeString(
                aws.resolve("credentials"),
                "[default]\naws_access_key_id = wrong\naws_secret_access_key = wrong\n\n[team]\naws_access_key_id = "
                        + LocalStore.KEY + "\naws_secret_access_key=" + LocalStore.SECRET + "\n");
        Files.writeString(
                aws.resolve("config"),
                "[profile team]\nregion = eu-west-1\nendpoint_url = "
                        + faulty.environment().get("AWS_ENDPOINT_URL") + "\ns3 =\n    addressing_style = path\n");
        Map<String, String> environment = Map.of("HOME", folder.toString(), "AWS_PROFILE", "team");

        assertEquals(Outcome.COPIED, run(runner(environment, Duration.ZERO)).outcome());

        SyncReport.Item refused = run(runner(
                Map.of(
                        "HOME",
                        folder.toString(),
                        "AWS_ENDPOINT_URL",
                        faulty.environment().get("AWS_ENDPOINT_URL")),
                Duration.ZERO));
        assertEquals(FailureKind.ACCESS, refused.failures().get(0).kind());
        assertTrue(refused.failures().get(0).message().contains("profile \"default\" in ~/.aws"), refused::toString);

        IllegalArgumentException unknown = assertThrows(
                IllegalArgumentException.class,
                () -> run(runner(Map.of("HOME", folder.toString(), "AWS_PROFILE", "other"), Duration.ZERO)));
        assertTrue(unknown.getMessage().contains("AWS_PROFILE names \"other\""), unknown::getMessage);
    }

    @Test
    void noCredentialsAreSaidBeforeAnythingIsAsked() {
        IllegalArgumentException none =
                assertThrows(IllegalArgumentException.class, () -> run(runner(Map.of(), Duration.ZERO)));
        assertTrue(none.getMessage().contains("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"), none::getMessage);
        IllegalArgumentException half = assertThrows(
                IllegalArgumentException.class, () -> run(runner(Map.of("AWS_ACCESS_KEY_ID", "x"), Duration.ZERO)));
        assertTrue(half.getMessage().contains("set AWS_SECRET_ACCESS_KEY"), half::getMessage);
        assertEquals(List.of(), faulty.asked());
    }

    @Test
    void nothingSecretIsInWhatPeopleSee() throws Exception {
        StringBuilder seen = new StringBuilder();
        for (String code : List.of("SignatureDoesNotMatch", "ExpiredToken", "AccessDenied", "InternalError", "Odd")) {
            faulty.fails(request -> isUploadOf(request, "a")
                    ? Optional.of(FaultyStore.refusal(code.equals("InternalError") ? 500 : 400, code))
                    : Optional.empty());
            RunContext context = context(Map.of());
            SyncReport.Item item = run(context);
            seen.append(item).append(context).append(item.failures());
        }
        RunContext token = context(Map.of("AWS_SESSION_TOKEN", TOKEN));
        seen.append(run(token)).append(token);
        store.objects().keySet().forEach(seen::append);
        for (String key : store.objects().keySet()) {
            seen.append(new String(store.api().get(key, 1 << 26).orElseThrow().bytes(), StandardCharsets.UTF_8));
        }
        for (String secret : List.of(LocalStore.SECRET, TOKEN, "Signature=", "AWS4-HMAC")) {
            assertFalse(seen.toString().contains(secret), () -> secret + " is in " + seen);
        }
    }

    @Test
    void aStoreThatFallsSilentIsTriedAgain() {
        AtomicInteger uploads = new AtomicInteger();
        faulty.fails(request -> isUploadOf(request, "a") && uploads.incrementAndGet() == 1
                ? Optional.of(new MockResponse.Builder()
                        .onResponseStart(SocketEffect.Stall.INSTANCE)
                        .build())
                : Optional.empty());

        SyncReport.Item item = run(context(Map.of()));

        assertEquals(Outcome.COPIED, item.outcome(), () -> item.failures().toString());
        assertEquals(2, uploads.get());
    }

    @Test
    void aStoreThatIsSilentForEverIsNamed() {
        faulty.fails(request -> isUploadOf(request, "a")
                ? Optional.of(new MockResponse.Builder()
                        .onResponseStart(SocketEffect.Stall.INSTANCE)
                        .build())
                : Optional.empty());

        SyncReport.Item item = run(context(Map.of()));

        assertEquals(Outcome.FAILED, item.outcome());
        SyncReport.Failure failure = item.failures().get(0);
        assertEquals(FailureKind.TIMEOUT, failure.kind(), failure::message);
        assertTrue(failure.message().contains("PUT http://localhost:"), failure::message);
        assertTrue(failure.message().contains("no byte for 1 s"), failure::message);
    }

    @Test
    void whoWantsAFolderIsRefusedBeforeAnythingIsAsked() {
        ArtifactRef from = ArtifactRef.of("hub", NAME);
        ArtifactRef to = ArtifactRef.of("s3", LocalStore.BUCKET + "/" + prefix + "/" + NAME);
        try (Syncer syncer = syncer(context(Map.of()))) {
            for (Executable wanted :
                    List.<Executable>of(() -> syncer.resolve(from, to), () -> syncer.resolveOffline(from, to))) {
                IllegalArgumentException e = assertThrows(IllegalArgumentException.class, wanted);
                assertTrue(String.valueOf(e.getMessage()).contains(to + " is no folder"), e::toString);
            }
        }
        assertEquals(List.of(), faulty.asked());
    }

    @Test
    void whoAsksWhatIsKeptIsToldWhatFailed() {
        faulty.fails(request -> Optional.of(FaultyStore.refusal(503, "SlowDown")));
        ArtifactRef place = ArtifactRef.of("s3", LocalStore.BUCKET + "/" + prefix);

        SyncException failed = assertThrows(SyncException.class, () -> RemoteMirrors.of(place, context(Map.of()))
                .revisions());

        assertEquals(FailureKind.UNAVAILABLE, failed.kind());
        assertTrue(
                String.valueOf(failed.getMessage())
                        .startsWith("list what lies below s3://" + LocalStore.BUCKET + "/" + prefix),
                failed::getMessage);
    }

    @ParameterizedTest
    @CsvSource({"a, eno", "refs/main, another"})
    void whatIsReplacedWhileItIsPublishedIsNotProven(String what, String by) throws Exception {
        String pin = hub.commitText(NAME, Map.of("a", "one", "b", "two"));
        String key = prefix + "/" + NAME + "/" + (what.equals("a") ? pin + "/a" : what);
        AtomicInteger left = new AtomicInteger(1);
        AtomicInteger pointed = new AtomicInteger();
        faulty.fails(request -> {
            if (isUploadOf(request, "main")) {
                pointed.set(1);
            } else if (pointed.get() == 1
                    && request.getTarget().contains("list-type=2")
                    && left.getAndDecrement() > 0) {
                put(key, by);
            }
            return Optional.empty();
        });

        SyncReport.Item item = run(context(Map.of()));

        assertEquals(Outcome.FAILED, item.outcome(), item::toString);
        assertTrue(item.failures().get(0).message().contains("is not in the store as it was left"), item::toString);
        faulty.fails(request -> Optional.empty());
        assertEquals(Outcome.COPIED, run(context(Map.of())).outcome());
        assertEquals(
                what.equals("a") ? "one" : pin,
                new String(store.api().get(key, 100).orElseThrow().bytes(), StandardCharsets.UTF_8));
    }

    private static void put(String key, String text) {
        try {
            store.api().put(key, text.getBytes(StandardCharsets.UTF_8), Map.of());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anObjectOfPartsWithAnotherChecksumThanTheirsIsThrownAway() throws Exception {
        String pin = hub.commit(NAME, Map.of("big", StoreRunTest.random(17 << 20)));
        String key = prefix + "/" + NAME + "/" + pin + "/big";
        faulty.fails(request -> {
            if (!request.getMethod().equals("POST") || !request.getTarget().contains("/big?uploadId=")) {
                return Optional.empty();
            }
            faulty.passedOn(request);
            return Optional.of(new MockResponse.Builder()
                    .body("<CompleteMultipartUploadResult><ETag>\"" + tag(key) + "\"</ETag><ChecksumSHA256>"
                            + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=-2</ChecksumSHA256>"
                            + "</CompleteMultipartUploadResult>")
                    .build());
        });

        SyncReport.Item item = run(context(Map.of()));

        assertEquals(Outcome.FAILED, item.outcome(), item::toString);
        assertEquals(Optional.empty(), store.api().head(key));
        faulty.fails(request -> Optional.empty());
        assertEquals(Outcome.COPIED, run(context(Map.of())).outcome());
    }

    private static String tag(String key) {
        try {
            return store.api().head(key).map(ObjectFacts::tag).orElse("");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "<Error><Code>InternalError</Code></Error>",
        "<Error><Code>AccessDenied</Code></Error>",
        "<html><body>we are back soon</body></html>",
    })
    void whatAStoreDidNotDoIsNotTakenForDoneThoughItAnswersWith200(String body) {
        faulty.fails(
                request -> Optional.of(new MockResponse.Builder().body(body).build()));
        StoreApi api = api();
        ObjectFacts facts = new ObjectFacts(1, "x", "", "");
        List<StoreApi.Part> parts = List.of(new StoreApi.Part(1, "x", "", 1));
        assertThrows(Exception.class, () -> api.deleteAll(List.of("a")));
        assertThrows(Exception.class, () -> api.complete("a", "id", parts, ""));
        assertThrows(Exception.class, () -> api.copy("a", facts, "b", ""));
        assertThrows(Exception.class, () -> api.copyPart("a", "x", 0, 1, "b", "id", 1));
        assertThrows(Exception.class, () -> api.list("", listed -> {}));
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "<IsTruncated>true</IsTruncated>",
        "<IsTruncated>true</IsTruncated><NextContinuationToken>same</NextContinuationToken>",
        "<IsTruncated>true</IsTruncated><NextContinuationToken>N</NextContinuationToken>",
        "<IsTruncated>false</IsTruncated><Contents><Key>other/x</Key><Size>1</Size><ETag>x</ETag></Contents>",
    })
    void aListingThatMayLackSomethingOrNeverEndsIsNone(String inside) {
        AtomicInteger pages = new AtomicInteger();
        faulty.fails(request -> Optional.of(new MockResponse.Builder()
                .body("<ListBucketResult>" + inside.replace(">N<", ">" + pages.incrementAndGet() % 2 + "<")
                        + "</ListBucketResult>")
                .build()));
        StoreApi api = api();
        assertThrows(
                IOException.class,
                () -> assertTimeoutPreemptively(Duration.ofSeconds(20), () -> api.list("mine/", listed -> {})));
    }

    private StoreApi api() {
        return new StoreTarget(context(Map.of()), StoreTarget.PART, StoreTarget.COPIED_WHOLE).api(LocalStore.BUCKET);
    }

    private static boolean isUploadOf(RecordedRequest request, String path) {
        return request.getMethod().equals("PUT") && request.getTarget().endsWith("/" + path);
    }

    private Syncer syncer(RunContext context) {
        return Syncer.builder()
                .context(context)
                .platforms(Platforms.builder()
                        .source("hub", hub)
                        .target(new S3TargetProvider())
                        .build())
                .build();
    }

    private SyncReport.Item run(RunContext context) {
        try (Syncer syncer = syncer(context)) {
            return syncer.run(SyncPlan.of(
                            "a-flow",
                            List.of(SyncItem.of(
                                    ArtifactRef.of("hub", NAME),
                                    ArtifactRef.of("s3", LocalStore.BUCKET + "/" + prefix + "/" + NAME)))))
                    .items()
                    .get(0);
        }
    }

    private RunContext context(Map<String, String> more) {
        return context(more, Duration.ZERO);
    }

    private RunContext context(Map<String, String> more, Duration ahead) {
        Map<String, String> environment = store.environment();
        environment.putAll(faulty.environment());
        environment.putAll(more);
        return runner(environment, ahead);
    }

    /** A runner that tries often and waits never. */
    private static RunContext runner(Map<String, String> environment, Duration ahead) {
        RunContext context = RunContext.of(SyncOptions.builder()
                .environment(new HashMap<>(environment))
                .retries(6)
                .stall(Duration.ofSeconds(1))
                .build());
        AtomicLong slept = new AtomicLong();
        context.shared(TimeSource.class, any -> new TimeSource() {
            @Override
            public long nanos() {
                return System.nanoTime() + slept.get();
            }

            @Override
            public Instant now() {
                return Instant.now().plus(ahead);
            }

            @Override
            public void sleep(Duration pause) {
                slept.addAndGet(pause.toNanos());
            }
        });
        return context;
    }
}
