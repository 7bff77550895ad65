package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ByteRange;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class DetoursTest {
    private static final Map<String, String> TOKEN = Map.of("Authorization", "Bearer secret");

    private final MockWebServer proxy = new MockWebServer();

    @BeforeEach
    void start() throws Exception {
        proxy.start();
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private static Http via(String host, String url) {
        return Http.of(
                RunContext.of(SyncOptions.builder().via(Map.of(host, url)).build()));
    }

    private RecordedRequest taken() throws Exception {
        return Objects.requireNonNull(proxy.takeRequest(5, TimeUnit.SECONDS), "no request arrived");
    }

    @Test
    void whatIsMeantForAHostGoesToItsProxyWithTheHostsNameAndItsSignature() throws Exception {
        Http http = via("transfer.example", proxy.url("/xet/").toString());
        proxy.enqueue(new MockResponse.Builder().body("bytes").build());
        HttpUrl meant = HttpUrl.get("https://Transfer.example/a%2Fb/c?Signature=x%2By&Range=1");

        try (HttpResponse answer = http.send(HttpRequest.get(meant).with(TOKEN))) {
            assertEquals(meant, answer.url());
            assertEquals("bytes", answer.text(100));
        }

        RecordedRequest request = taken();
        assertEquals("/xet/a%2Fb/c?Signature=x%2By&Range=1", request.getTarget());
        assertEquals("transfer.example", request.getHeaders().get("Host"));
        assertEquals("Bearer secret", request.getHeaders().get("Authorization"));
    }

    @Test
    void aPortIsPartOfTheHostsName() throws Exception {
        Http http = via("hub.example", proxy.url("/").toString());
        proxy.enqueue(new MockResponse.Builder().build());

        http.send(HttpRequest.get(HttpUrl.get("http://hub.example:8443/x"))).close();

        assertEquals("hub.example:8443", taken().getHeaders().get("Host"));
    }

    @Test
    void redirectsAreOfTheHostThatIsMeantAndTakeTheirOwnDetour() throws Exception {
        Http http = Http.of(RunContext.of(SyncOptions.builder()
                .via(Map.of(
                        "hub.example", proxy.url("/hub").toString(),
                        "cdn.example", proxy.url("/cdn").toString()))
                .build()));
        byte[] content = {1, 2, 3, 4};
        proxy.enqueue(new MockResponse.Builder()
                .code(307)
                .setHeader("Location", "/moved")
                .build());
        proxy.enqueue(new MockResponse.Builder()
                .code(302)
                .setHeader("Location", "https://cdn.example/f?sig=1")
                .build());
        proxy.enqueue(
                new MockResponse.Builder().body(new Buffer().write(content)).build());

        try (InputStream in = http.openRange(
                HttpRequest.get(HttpUrl.get("https://hub.example/file")).with(TOKEN), 4, new ByteRange(0, 4))) {
            assertArrayEquals(content, in.readAllBytes());
        }

        assertEquals("/hub/file", taken().getTarget());
        RecordedRequest moved = taken();
        assertEquals("/hub/moved", moved.getTarget());
        assertEquals("Bearer secret", moved.getHeaders().get("Authorization"));
        RecordedRequest last = taken();
        assertEquals("/cdn/f?sig=1", last.getTarget());
        assertNull(last.getHeaders().get("Authorization"));
    }

    @Test
    void aTokenDoesNotGoToAProxyOverPlainHttp() {
        Http http = via("hub.example", "http://proxy.example/");

        SyncException e = assertThrows(
                SyncException.class,
                () -> http.send(
                        HttpRequest.get(HttpUrl.get("https://hub.example/x")).with(TOKEN)));

        assertTrue(String.valueOf(e.getMessage()).contains("plain http"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "proxy.example",
                "ftp://proxy.example",
                "https://u:p@proxy.example/",
                "https://p.example/?a=b"
            })
    void whatIsNoAddressIsAnErrorThatDoesNotRepeatIt(String url) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> via("hub.example", url));

        assertTrue(String.valueOf(e.getMessage()).contains("option \"via\": it must name"), e.getMessage());
        assertTrue(url.isEmpty() || !String.valueOf(e.getMessage()).contains("u:p"), e.getMessage());
    }
}
