package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.http.Http;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.NameFilter;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryApiTest {
    private static final ImageRepository CANN = ImageRepository.parse("quay.io/ascend/cann");
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    private final MockWebServer server = new MockWebServer();
    private final PassedTime time = new PassedTime();

    @BeforeEach
    void start() throws IOException {
        server.start(InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void readsAllPagesWhereverTheirLinksPoint() throws Exception {
        answer(tags("b", "a").setHeader("Link", "</v2/ascend/cann/tags/list?last=b&n=2>; rel=\"next\""));
        answer(tags("d").setHeader("Link", "<?next_page=abc%3D>; rel=next"));
        answer(tags("c").setHeader("Link", "<https://elsewhere.example/v2/ascend/cann/tags/list?last=c>;rel=\"next\""));
        answer(tags("a", "e"));
        assertEquals(
                List.of("a", "b", "c", "d", "e"),
                new ArrayList<>(anonymous().tags(CANN).names()));
        assertEquals("/v2/ascend/cann/tags/list", take().getTarget());
        assertEquals("/v2/ascend/cann/tags/list?last=b&n=2", take().getTarget());
        assertEquals("/v2/ascend/cann/tags/list?next_page=abc%3D", take().getTarget());
        assertEquals("/v2/ascend/cann/tags/list?last=c", take().getTarget(), "on this registry, not elsewhere");
    }

    @Test
    void aListThatLeadsBackToItselfFails() {
        answer(tags("a").setHeader("Link", "</v2/ascend/cann/tags/list?last=a>; rel=\"next\""));
        answer(tags("a").setHeader("Link", "</v2/ascend/cann/tags/list?last=a>; rel=\"next\""));
        SyncException endless =
                assertThrows(SyncException.class, () -> anonymous().tags(CANN));
        assertEquals(FailureKind.INCOMPATIBLE, endless.kind());
    }

    @Test
    void aListOfCrumbsThatLeadsOnForEverFails() {
        for (int i = 0; i < 50; i++) {
            answer(tags("t" + i).setHeader("Link", "</v2/ascend/cann/tags/list?last=t" + i + ">; rel=\"next\""));
        }
        answer(tags("end"));
        SyncException endless =
                assertThrows(SyncException.class, () -> anonymous().tags(CANN));
        assertEquals(FailureKind.INCOMPATIBLE, endless.kind());
        assertTrue(String.valueOf(endless.getMessage()).contains("never ends"), endless::toString);
    }

    @Test
    void aRepositoryWithoutTagsHasNone() throws Exception {
        answer(new MockResponse.Builder().body("{\"name\":\"ascend/cann\",\"tags\":null}"));
        assertEquals(Set.of(), anonymous().tags(CANN).names());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"x\",\"tags\":[\"a\",\"b\"",
                "<html>please log in</html>",
                "{\"errors\":[]}",
                "{\"tags\":\"a\"}",
                "[]",
                ""
            })
    void anythingElseThanAWholeListIsAFailure(String body) {
        answer(new MockResponse.Builder().body(body));
        assertThrows(IOException.class, () -> anonymous().tags(CANN));
    }

    @Test
    void aBodyThatIsCutShortIsAFailure() {
        answer(new MockResponse.Builder()
                .body("{\"name\":\"x\",\"tags\":[\"a\"]}")
                .setHeader("Content-Length", "1000")
                .onResponseEnd(new mockwebserver3.SocketEffect.CloseSocket()));
        assertThrows(IOException.class, () -> anonymous().tags(CANN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-rf", "a/b", "a b", "../x", "a\\u0000"})
    void aTagThatNoRegistryMayHaveIsToldApart(String tag) throws Exception {
        answer(new MockResponse.Builder().body("{\"tags\":[\"ok\",\"" + tag + "\"]}"));
        RegistryApi.Tags tags = anonymous().tags(CANN);
        assertEquals(Set.of("ok"), tags.names());
        assertEquals(1, tags.odd().size());
    }

    @Test
    void anUnknownRepositoryIsNotFoundAndNamesTheVariables() {
        answer(CannedResponses.errors(404, "NAME_UNKNOWN", "no").newBuilder());
        SyncException unknown =
                assertThrows(SyncException.class, () -> anonymous().tags(CANN));
        assertEquals(FailureKind.NOT_FOUND, unknown.kind());
        assertTrue(String.valueOf(unknown.getMessage()).contains("QUAY_IO_USER"), unknown::toString);
    }

    @Test
    void asksForAllFourTypesByHead() throws Exception {
        answer(manifest());
        assertEquals(
                Optional.of(new Descriptor(DIGEST, Manifest.OCI_INDEX, 0)),
                anonymous().head(CANN, "v1"));
        RecordedRequest request = take();
        assertEquals("HEAD", request.getMethod());
        assertEquals(
                "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json,"
                        + " application/vnd.oci.image.manifest.v1+json,"
                        + " application/vnd.docker.distribution.manifest.v2+json",
                request.getHeaders().get("Accept"));
        assertNull(request.getHeaders().get("Authorization"));
    }

    @Test
    void anAbsentTagIsEmptyAndABrokenServerIsNot() throws Exception {
        answer(new MockResponse.Builder().code(404));
        answer(new MockResponse.Builder().code(404));
        assertEquals(Optional.empty(), anonymous().head(CANN, "v1"));
        answer(new MockResponse.Builder().code(503));
        assertThrows(RetryLaterException.class, () -> anonymous().head(CANN, "v1"));
        answer(new MockResponse.Builder().code(418 - 4));
        assertThrows(SyncException.class, () -> anonymous().head(CANN, "v1"));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 404, 405})
    void hashesTheManifestWhereHeadTellsNoDigest(int status) throws Exception {
        byte[] bytes = TestImage.oci("x").listBytes();
        answer(new MockResponse.Builder().code(status));
        answer(new MockResponse.Builder()
                .body(new String(bytes, StandardCharsets.UTF_8))
                .setHeader("Content-Type", Manifest.OCI_INDEX + "; charset=utf-8"));
        assertEquals(
                Optional.of(new Descriptor(TestImage.digest(bytes), Manifest.OCI_INDEX, bytes.length)),
                anonymous().head(CANN, "v1"));
    }

    @Test
    void aPageOfAProxyIsNoManifest() {
        answer(new MockResponse.Builder());
        answer(new MockResponse.Builder().body("<html>sign in</html>"));
        assertThrows(IOException.class, () -> anonymous().head(CANN, "v1"));
    }

    @Test
    void verifiesWhatADigestNames() throws Exception {
        byte[] bytes = TestImage.oci("x").listBytes();
        answer(new MockResponse.Builder().body(new String(bytes, StandardCharsets.UTF_8)));
        assertTrue(anonymous().manifest(CANN, TestImage.digest(bytes)).list());
        answer(new MockResponse.Builder().body(new String(bytes, StandardCharsets.UTF_8)));
        SyncException other =
                assertThrows(SyncException.class, () -> anonymous().manifest(CANN, DIGEST));
        assertEquals(FailureKind.CHECKSUM, other.kind());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"manifests\":[{\"digest\":\"../../evil\"}]}",
                "{\"manifests\":[{}]}",
                "{\"config\":{\"digest\":\"sha256:12\"}}"
            })
    void aManifestWithoutProperDigestsIsNone(String json) {
        assertThrows(IOException.class, () -> Manifest.parse(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aKnownPasswordIsShownAtOnce() throws Exception {
        answer(manifest());
        withLogin().head(CANN, "v1");
        assertEquals("Basic dTpw", take().getHeaders().get("Authorization"));
    }

    @Test
    void aRegistryThatWantsTokensGetsOneForEachRepository() throws Exception {
        RegistryApi api = withLogin();
        answer(challenge());
        answer(token("t1", 300));
        answer(manifest());
        answer(manifest());
        api.head(CANN, "v1");
        api.head(CANN, "v2");
        take();
        RecordedRequest asked = take();
        assertEquals(
                "/token?service=registry.test&scope=repository%3Aascend%2Fcann%3Apull",
                asked.getTarget().replace("repository:ascend/cann:pull", "repository%3Aascend%2Fcann%3Apull"));
        assertEquals("Basic dTpw", asked.getHeaders().get("Authorization"));
        assertEquals("Bearer t1", take().getHeaders().get("Authorization"));
        assertEquals("Bearer t1", take().getHeaders().get("Authorization"));
        assertEquals(4, server.getRequestCount());
    }

    @Test
    void aTokenIsRenewedBeforeItsTimeAndWhenItIsRefused() throws Exception {
        RegistryApi api = anonymous();
        answer(challenge());
        answer(token("t1", 300));
        answer(manifest());
        api.head(CANN, "v1");
        time.pass(Duration.ofSeconds(295));
        answer(token("t2", 300));
        answer(manifest());
        api.head(CANN, "v1");
        answer(challenge());
        answer(token("t3", 300));
        answer(manifest());
        api.head(CANN, "v1");
        List<String> shown = new ArrayList<>();
        while (shown.size() < server.getRequestCount()) {
            shown.add(String.valueOf(take().getHeaders().get("Authorization")));
        }
        assertEquals(
                List.of("null", "null", "Bearer t1", "null", "Bearer t2", "Bearer t2", "null", "Bearer t3"), shown);
    }

    @Test
    void anIdentityTokenIsExchanged() throws Exception {
        RegistryApi api = api(Map.of("REGISTRY_AUTH_FILE", authFile("{\"identitytoken\":\"refresh\",\"auth\":\"\"}")));
        answer(challenge());
        answer(token("t1", 300));
        answer(manifest());
        api.head(CANN, "v1");
        assertNull(take().getHeaders().get("Authorization"));
        RecordedRequest exchange = take();
        assertEquals("POST", exchange.getMethod());
        String form = Objects.requireNonNull(exchange.getBody()).utf8();
        assertTrue(form.contains("grant_type=refresh_token") && form.contains("refresh_token=refresh"), form);
        assertEquals("Bearer t1", take().getHeaders().get("Authorization"));
    }

    @Test
    void aPasswordIsNotSentToATokenServerWithoutEncryptionElsewhere() {
        answer(new MockResponse.Builder()
                .code(401)
                .setHeader("WWW-Authenticate", "Bearer realm=\"http://token.example/\",service=\"s\""));
        SyncException refused =
                assertThrows(SyncException.class, () -> withLogin().head(CANN, "v1"));
        assertEquals(FailureKind.ACCESS, refused.kind());
        assertEquals(1, server.getRequestCount());
    }

    @Test
    void aRegistryThatTakesNoPasswordAtOnceIsAskedWithoutOne() throws Exception {
        RegistryApi api = withLogin();
        answer(new MockResponse.Builder().code(403));
        answer(challenge());
        answer(token("t1", 300));
        answer(manifest());
        assertTrue(api.head(CANN, "v1").isPresent());
        assertEquals("Basic dTpw", take().getHeaders().get("Authorization"));
        assertNull(take().getHeaders().get("Authorization"));
    }

    @Test
    void aTokenIsFetchedAsTheChallengeSaysThatStandsBehindOthers() throws Exception {
        answer(new MockResponse.Builder()
                .code(401)
                .setHeader(
                        "WWW-Authenticate",
                        "Negotiate, Basic realm=\"r\", charset=UTF-8, BEARER Realm=\"http://127.0.0.1:"
                                + server.getPort()
                                + "/token\",service=\"a b\",scope=\"repository:ascend/cann:pull,push\""));
        answer(token("t1", 300));
        answer(manifest());
        assertTrue(withLogin().head(CANN, "v1").isPresent());
        take();
        HttpUrl asked = take().getUrl();
        assertEquals("a b", asked.queryParameter("service"));
        assertEquals("repository:ascend/cann:pull,push", asked.queryParameter("scope"));
        assertEquals("Bearer t1", take().getHeaders().get("Authorization"));
    }

    @Test
    void aRefusedLoginNamesHostUserAndVariables() {
        answer(new MockResponse.Builder().code(401).setHeader("WWW-Authenticate", "Basic realm=\"r\""));
        SyncException refused =
                assertThrows(SyncException.class, () -> withLogin().head(CANN, "v1"));
        assertEquals(FailureKind.ACCESS, refused.kind());
        String message = String.valueOf(refused.getMessage());
        assertTrue(
                message.startsWith("quay.io: 401 when reading quay.io/ascend/cann:v1: user \"u\" is refused"), message);
        assertTrue(message.contains("set QUAY_IO_USER and QUAY_IO_PASSWORD"), message);
        assertEquals(1, server.getRequestCount(), "the same password is not tried twice");
    }

    @Test
    void aTokenServerThatRefusesNamesHostUserAndVariables() {
        answer(challenge());
        answer(new MockResponse.Builder().code(401));
        SyncException refused =
                assertThrows(SyncException.class, () -> withLogin().head(CANN, "v1"));
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains("401 from") && message.contains("user \"u\""), message);
        assertTrue(message.contains("QUAY_IO_PASSWORD"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic realm=\"r\"", "Bearer"})
    void aRefusedPasswordIsNotShownAgainForAnyRepositoryOfItsHost(String challenge) {
        boolean basic = challenge.startsWith("Basic");
        answer(basic ? new MockResponse.Builder().code(401).setHeader("WWW-Authenticate", challenge) : challenge());
        if (!basic) {
            answer(new MockResponse.Builder().code(401));
        }
        RegistryApi api = withLogin();
        for (String name : List.of("cann", "cann", "verl")) {
            SyncException refused = assertThrows(
                    SyncException.class, () -> api.head(ImageRepository.parse("quay.io/ascend/" + name), "v1"));
            assertEquals(FailureKind.ACCESS, refused.kind());
            assertTrue(String.valueOf(refused.getMessage()).contains("user \"u\""), refused::toString);
        }
        assertEquals(basic ? 1 : 2, server.getRequestCount());
    }

    @Test
    void anotherRunShowsThePasswordThatWasRefusedOnceMore() throws Exception {
        RunContext context = RunContext.of(SyncOptions.builder()
                .environment(Map.of("QUAY_IO_USER", "u", "QUAY_IO_PASSWORD", "p"))
                .set(SkopeoOptions.REGISTRY, Map.of("quay.io", "127.0.0.1:" + server.getPort()))
                .stall(Duration.ofSeconds(5))
                .build());
        ArtifactRef cann = ArtifactRef.of("docker", "quay.io/ascend/cann");
        answer(new MockResponse.Builder().code(401).setHeader("WWW-Authenticate", "Basic realm=\"r\""));
        RegistrySource tonight = RegistrySource.of(context);
        assertThrows(SyncException.class, () -> tonight.list(cann, NameFilter.ALL));
        answer(tags("v1"));

        RegistrySource tomorrow = RegistrySource.of(context);

        assertEquals(1, tomorrow.list(cann, NameFilter.ALL).entries().size());
        assertEquals(2, server.getRequestCount());
    }

    @Test
    void aRefusalAfterTheAccountWasAcceptedIsAboutOneRepository() throws Exception {
        RegistryApi api = withLogin();
        answer(manifest());
        api.head(CANN, "v1");
        answer(new MockResponse.Builder().code(401).setHeader("WWW-Authenticate", "Basic realm=\"r\""));
        assertThrows(SyncException.class, () -> api.head(ImageRepository.parse("quay.io/ascend/verl"), "v1"));
        answer(manifest());
        assertTrue(api.head(CANN, "v2").isPresent());
    }

    @Test
    void anEmptyTokenBesideAnAccessTokenIsNone() throws Exception {
        RegistryApi api = anonymous();
        answer(challenge());
        answer(new MockResponse.Builder().body("{\"token\":\"\",\"access_token\":\"t1\"}"));
        answer(manifest());
        assertTrue(api.head(CANN, "v1").isPresent());
        take();
        take();
        assertEquals("Bearer t1", take().getHeaders().get("Authorization"));
    }

    @Test
    void theNextPageBehindAFrontThatRedirectsIsAskedAtTheFront() throws Exception {
        answer(new MockResponse.Builder().code(307).setHeader("Location", "/backend/v2/x/tags/list"));
        answer(tags("a").setHeader("Link", "</backend/v2/x/tags/list?last=a>; rel=\"next\""));
        answer(tags("b"));
        assertEquals(List.of("a", "b"), new ArrayList<>(anonymous().tags(CANN).names()));
        take();
        take();
        assertEquals("/v2/ascend/cann/tags/list?last=a", take().getTarget());
    }

    @Test
    void remembersTheQuota() throws Exception {
        RegistryApi api = anonymous();
        answer(manifest());
        api.head(CANN, "v1");
        assertEquals(Optional.empty(), api.quota(CANN));
        answer(manifest().setHeader("ratelimit-limit", "100;w=21600").setHeader("ratelimit-remaining", "76;w=21600"));
        api.head(CANN, "v1");
        assertEquals(
                "76 of 100 pulls left in 6 h", api.quota(CANN).orElseThrow().toString());
    }

    @Test
    void aRegistryOnThisMachineThatWantsEncryptionIsAskedSo() throws Exception {
        answer(new MockResponse.Builder().code(400).body("Client sent an HTTP request to an HTTPS server."));
        try (PlainDoor door = new PlainDoor(server.getPort())) {
            RegistryApi api = api(Map.of(), door.authority());
            assertThrows(IOException.class, () -> api.head(CANN, "v1"));
            assertEquals(1, server.getRequestCount());
            assertEquals(1, door.encrypted());
        }
    }

    @Test
    void aRegistryElsewhereThatSpeaksPlainHttpIsRefusedAtOnceUnlessItIsNamed() throws Exception {
        String address = notLoopback();
        try (MockWebServer elsewhere = new MockWebServer()) {
            elsewhere.start(InetAddress.getByName(address), 0);
            String authority = address + ":" + elsewhere.getPort();
            Map<String, String> login = Map.of("QUAY_IO_USER", "u", "QUAY_IO_PASSWORD", "p");
            try (java.net.ServerSocket plain = new java.net.ServerSocket(0, 5, InetAddress.getByName(address))) {
                Thread server = new Thread(() -> refuseTls(plain));
                server.setDaemon(true);
                server.start();
                String other = address + ":" + plain.getLocalPort();
                SyncException refused = assertThrows(
                        SyncException.class, () -> api(login, other).head(CANN, "v1"));
                assertTrue(
                        String.valueOf(refused.getMessage()).contains("option \"plain-http." + other + "\""),
                        refused::toString);
            }
            elsewhere.enqueue(manifest().build());
            RunContext named = RunContext.of(SyncOptions.builder()
                    .environment(login)
                    .set(SkopeoOptions.REGISTRY, Map.of("quay.io", authority))
                    .plainHttp(Set.of(authority))
                    .build());
            assertTrue(api(named).head(CANN, "v1").isPresent());
        }
    }

    /** Answers a TLS greeting as a registry without TLS does. */
    private static void refuseTls(java.net.ServerSocket plain) {
        try (java.net.Socket socket = plain.accept()) {
            socket.getInputStream().read();
            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            // the client has gone
        }
    }

    /** An address of this machine that a program may take for another's. */
    private static String notLoopback() throws IOException {
        for (var network : java.util.Collections.list(java.net.NetworkInterface.getNetworkInterfaces())) {
            for (InetAddress address : java.util.Collections.list(network.getInetAddresses())) {
                if (!address.isLoopbackAddress() && address instanceof java.net.Inet4Address) {
                    return address.getHostAddress();
                }
            }
        }
        return org.junit.jupiter.api.Assumptions.abort("this machine has no other address than loopback");
    }

    @Test
    void elsewhereNothingIsAskedWithoutEncryption() {
        Endpoint endpoint = Endpoint.of("registry.example", Map.of(), Set.of());
        assertFalse(endpoint.mayBePlain());
        assertTrue(endpoint.api("https", "x").isHttps());
    }

    private RegistryApi anonymous() {
        return api(Map.of());
    }

    private RegistryApi withLogin() {
        return api(Map.of("QUAY_IO_USER", "u", "QUAY_IO_PASSWORD", "p"));
    }

    private RegistryApi api(Map<String, String> environment) {
        return api(environment, "127.0.0.1:" + server.getPort());
    }

    private RegistryApi api(Map<String, String> environment, String address) {
        RunContext context = RunContext.of(SyncOptions.builder()
                .environment(environment)
                .set(SkopeoOptions.REGISTRY, Map.of("quay.io", address))
                .stall(Duration.ofSeconds(5))
                .build());
        return api(context);
    }

    private RegistryApi api(RunContext context) {
        RegistryCredentials credentials =
                new RegistryCredentials(context, context.options().get(SkopeoOptions.REGISTRY), new ScriptedRunner());
        return new RegistryApi(Http.of(context), context.options(), credentials, time);
    }

    private static String authFile(String entry) throws IOException {
        java.nio.file.Path file = java.nio.file.Files.createTempFile("auth", ".json");
        file.toFile().deleteOnExit();
        return java.nio.file.Files.writeString(file, "{\"auths\":{\"quay.io\":" + entry + "}}")
                .toString();
    }

    private void answer(MockResponse.Builder answer) {
        server.enqueue(answer.build());
    }

    private RecordedRequest take() throws InterruptedException {
        return Objects.requireNonNull(server.takeRequest(5, TimeUnit.SECONDS));
    }

    private static MockResponse.Builder tags(String... tags) {
        return new MockResponse.Builder()
                .body("{\"name\":\"ascend/cann\",\"tags\":[\"" + String.join("\",\"", tags) + "\"]}");
    }

    private static MockResponse.Builder manifest() {
        return new MockResponse.Builder()
                .setHeader("Docker-Content-Digest", DIGEST)
                .setHeader("Content-Type", Manifest.OCI_INDEX);
    }

    private MockResponse.Builder challenge() {
        return new MockResponse.Builder()
                .code(401)
                .setHeader(
                        "WWW-Authenticate",
                        "Bearer realm=\"http://127.0.0.1:" + server.getPort()
                                + "/token\",service=\"registry.test\",scope=\"repository:ascend/cann:pull\"");
    }

    private static MockResponse.Builder token(String token, int seconds) {
        return new MockResponse.Builder().body("{\"token\":\"" + token + "\",\"expires_in\":" + seconds + "}");
    }
}
