package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code descriptions}, against stand-ins of Docker Hub's and Quay's web APIs. */
class DescriptionsToolTest {
    private static final String PASSWORD = "p\"w $x";
    private static final String README = "# Tools\n\n[use](docs/use.md) ![logo](logo.png)\n";

    @TempDir
    Path folder;

    private final MockWebServer server = new MockWebServer();
    private final Map<String, String> pages = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private String readme = README;

    @BeforeEach
    void start() throws IOException {
        pages.put("/v2/repositories/acme/tools/", "");
        pages.put("/api/v1/repository/acme/tools", "");
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                requests.add(request.getMethod() + " " + request.getTarget());
                try {
                    return answer(request);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        server.start(InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private MockResponse answer(RecordedRequest request) throws IOException {
        String target = request.getTarget();
        if (target.startsWith("/acme/tools/main/")) {
            return new MockResponse.Builder().body(readme).build();
        }
        if (target.equals("/v2/auth/token")) {
            JsonNode login = body(request);
            boolean right = login.path("identifier").asText().equals("bot")
                    && login.path("secret").asText().equals(PASSWORD);
            return right
                    ? new MockResponse.Builder()
                            .body("{\"access_token\":\"hub-token\"}")
                            .build()
                    : refusal(401, "{\"detail\":\"Incorrect authentication credentials\"}");
        }
        boolean hub = target.startsWith("/v2/");
        String page = pages.get(target);
        if (page == null) {
            return refusal(404, "{\"message\":\"object not found\"}");
        }
        String field = hub ? "full_description" : "description";
        if (request.getMethod().equals(hub ? "PATCH" : "PUT")) {
            String token = hub ? "Bearer hub-token" : "Bearer quay-token";
            if (!token.equals(request.getHeaders().get("Authorization"))) {
                return refusal(403, "{\"message\":\"no such right\"}");
            }
            page = body(request).path(field).asText();
            if (hub && page.getBytes(StandardCharsets.UTF_8).length > 25_000) {
                return refusal(400, "{\"full_description\":[\"too long\"]}");
            }
            pages.put(target, page);
        }
        ObjectNode shown = Json.MAPPER.createObjectNode();
        return new MockResponse.Builder()
                .body((page.isEmpty() ? shown.putNull(field) : shown.put(field, page)).toString())
                .build();
    }

    private static JsonNode body(RecordedRequest request) throws IOException {
        return Json.MAPPER.readTree(Objects.requireNonNull(request.getBody()).toByteArray());
    }

    private static MockResponse refusal(int status, String body) {
        return new MockResponse.Builder().code(status).body(body).build();
    }

    private Console console() {
        return new Console(folder)
                .with("DOCKERHUB_USER", "bot")
                .with("DOCKERHUB_PWD", PASSWORD)
                .with("QUAY_API_KEY", "quay-token");
    }

    private int run(Console console, String list, String... more) throws IOException {
        requests.clear();
        Path file = Files.writeString(folder.resolve("descriptions.json"), list);
        String here = "=http://127.0.0.1:" + server.getPort();
        List<String> arguments = new java.util.ArrayList<>(List.of(
                "descriptions",
                "--list",
                file.toString(),
                "--via",
                "hub.docker.com" + here,
                "--via",
                "quay.io" + here,
                "--via",
                "raw.githubusercontent.com" + here));
        arguments.addAll(List.of(more));
        return console.run(arguments.toArray(String[]::new));
    }

    private static String both(String source) {
        return "[{\"src\": \"" + source + "\", \"dest\": \"docker.io/acme/tools\"}," + "{\"src\": \"" + source
                + "\", \"dest\": \"quay.io/acme/tools\"}]";
    }

    @Test
    void bothPagesShowTheTextAndASecondRunChangesNothing() throws IOException {
        String list = both("https://github.com/acme/tools/blob/main/README.md");
        Console preview = console();
        assertEquals(0, run(preview, list, "--dry-run"), preview::out);
        assertTrue(preview.out().contains("descriptions: 2 to change, 0 up to date, 0 failed"), preview::out);
        assertTrue(requests.stream().noneMatch(one -> one.startsWith("P") && !one.contains("/auth/")));

        Console first = console();
        assertEquals(0, run(first, list), first::out);
        assertTrue(first.out().contains("changed     docker.io/acme/tools  from https://github.com"), first::out);
        String expected = "# Tools\n\n[use](https://github.com/acme/tools/blob/main/docs/use.md)"
                + " ![logo](https://raw.githubusercontent.com/acme/tools/main/logo.png)\n";
        assertEquals(expected, pages.get("/v2/repositories/acme/tools/"));
        assertEquals(expected, pages.get("/api/v1/repository/acme/tools"));
        assertFalse(
                (first.out() + first.err()).contains(PASSWORD) || first.out().contains("-token"));
        assertEquals(1, requests.stream().filter(one -> one.contains("/auth/")).count());

        pages.put("/v2/repositories/acme/tools/", expected.strip()); // as Docker Hub keeps it
        Console second = console();
        assertEquals(0, run(second, list), second::out);
        assertTrue(second.out().contains("0 changed, 2 up to date"), second::out);
        assertTrue(requests.stream().noneMatch(one -> one.startsWith("PATCH") || one.startsWith("PUT")));
    }

    @Test
    void aFileIsReadAndItsLinksNeedABase() throws IOException {
        Path file = Files.writeString(folder.resolve("README.md"), README);
        String list = both(file.toString());
        Console without = console();
        assertEquals(0, run(without, list), without::out);
        assertTrue(without.out().contains("note: 2 relative links lead nowhere there"), without::out);
        Console with = console();
        assertEquals(
                0,
                run(with, list.replace("\"dest\"", "\"base\": \"https://gitee.com/a/b/blob/x/README.md\", \"dest\"")),
                with::out);
        assertTrue(pages.get("/api/v1/repository/acme/tools").contains("(https://gitee.com/a/b/blob/x/docs/use.md)"));
    }

    @Test
    void dockerHubsLimitIsKeptAndQuayShowsAll() throws IOException {
        readme = "行\n".repeat(20_000);
        Console console = console();
        assertEquals(
                0, run(console, both("https://raw.githubusercontent.com/acme/tools/main/README.md")), console::out);
        assertTrue(console.out().contains("note: shortened to what the page takes, 25000 bytes"), console::out);
        String cut = pages.get("/v2/repositories/acme/tools/");
        assertTrue(cut.endsWith("[…](https://github.com/acme/tools/blob/main/README.md)\n"), cut);
        assertEquals(readme, pages.get("/api/v1/repository/acme/tools"));
        Console again = console();
        assertEquals(0, run(again, both("https://raw.githubusercontent.com/acme/tools/main/README.md")));
        assertTrue(again.out().contains("0 changed, 2 up to date"), again::out);
    }

    @Test
    void whatFailsIsNamedAndTheOthersGoOn() throws IOException {
        String source = "https://raw.githubusercontent.com/acme/tools/main/README.md";
        String list = both(source)
                .replace(
                        "[{",
                        "[{\"src\": \"" + source + "\", \"dest\": \"docker.io/acme/none\"}," + "{\"src\": \""
                                + folder.resolve("none.md") + "\", \"dest\": \"quay.io/acme/other\"},{");
        Console console = console();
        assertEquals(1, run(console, list));
        assertTrue(console.out().contains("FAILED      docker.io/acme/none: NOT_FOUND: "), console::out);
        assertTrue(console.out().contains("make the repository first"), console::out);
        assertTrue(console.out().contains("FAILED      quay.io/acme/other: NOT_FOUND: "), console::out);
        assertTrue(console.out().contains("descriptions: 2 changed, 0 up to date, 2 failed"), console::out);
    }

    @Test
    void aRefusedAccountIsShownOnceAndTheAdviceNamesItsVariables() throws IOException {
        String source = "https://raw.githubusercontent.com/acme/tools/main/README.md";
        pages.put("/v2/repositories/acme/more/", "");
        String list = both(source).replace("[{", "[{\"src\": \"" + source + "\", \"dest\": \"docker.io/acme/more\"},{");
        Console console = console().with("DOCKERHUB_PWD", "wrong").with("QUAY_API_KEY", "");
        assertEquals(1, run(console, list));
        assertEquals(1, requests.stream().filter(one -> one.contains("/auth/")).count());
        assertTrue(console.out().contains("3 failed"), console::out);
        assertTrue(console.out().contains("DOCKERHUB_USER"), console::out);
        assertTrue(console.out().contains("QUAY_IO_TOKEN"), console::out);
        assertFalse(console.out().contains("wrong"), console::out);
    }

    @Test
    void faultsOfTheListAreToldWithTheirPlacesBeforeAnybodyIsAsked() throws IOException {
        for (Map.Entry<String, String> wrong : Map.of(
                        "[{\"src\": \"x\"}]",
                        ":1:2: error: the key \"dest\" is missing",
                        "[{\"src\": \"x\", \"dest\": \"ghcr.io/a/b\"}]",
                        "docker.io and quay.io have",
                        "[{\"src\": \"x\", \"dest\": \"docker.io/a/b:1\"}]",
                        "holds a tag",
                        "[{\"src\": \"x\", \"dest\": \"docker.io/a\"}]",
                        "with the namespace",
                        both("x").replace("quay.io", "docker.io"),
                        "a page shows one",
                        "{}",
                        "is an array",
                        "[{\"readme\": \"x\", \"dest\": \"quay.io/a/b\"}]",
                        "did you mean \"src\"?")
                .entrySet()) {
            Console console = console();
            assertEquals(2, run(console, wrong.getKey()), wrong::toString);
            assertTrue(console.err().contains(wrong.getValue()), console::err);
        }
        assertEquals(List.of(), requests);
        Console far = console();
        assertEquals(2, run(far, both("x"), "--via", "x.com=http://proxy.example.com"));
        assertTrue(far.err().contains("plain http"), far::err);
    }
}
