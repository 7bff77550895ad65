package io.synctools.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.internal.json.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The forms in which chat robots take a message, told apart by the host of their address.
 */
public enum Robot {
    /** Takes {@code {"text"}}. */
    SLACK(40_000),
    /** Takes Markdown; signs by two parameters of the address; answers 200 with a code that must be 0. */
    DINGTALK(18_000),
    /** Takes a text; signs by two fields of the body; answers 200 with a code that must be 0. */
    FEISHU(18_000),
    /** Takes a text of 2,048 bytes; answers 200 with a code that must be 0. */
    WECOM(2_048),
    /** Anybody else: our own JSON. */
    GENERIC(Integer.MAX_VALUE);

    private final int mostBytes;

    Robot(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /**
     * A message as it is to be sent.
     *
     * @param to the address, signed where the vendor signs there
     * @param body JSON
     */
    public record Message(URI to, String body) {}

    /**
     * The robot of a name, in any case.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Robot named(String name) {
        return Stream.of(values())
                .filter(robot -> robot.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "\"" + name + "\" is no kind of robot; write slack," + " dingtalk, feishu, wecom or generic"));
    }

    /** Whose robot listens at an address. */
    public static Robot at(URI address) {
        String host = address.getHost() == null ? "" : address.getHost().toLowerCase(Locale.ROOT);
        if (host.equals("hooks.slack.com")) {
            return SLACK;
        }
        if (host.equals("oapi.dingtalk.com")) {
            return DINGTALK;
        }
        if (host.equals("open.feishu.cn") || host.equals("open.larksuite.com")) {
            return FEISHU;
        }
        return host.equals("qyapi.weixin.qq.com") ? WECOM : GENERIC;
    }

    /**
     * Puts a notification into this robot's form.
     *
     * @param secret what messages are signed with; empty for none
     */
    public Message message(URI address, Notification notification, String secret, Instant now) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        URI to = address;
        String text = notification.text(mostBytes);
        switch (this) {
            case SLACK ->
                json.put("text", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
            case DINGTALK -> {
                json.put("msgtype", "markdown");
                json.putObject("markdown").put("title", notification.title()).put("text", text.replace("\n", "\n\n"));
                if (!secret.isEmpty()) {
                    long millis = now.toEpochMilli();
                    String sign = URLEncoder.encode(hmac(secret, millis + "\n" + secret), StandardCharsets.UTF_8);
                    to = URI.create(address + (address.getQuery() == null ? "?" : "&") + "timestamp=" + millis
                            + "&sign=" + sign);
                }
            }
            case FEISHU -> {
                json.put("msg_type", "text");
                json.putObject("content").put("text", text);
                if (!secret.isEmpty()) {
                    long seconds = now.getEpochSecond();
                    json.put("timestamp", Long.toString(seconds));
                    json.put("sign", hmac(seconds + "\n" + secret, ""));
                }
            }
            case WECOM -> {
                json.put("msgtype", "text");
                json.putObject("text").put("content", text);
            }
            case GENERIC -> json.setAll(notification.json());
        }
        return new Message(to, json.toString());
    }

    /** Whether the body of an answer with status 200 means that the message was taken. */
    public boolean accepted(String answer) {
        return switch (this) {
            case DINGTALK, WECOM -> parsed(answer).path("errcode").asInt(-1) == 0;
            case FEISHU -> parsed(answer).path("code").asInt(-1) == 0;
            case SLACK, GENERIC -> true;
        };
    }

    private static JsonNode parsed(String text) {
        try {
            return Json.MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private static String hmac(String key, String message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(message.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC with SHA-256", e);
        }
    }
}
