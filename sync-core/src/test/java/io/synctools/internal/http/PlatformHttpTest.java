package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ByteRange;
import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.spi.RunHttp.Request;
import io.synctools.spi.RunHttp.Response;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a run gives to the platforms of third parties: HTTP, the meter, threads. */
@Timeout(60)
class PlatformHttpTest {
    private final MockWebServer server = new MockWebServer();
    private final MockWebServer other = new MockWebServer();
    private final RunContext context =
            RunContext.of(SyncOptions.builder().jobs(4).build());
    private final ItemMeter meter = new ItemMeter();
    private ItemMeter.Scope scope = () -> {};

    @BeforeEach
    void start() throws Exception {
        server.start();
        other.start();
        scope = meter.bind();
    }

    @AfterEach
    void stop() {
        scope.close();
        context.close();
        server.close();
        other.close();
    }

    private URI address(MockWebServer of, String path) {
        return of.url(path).uri();
    }

    @Test
    void aRequestIsSentCountedAndItsHostNamedAndASecretStaysAtItsOrigin() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(307)
                .setHeader("Location", other.url("/there?sig=geheim"))
                .build());
        other.enqueue(new MockResponse.Builder().body("well").build());
        Request request = Request.post(
                        address(server, "/x?q=geheim"), "text/plain", "hello".getBytes(StandardCharsets.UTF_8))
                .with("X-Plain", "1")
                .withSecret("Authorization", "Bearer geheim");

        try (Response answer = context.http().send(request)) {
            assertTrue(answer.ok());
            assertEquals("well", answer.text(100));
            assertEquals(address(other, "/there?sig=geheim"), answer.address());
        }

        RecordedRequest first = server.takeRequest();
        RecordedRequest second = other.takeRequest();
        assertEquals("POST", first.getMethod());
        assertEquals("hello", first.getBody().utf8());
        assertEquals("Bearer geheim", first.getHeaders().get("Authorization"));
        assertEquals("1", second.getHeaders().get("X-Plain"));
        assertEquals(null, second.getHeaders().get("Authorization"));
        assertEquals(2, meter.requests());
        assertEquals(
                "127.0.0.1:" + server.getPort() + ", 127.0.0.1:" + other.getPort(),
                meter.host().replace("localhost", "127.0.0.1"));
        assertFalse(request.toString().contains("geheim"), request.toString());
    }

    @Test
    void whatWillNotMendIsASyncExceptionAndWhatMayIsNot() {
        server.enqueue(new MockResponse.Builder().code(404).build());
        server.enqueue(new MockResponse.Builder().code(403).build());
        server.enqueue(new MockResponse.Builder().code(400).build());
        server.enqueue(new MockResponse.Builder().code(503).build());
        ByteRange range = new ByteRange(0, 3);
        Request request = Request.get(address(server, "/f"));

        assertEquals(FailureKind.NOT_FOUND, refused(request, range).kind());
        assertEquals(FailureKind.ACCESS, refused(request, range).kind());
        assertThrows(StatusException.class, () -> context.http().openRange(request, 3, range));
        assertThrows(RetryLaterException.class, () -> context.http().send(request));
        assertThrows(IllegalArgumentException.class, () -> context.http()
                .send(Request.get(URI.create("ftp://hub.example/x"))));
    }

    private SyncException refused(Request request, ByteRange range) {
        return assertThrows(SyncException.class, () -> context.http().openRange(request, 3, range));
    }

    @Test
    void workIsDoneOnThreadsOfTheRunAndCountedForWhoAsked() throws Exception {
        CyclicBarrier together = new CyclicBarrier(3);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        context.each(List.of(1, 2, 3), number -> {
            threads.add(Thread.currentThread());
            context.meter().request();
            try {
                together.await(20, TimeUnit.SECONDS); // all three are at work at once
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
        assertEquals(3, threads.size());
        assertTrue(threads.contains(Thread.currentThread()));
        assertEquals(3, meter.requests());
    }

    @Test
    void theFirstFailureIsThrownAndNothingMoreIsBegun() {
        Set<Integer> begun = ConcurrentHashMap.newKeySet();
        List<Integer> many = java.util.stream.IntStream.range(0, 10_000).boxed().toList();
        IOException e = assertThrows(
                IOException.class,
                () -> context.each(many, number -> {
                    begun.add(number);
                    throw new IOException("no");
                }));
        assertEquals("no", e.getMessage());
        assertTrue(begun.size() <= 4, begun.toString());
    }
}
