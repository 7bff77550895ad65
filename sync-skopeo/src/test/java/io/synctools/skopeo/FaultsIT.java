package io.synctools.skopeo;

import static io.synctools.skopeo.CannedResponses.always;
import static io.synctools.skopeo.CannedResponses.asks;
import static io.synctools.skopeo.CannedResponses.errors;
import static io.synctools.skopeo.CannedResponses.status;
import static io.synctools.skopeo.CannedResponses.times;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.model.FailureKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers and networks that fail while the real skopeo copies between two real registries. */
class FaultsIT {
    private final TwoRegistries both;

    FaultsIT(@TempDir Path folder) throws IOException {
        both = new TwoRegistries(folder);
    }

    @AfterEach
    void stop() throws IOException {
        both.close();
    }

    @Test
    void aServerThatIsBusyOnceIsAskedAgain() {
        both.push(TestImage.oci("one"), "v1");
        both.to.withFault(times(1, asks("PUT", "/manifests/v1"), status(503)));
        assertCopied();
    }

    @Test
    void aDownloadThatIsCutShortIsRepeated() {
        both.push(TestImage.oci("one", 100_000), "v1");
        MockResponse cut = new MockResponse.Builder()
                .body(new Buffer().write(new byte[50_000]))
                .onResponseBody(new SocketEffect.CloseSocket())
                .build();
        both.from.withFault(times(2, asks("GET", "/blobs/"), cut));
        assertCopied();
    }

    @Test
    void anUploadThatIsBrokenOffIsRepeated() {
        both.push(TestImage.oci("one", 100_000), "v1");
        MockResponse broken = new MockResponse.Builder()
                .onRequestBody(new SocketEffect.CloseSocket())
                .build();
        both.to.withFault(times(1, asks("PATCH", "/blobs/uploads/"), broken));
        assertCopied();
    }

    @Test
    void tooManyRequestsAtThePushAreAnsweredByPatience() {
        both.push(TestImage.oci("one"), "v1");
        both.to.withFault(times(1, asks("PUT", "/manifests/v1"), errors(429, "TOOMANYREQUESTS", "slow down")));
        assertCopied();
    }

    @Test
    void aQuotaThatIsUsedUpStopsBeforeThePullAndSaysWhenToGoOn() {
        both.push(TestImage.oci("one"), "v1");
        both.from.withFault(request -> request.getMethod().equals("HEAD")
                ? Optional.of(new MockResponse.Builder()
                        .setHeader("Docker-Content-Digest", TestImage.oci("one").digest())
                        .setHeader("Content-Type", Manifest.OCI_INDEX)
                        .setHeader("ratelimit-limit", "100;w=21600")
                        .setHeader("ratelimit-remaining", "0;w=21600")
                        .build())
                : Optional.empty());
        SyncReport.Item item = both.run();
        SyncReport.Failure failure = item.failures().get(0);
        assertEquals(FailureKind.RATE_LIMITED, failure.kind());
        assertTrue(failure.retryable());
        assertTrue(failure.message().contains("0 of 100 pulls left in 6 h"), failure.message());
        assertTrue(failure.message().contains("try again within 6 h"), failure.message());
        assertEquals(0, both.from.count("GET", "/manifests/"), "no counted pull");
    }

    @Test
    void fewPullsFinishFewTags() {
        for (int i = 0; i < 12; i++) {
            both.push(TestImage.oci("image " + i), "v" + i);
        }
        countPulls(14, Optional.empty());
        SyncReport.Item item = both.run();
        assertEquals(4, item.entries().copied(), item::toString);
        assertEquals(8, item.failures().size());
        assertEquals(FailureKind.RATE_LIMITED, item.failures().get(0).kind());
        assertTrue(both.from.count("GET", "/manifests/") <= 13, "one of them told what a platform costs");
    }

    @Test
    void aResetThatIsNearIsWaitedFor() {
        both.push(TestImage.oci("one"), "v1");
        both.push(TestImage.oci("two"), "v2");
        countPulls(3, Optional.of("1"));
        assertEquals(2, both.run().entries().copied());
    }

    /** Counts pulls as Docker Hub does; with a reset there are as many again once all were refused. */
    private void countPulls(int limit, Optional<String> reset) {
        AtomicInteger left = new AtomicInteger(limit);
        AtomicInteger refused = new AtomicInteger();
        both.from.withAnswers((request, answer) -> {
            if (!request.getTarget().contains("/manifests/")) {
                return answer;
            }
            if (request.getMethod().equals("GET") && left.decrementAndGet() < 0) {
                return errors(429, "TOOMANYREQUESTS", "You have reached your pull rate limit");
            }
            boolean planned =
                    request.getMethod().equals("HEAD") && request.getTarget().contains("sha256:") && left.get() < 3;
            if (reset.isPresent() && planned && refused.incrementAndGet() > 1) {
                left.set(limit);
            }
            MockResponse.Builder told = answer.newBuilder()
                    .setHeader("ratelimit-limit", limit + ";w=21600")
                    .setHeader("ratelimit-remaining", Math.max(0, left.get()) + ";w=21600");
            reset.ifPresent(seconds -> told.setHeader("ratelimit-reset", seconds));
            return told.build();
        });
    }

    @Test
    void tokensThatExpireAreRenewed() {
        for (int i = 0; i < 4; i++) {
            both.push(TestImage.oci("image " + i), "v" + i);
        }
        BearerGate open = new BearerGate(3, "").guard(both.from);
        SyncReport.Item item = both.run();
        assertEquals(4, item.entries().copied(), item::toString);
        assertTrue(open.tokens() > 2, "tokens were renewed");
        SyncReport.Item again = both.run();
        assertEquals(Outcome.UP_TO_DATE, again.outcome(), again::toString);
    }

    @Test
    void aWrongPasswordAtTheTokenEndpointNamesHostUserAndVariables() {
        both.push(TestImage.oci("one"), "v1");
        new BearerGate(1, "right").guard(both.to);
        SyncReport.Item item = both.run();
        SyncReport.Failure failure = item.failures().get(0);
        assertEquals(FailureKind.ACCESS, failure.kind());
        assertTrue(failure.message().contains("user \"" + LocalRegistry.USER + "\""), failure.message());
        assertTrue(failure.message().contains("SWR_CN_EAST_4_MYHUAWEICLOUD_COM_PASSWORD"), failure.message());
        assertTrue(failure.message().contains("HWCLOUD_EAST_PWD"), failure.message());
        assertFalse(failure.message().contains(LocalRegistry.PASSWORD));
    }

    @Test
    void whatNothingMendsIsSentOnceAndSaysWhatToDo() {
        assertSentOnce(
                asks("POST", "/blobs/uploads/"),
                errors(404, "NAME_UNKNOWN", "repository name not known to registry"),
                FailureKind.NOT_FOUND,
                "make the project");
        assertSentOnce(
                asks("PUT", "/manifests/v2"),
                errors(403, "DENIED", "adding 4.2 MiB will exceed the configured upper limit"),
                FailureKind.NO_SPACE,
                "make room");
        assertSentOnce(asks("PATCH", "/blobs/uploads/"), status(413), FailureKind.INCOMPATIBLE, "raise the limit");
    }

    private void assertSentOnce(
            Predicate<RecordedRequest> which, MockResponse answer, FailureKind kind, String advice) {
        both.push(TestImage.oci(advice), "v2");
        AtomicInteger sent = new AtomicInteger();
        both.to.withFault(request -> {
            if (!which.test(request)) {
                return Optional.empty();
            }
            sent.incrementAndGet();
            return Optional.of(answer);
        });
        SyncReport.Item item = both.run();
        SyncReport.Failure failure = item.failures().get(0);
        assertEquals(kind, failure.kind(), item::toString);
        assertTrue(failure.message().contains(advice), failure.message());
        assertFalse(failure.message().contains("tries"), failure.message());
        assertTrue(sent.get() <= 4, () -> sent + " times"); // one skopeo sends several layers at once
    }

    @Test
    void aLayerThatTheSourceLacksIsNotFoundAtOnce() {
        both.push(TestImage.oci("one"), "v1");
        both.from.withFault(always(asks("GET", "/blobs/"), errors(404, "BLOB_UNKNOWN", "blob unknown to registry")));
        SyncReport.Failure failure = both.run().failures().get(0);
        assertEquals(FailureKind.NOT_FOUND, failure.kind(), failure.message());
        assertFalse(failure.message().contains("tries"), failure.message());
    }

    @Test
    void aManifestThatIsRefusedInOtherWordsIsConverted() {
        both.push(TestImage.oci("one"), "v1");
        both.to.withFault(request -> asks("PUT", "/manifests/").test(request)
                        && String.valueOf(request.getHeaders().get("Content-Type"))
                                .contains("oci")
                ? Optional.of(errors(400, "SVCSTG.SWR.4001000", "Invalid image, fail to parse 'manifest.json'"))
                : Optional.empty());
        assertCopied();
    }

    @Test
    void aWrongPasswordIsShownOnce() {
        for (int i = 0; i < 20; i++) {
            both.push(TestImage.oci("image " + i), "v" + i);
        }
        new BearerGate(1, "right").guard(both.to);
        SyncReport.Item item = both.run();
        assertEquals(20, item.failures().size());
        assertEquals(1, both.to.count("GET", "/token"));
    }

    @Test
    void aPushThatIsUnauthorizedEndsTheWorkOfItsAccount() {
        for (int i = 0; i < 20; i++) {
            both.push(TestImage.oci("image " + i), "v" + i);
        }
        both.option(SkopeoOptions.COPIES_PER_HOST, 2);
        both.to.withFault(always(asks("POST", "/blobs/uploads/"), errors(401, "UNAUTHORIZED", "no")));
        SyncReport.Item item = both.run();
        assertEquals(20, item.failures().size());
        assertEquals(FailureKind.ACCESS, item.failures().get(0).kind());
        assertTrue(
                both.to.count("POST", "/blobs/uploads/") <= 4,
                () -> both.to.requests().toString());
    }

    @Test
    void aCopyThatHangsEndsWithItsTimeAndLeavesNoChild() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        both.option(SkopeoOptions.COPY_TIMEOUT, Duration.ofSeconds(1));
        both.from.withFault(always(asks("GET", "/blobs/"), stalled()));
        SyncReport.Item item = both.run();
        assertEquals(FailureKind.TIMEOUT, item.failures().get(0).kind(), item::toString);
        assertTrue(item.failures().get(0).retryable());
        assertEquals(List.of(), children());
        assertEquals(List.of(), both.leftovers());
    }

    @Test
    void noSecretIsSeenWhileSkopeoRunsAndAnInterruptionLeavesNothingBehind() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        CountDownLatch copying = new CountDownLatch(1);
        both.from.withFault(request -> {
            if (!asks("GET", "/blobs/").test(request)) {
                return Optional.empty();
            }
            copying.countDown();
            return Optional.of(stalled());
        });
        AtomicReference<SyncReport.Item> report = new AtomicReference<>();
        Thread run = new Thread(() -> report.set(both.run()));
        run.start();
        assertTrue(copying.await(30, TimeUnit.SECONDS));

        List<ProcessHandle> children = children();
        assertEquals(1, children.size());
        for (String file : List.of("cmdline", "environ")) {
            String seen = Files.readString(Path.of("/proc", "" + children.get(0).pid(), file));
            assertTrue(seen.contains(file.equals("cmdline") ? "--dest-authfile" : "HOME="), seen);
            secrets().forEach(secret -> assertFalse(seen.contains(secret), file));
        }
        List<Path> holdingSecrets = new ArrayList<>();
        try (Stream<Path> files = Files.walk(both.folder.resolve("tmp"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String content = Files.readString(file);
                if (secrets().stream().anyMatch(content::contains)) {
                    holdingSecrets.add(file);
                }
            }
        }
        assertEquals(1, holdingSecrets.size());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(holdingSecrets.get(0))));
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(holdingSecrets.get(0).getParent())));

        run.interrupt();
        run.join(TimeUnit.SECONDS.toMillis(20));
        assertFalse(run.isAlive());
        assertEquals(FailureKind.INTERRUPTED, report.get().failures().get(0).kind(), report::toString);
        assertEquals(List.of(), children());
        assertEquals(List.of(), both.leftovers());
        both.from.withFault(request -> Optional.empty());
        assertEquals(Outcome.COPIED, both.run().outcome());
        secrets().forEach(secret -> assertFalse(report.get().toString().contains(secret)));
    }

    private void assertCopied() {
        SyncReport.Item item = both.run();
        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertEquals(1, item.entries().copied());
        assertEquals(Outcome.UP_TO_DATE, both.run().outcome());
    }

    private static MockResponse stalled() {
        return new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build();
    }

    /** Skopeo processes of this test: those that use its folder. */
    private List<ProcessHandle> children() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().arguments().stream()
                        .flatMap(Stream::of)
                        .anyMatch(argument ->
                                argument.startsWith(both.folder.resolve("tmp").toString())))
                .toList();
    }

    private static List<String> secrets() {
        String pair = LocalRegistry.USER + ":" + LocalRegistry.PASSWORD;
        return List.of(
                LocalRegistry.PASSWORD, Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }
}
