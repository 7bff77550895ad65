package io.synctools.s3;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import okhttp3.HttpUrl;

/** Signs requests, version 4 of the scheme: what is sent, to whom and when, with a key that never travels. */
final class Signature {
    /** What is said instead of a body's hash where it is not known before the body was sent. */
    static final String UNSIGNED = "UNSIGNED-PAYLOAD";

    /** The same where the checksum of the body comes behind it. */
    static final String UNSIGNED_WITH_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final StoreCredentials credentials;
    private final String region;

    Signature(StoreCredentials credentials, String region) {
        this.credentials = credentials;
        this.region = region;
    }

    /** The token of a session, which goes along and is signed, too. */
    Optional<String> token() {
        return credentials.token();
    }

    /**
     * The headers that a request needs beside its own.
     *
     * @param url as it is sent, its query in order
     * @param own headers whose names begin with {@code x-amz-}, in small letters
     * @param payload the body's SHA-256, or one of the words above
     */
    Map<String, String> headers(String method, HttpUrl url, Map<String, String> own, String payload, Instant now) {
        String time = TIME.format(now);
        String scope = time.substring(0, 8) + "/" + region + "/s3/aws4_request";
        Map<String, String> added = new TreeMap<>();
        added.put("x-amz-content-sha256", payload);
        added.put("x-amz-date", time);
        TreeMap<String, String> signed = new TreeMap<>(own);
        signed.putAll(added);
        credentials.token().ifPresent(token -> signed.put("x-amz-security-token", token));
        boolean standard = url.port() == HttpUrl.defaultPort(url.scheme());
        String host = url.host().contains(":") ? "[" + url.host() + "]" : url.host();
        signed.put("host", standard ? host : host + ":" + url.port());
        String names = String.join(";", signed.keySet());
        StringBuilder canonical = new StringBuilder(method)
                .append('\n')
                .append(url.encodedPath())
                .append('\n')
                .append(url.encodedQuery() == null ? "" : url.encodedQuery())
                .append('\n');
        signed.forEach((name, value) ->
                canonical.append(name).append(':').append(value.strip()).append('\n'));
        canonical.append('\n').append(names).append('\n').append(payload);
        String toSign = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + sha256(bytes(canonical.toString()));
        byte[] key = hmac(bytes("AWS4" + credentials.secret()), time.substring(0, 8));
        for (String part : new String[] {region, "s3", "aws4_request"}) {
            key = hmac(key, part);
        }
        added.put(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=" + credentials.key() + "/" + scope + ", SignedHeaders=" + names
                        + ", Signature=" + HexFormat.of().formatHex(hmac(key, toSign)));
        return added;
    }

    /** The SHA-256 in hexadecimal text. */
    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest("SHA-256").digest(bytes));
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(bytes(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
