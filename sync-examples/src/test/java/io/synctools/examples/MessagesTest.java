package io.synctools.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.file.Holder;
import io.synctools.file.Lease;
import io.synctools.model.SyncOptions;
import io.synctools.report.JUnitXml;
import io.synctools.report.KeptReports;
import io.synctools.report.Notification;
import io.synctools.report.ReportPage;
import io.synctools.spi.RunContext;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The words in which a person learns what is wrong, each as it is printed. */
class MessagesTest {
    @TempDir
    Path folder;

    private String write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private Console run(int status, Console console, String models, String datasets, String... more)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of("vllm-guiyang003"));
        arguments.addAll(List.of("--models", write("m.ini", models), "--datasets", write("d.ini", datasets)));
        arguments.addAll(List.of(
                "--modelscope-cache", folder.resolve("cache").toString(), "--retry-for", "1s", "--retries", "0"));
        Path report = folder.resolve("run.json");
        arguments.addAll(List.of("--report", report.toString()));
        arguments.addAll(List.of(more));
        assertEquals(status, console.run(arguments.toArray(String[]::new)), () -> console.out() + console.err());
        if (Files.exists(report)) {
            SyncReport.read(report).items().forEach(item -> assertEquals(List.of(), Troubleshooting.unexplained(item)));
        }
        return console;
    }

    private Console at(String endpoint) {
        return new Console(folder).with("MODELSCOPE_ENDPOINT", endpoint);
    }

    private static int times(String text, String words) {
        return text.split(java.util.regex.Pattern.quote(words), -1).length - 1;
    }

    @Test
    void anEndpointInsideOfTheInterfaceOrWithoutSchemeIsSaidOnceWithTheRightForm() throws IOException {
        Console inside = run(2, at("https://www.modelscope.cn/api/v1"), "a/b\nc/d\n", "e/f\n");
        String right = "MODELSCOPE_ENDPOINT=https://www.modelscope.cn/api/v1 leads inside of the hub's interface;"
                + " write MODELSCOPE_ENDPOINT=https://www.modelscope.cn\n";
        assertEquals(
                folder.resolve("m.ini") + ":1:1: error: modelscope:models/a/b: " + right
                        + "  the same for 2 items more\n",
                inside.err());
        Console bare = run(2, at("hub.example.com:8080"), "a/b\nc/d\n", "e/f\n");
        assertEquals(
                folder.resolve("m.ini")
                        + ":1:1: error: modelscope:models/a/b: MODELSCOPE_ENDPOINT=hub.example.com:8080 has no scheme;"
                        + " write MODELSCOPE_ENDPOINT=https://hub.example.com:8080\n  the same for 2 items more\n",
                bare.err());
    }

    @ParameterizedTest
    @CsvSource({
        "https://huggingface.co/api, leads inside of the hub's interface; write HF_ENDPOINT=https://huggingface.co",
        "hf-mirror.com, has no scheme; write HF_ENDPOINT=https://hf-mirror.com"
    })
    void theSameOfTheOtherHub(String endpoint, String right) throws IOException {
        String list = write(
                "hf.json",
                "[{\"platform\": \"huggingface\", \"organization\": \"a\", \"model_name\": \"b\"},"
                        + " {\"platform\": \"huggingface\", \"organization\": \"a\", \"model_name\": \"c\"}]");
        Console console = new Console(folder).with("HF_ENDPOINT", endpoint);
        assertEquals(2, console.run("hk001-models", "--models", list));
        assertEquals(
                list + ":1:2: error: huggingface:models/a/b: HF_ENDPOINT=" + endpoint + " " + right
                        + "\n  the same for 1 item more\n",
                console.err());
    }

    @Test
    void anotherServerIsSaidOnceAndNotAsModelsThatAreMissing() throws Exception {
        try (MockWebServer other = new MockWebServer()) {
            other.setDispatcher(new Dispatcher() {
                @Override
                public MockResponse dispatch(RecordedRequest request) {
                    return new MockResponse.Builder()
                            .code(404)
                            .body("<html>nothing here</html>")
                            .build();
                }
            });
            other.start();
            String endpoint = "http://127.0.0.1:" + other.getPort();
            Console console = run(1, at(endpoint), "a/b\nc/d\n", "e/f\n");
            String summary = console.out().substring(console.out().indexOf("vllm-guiyang003: 3 of 3"));
            assertEquals(
                    "vllm-guiyang003: 3 of 3 items are not there\n"
                            + "  modelscope:models/a/b  (m.ini:1)\n"
                            + "  modelscope:models/c/d  (m.ini:2)\n"
                            + "  modelscope:datasets/e/f  (d.ini:1)\n"
                            + "    OTHER: 127.0.0.1:" + other.getPort()
                            + " does not answer as ModelScope does (HTTP 404 with a page); is MODELSCOPE_ENDPOINT="
                            + endpoint + " right? Its usual value is https://www.modelscope.cn\n"
                            + "    Trying again will not help before this is mended.\n",
                    summary.substring(0, summary.indexOf("3 items:")));
            assertEquals(2, times(console.out(), "does not answer as"), console::out); // as it happens, and at the end
            assertFalse(console.out().contains("there is no"), console::out);
        }
    }

    /** A login page, a wiki, a catch-all of a proxy: all answer with a page and status 200 to whatever they are asked. */
    @Test
    void aPageWithStatus200IsAnotherServerToo() throws Exception {
        try (MockWebServer other = new MockWebServer()) {
            other.setDispatcher(new Dispatcher() {
                @Override
                public MockResponse dispatch(RecordedRequest request) {
                    return new MockResponse.Builder()
                            .body("<!DOCTYPE html><title>Sign in</title>")
                            .build();
                }
            });
            other.start();
            String endpoint = "http://127.0.0.1:" + other.getPort();
            String console = run(1, at(endpoint), "a/b\nc/d\n", "e/f\n").out();
            String summary = console.substring(console.indexOf("vllm-guiyang003: 3 of 3"), console.indexOf("3 items:"));
            assertEquals(
                    "vllm-guiyang003: 3 of 3 items are not there\n"
                            + "  modelscope:models/a/b  (m.ini:1)\n"
                            + "  modelscope:models/c/d  (m.ini:2)\n"
                            + "  modelscope:datasets/e/f  (d.ini:1)\n"
                            + "    UNAVAILABLE: … 127.0.0.1:" + other.getPort()
                            + " does not answer as ModelScope does (HTTP 200 with a page); is MODELSCOPE_ENDPOINT="
                            + endpoint + " right? Its usual value is https://www.modelscope.cn; try again later\n"
                            + "    A later run may succeed by itself.\n",
                    summary.replaceFirst("UNAVAILABLE: .* 127", "UNAVAILABLE: … 127"));
            assertEquals(2, times(console, "does not answer as"), console); // as it happens, and at the end

            String list = write(
                    "hf.json",
                    "[{\"platform\": \"huggingface\", \"organization\": \"a\", \"model_name\": \"b\"},"
                            + " {\"platform\": \"huggingface\", \"organization\": \"a\", \"model_name\": \"c\"}]");
            Console hub = new Console(folder).with("HF_ENDPOINT", endpoint);
            String root = folder.resolve("local").toString();
            assertEquals(
                    1, hub.run("hk001-models", "--models", list, "--local-root", root, "--retries", "0"), hub::out);
            assertTrue(
                    hub.out()
                            .contains("the answer is not the hub's (a page); is HF_ENDPOINT=" + endpoint
                                    + " right, and is no proxy in between? Its usual value is https://huggingface.co"),
                    hub::out);
            assertEquals(2, times(hub.out(), "is not the hub's"), hub::out);
        }
    }

    @Test
    void aHostWithoutAddressIsToldOfOnceToo() throws IOException {
        String out = run(1, at("http://hub.invalid"), "a/b\nc/d\n", "e/f\n").out();
        assertEquals(2, times(out, "no address is known for the host hub.invalid"), out);
    }

    @Test
    void aHostThatIsDownIsToldOfOnceAndNotForEachItem() throws IOException {
        int dead;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            dead = socket.getLocalPort();
        }
        String out = run(1, at("http://127.0.0.1:" + dead), "a/b\nc/d\ne/f\n", "g/h\n")
                .out();
        String summary = out.substring(out.indexOf("vllm-guiyang003: 4 of 4 items are not there"));
        assertEquals(1, times(summary, "Failed to connect"), out);
        assertEquals(1, times(summary, "A later run may succeed by itself."), out);
        assertTrue(summary.contains("  modelscope:datasets/g/h  (d.ini:1)\n    UNAVAILABLE: "), out);
        assertEquals(2, times(out, "Failed to connect"), out); // as it happens, and at the end
    }

    @Test
    void whatAnotherRunnerHoldsSaysWhoWhereAndSinceWhenInTheSameWordsEverywhere() throws Exception {
        try (Hub hub = Hub.start(
                Hub.Options.PLAIN,
                List.of(HubRepository.of("models/acme/chat", List.of(HubFile.of("config.json", "{}")))))) {
            Console console = at(hub.origin().toString());
            run(0, console, "acme/chat\n", "# none\n");
            Path lease;
            try (Stream<Path> all = Files.walk(folder.resolve("cache"))) {
                lease = all.filter(file -> file.getFileName().toString().startsWith("proof"))
                        .findFirst()
                        .orElseThrow()
                        .resolveSibling("lease");
            }
            RunContext holder = RunContext.of(SyncOptions.builder()
                    .runUrl("https://ci.example.com/runs/7")
                    .build());
            String who;
            try (Lease held = Lease.take(lease, holder)) {
                who = Holder.read(lease).orElseThrow().describe();
                Files.delete(folder.resolve("cache/models/acme/chat/config.json"));
                Console second = at(hub.origin().toString()).with("GITHUB_ACTIONS", "true");
                run(1, second, "acme/chat\n", "# none\n", "--verify");
                String words = "HELD_BY_ANOTHER: another runner works on it: " + who + " holds " + lease;
                assertEquals(3, times(second.out(), words), second::out); // at once, at the end, as an annotation
                assertTrue(second.out().contains("run again later, or give --wait a longer time"), second::out);
                assertFalse(
                        second.out().contains("OTHER: another") && !second.out().contains("BY_ANOTHER"));
            }
            assertTrue(who.matches("process \\d+ on \\S+, since \\S+Z, run https://ci.example.com/runs/7"), who);
            SyncReport kept = SyncReport.read(folder.resolve("run.json"));
            assertTrue(Notification.of(kept, Optional.empty(), "")
                    .orElseThrow()
                    .lines()
                    .get(0)
                    .contains(": HELD_BY_ANOTHER, another runner works on it: " + who));
            assertTrue(JUnitXml.of(List.of(kept)).contains("type=\"HELD_BY_ANOTHER\""));
            assertTrue(ReportPage.of(new KeptReports(List.of(kept), List.of(), List.of()), Instant.now())
                    .contains(">HELD_BY_ANOTHER</span>"));
        }
    }

    @Test
    void aDeadProxyIsCalledAProxy() throws IOException {
        int dead;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            dead = socket.getLocalPort();
        }
        Console console = run(
                1, at("http://hub.example.com").with("HTTP_PROXY", "http://127.0.0.1:" + dead), "a/b\n", "# none\n");
        assertTrue(
                console.out()
                        .contains(": the proxy 127.0.0.1:" + dead
                                + " cannot be reached; correct or unset HTTP_PROXY (or ALL_PROXY), or name"
                                + " hub.example.com in NO_PROXY"),
                console::out);
    }

    @Test
    void theWrongSchemeForAPortIsNamed() throws IOException {
        try (ServerSocket plain = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            answer(plain, "HTTP/1.1 400 Bad Request\r\n\r\n");
            Console console = run(1, at("https://127.0.0.1:" + plain.getLocalPort()), "a/b\n", "# none\n");
            assertTrue(
                    console.out()
                            .contains("the server does not speak TLS on this port; write http:// instead of https://"),
                    console::out);
        }
    }

    /** With an alert, as a library of TLS does, or in words, as nginx and programs in Go do. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\25\3\3\0\2\2\120",
                "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
                        + "<html><h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port</html>",
                "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
            })
    void theOtherWrongSchemeIsNamedAsWell(String answer) throws IOException {
        try (ServerSocket secure = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            answer(secure, answer);
            Console console = run(1, at("http://127.0.0.1:" + secure.getLocalPort()), "a/b\n", "# none\n");
            assertTrue(
                    console.out()
                            .contains(": the server does not speak plain HTTP on this port; write https:// instead of"
                                    + " http://, or correct the port"),
                    console::out);
        }
    }

    private static void answer(ServerSocket port, String answer) {
        Thread server = new Thread(() -> {
            while (!port.isClosed()) {
                try (Socket socket = port.accept()) {
                    socket.getInputStream().read(new byte[4096]);
                    socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
                } catch (IOException e) {
                    // closed, or the client has heard enough
                }
            }
        });
        server.start();
    }

    @Test
    void swappedKindsAndNearNamesAreNamedAtTheirPlace() throws IOException {
        try (Hub hub = Hub.start(
                Hub.Options.PLAIN,
                List.of(
                        HubRepository.of("models/acme/Chat-7B-Instruct", List.of(HubFile.of("config.json", "{}"))),
                        HubRepository.of("datasets/acme/rows", List.of(HubFile.of("a.csv", "1\n")))))) {
            Console console = at(hub.origin().toString()).with("GITHUB_ACTIONS", "true");
            run(1, console, "acme/Chat-7B-Instruct\nacme/Chat-7B-Instrukt\nacme/rows\n", "# none\n");
            String out = console.out();
            assertTrue(out.contains("; did you mean \"acme/Chat-7B-Instruct\"?"), out);
            assertTrue(out.contains("; there is a dataset of that name: move the entry to the list of datasets"), out);
            assertTrue(out.contains("::error file=" + folder.resolve("m.ini") + ",line=2,title="), out);
            assertTrue(out.contains("::error file=" + folder.resolve("m.ini") + ",line=3,title="), out);
        }
    }

    /** One revision is there, the other is misspelt: the hint belongs to neither, and each keeps what was declared. */
    @Test
    void aHintChangesNothingButTheMessageOfItsOwnItem() throws IOException {
        String list = write(
                "two.json",
                "[{\"platform\": \"huggingface\", \"organization\": \"acme\", \"model_name\": \"chat\"},"
                        + " {\"platform\": \"huggingface\", \"organization\": \"acme\", \"model_name\": \"chat\","
                        + " \"revision\": \"v9\"},"
                        + " {\"platform\": \"huggingface\", \"organization\": \"acme\", \"model_name\": \"rows\"}]");
        Path report = folder.resolve("two-report.json");
        try (Hub hub = Hub.start(
                Hub.Options.PLAIN,
                List.of(
                        HubRepository.of("models/acme/chat", List.of(HubFile.of("config.json", "{}"))),
                        HubRepository.of("datasets/acme/chat", List.of(HubFile.of("a.csv", "1\n"))),
                        HubRepository.of("datasets/acme/rows", List.of(HubFile.of("a.csv", "1\n")))))) {
            Console console =
                    new Console(folder).with("HF_ENDPOINT", hub.origin().toString());
            int status = console.run(
                    "hk001-models",
                    "--models",
                    list,
                    "--huggingface-layout",
                    "cache",
                    "--huggingface-cache",
                    folder.resolve("hf").toString(),
                    "--report",
                    report.toString());
            assertEquals(1, status, () -> console.out() + console.err());
        }
        List<SyncReport.Item> items = SyncReport.read(report).items();
        assertEquals(Outcome.COPIED, items.get(0).outcome());
        assertEquals(Optional.of("v9"), items.get(1).declaredRevision());
        assertFalse(items.get(1).failures().get(0).message().contains("of that name"));
        assertTrue(items.get(2).failures().get(0).message().contains("there is a dataset of that name"));
    }

    @Test
    void aListOfAnotherKindIsNamedAsWhatItIs() throws IOException {
        String images = write("rules.json", "[{\"src\": \"docker.io/a/b\", \"dest\": \"quay.io/a/b\"}]");
        String datasets = write(
                "rows.json",
                "[{\"platform\": \"modelscope\", \"organization\": \"a\", \"dataset_name\": \"b\"},"
                        + " {\"platform\": \"modelscope\", \"organization\": \"a\", \"dataset_name\": \"c\"}]");
        Console console = new Console(folder);
        assertEquals(2, console.run("hk001-models", "--models", images));
        assertEquals(2, console.run("hk001-models", "--models", datasets));
        assertEquals(
                images + ":1:1: error: is a list of image rules, and a list of models is expected here;"
                        + " give it as --images\n" + datasets
                        + ":1:1: error: is a list of datasets, and a list of models is expected here;"
                        + " give it as --datasets\n",
                console.err());
    }

    @Test
    void anOnlyThatChoosesNothingIsAWrongOption() throws IOException {
        Console console = run(2, at("http://127.0.0.1:1"), "a/b\n", "c/d\n", "--only", "a/*", "--only", "x/*");
        assertEquals(
                "sync: --only \"x/*\" matches none of the 2 items of vllm-guiyang003;"
                        + " ./sync plan vllm-guiyang003 lists them\n",
                console.err());
    }
}
