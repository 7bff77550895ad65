package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.retry.Failures;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections as a program wants them. */
@Timeout(60)
class GivenHttpTest {
    private static final HeldCertificate AUTHORITY =
            new HeldCertificate.Builder().certificateAuthority(0).build();

    private final MockWebServer server = new MockWebServer();

    @BeforeEach
    void start() throws Exception {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Http http(GivenHttp given, Map<String, String> environment) {
        RunContext context = RunContext.of(SyncOptions.builder()
                .environment(environment)
                .plainHttp(java.util.Set.of("plain.example"))
                .build());
        context.shared(GivenHttp.class, s -> given);
        return Http.of(context);
    }

    private static GivenHttp told(HostHeaders headers) {
        return new GivenHttp(Optional.empty(), Optional.empty(), headers);
    }

    private static GivenHttp through(ProxySelector proxies) {
        return new GivenHttp(Optional.empty(), Optional.of(proxies), HostHeaders.NONE);
    }

    private static GivenHttp trusting(HeldCertificate authority) {
        SSLContext context = new HandshakeCertificates.Builder()
                .addTrustedCertificate(authority.certificate())
                .build()
                .sslContext();
        return new GivenHttp(Optional.of(context), Optional.empty(), HostHeaders.NONE);
    }

    private static MockWebServer secure(String name) throws IOException {
        MockWebServer secure = new MockWebServer();
        HeldCertificate own = new HeldCertificate.Builder()
                .addSubjectAlternativeName(name)
                .signedBy(AUTHORITY)
                .build();
        secure.useHttps(
                new HandshakeCertificates.Builder().heldCertificate(own).build().sslSocketFactory());
        secure.enqueue(new MockResponse.Builder().body("well").build());
        secure.start();
        return secure;
    }

    private static HttpUrl localhost(MockWebServer secure) {
        return secure.url("/").newBuilder().host("localhost").build();
    }

    @Test
    void aContextOfTheProgramDecidesWhomToTrust() throws Exception {
        try (MockWebServer secure = secure("localhost")) {
            try (HttpResponse answer = http(trusting(AUTHORITY), Map.of("SSL_CERT_FILE", "/no/such/file"))
                    .send(HttpRequest.get(localhost(secure)))) {
                assertEquals("well", answer.text(10));
            }
        }
        HeldCertificate another =
                new HeldCertificate.Builder().certificateAuthority(0).build();
        try (MockWebServer secure = secure("localhost")) {
            assertThrows(IOException.class, () -> http(trusting(another), Map.of())
                    .send(HttpRequest.get(localhost(secure))));
        }
    }

    @Test
    void aContextOfTheProgramDoesNotMakeACertificateOfAnotherHostGood() throws Exception {
        try (MockWebServer secure = secure("elsewhere.example")) {
            IOException e = assertThrows(IOException.class, () -> http(trusting(AUTHORITY), Map.of())
                    .send(HttpRequest.get(localhost(secure))));
            assertTrue(e.getCause() instanceof javax.net.ssl.SSLPeerUnverifiedException, e.toString());
        }
    }

    @Test
    void aSelectorOfTheProgramStandsInPlaceOfTheEnvironments() throws Exception {
        server.enqueue(new MockResponse.Builder().body("through").build());
        ProxySelector selector = ProxySelector.of(new InetSocketAddress("127.0.0.1", server.getPort()));

        try (HttpResponse answer = http(through(selector), Map.of("http_proxy", "http://user:geheim@127.0.0.1:1"))
                .send(HttpRequest.get(HttpUrl.get("http://hub.example/x")))) {
            assertEquals("through", answer.text(100));
        }
        RecordedRequest request = server.takeRequest();
        assertEquals("hub.example", request.getUrl().host());
        assertEquals(null, request.getHeaders().get("Proxy-Authorization"), "that of another proxy");
    }

    @Test
    void aProxyThatCannotBeReachedIsToldToTheProgram() throws Exception {
        int nobody = server.getPort();
        server.close();
        boolean[] told = new boolean[1];
        Proxy proxy = new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("127.0.0.1", nobody));
        ProxySelector selector = new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                return List.of(proxy);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {
                told[0] = true;
            }
        };

        IOException e = assertThrows(IOException.class, () -> http(through(selector), Map.of())
                .send(HttpRequest.get(HttpUrl.get("http://hub.example/x"))));

        assertTrue(Failures.message(e).contains("the proxy 127.0.0.1"), Failures.message(e));
        assertTrue(e.getMessage().contains("ProxySelector"), e.getMessage());
        assertTrue(told[0]);
    }

    @Test
    void headersAreToldToTheirHostAtAnyPortOrAtOne() {
        HostHeaders headers = HostHeaders.NONE
                .with("hub.example.com", "X-A", "host")
                .with("HUB.example.com:8443", "x-a", "port")
                .with("[::1]:80", "X-B", "six");

        assertEquals("host", headers.of(HttpUrl.get("https://hub.example.com/")).get("X-A"));
        assertEquals(
                "host", headers.of(HttpUrl.get("http://hub.example.com:81/")).get("X-A"));
        assertEquals(
                Map.of("X-A", "port"),
                Map.copyOf(headers.of(HttpUrl.get("https://hub.example.com:8443/"))),
                "one header of a name");
        assertEquals(Map.of("X-B", "six"), Map.copyOf(headers.of(HttpUrl.get("http://[::1]/"))));
        assertEquals(Map.of(), headers.of(HttpUrl.get("http://[::1]:81/")));
        for (String other : List.of("example.com", "a.hub.example.com", "hub.example.com.evil.org")) {
            assertEquals(Map.of(), headers.of(HttpUrl.get("https://" + other + "/")), other);
        }
        assertEquals("HostHeaders[[::1]:80, hub.example.com, hub.example.com:8443]", headers.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "https://hub.example.com", "hub.example.com/x", "user@hub.example.com", "a b", "h:99999", "*"
            })
    void whatIsNoHostIsRefused(String host) {
        assertThrows(IllegalArgumentException.class, () -> HostHeaders.NONE.with(host, "X-A", "b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Range", "host", "Content-Length", "accept-encoding", "Transfer-Encoding", "X A", "X:A", ""})
    void whatFramesRequestsOrIsNoHeaderIsRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> HostHeaders.NONE.with("hub.example.com", name, "b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"geheim\r\nX-B: c", "geheim\0", "gehéim", ""})
    void aValueThatIsNoLineIsRefusedAndNotRepeated(String value) {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> HostHeaders.NONE.with("hub.example.com", "X-A", value));
        assertFalse(e.getMessage().contains("geh"), e.getMessage());
    }

    @Test
    void aHeaderDoesNotTravelInTheClearToAnotherMachineUnlessThatIsNamed() throws Exception {
        HostHeaders headers =
                HostHeaders.NONE.with("hub.example", "X-A", "geheim").with("plain.example", "X-A", "geheim");
        SyncException e = assertThrows(SyncException.class, () -> http(told(headers), Map.of())
                .send(HttpRequest.get(HttpUrl.get("http://hub.example/x"))));
        assertEquals(FailureKind.ACCESS, e.kind());
        assertTrue(e.getMessage().contains("plain-http"), e.getMessage());
        assertFalse(e.getMessage().contains("geheim"), e.getMessage());

        server.enqueue(new MockResponse.Builder().build());
        ProxySelector selector = ProxySelector.of(new InetSocketAddress("127.0.0.1", server.getPort()));
        GivenHttp given = new GivenHttp(Optional.empty(), Optional.of(selector), headers);
        http(given, Map.of())
                .send(HttpRequest.get(HttpUrl.get("http://plain.example/x")))
                .close();
        assertEquals("geheim", server.takeRequest().getHeaders().get("X-A"));
    }

    @Test
    void aSecretThatIsSentIsNotInThePathThatIsHeard() {
        HttpRequest ask = HttpRequest.get(HttpUrl.get("https://hub.example.com/a/hf_secretsecret/b?token=x"));
        assertEquals("/a/***/b", ask.path(List.of("Bearer hf_secretsecret")));
    }
}
