package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.synctools.internal.retry.StalledException;
import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.testing.ManualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointsTest {
    private final Endpoints endpoints =
            Endpoints.parse("HF_ENDPOINT", "https://one.example, https://two.example:8443/hub/ ,http://three.example");
    private final List<String> asked = new ArrayList<>();

    private String ask(String working, IOException failure) throws Exception {
        return endpoints.ask(base -> {
            asked.add(base.host());
            if (!base.host().startsWith(working)) {
                throw failure;
            }
            return base.toString();
        });
    }

    @Test
    void readsSeveralAddresses() {
        assertEquals(
                List.of(
                        HttpUrl.get("https://one.example/"),
                        HttpUrl.get("https://two.example:8443/hub/"),
                        HttpUrl.get("http://three.example/")),
                endpoints.all());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " , ", "hub.example.com", "ftp://x", "https://u:geheim@", "https://hub.example.com/?a=b"})
    void refusesWhatIsNoAddressAndDoesNotRepeatIt(String text) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Endpoints.parse("HF_ENDPOINT", text));
        assertFalse(e.getMessage().contains("geheim"));
    }

    static Stream<IOException> signsOfDeath() {
        return Stream.of(
                new ConnectException("refused"),
                new UnknownHostException("one.example"),
                new SocketException("Connection reset"),
                new IOException("wrapped", new ConnectException("refused")),
                new SSLHandshakeException("expired"),
                new StalledException("silent", false),
                new RetryLaterException(FailureKind.UNAVAILABLE, "503", Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("signsOfDeath")
    void goesOnToTheNextAddressAndStaysThere(IOException death) throws Exception {
        ItemMeter meter = new ItemMeter();
        try (ItemMeter.Scope ignored = meter.bind()) {
            assertEquals("https://two.example:8443/hub/", ask("two", death));
            assertEquals("two.example:8443", meter.host());
            ask("two", death);
        }

        assertEquals(List.of("one.example", "two.example", "two.example"), asked);
        assertEquals("two.example", endpoints.current().host());
    }

    @Test
    void comesBackToTheFirstWhenTheLastDies() throws Exception {
        ask("three", new ConnectException());
        ask("one", new ConnectException());

        assertEquals(List.of("one.example", "two.example", "three.example", "three.example", "one.example"), asked);
    }

    @Test
    void throwsWhenAllAreDown() {
        assertThrows(ConnectException.class, () -> ask("none", new ConnectException()));
        assertEquals(3, asked.size());
        assertEquals("one.example", endpoints.current().host());
    }

    @Test
    void doesNotFleeFromARateLimitOrARefusal() {
        assertThrows(
                RetryLaterException.class,
                () -> ask("two", new RetryLaterException(FailureKind.RATE_LIMITED, "429", Optional.empty())));
        assertThrows(StalledException.class, () -> ask("two", new StalledException("in the body", true)));
        assertThrows(
                SyncException.class,
                () -> endpoints.ask(base -> {
                    asked.add(base.host());
                    throw new SyncException(FailureKind.ACCESS, "no");
                }));

        assertEquals(List.of("one.example", "one.example", "one.example"), asked);
    }

    @Test
    void printsAPortOnlyWhereItIsNotTheUsualOne() {
        assertEquals("hub", Endpoints.authority(HttpUrl.get("https://hub:443/x")));
        assertEquals("hub:443", Endpoints.authority(HttpUrl.get("http://hub:443/x")));
        assertEquals("[::1]:81", Endpoints.authority(HttpUrl.get("http://[::1]:81/")));
    }

    @Test
    void survivesADeadPortAndABrokenServer() throws Exception {
        Http http = HttpTest.client(Duration.ofSeconds(30), new ManualTime());
        HttpUrl deadUrl;
        try (MockWebServer dead = new MockWebServer()) {
            dead.start();
            deadUrl = dead.url("/");
        }
        try (MockWebServer broken = new MockWebServer();
                MockWebServer alive = new MockWebServer()) {
            broken.start();
            alive.start();
            broken.enqueue(new MockResponse.Builder().code(502).build());
            alive.enqueue(new MockResponse.Builder().body("alive").build());
            Endpoints three = new Endpoints(List.of(deadUrl, broken.url("/"), alive.url("/")));

            String text = three.ask(base -> {
                try (HttpResponse answer = http.send(HttpRequest.get(base))) {
                    return answer.text(10);
                }
            });

            assertEquals("alive", text);
        }
    }
}
