package io.synctools.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.retry.MismatchException;
import io.synctools.model.ByteRange;
import io.synctools.model.RetryLaterException;
import io.synctools.testing.ManualTime;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class OpenRangeTest {
    private static final String FILE = "abcdefghij";
    private static final ByteRange MIDDLE = new ByteRange(2, 3);
    private static final ByteRange ALL = new ByteRange(0, 10);

    private final MockWebServer hub = new MockWebServer();
    private final MockWebServer cdn = new MockWebServer();
    private final Http http = HttpTest.client(Duration.ofSeconds(30), new ManualTime());

    @BeforeEach
    void start() throws Exception {
        hub.start();
        cdn.start();
    }

    @AfterEach
    void stop() {
        hub.close();
        cdn.close();
    }

    private String fetch(ByteRange range) throws Exception {
        return fetch(HttpRequest.get(hub.url("/f")), range);
    }

    private String fetch(HttpRequest ask, ByteRange range) throws Exception {
        try (InputStream in = http.openRange(ask, 10, range)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static MockResponse.Builder part(String contentRange, String body) {
        return new MockResponse.Builder()
                .code(206)
                .setHeader("Content-Range", contentRange)
                .body(body);
    }

    private RecordedRequest taken(MockWebServer from) throws Exception {
        RecordedRequest request = from.takeRequest(5, TimeUnit.SECONDS);
        assertTrue(request != null, "no request arrived");
        return request;
    }

    @Test
    void fetchesARange() throws Exception {
        hub.enqueue(part("bytes 2-4/10", "cde").build());

        assertEquals("cde", fetch(MIDDLE));
        assertEquals("bytes=2-4", taken(hub).getHeaders().get("Range"));
    }

    @Test
    void fetchesAWholeFileWithoutAskingForARange() throws Exception {
        hub.enqueue(new MockResponse.Builder().body(FILE).build());

        assertEquals(FILE, fetch(ALL));
        assertNull(taken(hub).getHeaders().get("Range"));
    }

    @Test
    void fetchesAWholeFileWithoutAKnownLength() throws Exception {
        hub.enqueue(new MockResponse.Builder().chunkedBody(FILE, 4).build());

        assertEquals(FILE, fetch(ALL));
    }

    @Test
    void makesNoRequestForAnEmptyRange() throws Exception {
        assertEquals("", fetch(new ByteRange(10, 0)));
        assertEquals(0, hub.getRequestCount());
    }

    @Test
    void refusesARangeBeyondTheFile() {
        assertThrows(IllegalArgumentException.class, () -> fetch(new ByteRange(8, 3)));
    }

    // ---- what servers make of ranges

    @Test
    void cutsTheRangeOutWhereItWasIgnoredAndCountsTheWaste() throws Exception {
        hub.enqueue(new MockResponse.Builder().body(FILE).build());
        ItemMeter meter = new ItemMeter();

        try (ItemMeter.Scope ignored = meter.bind()) {
            assertEquals("cde", fetch(MIDDLE));
        }
        assertEquals(2, meter.wasted());
    }

    @Test
    void cutsTheRangeOutOfABodyWithoutLength() throws Exception {
        hub.enqueue(new MockResponse.Builder().chunkedBody(FILE, 3).build());

        assertEquals("cde", fetch(MIDDLE));
    }

    @Test
    void takesAPartThatIsDressedAs200() throws Exception {
        hub.enqueue(part("bytes 2-4/10", "cde").code(200).build());

        assertEquals("cde", fetch(MIDDLE));
    }

    @Test
    void takesAWholeFileThatClaimsToBeAPart() throws Exception {
        hub.enqueue(part("bytes 2-4/10", FILE).code(200).build());

        assertEquals("cde", fetch(MIDDLE));
    }

    @Test
    void takesAPartOfUnknownTotalAndALongerOne() throws Exception {
        hub.enqueue(part("bytes 2-4/*", "cde").build());
        hub.enqueue(part("bytes 2-9/10", "cdefghij").build());

        assertEquals("cde", fetch(MIDDLE));
        assertEquals("cde", fetch(MIDDLE));
    }

    @Test
    void throwsWhereAServerSendsLessThanAsked() {
        hub.enqueue(part("bytes 2-3/10", "cd").build());
        hub.enqueue(new MockResponse.Builder().chunkedBody("abcd", 4).build());
        hub.enqueue(new MockResponse.Builder().chunkedBody("a", 4).build());

        assertThrows(EOFException.class, () -> fetch(MIDDLE));
        assertThrows(EOFException.class, () -> fetch(MIDDLE));
        assertThrows(EOFException.class, () -> fetch(MIDDLE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "206; bytes 0-2/10; abc",
                "206; bytes 3-5/10; def",
                "206; bytes 2-4/11; cde",
                "206; bytes 2-4/10; cd",
                "206; bytes */10; cde",
                "206; bytes 2-4; cde",
                "206; ; cde",
                "200; ; abcdefghijk",
                "200; ; abcde",
                "200; bytes 2-4/10; cdefg",
                "200; bytes 0-2/10; abc"
            })
    void refusesAnotherRangeOrAnotherFile(int status, String contentRange, String body) {
        MockResponse.Builder answer = new MockResponse.Builder().code(status).body(body);
        if (contentRange != null) {
            answer.setHeader("Content-Range", contentRange);
        }
        hub.enqueue(answer.build());

        assertThrows(MismatchException.class, () -> fetch(MIDDLE));
    }

    @Test
    void unpacksAWholeFileThatCameCompressed() throws Exception {
        hub.enqueue(new MockResponse.Builder()
                .setHeader("Content-Encoding", "gzip")
                .body(HttpTest.gzip(FILE))
                .build());
        hub.enqueue(new MockResponse.Builder()
                .setHeader("Content-Encoding", "gzip")
                .body(HttpTest.gzip(FILE))
                .build());

        assertEquals(FILE, fetch(ALL));
        assertEquals("cde", fetch(MIDDLE));
    }

    @Test
    void keepsAFileThatIsItselfCompressed() throws Exception {
        hub.enqueue(new MockResponse.Builder()
                .setHeader("Content-Encoding", "gzip")
                .body(FILE)
                .build());

        assertEquals(FILE, fetch(ALL));
    }

    @Test
    void refusesACompressedPart() {
        hub.enqueue(part("bytes 2-4/10", "cde")
                .setHeader("Content-Encoding", "gzip")
                .build());

        assertThrows(MismatchException.class, () -> fetch(MIDDLE));
    }

    @Test
    void refusesAnUnknownEncoding() {
        hub.enqueue(new MockResponse.Builder()
                .setHeader("Content-Encoding", "zstd")
                .body("packed")
                .build());

        assertThrows(IOException.class, () -> fetch(ALL));
    }

    // ---- refusals

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 410, 204})
    void handsARefusalOfTheHubToThePlatform(int status) {
        hub.enqueue(new MockResponse.Builder()
                .code(status)
                .setHeader("X-Error-Code", "GatedRepo")
                .setHeader("Content-Length", status == 204 ? "0" : "6")
                .body(status == 204 ? new Buffer() : new Buffer().writeUtf8("geheim"))
                .build());

        StatusException e = assertThrows(StatusException.class, () -> fetch(MIDDLE));

        assertEquals(status, e.status());
        assertEquals(Optional.of("GatedRepo"), e.header("x-error-code"));
        assertEquals(status == 204 ? "" : "geheim", e.text());
        assertFalse(e.getMessage().contains("geheim"));
    }

    @Test
    void takesARangeThatCannotBeServedAsAChangedFile() {
        hub.enqueue(new MockResponse.Builder()
                .code(416)
                .setHeader("Content-Range", "bytes */3")
                .build());

        assertThrows(MismatchException.class, () -> fetch(MIDDLE));
    }

    @Test
    void takesARefusalBehindARedirectAsPassing() {
        hub.enqueue(redirect("/signed"));
        cdn.enqueue(new MockResponse.Builder().code(403).build());

        IOException e = assertThrows(IOException.class, () -> fetch(MIDDLE));

        assertFalse(e instanceof StatusException);
    }

    // ---- remembered addresses

    private MockResponse redirect(String path) {
        return new MockResponse.Builder()
                .code(302)
                .setHeader("Location", cdn.url(path))
                .build();
    }

    @Test
    void goesStraightToWhereAnEarlierRangeWasRedirectedAndWithoutTheToken() throws Exception {
        hub.enqueue(redirect("/signed"));
        cdn.enqueue(part("bytes 2-4/10", "cde").build());
        cdn.enqueue(part("bytes 5-6/10", "fg").build());
        HttpRequest ask = HttpRequest.get(hub.url("/f")).with(Map.of("Authorization", "Bearer secret"));

        assertEquals("cde", fetch(ask, MIDDLE));
        assertEquals("fg", fetch(ask, new ByteRange(5, 2)));

        assertEquals(1, hub.getRequestCount());
        assertEquals("Bearer secret", taken(hub).getHeaders().get("Authorization"));
        for (int i = 0; i < 2; i++) {
            assertNull(taken(cdn).getHeaders().get("Authorization"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 410})
    void asksTheHubAnewWhenTheAddressHasExpired(int status) throws Exception {
        hub.enqueue(redirect("/old"));
        cdn.enqueue(part("bytes 2-4/10", "cde").build());
        cdn.enqueue(new MockResponse.Builder().code(status).build());
        hub.enqueue(redirect("/new"));
        cdn.enqueue(part("bytes 5-6/10", "fg").build());
        cdn.enqueue(part("bytes 7-9/10", "hij").build());

        assertEquals("cde", fetch(MIDDLE));
        assertEquals("fg", fetch(new ByteRange(5, 2)));
        assertEquals("hij", fetch(new ByteRange(7, 3)));

        assertEquals(2, hub.getRequestCount());
        assertEquals("/old", taken(cdn).getTarget());
        assertEquals("/old", taken(cdn).getTarget());
        assertEquals("/new", taken(cdn).getTarget());
        assertEquals("/new", taken(cdn).getTarget());
    }

    @Test
    void asksTheHubAnewAfterARememberedAddressSentSomethingElse() throws Exception {
        hub.enqueue(redirect("/old"));
        cdn.enqueue(part("bytes 2-4/10", "cde").build());
        cdn.enqueue(part("bytes 0-1/10", "ab").build());
        hub.enqueue(redirect("/new"));
        cdn.enqueue(part("bytes 5-6/10", "fg").build());

        assertEquals("cde", fetch(MIDDLE));
        assertThrows(MismatchException.class, () -> fetch(new ByteRange(5, 2)));
        assertEquals("fg", fetch(new ByteRange(5, 2)));
    }

    @Test
    void keepsAnAddressWhoseServerOnlyAsksForAPause() throws Exception {
        hub.enqueue(redirect("/signed"));
        cdn.enqueue(part("bytes 2-4/10", "cde").build());
        cdn.enqueue(new MockResponse.Builder().code(429).build());
        cdn.enqueue(part("bytes 5-6/10", "fg").build());

        assertEquals("cde", fetch(MIDDLE));
        assertThrows(RetryLaterException.class, () -> fetch(new ByteRange(5, 2)));
        assertEquals("fg", fetch(new ByteRange(5, 2)));

        assertEquals(1, hub.getRequestCount());
    }

    @Test
    void remembersOnlyTheAddressesAskedForLast() {
        Addresses addresses = new Addresses(2);
        for (String name : new String[] {"/1", "/2", "/3"}) {
            addresses.remember(hub.url(name), cdn.url(name));
        }

        assertEquals(Optional.empty(), addresses.find(hub.url("/1")));
        assertEquals(Optional.of(cdn.url("/3")), addresses.find(hub.url("/3")));
        addresses.forget(hub.url("/3"), cdn.url("/older"));
        assertEquals(Optional.of(cdn.url("/3")), addresses.find(hub.url("/3")), "a newer one stays");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/oss/f?Expires=1&Signature=abc", "/oss/f?X-Amz-Signature=abc&X-Amz-Expires=1"})
    void aSignedAddressAtTheHubsOwnHostThatRefusesIsAskedForAnew(String signed) {
        hub.enqueue(new MockResponse.Builder()
                .code(302)
                .addHeader("Location", signed)
                .build());
        hub.enqueue(new MockResponse.Builder().code(403).build());

        IOException e = assertThrows(IOException.class, () -> fetch(ALL));

        assertFalse(e instanceof StatusException, "no word of the hub's: trying again may help");
    }
}
