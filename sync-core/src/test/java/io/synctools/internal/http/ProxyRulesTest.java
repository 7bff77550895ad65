package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.retry.RetryPolicy;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.testing.ManualTime;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyRulesTest {
    private static final Map<String, String> BOTH =
            Map.of("HTTP_PROXY", "http://plain.example:3128", "https_proxy", "secure.example:8080");

    private static String proxyFor(Map<String, String> environment, String uri) {
        Proxy proxy = ProxyRules.of(RunContext.of(
                        SyncOptions.builder().environment(environment).build()))
                .select(URI.create(uri))
                .get(0);
        return proxy.type() == Proxy.Type.DIRECT
                ? "direct"
                : ((InetSocketAddress) proxy.address()).getHostString() + ":"
                        + ((InetSocketAddress) proxy.address()).getPort();
    }

    @ParameterizedTest
    @CsvSource({
        "http://hub.example/, plain.example:3128",
        "https://hub.example/, secure.example:8080",
        "http://localhost:5000/, direct",
        "http://127.0.0.1:5000/, direct",
        "http://[::1]:5000/, direct"
    })
    void choosesTheProxyOfTheScheme(String uri, String expected) {
        assertEquals(expected, proxyFor(BOTH, uri));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.2.3.4, direct",
        "10.0.0.0/8, 11.2.3.4, secure.example:8080",
        "10.128.0.0/9, 10.127.0.1, secure.example:8080",
        "10.128.0.0/9, 10.200.0.1, direct",
        "10.0.0.0/8, 10.example, secure.example:8080",
        "fd00::/8, [fd12::1], direct",
        "fd00::/8, [fe80::1], secure.example:8080",
        "10.0.0.0/x, 10.2.3.4, secure.example:8080"
    })
    void networksAreExceptionsForHostsGivenByAddress(String rule, String host, String expected) {
        Map<String, String> environment = new java.util.HashMap<>(BOTH);
        environment.put("NO_PROXY", "one.example," + rule);
        assertEquals(expected, proxyFor(environment, "https://" + host + "/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTPS_PROXY", "ALL_PROXY"})
    void aSocksProxyIsRefusedByThatName(String variable) {
        IllegalArgumentException refused = org.junit.jupiter.api.Assertions.assertThrows(
                IllegalArgumentException.class,
                () -> proxyFor(Map.of(variable, "socks5://u:secret@p:1"), "https://x/"));
        String message = String.valueOf(refused.getMessage());
        org.junit.jupiter.api.Assertions.assertTrue(message.startsWith(variable + " names a SOCKS proxy"), message);
        org.junit.jupiter.api.Assertions.assertFalse(message.contains("secret"), message);
    }

    @Test
    void goesDirectWithoutVariables() {
        assertEquals("direct", proxyFor(Map.of(), "https://hub.example/"));
    }

    @Test
    void fallsBackToTheProxyForAll() {
        assertEquals("all.example:1", proxyFor(Map.of("ALL_PROXY", "http://all.example:1"), "https://hub.example/"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "example.com | http://example.com/ | true",
                "example.com | http://a.example.com/ | true",
                "example.com | http://badexample.com/ | false",
                ".example.com | http://a.example.com/ | true",
                "*.example.com | http://a.example.com/ | true",
                "x, EXAMPLE.com , y | http://example.COM/ | true",
                "example.com:81 | http://example.com:81/ | true",
                "example.com:81 | http://example.com:82/ | false",
                "10.0.0.1 | http://10.0.0.1/ | true",
                "10.0.0.1 | http://110.0.0.1/ | false",
                "* | http://any/ | true"
            })
    void honoursExceptions(String exceptions, String uri, boolean direct) {
        Map<String, String> environment = Map.of("HTTP_PROXY", "http://plain.example:3128", "NO_PROXY", exceptions);

        assertEquals(direct, proxyFor(environment, uri).equals("direct"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"://geheim", "socks5://u:geheim@h:1", "http://u:geheim@"})
    void refusesAnAddressThatIsNoneWithoutRepeatingIt(String address) {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> ProxyRules.of(RunContext.of(SyncOptions.builder()
                        .environment(Map.of("HTTPS_PROXY", address))
                        .build())));

        assertTrue(e.getMessage().contains("HTTPS_PROXY"), e.getMessage());
        assertFalse(e.getMessage().contains("geheim"), e.getMessage());
    }

    @Test
    void sendsThePasswordToTheProxyAloneAndOnlyWhenItAsks() throws Exception {
        try (MockWebServer proxy = new MockWebServer()) {
            proxy.start();
            proxy.enqueue(new MockResponse.Builder()
                    .code(407)
                    .setHeader("Proxy-Authenticate", "Basic realm=\"x\"")
                    .build());
            proxy.enqueue(new MockResponse.Builder().body("through").build());
            ProxyRules rules = ProxyRules.of(RunContext.of(SyncOptions.builder()
                    .environment(Map.of("http_proxy", "http://user:p%40ss%20word@127.0.0.1:" + proxy.getPort()))
                    .build()));
            RetryPolicy policy = new RetryPolicy(0, Duration.ofSeconds(5));
            Http http = new Http(
                    new HttpOptions(
                            1,
                            Duration.ofSeconds(5),
                            policy,
                            rules,
                            Optional.empty(),
                            Detours.NONE,
                            java.util.List.of(),
                            true,
                            java.util.Set.of()),
                    new ManualTime());

            try (HttpResponse answer = http.send(HttpRequest.get(HttpUrl.get("http://hub.example/x")))) {
                assertEquals("through", answer.text(100));
            }

            RecordedRequest first = proxy.takeRequest();
            RecordedRequest second = proxy.takeRequest();
            assertEquals("hub.example", first.getUrl().host());
            assertEquals(
                    Credentials.basic("user", "p@ss word"), second.getHeaders().get("Proxy-Authorization"));
            assertFalse(rules.toString().contains("p@ss"));
        }
    }
}
