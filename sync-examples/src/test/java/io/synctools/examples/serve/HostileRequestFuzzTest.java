package io.synctools.examples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.examples.serve.Site.Layout;
import io.synctools.serve.RunningHub;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whoever means it no good gets no 5xx, nothing from outside what is published, and an answer or an end at once. */
class HostileRequestFuzzTest {
    /** Stands in files beside the roots, and inside them where nothing was published. */
    private static final String SECRET = "nobody-may-read-this";

    private static final String TINY = "models/acme/tiny";
    private static final int IN_ONE_TRY = 10;
    private static final int PATIENCE_MILLIS = 10_000;

    private static Path folder;
    private static RunningHub hub;

    @BeforeContainer
    static void start() throws IOException {
        folder = Files.createTempDirectory("hostile");
        Site site = new Site(folder.resolve("site"));
        HubRepository tiny =
                HubRepository.of(TINY, List.of(HubFile.of("config.json", "{}"), HubFile.of("sub/a.txt", "0123456789")));
        try (Hub origin = Hub.start(Hub.Options.PLAIN, List.of(tiny))) {
            for (Layout layout : Layout.values()) {
                if (layout != Layout.MODELSCOPE_LOCAL) { // else both hubs' would be one place
                    assertEquals(0, site.mirror(origin.origin(), layout, TINY).exit());
                }
            }
        }
        for (String place : List.of(
                "secret",
                "site/secret",
                "site/ms/secret",
                "site/hf/secret",
                "site/local/secret",
                "site/local/models/acme/tiny/secret",
                "site/ms/models/acme/tiny/secret")) {
            Files.writeString(folder.resolve(place), SECRET);
        }
        hub = site.server().start(0);
    }

    @AfterContainer
    static void stop() throws IOException {
        hub.close();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Property
    void noneOfThemGetsAnythingOutOfIt(@ForAll("requests") List<String> requests) throws IOException {
        for (String request : requests) {
            String answer = answer(request);
            assertFalse(answer.contains(SECRET), request);
            assertFalse(answer.contains("crc32c:"), () -> "a proof: " + request);
            assertTrue(
                    answer.isEmpty() || answer.matches("(?s)HTTP/1\\.1 [1234]\\d\\d .*"),
                    () -> answer + "\n" + request);
        }
        assertTrue(answer("GET /acme/tiny/resolve/main/config.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                .endsWith("{}"));
    }

    /** What comes until the end; a silence is an exception. */
    private static String answer(String request) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), hub.address().getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
                socket.shutdownOutput();
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (SocketException e) {
                return ""; // it hung up on us
            } catch (SocketTimeoutException e) {
                throw new AssertionError("silence after " + request, e);
            }
        }
    }

    @Provide
    static Arbitrary<List<String>> requests() {
        Arbitrary<String> method = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.just("GET")),
                Tuple.of(
                        2,
                        Arbitraries.of(
                                "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "CONNECT", "PRI", "get", "", "G\0T")));
        Arbitrary<String> part = Arbitraries.frequencyOf(
                Tuple.of(
                        12,
                        Arbitraries.of(
                                "..",
                                "../..",
                                "..%2f..",
                                "..%5c..",
                                "%2e%2e",
                                "%252e%252e",
                                ".",
                                "",
                                "%00",
                                "%",
                                "%zz",
                                "%c0%ae%c0%ae",
                                "\\",
                                "secret",
                                "site",
                                "local",
                                "hf",
                                "ms",
                                "/etc/passwd",
                                "C:",
                                "~",
                                "$HOME",
                                ".sync-tools",
                                "proof.json",
                                ".cache",
                                "sync-tools",
                                "blobs",
                                "snapshots",
                                ".msc",
                                "+",
                                "*",
                                "file:")),
                Tuple.of(
                        12,
                        Arbitraries.of(
                                "api",
                                "v1",
                                "models",
                                "datasets",
                                "acme",
                                "tiny",
                                "resolve",
                                "main",
                                "tree",
                                "revision",
                                "refs",
                                "paths-info",
                                "commits",
                                "repo",
                                "files",
                                "revisions",
                                "config.json",
                                "sub",
                                "metrics",
                                "1000000000000")),
                Tuple.of(2, Arbitraries.strings().ofMaxLength(12)));
        Arbitrary<String> begin = Arbitraries.of(
                "/",
                "",
                "//",
                "/acme/tiny/resolve/main/",
                "/api/models/acme/tiny/tree/main/",
                "/api/v1/models/acme/tiny/repo?FilePath=",
                "/api/v1/models/acme/tiny/repo/files?Root=",
                "/api/v1/datasets/",
                "http://x/",
                "http://",
                "*");
        Arbitrary<String> query = Arbitraries.of(
                "",
                "?",
                "?&&=&",
                "?cursor=-1&limit=99999999999999",
                "?cursor=2147483647&recursive=true",
                "?PageNumber=2147483647&PageSize=-5",
                "?Revision=..%2f..&FilePath=..%2f..%2f..%2fsecret",
                "?Recursive=True&Root=/../",
                "&Revision=%ff",
                "?expand=%",
                "?FilePath=/etc/passwd",
                "?Ref=" + "x".repeat(3000));
        Arbitrary<String> target = Combinators.combine(begin, part.list().ofMaxSize(9), query)
                .as((first, parts, last) -> first + String.join("/", parts) + last);
        Arbitrary<String> version = Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.just("HTTP/1.1")),
                Tuple.of(
                        2,
                        Arbitraries.of(
                                "HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "", "HTTP/1.1 HTTP/1.1", "ICY/1.1", "HTTP/1.1\0")));
        Arbitrary<String> header = Arbitraries.frequencyOf(
                Tuple.of(
                        12,
                        Arbitraries.of(
                                "Host: ../../secret",
                                "Host: a\"><script>",
                                "Host:",
                                "Host: [::1",
                                "Host: " + "h".repeat(300),
                                "Range: bytes=0-99999999999999999999",
                                "Range: bytes=--5",
                                "Range: bytes=9-1",
                                "Range: bytes=-0",
                                "Range: bytes=0-0,1-1,2-2",
                                "Range: lines=1-2",
                                "If-Range: \"",
                                "If-None-Match: *",
                                "Content-Length: -1",
                                "Content-Length: 5",
                                "Content-Length: 99999999999999999999",
                                "Content-Length: 1\r\nContent-Length: 2",
                                "Transfer-Encoding: chunked",
                                "Transfer-Encoding: chunked\r\nContent-Length: 3",
                                "Transfer-Encoding: gzip, chunked",
                                "Expect: 100-continue",
                                "Expect: nonsense",
                                "Connection: close, upgrade",
                                "Upgrade: h2c",
                                "X-Forwarded-Proto: javascript",
                                "X-Forwarded-Proto: https",
                                "Authorization: Bearer " + "t".repeat(5000),
                                "Cookie: m_session_id=",
                                " folded: yes",
                                "\tfolded: yes",
                                "no colon",
                                ": no name",
                                "Name\0: x",
                                "Accept-Encoding: identity;q=0")),
                Tuple.of(1, Arbitraries.of("X: " + "y".repeat(20_000))),
                Tuple.of(
                        2,
                        Combinators.combine(
                                        Arbitraries.strings().ofMaxLength(10),
                                        Arbitraries.strings().ofMaxLength(10))
                                .as((name, value) -> name + ": " + value)));
        Arbitrary<String> ending = Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.just("\r\n")), Tuple.of(1, Arbitraries.of("\n", "\r", "")));
        Arbitrary<String> one = Combinators.combine(
                        method,
                        target,
                        version,
                        header.list().ofMaxSize(5),
                        ending,
                        Arbitraries.of("", "hello", "5\r\nhello\r\n0\r\n\r\n", "{\"paths\":[\"../secret\"]}"))
                .as((verb, address, protocol, headers, end, body) ->
                        verb + " " + address + " " + protocol + end + String.join(end, headers) + end + end + body);
        return one.list().ofSize(IN_ONE_TRY);
    }
}
