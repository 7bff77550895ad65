package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.retry.Failures;
import io.synctools.internal.retry.Retrier;
import io.synctools.model.ByteRange;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.HttpUrl;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    private static final HeldCertificate AUTHORITY =
            new HeldCertificate.Builder().certificateAuthority(0).build();
    private static final HeldCertificate SERVER = new HeldCertificate.Builder()
            .addSubjectAlternativeName("localhost")
            .signedBy(AUTHORITY)
            .build();

    @TempDir
    Path folder;

    private final MockWebServer server = new MockWebServer();

    @BeforeEach
    void start() throws Exception {
        HandshakeCertificates certificates =
                new HandshakeCertificates.Builder().heldCertificate(SERVER).build();
        server.useHttps(certificates.sslSocketFactory());
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpUrl url(String path) {
        return server.url(path).newBuilder().host("localhost").build();
    }

    private RunContext trusting() throws IOException {
        Path pem = folder.resolve("ca.pem");
        Files.writeString(pem, AUTHORITY.certificatePem());
        return RunContext.of(SyncOptions.builder()
                .environment(Map.of("SSL_CERT_FILE", pem.toString()))
                .build());
    }

    @Test
    void trustsAPrivateAuthorityThatIsNamedAndReadsBigBodiesFromIt() throws Exception {
        byte[] content = new byte[3_000_000];
        new Random(1).nextBytes(content);
        server.enqueue(
                new MockResponse.Builder().body(new Buffer().write(content)).build());

        try (InputStream in = Http.of(trusting())
                .openRange(HttpRequest.get(url("/f")), content.length, new ByteRange(0, content.length))) {
            org.junit.jupiter.api.Assertions.assertArrayEquals(content, in.readAllBytes());
        }
    }

    @Test
    void trustsAnAuthorityThatContainerToolsHaveForThatHostAlone() throws Exception {
        Path own = folder.resolve(".config/containers/certs.d/localhost:" + server.getPort());
        java.nio.file.Files.createDirectories(own);
        Files.writeString(own.resolve("ca.crt"), AUTHORITY.certificatePem());
        server.enqueue(new MockResponse.Builder().body("x").build());
        Http http = Http.of(RunContext.of(SyncOptions.builder()
                .environment(Map.of("HOME", folder.toString()))
                .build()));
        try (HttpResponse answer = http.send(HttpRequest.get(url("/f")))) {
            org.junit.jupiter.api.Assertions.assertEquals("x", answer.text(10));
        }
    }

    @Test
    void namesHostAndSettingWhereACertificateIsNotTrustedAndDoesNotTryAgain() {
        RunContext context = RunContext.of(SyncOptions.DEFAULTS);
        Http http = Http.of(context);

        SyncException e = assertThrows(SyncException.class, () -> Retrier.of(context)
                .call("list models/o/n", () -> http.send(HttpRequest.get(url("/x?sig=geheim")))
                        .status()));

        assertEquals(FailureKind.UNAVAILABLE, e.kind());
        assertFalse(e.retryable());
        assertTrue(e.getMessage().contains("localhost"), e.getMessage());
        assertTrue(e.getMessage().contains("SSL_CERT_FILE"), e.getMessage());
        assertTrue(e.getMessage().contains("javax.net.ssl.trustStore"), e.getMessage());
        assertFalse(e.getMessage().contains("geheim"), e.getMessage());
    }

    @Test
    void refusesARedirectToPlainHttp() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(302)
                .setHeader("Location", "http://localhost:1/f?sig=geheim")
                .build());

        SyncException e =
                assertThrows(SyncException.class, () -> Http.of(trusting()).send(HttpRequest.get(url("/f"))));

        assertTrue(e.getMessage().contains("https to http://localhost:1/f"), e.getMessage());
        assertFalse(e.getMessage().contains("geheim"), e.getMessage());
    }

    @Test
    void sendsATokenOverHttps() throws Exception {
        server.enqueue(new MockResponse.Builder().build());

        Http.of(trusting())
                .send(HttpRequest.get(url("/")).with(Map.of("Cookie", "m_session_id=1")))
                .close();

        assertEquals("m_session_id=1", server.takeRequest().getHeaders().get("Cookie"));
    }

    @Test
    void refusesAFileThatHoldsNoCertificates() throws Exception {
        Path bad = folder.resolve("bad.pem");
        Files.writeString(bad, "-----BEGIN CERTIFICATE-----\nnope\n-----END CERTIFICATE-----\n");

        for (Path pem : new Path[] {bad, folder.resolve("absent.pem")}) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> Http.of(RunContext.of(SyncOptions.builder()
                                    .environment(Map.of("SSL_CERT_FILE", pem.toString()))
                                    .build()))
                            .expect(Endpoints.parse("HUB", "http://localhost, https://localhost")));
            assertTrue(e.getMessage().contains("SSL_CERT_FILE=" + pem), e.getMessage());
        }
    }

    @Test
    void readsNoCertificatesWhereNobodySpeaksHttps() {
        Http.of(RunContext.of(SyncOptions.builder()
                        .environment(Map.of(
                                "SSL_CERT_FILE", folder.resolve("absent.pem").toString()))
                        .build()))
                .expect(Endpoints.parse("HUB", "http://localhost"));
    }

    @Test
    void takesAHandshakeThatBrokeOffAsPassing() {
        assertTrue(Failures.mayPass(new javax.net.ssl.SSLHandshakeException("Remote host terminated the handshake")));
    }
}
