package io.synctools.serve;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a hub answers. Length, ranges, and what HEAD leaves out are the server's business. Immutable.
 *
 * @param status the HTTP status
 * @param headers beside those
 * @param body what follows
 */
public record HubResponse(int status, Map<String, String> headers, Body body) {

    /** What follows the head. */
    public sealed interface Body {}

    /** Bytes in memory. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Whole(byte[] bytes) implements Body {}

    /** Pieces that are made while they are sent, so that a long answer is never in memory. */
    public record Pieces(Iterator<byte[]> pieces) implements Body {}

    /** A file of which the request may ask a range. The identity of its content is the {@code ETag}. */
    public record Ranged(Content content, String identity) implements Body {}

    public HubResponse {
        headers = Map.copyOf(headers);
    }

    /** An answer in JSON. */
    public static HubResponse json(int status, String text) {
        return of(status, "application/json; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** An answer in JSON that is made while it is sent. */
    public static HubResponse json(Iterator<byte[]> pieces) {
        return new HubResponse(200, Map.of("Content-Type", "application/json; charset=utf-8"), new Pieces(pieces));
    }

    /** Some bytes. */
    public static HubResponse of(int status, String type, byte[] bytes) {
        return new HubResponse(status, Map.of("Content-Type", type), new Whole(bytes));
    }

    /** A file. */
    public static HubResponse file(Content content, String identity) {
        return new HubResponse(200, Map.of("Content-Type", "application/octet-stream"), new Ranged(content, identity));
    }

    /** Ask there. */
    public static HubResponse redirect(String to) {
        return new HubResponse(302, Map.of("Location", to), new Whole(new byte[0]));
    }

    /** The same with one more header; an empty value leaves it out. */
    public HubResponse with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        if (value.isEmpty()) {
            more.remove(header);
        } else {
            more.put(header, value);
        }
        return new HubResponse(status, more, body);
    }
}
