package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.synctools.internal.retry.RetryPolicy;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.ByteRange;
import io.synctools.spi.Settings;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpTest {
    private final MockWebServer server = new MockWebServer();
    private final Http http = client(Duration.ofSeconds(30), TimeSource.SYSTEM);

    static Http client(Duration stall, TimeSource time) {
        ProxyRules none = ProxyRules.of(Settings.of(Map.of()));
        RetryPolicy policy = new RetryPolicy(5, Duration.ofMinutes(2));
        return new Http(new HttpOptions(4, stall, policy, none, Optional.empty()), time);
    }

    @BeforeEach
    void start() throws Exception {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void returnsAnAnswerWithItsBody() throws Exception {
        server.enqueue(new MockResponse.Builder().body("hello").build());

        try (Answer answer = http.send(Ask.get(server.url("/x")))) {
            assertEquals(200, answer.status());
            assertEquals("hello", answer.text(100));
        }
        assertEquals("identity", server.takeRequest().getHeaders().get("Accept-Encoding"));
    }

    @Test
    void opensARange() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(206)
                .setHeader("Content-Range", "bytes 2-4/10")
                .body("cde")
                .build());

        try (InputStream in = http.openRange(Ask.get(server.url("/f")), 10, new ByteRange(2, 3))) {
            assertEquals("cde", new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        }
        assertEquals("bytes=2-4", server.takeRequest().getHeaders().get("Range"));
    }

    @Test
    void throwsWhereARangeEndsEarly() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(206)
                .setHeader("Content-Range", "bytes 2-3/10")
                .body("cd")
                .build());

        try (InputStream in = http.openRange(Ask.get(server.url("/f")), 10, new ByteRange(2, 3))) {
            assertThrows(java.io.EOFException.class, in::readAllBytes);
        }
    }
}
