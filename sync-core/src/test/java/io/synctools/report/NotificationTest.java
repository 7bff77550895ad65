package io.synctools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.synctools.SyncReport;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotificationTest {
    private static final SyncReport WELL = Reports.of("flow", "0/1", 0, Reports.there("o/a"));
    private static final SyncReport BAD =
            Reports.of("flow", "0/1", 1, Reports.there("o/a"), Reports.failed("o/b", "bytes"));
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

    private static JsonNode body(Robot robot, String address, String secret) throws Exception {
        Notification told =
                Notification.of(BAD, Optional.empty(), "https://ci/1").orElseThrow();
        return new ObjectMapper()
                .readTree(robot.message(URI.create(address), told, secret, NOW).body());
    }

    @Test
    void failuresAreToldAndWithThePreviousReportOnlyChanges() {
        assertTrue(Notification.of(BAD, Optional.empty(), "").isPresent());
        assertTrue(Notification.of(WELL, Optional.empty(), "").isEmpty());
        assertTrue(Notification.of(BAD, Optional.of(WELL), "").isPresent());
        assertTrue(Notification.of(BAD, Optional.of(BAD), "").isEmpty(), "not on each red hour");
        assertTrue(Notification.of(WELL, Optional.of(WELL), "").isEmpty());
        String back = Notification.of(WELL, Optional.of(BAD), "").orElseThrow().title();
        assertTrue(back.contains("again"), back);
    }

    @ParameterizedTest
    @CsvSource({
        "https://hooks.slack.com/services/x,SLACK",
        "https://oapi.dingtalk.com/robot/send?access_token=x,DINGTALK",
        "https://open.feishu.cn/open-apis/bot/v2/hook/x,FEISHU",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x,WECOM",
        "https://OPEN.LARKSUITE.com/open-apis/bot/v2/hook/x,FEISHU",
        "https://hooks.slack.com.example.org/x,GENERIC",
        "https://example.org/hook,GENERIC"
    })
    void robotsAreKnownByTheirHost(String address, Robot robot) {
        assertEquals(robot, Robot.at(URI.create(address)));
    }

    @Test
    void eachRobotGetsItsForm() throws Exception {
        assertTrue(body(Robot.SLACK, "https://s/x", "").path("text").asText().contains("o/b"));
        assertEquals(
                "markdown",
                body(Robot.DINGTALK, "https://d/x", "").path("msgtype").asText());
        assertEquals(
                "text", body(Robot.FEISHU, "https://f/x", "").path("msg_type").asText());
        assertTrue(body(Robot.WECOM, "https://w/x", "")
                .path("text")
                .path("content")
                .asText()
                .contains("https://ci/1"));
        JsonNode ours = body(Robot.GENERIC, "https://g/x", "");
        assertEquals("CHECKSUM", ours.path("failed").path(0).path("kind").asText());
        assertEquals(1, ours.path("totals").path("failed").asInt());
    }

    /** Expected values computed by another program, from the vendors' description of the signature. */
    @Test
    void signaturesAreTheVendors() throws Exception {
        Notification told = Notification.of(BAD, Optional.empty(), "").orElseThrow();
        URI to = Robot.DINGTALK
                .message(URI.create("https://oapi.dingtalk.com/robot/send?access_token=x"), told, "SECabc", NOW)
                .to();
        assertTrue(to.toString().contains("&timestamp=1700000000000&sign="), to.toString());
        assertTrue(to.toString().endsWith("&sign=jcUpW0QmtKduN03n4JqQ0PBosVjqnM8gU7fIIvsDmCM%3D"), to.toString());
        assertEquals(
                "XprR1de+0SSBnwWyU/4k6x2TL+Q2SJlM5NNEdAv7MWg=",
                body(Robot.FEISHU, "https://f/x", "SECabc").path("sign").asText());
        assertFalse(body(Robot.FEISHU, "https://f/x", "SECabc").toString().contains("SECabc"));
    }

    @Test
    void refusalsWithStatus200AreSeen() {
        assertTrue(Robot.DINGTALK.accepted("{\"errcode\":0}"));
        assertFalse(Robot.DINGTALK.accepted("{\"errcode\":310000}"));
        assertFalse(Robot.FEISHU.accepted("{\"code\":19021}"));
        assertFalse(Robot.WECOM.accepted("{\"errcode\":93000}"));
        assertTrue(Robot.FEISHU.accepted("{\"StatusCode\":0,\"code\":0,\"msg\":\"success\"}"));
        assertTrue(Robot.WECOM.accepted("{\"errcode\":0,\"errmsg\":\"ok\"}"));
        for (Robot robot : new Robot[] {Robot.DINGTALK, Robot.FEISHU, Robot.WECOM}) {
            assertFalse(robot.accepted("{}"), "an answer of somebody else: " + robot);
            assertFalse(robot.accepted("no JSON"), "no JSON: " + robot);
        }
    }

    @Test
    void aRobotGetsNoMoreThanItTakesAndAlwaysTheRunsPage() throws Exception {
        SyncReport.Item[] many = new SyncReport.Item[50];
        for (int i = 0; i < many.length; i++) {
            many[i] = Reports.failed("组织/模型" + i, "字".repeat(1000));
        }
        Notification told = Notification.of(Reports.of("flow", "0/1", 1, many), Optional.empty(), "https://ci/1")
                .orElseThrow();
        String content = new ObjectMapper()
                .readTree(Robot.WECOM
                        .message(URI.create("https://w/x"), told, "", NOW)
                        .body())
                .path("text")
                .path("content")
                .asText();
        int bytes = content.getBytes(StandardCharsets.UTF_8).length;
        assertTrue(bytes <= 2048 && bytes > 1000, bytes + " bytes");
        assertTrue(content.startsWith("flow: 50 of 50 items not there\n- modelscope:models/组织/模型0"), content);
        assertTrue(content.endsWith("…\nhttps://ci/1"), content);
    }

    @Test
    void wordsFromOutsideAreNoMarkupForSlack() throws Exception {
        SyncReport report = Reports.of("flow", "0/1", 1, Reports.failed("o/b", "<!channel> & <https://x|y>"));
        Notification told = Notification.of(report, Optional.empty(), "").orElseThrow();
        String text = new ObjectMapper()
                .readTree(Robot.SLACK
                        .message(URI.create("https://s/x"), told, "", NOW)
                        .body())
                .path("text")
                .asText();
        assertTrue(text.contains("&lt;!channel&gt; &amp; &lt;https://x|y&gt;"), text);
    }

    @Test
    void aRunWithoutAReportFailed() {
        SyncReport lost = Notification.lost("hk001-models", NOW);
        String title =
                Notification.of(lost, Optional.of(WELL), "").orElseThrow().title();
        assertTrue(title.startsWith("hk001-models: ended without a report"), title);
        assertTrue(Notification.of(lost, Optional.of(BAD), "").isEmpty());
        assertTrue(Notification.of(WELL, Optional.of(lost), "").isPresent());
        assertEquals(
                2,
                Notification.of(lost, Optional.empty(), "")
                        .orElseThrow()
                        .json()
                        .path("exit")
                        .asInt());
    }
}
