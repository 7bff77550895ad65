package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.internal.json.Json;
import io.synctools.model.FailureKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What arrives at robots, and that nothing that they do is a failure of the run. */
class NotifyToolTest {
    private static final String TOKEN = "tok-3f9a";
    private static final String SECRET = "SEC-77ab";

    @TempDir
    Path folder;

    private final MockWebServer robot = new MockWebServer();
    private Console console;

    @BeforeEach
    void start() throws IOException {
        robot.start();
    }

    @AfterEach
    void stop() {
        robot.close();
    }

    private Path report(String name, boolean well) throws IOException {
        Instant begin = Instant.parse("2026-03-01T10:00:00Z");
        SyncReport.Item item = new SyncReport.Item(
                "modelscope:models/o/b",
                "modelscope-cache:models/o/b",
                Optional.of("models/o/b"),
                "list.ini:1",
                Optional.of("master"),
                "hub",
                well ? Outcome.UP_TO_DATE : Outcome.FAILED,
                new SyncReport.Entries(1, well ? 1 : 0, 0, well ? 0 : 1),
                Optional.of(new SyncReport.Bytes(1, 1, 0, 0)),
                1,
                1.5,
                well ? List.of() : List.of(new SyncReport.Failure("", FailureKind.ACCESS, "set HF_TOKEN", false)),
                List.of(),
                Optional.empty());
        Path file = folder.resolve(name);
        new SyncReport("sync-tools 0", "hk001-models", well ? 0 : 1, begin, begin, false, "0/1", List.of(item))
                .write(file);
        return file;
    }

    private int notify(String kind, String secret, String... arguments) {
        console = new Console(folder)
                .with(
                        "SYNC_NOTIFY_URL",
                        robot.url("/robot/send?access_token=" + TOKEN).toString())
                .with("SYNC_NOTIFY_KIND", kind)
                .with("SYNC_NOTIFY_SECRET", secret)
                .with("GITHUB_SERVER_URL", "https://github.com")
                .with("GITHUB_REPOSITORY", "acme/mirror")
                .with("GITHUB_RUN_ID", "7");
        String[] all = new String[arguments.length + 1];
        all[0] = "notify";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return console.run(all);
    }

    private void answer(int status, String body) {
        robot.enqueue(new MockResponse.Builder().code(status).body(body).build());
    }

    private void assertNoSecretIsPrinted() {
        String printed = console.out() + console.err();
        assertFalse(printed.contains(TOKEN) || printed.contains(SECRET), printed);
    }

    private static String hmac(String key, String message) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return Base64.getEncoder().encodeToString(mac.doFinal(message.getBytes(StandardCharsets.UTF_8)));
    }

    /** The body that arrived, after the checks that hold for every kind. */
    private JsonNode told(RecordedRequest request) throws IOException {
        assertEquals("POST", request.getMethod());
        assertEquals("application/json; charset=utf-8", request.getHeaders().get("Content-Type"));
        assertEquals(TOKEN, request.getUrl().queryParameter("access_token"));
        String body = Objects.requireNonNull(request.getBody()).utf8();
        assertFalse(body.contains(TOKEN) || body.contains(SECRET), body);
        assertNoSecretIsPrinted();
        assertTrue(console.out().startsWith("told "), console::out);
        return Json.MAPPER.readTree(body);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slack | ok | /text |",
                "dingtalk | {\"errcode\":0} | /markdown/text | msgtype=markdown",
                "feishu | {\"code\":0} | /content/text | msg_type=text",
                "wecom | {\"errcode\":0} | /text/content | msgtype=text"
            })
    void aRobotIsToldWhatFailedAndWhereToLook(String kind, String taken, String where, String type) throws Exception {
        answer(200, taken);
        assertEquals(0, notify(kind, "", "--report", report("r.json", false).toString()));
        JsonNode body = told(robot.takeRequest());
        String text = body.at(where).asText();
        assertEquals(
                List.of(
                        "hk001-models: 1 of 1 item not there",
                        "- modelscope:models/o/b: ACCESS, set HF_TOKEN",
                        "https://github.com/acme/mirror/actions/runs/7"),
                text.lines().filter(line -> !line.isEmpty()).toList());
        if (type != null) {
            assertEquals(
                    type.substring(type.indexOf('=') + 1),
                    body.path(type.substring(0, type.indexOf('='))).asText());
        }
        if (kind.equals("dingtalk")) {
            assertEquals(
                    "hk001-models: 1 of 1 item not there",
                    body.at("/markdown/title").asText());
        }
    }

    @Test
    void aHookOfAnybodyGetsOurOwnForm() throws Exception {
        answer(204, "");
        assertEquals(0, notify("", "", "--report", report("r.json", false).toString()));
        JsonNode body = told(robot.takeRequest());
        assertEquals("hk001-models", body.path("flow").asText());
        assertEquals(1, body.path("exit").asInt());
        assertEquals(
                "https://github.com/acme/mirror/actions/runs/7",
                body.path("run").asText());
        assertEquals(
                "[{\"item\":\"modelscope:models/o/b\",\"kind\":\"ACCESS\",\"message\":\"set HF_TOKEN\"}]",
                body.path("failed").toString());
        assertEquals(1, body.at("/totals/failed").asInt());
        assertEquals(1, body.at("/totals/items").asInt());
    }

    @Test
    void dingTalkIsSignedInTheAddressAndFeishuInTheBody() throws Exception {
        answer(200, "{\"errcode\":0}");
        notify("dingtalk", SECRET, "--report", report("r.json", false).toString());
        RecordedRequest dingTalk = robot.takeRequest();
        told(dingTalk);
        String millis = dingTalk.getUrl().queryParameter("timestamp");
        assertEquals(hmac(SECRET, millis + "\n" + SECRET), dingTalk.getUrl().queryParameter("sign"));
        assertTrue(Math.abs(System.currentTimeMillis() - Long.parseLong(millis)) < 600_000, millis);

        answer(200, "{\"code\":0}");
        notify("feishu", SECRET, "--report", report("r.json", false).toString());
        JsonNode feishu = told(robot.takeRequest());
        String seconds = feishu.path("timestamp").textValue();
        assertEquals(hmac(seconds + "\n" + SECRET, ""), feishu.path("sign").asText());
        assertEquals(millis.length() - 3, seconds.length());
    }

    @Test
    void onlyChangesAreToldWhereTheRunBeforeIsKnown() throws Exception {
        String well = report("well.json", true).toString();
        String bad = report("bad.json", false).toString();
        String none = folder.resolve("none.json").toString();
        String empty = Files.writeString(folder.resolve("empty.json"), "").toString();
        assertEquals(0, notify("", "", "--report", well));
        assertEquals(0, notify("", "", "--report", well, "--previous", none));
        Files.delete(Path.of(none));
        for (String[] same : new String[][] {{bad, bad}, {bad, empty}, {none, empty}}) {
            assertEquals(0, notify("", "", "--report", same[0], "--previous", copy(same[1])));
            assertEquals("nothing new to tell\n", console.out());
            assertKept(same[0]);
        }
        assertEquals(0, robot.getRequestCount());

        for (String[] change : new String[][] {{well, bad}, {bad, well}, {bad, none}, {well, empty}, {none, well}}) {
            answer(200, "");
            assertEquals(0, notify("", "", "--report", change[0], "--previous", copy(change[1])));
            assertKept(change[0]);
            boolean now = told(robot.takeRequest()).path("exit").asInt() == 0;
            assertEquals(change[0].equals(well), now);
        }
    }

    private String copy(String report) throws IOException {
        Path last = folder.resolve("last.json");
        Files.deleteIfExists(last);
        if (Files.exists(Path.of(report))) {
            Files.copy(Path.of(report), last);
        }
        return last.toString();
    }

    /** Whether the run is the one that the next is compared with; an empty file is one without a report. */
    private void assertKept(String report) throws IOException {
        String expected = Files.exists(Path.of(report)) ? Files.readString(Path.of(report)) : "";
        assertEquals(expected, Files.readString(folder.resolve("last.json")));
    }

    @Test
    void whatCouldNotBeToldIsToldAfterTheNextRun() throws Exception {
        String bad = report("bad.json", false).toString();
        String last = copy(report("well.json", true).toString());
        answer(404, "no such robot");
        assertEquals(0, notify("", "", "--report", bad, "--previous", last));
        assertTrue(console.out().startsWith("warning: the notification was not sent: "), console::out);
        assertKept(folder.resolve("well.json").toString());
        robot.takeRequest();

        answer(200, "");
        assertEquals(0, notify("", "", "--report", bad, "--previous", last));
        assertEquals(1, told(robot.takeRequest()).path("exit").asInt());
        assertKept(bad);
        assertEquals(0, notify("", "", "--report", bad, "--previous", last));
        assertEquals("nothing new to tell\n", console.out());
    }

    @Test
    void aRunBeforeThatCannotBeReadIsNoneAndIsReplaced() throws Exception {
        String bad = report("bad.json", false).toString();
        Path last = Files.writeString(folder.resolve("last.json"), "{\"half\":");
        answer(200, "");
        assertEquals(0, notify("", "", "--report", bad, "--previous", last.toString()));
        assertTrue(console.out().startsWith("warning: the run before is not known: "), console::out);
        assertTrue(console.out().contains("\ntold "), console::out);
        assertKept(bad);
    }

    @Test
    void whereNobodyIsToldTheRunIsKeptAllTheSameAndADiskThatRefusesIsAWarning() throws Exception {
        String bad = report("bad.json", false).toString();
        String last = copy(report("well.json", true).toString());
        console = new Console(folder);
        assertEquals(0, console.run("notify", "--report", bad, "--previous", last));
        assertEquals("SYNC_NOTIFY_URL is not set; nobody is told\n", console.out());
        assertKept(bad);

        console = new Console(folder);
        assertEquals(0, console.run("notify", "--report", bad, "--previous", bad + "/last.json"));
        assertTrue(console.out().contains("last.json was not replaced"), console::out);
    }

    @Test
    void aRobotThatIsBusyIsToldAgain() throws Exception {
        answer(503, "");
        answer(200, "{\"errcode\":0}");
        assertEquals(0, notify("wecom", "", "--report", report("r.json", false).toString()));
        assertTrue(console.out().startsWith("told "), console::out);
        assertEquals(2, robot.getRequestCount());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dingtalk | 200 | {\"errcode\":310000,\"errmsg\":\"sign not match for tok-3f9a\"} | refused the message",
                "feishu | 200 | {\"code\":19021,\"msg\":\"sign match fail\"} | refused the message",
                "wecom | 200 | {\"errcode\":93000,\"errmsg\":\"invalid webhook url, key SEC-77ab\"} | refused the message",
                "wecom | 200 | <html>log in first</html> | refused the message",
                "slack | 404 | no_service | answered 404",
                "'' | 302 | moved | answered 302",
                "telegram | 200 | ok | is no kind of robot"
            })
    void whateverTheRobotAnswersIsNoFailureOfTheRun(String kind, int status, String body, String said)
            throws Exception {
        answer(status, body);
        assertEquals(0, notify(kind, SECRET, "--report", report("r.json", false).toString()));
        assertTrue(console.out().startsWith("warning: the notification was not sent: "), console::out);
        assertTrue(console.out().contains(said), console::out);
        assertNoSecretIsPrinted();
    }

    @Test
    void anAddressThatIsNoneIsNotRepeated() throws Exception {
        String report = report("r.json", false).toString();
        for (String address : List.of("no address at all tok-3f9a", "ftp://example.org/tok-3f9a", "tok-3f9a", ":")) {
            console = new Console(folder).with("SYNC_NOTIFY_URL", address);
            assertEquals(0, console.run("notify", "--report", report));
            assertTrue(console.out().contains("SYNC_NOTIFY_URL is not an"), console::out);
            assertNoSecretIsPrinted();
        }
        console = new Console(folder);
        assertEquals(0, console.run("notify", "--report", report));
        assertEquals("SYNC_NOTIFY_URL is not set; nobody is told\n", console.out());
    }
}
