package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.retry.RetryPolicy;
import io.synctools.internal.retry.StalledException;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.testing.ManualTime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.HttpUrl;
import okhttp3.RequestBody;
import okio.Buffer;
import okio.GzipSink;
import okio.Okio;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HttpTest {
    private static final Duration STALL = Duration.ofSeconds(30);
    private static final Map<String, String> TOKEN = Map.of("Authorization", "Bearer secret-token");

    private final MockWebServer server = new MockWebServer();
    private final MockWebServer other = new MockWebServer();
    private final ManualTime time = new ManualTime();
    private final Http http = client(STALL, time);

    static Http client(Duration stall, TimeSource time) {
        ProxyRules none = ProxyRules.of(RunContext.of(SyncOptions.DEFAULTS));
        RetryPolicy policy = new RetryPolicy(5, Duration.ofMinutes(2));
        return new Http(
                new HttpOptions(
                        4,
                        stall,
                        policy,
                        none,
                        Optional.empty(),
                        Detours.NONE,
                        java.util.List.of(),
                        true,
                        java.util.Set.of()),
                time);
    }

    @BeforeEach
    void start() throws Exception {
        server.start();
        other.start();
    }

    @AfterEach
    void stop() {
        server.close();
        other.close();
    }

    private RecordedRequest taken(MockWebServer from) throws Exception {
        RecordedRequest request = from.takeRequest(5, TimeUnit.SECONDS);
        assertTrue(request != null, "no request arrived");
        return request;
    }

    private static MockResponse status(int code) {
        return new MockResponse.Builder().code(code).build();
    }

    private static MockResponse redirect(int code, HttpUrl to) {
        return new MockResponse.Builder().code(code).setHeader("Location", to).build();
    }

    // ---- answers

    @Test
    void returnsAnAnswerWithHeadersAndBody() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .addHeader("X-Repo-Commit", "abc")
                .addHeader("Link", "</a>")
                .addHeader("Link", "</b>")
                .body("hello")
                .build());

        try (HttpResponse answer =
                http.send(HttpRequest.get(server.url("/x?q=1")).with("Accept", "application/json"))) {
            assertTrue(answer.ok());
            assertEquals(Optional.of("abc"), answer.header("x-repo-commit"));
            assertEquals(List.of("</a>", "</b>"), answer.headers("link"));
            assertEquals(server.url("/x?q=1"), answer.url());
            assertEquals("hell", answer.text(4));
        }
        RecordedRequest request = taken(server);
        assertEquals("identity", request.getHeaders().get("Accept-Encoding"));
        assertEquals("application/json", request.getHeaders().get("Accept"));
        assertTrue(request.getHeaders().get("User-Agent").startsWith("sync-tools/"));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 304, 400, 401, 403, 404, 410, 416})
    void returnsEveryStatusThatIsTheCallersBusiness(int code) throws Exception {
        server.enqueue(status(code));

        try (HttpResponse answer = http.send(HttpRequest.get(server.url("/")))) {
            assertEquals(code, answer.status());
        }
    }

    @Test
    void unpacksABodyThatIsCompressedAlthoughNobodyAsked() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .setHeader("Content-Encoding", "gzip")
                .body(gzip("{\"a\":1}"))
                .build());

        try (HttpResponse answer = http.send(HttpRequest.get(server.url("/")))) {
            assertEquals("{\"a\":1}", answer.text(1000));
        }
    }

    @Test
    void refusesABodyInAnEncodingThatItDoesNotKnow() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .setHeader("Content-Encoding", "br")
                .body("xyz")
                .build());

        try (HttpResponse answer = http.send(HttpRequest.get(server.url("/")))) {
            IOException e = assertThrows(IOException.class, () -> answer.text(1000));
            assertTrue(e.getMessage().contains("\"br\""), e.getMessage());
        }
    }

    @Test
    void throwsWhereABodyIsCutShort() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .body("0123456789".repeat(100_000))
                .onResponseBody(new SocketEffect.CloseSocket())
                .build());

        try (HttpResponse answer = http.send(HttpRequest.get(server.url("/list?sig=geheim")))) {
            IOException e = assertThrows(IOException.class, () -> answer.body().readAllBytes());
            assertTrue(e.getMessage().contains(server.url("/list").toString()), e.getMessage());
            assertFalse(e.getMessage().contains("geheim"), e.getMessage());
        }
    }

    @Test
    void usesOneConnectionForManyRequests() throws Exception {
        for (int i = 0; i < 3; i++) {
            server.enqueue(
                    new MockResponse.Builder().chunkedBody("page " + i, 3).build());
        }

        for (int i = 0; i < 3; i++) {
            try (HttpResponse answer = http.send(HttpRequest.get(server.url("/")))) {
                assertEquals("page " + i, answer.text(6));
            }
        }
        for (int i = 0; i < 3; i++) {
            assertEquals(0, taken(server).getConnectionIndex());
        }
    }

    @Test
    void givesAConnectionUpWhoseLongBodyNobodyReads() throws Exception {
        server.enqueue(new MockResponse.Builder().body("x".repeat(10_000_000)).build());
        server.enqueue(new MockResponse.Builder().body("short").build());

        http.send(HttpRequest.get(server.url("/"))).close();
        try (HttpResponse answer = http.send(HttpRequest.get(server.url("/")))) {
            assertEquals("short", answer.text(10));
        }
        taken(server);
        assertEquals(1, taken(server).getConnectionIndex());
    }

    @Test
    void asksAgainByItselfOnlyWhereTheServerHadClosedAnIdleConnection() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .body("one")
                .onResponseEnd(new SocketEffect.CloseSocket())
                .build());
        server.enqueue(new MockResponse.Builder().body("two").build());
        http.send(HttpRequest.get(server.url("/"))).close();

        try (HttpResponse answer = http.send(HttpRequest.get(server.url("/")))) {
            assertEquals("two", answer.text(10));
        }

        server.enqueue(new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseSocket())
                .build());
        Http fresh = client(STALL, time);
        assertThrows(IOException.class, () -> fresh.send(HttpRequest.get(server.url("/"))));
        assertEquals(3, server.getRequestCount());
    }

    // ---- redirects and credentials

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void followsRedirectsAndKeepsHeaders(int code) throws Exception {
        server.enqueue(redirect(code, other.url("/there?sig=1")));
        other.enqueue(new MockResponse.Builder().body("there").build());

        try (HttpResponse answer =
                http.send(HttpRequest.get(server.url("/here")).with("Range", "bytes=0-4"))) {
            assertEquals("there", answer.text(10));
            assertEquals(other.url("/there?sig=1"), answer.url());
        }
        assertEquals("bytes=0-4", taken(other).getHeaders().get("Range"));
    }

    @Test
    void leavesRedirectsToTheCallerWhereAsked() throws Exception {
        server.enqueue(redirect(302, other.url("/there")));

        try (HttpResponse answer = http.send(HttpRequest.head(server.url("/here")))) {
            assertEquals(302, answer.status());
        }
        assertEquals(0, other.getRequestCount());
    }

    @Test
    void sendsCredentialsToTheirOwnOriginOnlyAndNeverAgainAfterLeavingIt() throws Exception {
        server.enqueue(redirect(302, server.url("/renamed")));
        server.enqueue(redirect(302, other.url("/cdn")));
        other.enqueue(redirect(302, server.url("/back")));
        server.enqueue(new MockResponse.Builder().body("done").build());

        try (HttpResponse answer =
                http.send(HttpRequest.get(server.url("/here")).with(TOKEN))) {
            assertEquals("done", answer.text(10));
        }
        assertEquals("Bearer secret-token", taken(server).getHeaders().get("Authorization"));
        assertEquals("Bearer secret-token", taken(server).getHeaders().get("Authorization"));
        assertNull(taken(other).getHeaders().get("Authorization"));
        assertNull(taken(server).getHeaders().get("Authorization"));
    }

    @Test
    void givesUpOnRedirectsInACircle() throws Exception {
        for (int i = 0; i < 11; i++) {
            server.enqueue(redirect(302, server.url("/round")));
        }

        assertThrows(IOException.class, () -> http.send(HttpRequest.get(server.url("/round"))));
        assertEquals(11, server.getRequestCount());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ftp://host/x", "file:///etc/passwd", "http://", "http://a b/"})
    void refusesARedirectToNowhere(String location) {
        server.enqueue(new MockResponse.Builder()
                .code(302)
                .setHeader("Location", location)
                .build());
        server.enqueue(status(302));
        // An empty location means the same address; then the redirect without any follows.
        assertThrows(IOException.class, () -> http.send(HttpRequest.get(server.url("/"))));
    }

    @Test
    void turnsAPostIntoAGetWhereTheServerSaysSeeOther() throws Exception {
        server.enqueue(redirect(303, server.url("/result")));
        server.enqueue(new MockResponse.Builder().body("ok").build());
        HttpRequest post =
                new HttpRequest("POST", server.url("/"), Map.of(), Map.of(), true, RequestBody.create(new byte[] {1}));

        http.send(post).close();

        assertEquals("POST", taken(server).getMethod());
        assertEquals("GET", taken(server).getMethod());
    }

    @Test
    void refusesToSendATokenOverPlainHttpToAnotherMachine() {
        SyncException e = assertThrows(
                SyncException.class,
                () -> http.send(HttpRequest.get(HttpUrl.get("http://hub.example.com/x?y=z"))
                        .with(TOKEN)));

        assertEquals(FailureKind.ACCESS, e.kind());
        assertTrue(e.getMessage().contains("hub.example.com"), e.getMessage());
        assertFalse(e.getMessage().contains("secret-token"), e.getMessage());
    }

    // ---- asking for a pause

    @ParameterizedTest
    @CsvSource({
        "408,UNAVAILABLE",
        "418,RATE_LIMITED",
        "429,RATE_LIMITED",
        "500,UNAVAILABLE",
        "502,UNAVAILABLE",
        "503,UNAVAILABLE",
        "504,UNAVAILABLE",
        "599,UNAVAILABLE"
    })
    void turnsOverloadIntoAnExceptionThatIsTriedAgain(int code, FailureKind kind) {
        // OkHttp itself asks once more after a 408.
        server.enqueue(status(code));
        server.enqueue(status(code));

        RetryLaterException e =
                assertThrows(RetryLaterException.class, () -> http.send(HttpRequest.get(server.url("/p?sig=geheim"))));

        assertEquals(kind, e.kind());
        assertEquals(Optional.empty(), e.pause());
        assertTrue(e.getMessage().contains(String.valueOf(code)), e.getMessage());
        assertTrue(e.getMessage().contains(server.url("/p").toString()), e.getMessage());
        assertFalse(e.getMessage().contains("geheim"), e.getMessage());
    }

    @Test
    void holdsEveryRequestToAHostBackForAsLongAsItAsks() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(429)
                .setHeader("Retry-After", "7")
                .build());
        server.enqueue(new MockResponse.Builder().body("a").build());
        other.enqueue(new MockResponse.Builder().body("b").build());

        RetryLaterException e =
                assertThrows(RetryLaterException.class, () -> http.send(HttpRequest.get(server.url("/1"))));
        assertEquals(Optional.of(Duration.ofSeconds(7)), e.pause());
        http.send(HttpRequest.get(other.url("/"))).close();
        assertEquals(List.of(), time.sleeps(), "another host is not concerned");
        CompletableFuture.runAsync(() -> {
                    try {
                        http.send(HttpRequest.get(server.url("/2"))).close();
                    } catch (IOException | InterruptedException failure) {
                        throw new IllegalStateException(failure);
                    }
                })
                .get(10, TimeUnit.SECONDS);
        assertEquals(List.of(Duration.ofSeconds(7)), time.sleeps());
    }

    @Test
    void waitsNeverLongerThanAMinuteHoweverLongAHostAsks() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(503)
                .setHeader("Retry-After", "86400")
                .build());
        server.enqueue(new MockResponse.Builder().body("a").build());

        assertThrows(RetryLaterException.class, () -> http.send(HttpRequest.get(server.url("/"))));
        http.send(HttpRequest.get(server.url("/"))).close();

        assertEquals(List.of(Duration.ofSeconds(60)), time.sleeps());
    }

    @Test
    void readsRateLimitHeaders() {
        server.enqueue(new MockResponse.Builder()
                .code(429)
                .setHeader("RateLimit", "\"api\";r=0;t=12")
                .build());

        RetryLaterException e =
                assertThrows(RetryLaterException.class, () -> http.send(HttpRequest.get(server.url("/"))));

        assertEquals(Optional.of(Duration.ofSeconds(12)), e.pause());
    }

    @Test
    void doesNotHoldAHostBackForAnErrorOfOneAddress() throws Exception {
        server.enqueue(status(500));
        server.enqueue(new MockResponse.Builder().body("a").build());

        assertThrows(RetryLaterException.class, () -> http.send(HttpRequest.get(server.url("/broken"))));
        http.send(HttpRequest.get(server.url("/fine"))).close();

        assertEquals(List.of(), time.sleeps());
    }

    // ---- silence and interruption

    @Test
    void endsACallThatGetsNoAnswer() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());

        try (Clockwork ignored = new Clockwork()) {
            StalledException e = assertThrows(
                    StalledException.class, () -> http.send(HttpRequest.get(server.url("/slow?sig=geheim"))));
            assertFalse(e.answered());
            assertTrue(e.getMessage().contains(server.url("/slow") + ": no byte for 30 s"), e.getMessage());
        }
    }

    @Test
    void endsABodyThatFallsSilent() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .body("0123456789".repeat(1_000_000))
                .onResponseBody(SocketEffect.Stall.INSTANCE)
                .build());

        try (HttpResponse answer = http.send(HttpRequest.get(server.url("/")));
                Clockwork ignored = new Clockwork()) {
            StalledException e =
                    assertThrows(StalledException.class, () -> answer.body().readAllBytes());
            assertTrue(e.answered());
        }
    }

    @Test
    void endsARequestWhoseThreadIsInterrupted() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        interruptAfterRequest();

        assertThrows(InterruptedException.class, () -> http.send(HttpRequest.get(server.url("/"))));
        assertFalse(Thread.interrupted(), "the exception stands for the flag");
    }

    @Test
    void endsABodyWhoseThreadIsInterruptedAndKeepsTheFlag() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .body("0123456789".repeat(1_000_000))
                .onResponseBody(SocketEffect.Stall.INSTANCE)
                .build());

        try (HttpResponse answer = http.send(HttpRequest.get(server.url("/")))) {
            interruptAfterRequest();
            IOException e = assertThrows(IOException.class, () -> answer.body().readAllBytes());
            assertInstanceOf(InterruptedIOException.class, e);
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void doesNotAskAtAllOnAnInterruptedThread() {
        Thread.currentThread().interrupt();

        assertThrows(InterruptedException.class, () -> http.send(HttpRequest.get(server.url("/"))));
        assertEquals(0, server.getRequestCount());
    }

    @Test
    void stopsWaitingForAHostWhenInterrupted() {
        server.enqueue(new MockResponse.Builder()
                .code(429)
                .setHeader("Retry-After", "7")
                .build());
        assertThrows(RetryLaterException.class, () -> http.send(HttpRequest.get(server.url("/"))));

        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> http.send(HttpRequest.get(server.url("/"))));
        assertEquals(1, server.getRequestCount());
    }

    // ---- counting

    @Test
    void countsEveryRequestAndRedirectForTheItemThatThisThreadWorksFor() throws Exception {
        server.enqueue(redirect(302, other.url("/there")));
        other.enqueue(status(404));
        ItemMeter meter = new ItemMeter();

        try (ItemMeter.Scope ignored = meter.bind()) {
            http.send(HttpRequest.get(server.url("/"))).close();
        }

        assertEquals(2, meter.requests());
    }

    @Test
    void sharesOneClientAmongThePlatformsOfARun() {
        RunContext context = RunContext.of(SyncOptions.builder()
                .connections(3)
                .stall(Duration.ofSeconds(5))
                .build());

        assertEquals(Http.of(context), Http.of(context));
    }

    private void interruptAfterRequest() {
        Thread caller = Thread.currentThread();
        CompletableFuture<Void> unused = CompletableFuture.runAsync(() -> {
            try {
                taken(server);
                caller.interrupt();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertFalse(unused.isCompletedExceptionally());
    }

    static Buffer gzip(String text) throws IOException {
        Buffer packed = new Buffer();
        try (var sink = Okio.buffer(new GzipSink(packed))) {
            sink.writeUtf8(text);
        }
        return packed;
    }

    /** Lets time run fast while a call waits. */
    private final class Clockwork implements AutoCloseable {
        private final Thread thread = new Thread(() -> {
            while (!Thread.interrupted()) {
                time.pass(Duration.ofSeconds(1));
                LockSupport.parkNanos(1_000_000);
            }
        });

        Clockwork() {
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }
}
