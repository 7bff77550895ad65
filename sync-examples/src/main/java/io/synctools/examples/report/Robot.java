package io.synctools.examples.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The forms in which chat robots take a message, told apart by the host of their address. The vendors' documents are
 * cited in {@code operations.md} section 1.5.
 */
public enum Robot {
    /** Takes {@code {"text"}}. */
    SLACK,
    /** Takes Markdown; signs by two parameters of the address; answers 200 with a code that must be 0. */
    DINGTALK,
    /** Takes a text; signs by two fields of the body; answers 200 with a code that must be 0. */
    FEISHU,
    /** Takes a text; answers 200 with a code that must be 0. */
    WECOM,
    /** Anybody else: our own JSON. */
    GENERIC;

    /**
     * A message as it is to be sent.
     *
     * @param to the address, signed where the vendor signs there
     * @param body JSON
     */
    public record Message(URI to, String body) {}

    /** Whose robot listens at an address. */
    public static Robot at(URI address) {
        String host = address.getHost() == null ? "" : address.getHost().toLowerCase(Locale.ROOT);
        if (host.endsWith("hooks.slack.com")) {
            return SLACK;
        }
        if (host.endsWith("oapi.dingtalk.com")) {
            return DINGTALK;
        }
        if (host.endsWith("open.feishu.cn") || host.endsWith("open.larksuite.com")) {
            return FEISHU;
        }
        return host.endsWith("qyapi.weixin.qq.com") ? WECOM : GENERIC;
    }

    /**
     * Puts a notification into this robot's form.
     *
     * @param secret what messages are signed with; empty for none
     */
    public Message message(URI address, Notification notification, String secret, Instant now) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        URI to = address;
        switch (this) {
            case SLACK -> json.put("text", notification.text());
            case DINGTALK -> {
                json.put("msgtype", "markdown");
                json.putObject("markdown")
                        .put("title", notification.title())
                        .put("text", notification.text().replace("\n", "\n\n"));
                if (!secret.isEmpty()) {
                    long millis = now.toEpochMilli();
                    String sign = URLEncoder.encode(hmac(secret, millis + "\n" + secret), StandardCharsets.UTF_8);
                    to = URI.create(address + (address.getQuery() == null ? "?" : "&") + "timestamp=" + millis
                            + "&sign=" + sign);
                }
            }
            case FEISHU -> {
                json.put("msg_type", "text");
                json.putObject("content").put("text", notification.text());
                if (!secret.isEmpty()) {
                    long seconds = now.getEpochSecond();
                    json.put("timestamp", Long.toString(seconds));
                    json.put("sign", hmac(seconds + "\n" + secret, ""));
                }
            }
            case WECOM -> {
                json.put("msgtype", "text");
                json.putObject("text").put("content", notification.text());
            }
            case GENERIC -> json.setAll(notification.json());
        }
        return new Message(to, json.toString());
    }

    /** Whether an answer with status 200 means that the message was taken. */
    public boolean accepted(JsonNode answer) {
        return switch (this) {
            case DINGTALK, WECOM -> answer.path("errcode").asInt(0) == 0;
            case FEISHU -> answer.path("code").asInt(0) == 0;
            case SLACK, GENERIC -> true;
        };
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
