package io.synctools.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.http.Http;
import io.synctools.internal.http.HttpRequest;
import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.http.LinkHeader;
import io.synctools.internal.json.Json;
import io.synctools.internal.retry.StalledException;
import io.synctools.model.ByteRange;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.testing.Fault;
import io.synctools.testing.FaultHub;
import io.synctools.testing.HubRepo;
import io.synctools.testing.PendingResponse.End;
import io.synctools.testing.PendingResponse.Framing;
import io.synctools.testing.ReceivedRequest;
import io.synctools.testing.ReceivedRequest.Kind;
import io.synctools.testing.ReceivedRequest.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class FaultHubTest {
    private static final byte[] WEIGHTS = new byte[100_000];

    static {
        new Random(1).nextBytes(WEIGHTS);
    }

    private static final Http PATIENT = Http.of(
            RunContext.of(SyncOptions.builder().retryFor(Duration.ofSeconds(2)).build()));
    private static final Http IMPATIENT = Http.of(RunContext.of(SyncOptions.builder()
            .stall(Duration.ofSeconds(1))
            .retryFor(Duration.ofSeconds(2))
            .build()));

    private Http http = PATIENT;
    private FaultHub hub;

    @BeforeEach
    void start() throws IOException {
        hub = FaultHub.start();
        hub.put(HubRepo.of("models/o/n")
                .with("config.json", "{}")
                .with("sub/a b.txt", "text")
                .withLfs("model.bin", WEIGHTS));
        hub.put(HubRepo.of("datasets/o/d").with("data.csv", "1,2"));
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private HttpRequest resolve(String path) {
        return HttpRequest.get(HttpUrl.get(hub.url() + "/o/n/resolve/main/" + path));
    }

    private JsonNode json(String path) throws Exception {
        try (HttpResponse answer = http.send(HttpRequest.get(HttpUrl.get(hub.url() + path)))) {
            return Json.MAPPER.readTree(answer.body());
        }
    }

    private byte[] weights(ByteRange range) throws Exception {
        try (InputStream in = http.openRange(resolve("model.bin"), WEIGHTS.length, range)) {
            return in.readAllBytes();
        }
    }

    private byte[] weights() throws Exception {
        return weights(new ByteRange(0, WEIGHTS.length));
    }

    @Test
    void listsAModelAsModelScopeDoes() throws Exception {
        JsonNode all = json("/api/v1/models/o/n/repo/files?Revision=master&Recursive=True");

        assertEquals(200, all.at("/Code").asInt());
        assertEquals(3, all.at("/Data/Files").size());
        assertEquals("sub/a b.txt", all.at("/Data/Files/2/Path").asText());
        assertEquals(64, all.at("/Data/Files/1/Sha256").asText().length());
        assertEquals(
                3,
                json("/api/v1/models/o/n/repo/files?Revision=master&Recursive=False")
                        .at("/Data/Files")
                        .size());
        assertEquals(
                "sub/a b.txt",
                json("/api/v1/models/o/n/repo/files?Recursive=False&Root=sub")
                        .at("/Data/Files/0/Path")
                        .asText());
        assertEquals(
                "tree",
                json("/api/v1/models/o/n/repo/files?Recursive=False")
                        .at("/Data/Files/2/Type")
                        .asText());
        hub.inject(FaultHub.of(Kind.LISTING), FaultHub.always(), Fault.listingCutTo(2));
        assertEquals(
                2,
                json("/api/v1/models/o/n/repo/files?Recursive=True")
                        .at("/Data/Files")
                        .size());
    }

    @Test
    void listsADatasetByItsNumberInPages() throws Exception {
        long id = json("/api/v1/datasets/o/d").at("/Data/Id").asLong();

        JsonNode page = json("/api/v1/datasets/" + id + "/repo/tree?PageNumber=1&PageSize=200");

        assertEquals("data.csv", page.at("/Data/Files/0/Path").asText());
        assertEquals(
                0,
                json("/api/v1/datasets/" + id + "/repo/tree?PageNumber=2&PageSize=200")
                        .at("/Data/Files")
                        .size());
    }

    @Test
    void listsATreeInPagesAsHuggingFaceDoes() throws Exception {
        hub.pageSize(2);
        try (HttpResponse answer =
                http.send(HttpRequest.get(HttpUrl.get(hub.url() + "/api/models/o/n/tree/main?recursive=true")))) {
            JsonNode page = Json.MAPPER.readTree(answer.body());
            assertEquals(2, page.size());
            assertEquals(40, page.at("/0/oid").asText().length());
            assertEquals(64, page.at("/1/lfs/oid").asText().length());
            String next = LinkHeader.next(answer.headers("Link")).orElseThrow();
            assertEquals(
                    "directory",
                    json(next.substring(hub.url().length())).at("/0/type").asText());
        }
        assertEquals(40, json("/api/models/o/n").at("/sha").asText().length());
        assertEquals(
                "Invalid rev id: absent",
                json("/api/models/o/n/tree/absent").at("/error").asText());
    }

    @Test
    void servesFilesByRangeAndRecordsWhoAskedForWhat() throws Exception {
        assertArrayEquals(WEIGHTS, weights());
        assertArrayEquals(java.util.Arrays.copyOfRange(WEIGHTS, 5, 15), weights(new ByteRange(5, 10)));
        try (HttpResponse answer = http.send(HttpRequest.get(HttpUrl.get(hub.url() + "/o/n/resolve/main/sub/a%20b.txt"))
                .with(Map.of("Authorization", "Bearer t")))) {
            assertEquals("text", answer.text(100));
        }
        try (HttpResponse answer = http.send(HttpRequest.get(
                HttpUrl.get(hub.url() + "/api/v1/models/o/n/repo?Revision=master&FilePath=sub%2Fa+b.txt")))) {
            assertEquals("text", answer.text(100));
        }

        assertEquals(2, hub.requests(Kind.REDIRECT).size());
        ReceivedRequest ranged = hub.requests().get(3);
        assertEquals("bytes=5-14", ranged.range().orElseThrow());
        assertEquals(Origin.STORAGE, ranged.origin());
        assertEquals("model.bin", ranged.file());
        assertTrue(hub.requests().get(4).hasCredentials());
        assertFalse(hub.requests().get(3).hasCredentials());
        assertEquals(100_000 + 10 + 4 + 4, hub.bytesSent());
    }

    @Test
    void letsSignedAddressesExpire() throws Exception {
        hub.usesPerAddress(1);

        assertEquals(10, weights(new ByteRange(0, 10)).length);
        assertEquals(10, weights(new ByteRange(10, 10)).length);
        assertEquals(2, hub.requests(Kind.REDIRECT).size());
        assertEquals(
                3,
                hub.requests().stream()
                        .filter(r -> r.origin() == Origin.STORAGE)
                        .count());
    }

    @Test
    void sendsAStatusAsOftenAsTold() throws Exception {
        hub.inject(FaultHub.of(Kind.LISTING), FaultHub.first(1), Fault.status(503, "Retry-After", "0"));

        // OkHttp asks again by itself where a 503 says "at once".
        assertEquals(3, json("/api/models/o/n/tree/main").size());
        assertEquals(2, hub.requests().size());
        hub.inject(FaultHub.of(Kind.LISTING), FaultHub.first(1), Fault.status(429));
        assertThrows(RetryLaterException.class, () -> json("/api/models/o/n/tree/main"));
        assertEquals(3, json("/api/models/o/n/tree/main").size());
    }

    @ParameterizedTest
    @EnumSource(
            value = End.class,
            names = {"CLOSE", "RESET", "SILENCE"})
    void breaksConnectionsBeforeTheHeaders(End end) throws Exception {
        hub.inject(FaultHub.of(Kind.BYTES), FaultHub.first(1), Fault.beforeHeaders(end));
        http = end == End.SILENCE ? IMPATIENT : PATIENT;

        IOException e = assertThrows(IOException.class, this::weights);
        assertEquals(end == End.SILENCE, e instanceof StalledException);
        assertArrayEquals(WEIGHTS, weights());
    }

    @ParameterizedTest
    @EnumSource(
            value = End.class,
            names = {"CLOSE", "RESET", "SILENCE"})
    void breaksConnectionsInABody(End end) throws Exception {
        hub.inject(FaultHub.of(Kind.BYTES), FaultHub.first(1), Fault.afterBytes(70_000, end));
        http = end == End.SILENCE ? IMPATIENT : PATIENT;

        try (InputStream in = http.openRange(resolve("model.bin"), WEIGHTS.length, new ByteRange(0, WEIGHTS.length))) {
            assertEquals(70_000, in.readNBytes(70_000).length);
            IOException e = assertThrows(IOException.class, in::read);
            assertEquals(end == End.SILENCE, e instanceof StalledException);
            assertEquals(end == End.RESET, String.valueOf(e.getMessage()).contains("reset"), e.getMessage());
        }
        assertArrayEquals(WEIGHTS, weights());
    }

    @Test
    void drips() {
        hub.inject(FaultHub.of(Kind.BYTES), FaultHub.always(), Fault.drip());
        http = IMPATIENT;

        StalledException e = assertThrows(StalledException.class, this::weights);
        assertTrue(e.getMessage().contains("less than 1 KiB/s"), e.getMessage());
    }

    @ParameterizedTest
    @EnumSource(Framing.class)
    void framesBodiesInEveryWay(Framing framing) throws Exception {
        hub.inject(FaultHub.of(Kind.BYTES), FaultHub.always(), Fault.framed(framing));

        assertArrayEquals(WEIGHTS, weights());
        assertArrayEquals(WEIGHTS, weights());
    }

    @Test
    void spoilsContent() throws Exception {
        hub.inject(FaultHub.of(Kind.BYTES), FaultHub.first(1), Fault.wrongByte(7));
        byte[] wrong = weights();
        assertEquals(WEIGHTS[7] ^ 1, wrong[7]);
        assertArrayEquals(WEIGHTS, weights());

        hub.inject(FaultHub.of(Kind.BYTES), FaultHub.first(1), Fault.gzip());
        assertArrayEquals(WEIGHTS, weights());

        hub.inject(FaultHub.of(Kind.LISTING), FaultHub.first(1), Fault.html());
        try (HttpResponse answer = http.send(HttpRequest.get(HttpUrl.get(hub.url() + "/api/models/o/n/tree/main")))) {
            assertTrue(answer.text(1000).startsWith("<!DOCTYPE"));
        }
        assertEquals("{}", new String(HubRepo.of("models/o/n").with("c", "{}").content("c"), UTF_8));
    }

    @Test
    void servesOtherBytesThanItLists() throws Exception {
        hub.put(HubRepo.of("models/o/n").withLfs("model.bin", WEIGHTS).serving("model.bin", new byte[10]));

        assertThrows(IOException.class, this::weights);
        assertEquals(
                WEIGHTS.length, json("/api/models/o/n/tree/main").at("/0/size").asInt());
    }
}
