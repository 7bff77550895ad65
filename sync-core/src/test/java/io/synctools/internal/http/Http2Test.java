package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.synctools.internal.retry.StalledException;
import io.synctools.model.ByteRange;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.HttpUrl;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several requests over one connection, and what must not cost more than the one that it happens to. */
@Timeout(60)
class Http2Test {
    private static final HeldCertificate SERVER =
            new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
    private static final int INTERNAL_ERROR = 2;
    private static final int REFUSED_STREAM = 7;

    @TempDir
    Path folder;

    private final MockWebServer server = new MockWebServer();
    private Http http;

    @BeforeEach
    void start() throws Exception {
        server.useHttps(new HandshakeCertificates.Builder()
                .heldCertificate(SERVER)
                .build()
                .sslSocketFactory());
        server.start();
        http = client(2);
    }

    @AfterEach
    void stop() {
        http.close();
        server.close();
    }

    private Http client(int version) throws IOException {
        Path pem = folder.resolve("ca.pem");
        Files.writeString(pem, SERVER.certificatePem());
        return Http.of(RunContext.of(SyncOptions.builder()
                .http(version)
                .stall(Duration.ofSeconds(1))
                .environment(Map.of("SSL_CERT_FILE", pem.toString()))
                .build()));
    }

    private HttpUrl url(String path) {
        return server.url(path).newBuilder().host("localhost").build();
    }

    private String text(Http by, String path) throws Exception {
        try (HttpResponse answer = by.send(HttpRequest.get(url(path)))) {
            return answer.text(1000);
        }
    }

    private RecordedRequest asked() throws Exception {
        return server.takeRequest(10, TimeUnit.SECONDS);
    }

    private static MockResponse.Builder answer(String body) {
        return new MockResponse.Builder().body(body);
    }

    @Test
    void smallFilesShareOneConnectionAndALargeOneHasItsOwn() throws Exception {
        byte[] large = new byte[3 << 20];
        new Random(1).nextBytes(large);
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return request.getTarget().equals("/large")
                        ? new MockResponse.Builder()
                                .body(new Buffer().write(large))
                                .build()
                        : answer(request.getTarget()).build();
            }
        });
        text(http, "/first");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String path = "/" + i;
                answers.add(threads.submit(() -> text(http, path)));
            }
            for (int i = 0; i < 40; i++) {
                assertEquals("/" + i, answers.get(i).get());
            }
        } finally {
            threads.shutdownNow();
        }
        for (int i = 0; i < 41; i++) {
            RecordedRequest request = asked();
            assertEquals("HTTP/2", request.getVersion());
            assertEquals(0, request.getConnectionIndex());
        }

        try (InputStream in =
                http.openRange(HttpRequest.get(url("/large")), large.length, new ByteRange(0, large.length))) {
            assertArrayEquals(large, in.readAllBytes());
        }
        RecordedRequest request = asked();
        assertEquals("HTTP/1.1", request.getVersion());
        assertNotEquals(0, request.getConnectionIndex());
    }

    @Test
    void canBeSwitchedOff() throws Exception {
        server.enqueue(answer("x").build());
        text(client(1), "/");
        assertEquals("HTTP/1.1", asked().getVersion());
    }

    @Test
    void aStreamThatIsResetCostsNothingElse() throws Exception {
        server.enqueue(answer("x".repeat(200_000))
                .throttleBody(50_000, 50, TimeUnit.MILLISECONDS)
                .build());
        server.enqueue(answer("0123456789")
                .onResponseBody(new SocketEffect.CloseStream(INTERNAL_ERROR))
                .build());
        server.enqueue(new MockResponse.Builder()
                .onRequestStart(new SocketEffect.CloseStream(REFUSED_STREAM))
                .build());
        server.enqueue(answer("last").build());

        try (InputStream underWay = http.openRange(HttpRequest.get(url("/1")), 200_000, new ByteRange(0, 200_000))) {
            assertThrows(IOException.class, () -> {
                try (InputStream in = http.openRange(HttpRequest.get(url("/2")), 10, new ByteRange(0, 10))) {
                    in.readAllBytes();
                }
            });
            assertEquals(200_000, underWay.readAllBytes().length);
        }
        assertThrows(IOException.class, () -> text(http, "/3")); // which the policy tries again
        assertEquals("last", text(http, "/3"));
    }

    @Test
    void afterAGoAwayTheNextRequestGoesOverAnotherConnection() throws Exception {
        server.enqueue(answer("first")
                .onResponseEnd(SocketEffect.ShutdownConnection.INSTANCE)
                .build());
        server.enqueue(answer("second").build());

        assertEquals("first", text(http, "/1"));
        assertEquals("second", text(http, "/2"));
    }

    @Test
    void aSilentStreamEndsAloneAndInTime() throws Exception {
        server.enqueue(answer("first").build());
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        server.enqueue(answer("third").build());

        assertEquals("first", text(http, "/1"));
        assertThrows(StalledException.class, () -> text(http, "/2"));
        assertEquals("third", text(http, "/3"));
        for (int i = 0; i < 3; i++) {
            assertEquals(0, asked().getConnectionIndex());
        }
    }

    @Test
    void aBodyThatEndsBeforeItsLengthIsNotTakenForWhole() throws Exception {
        server.enqueue(answer("0123456789").setHeader("Content-Length", 20).build());
        assertThrows(IOException.class, () -> {
            try (InputStream in = http.openRange(HttpRequest.get(url("/f")), 20, new ByteRange(0, 20))) {
                in.readAllBytes();
            }
        });
    }
}
