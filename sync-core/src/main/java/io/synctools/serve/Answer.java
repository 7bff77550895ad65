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
public record Answer(int status, Map<String, String> headers, Body body) {

    /** What follows the head. */
    public sealed interface Body {}

    /** Bytes in memory. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Whole(byte[] bytes) implements Body {}

    /** Pieces that are made while they are sent, so that a long answer is never in memory. */
    public record Pieces(Iterator<byte[]> pieces) implements Body {}

    /** A file of which the request may ask a range. The identity of its content is the {@code ETag}. */
    public record Ranged(Content content, String identity) implements Body {}

    public Answer {
        headers = Map.copyOf(headers);
    }

    /** An answer in JSON. */
    public static Answer json(int status, String text) {
        return of(status, "application/json; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** An answer in JSON that is made while it is sent. */
    public static Answer json(Iterator<byte[]> pieces) {
        return new Answer(200, Map.of("Content-Type", "application/json; charset=utf-8"), new Pieces(pieces));
    }

    /** Some bytes. */
    public static Answer of(int status, String type, byte[] bytes) {
        return new Answer(status, Map.of("Content-Type", type), new Whole(bytes));
    }

    /** A file. */
    public static Answer file(Content content, String identity) {
        return new Answer(200, Map.of("Content-Type", "application/octet-stream"), new Ranged(content, identity));
    }

    /** Ask there. */
    public static Answer redirect(String to) {
        return new Answer(302, Map.of("Location", to), new Whole(new byte[0]));
    }

    /** The same with one more header; an empty value leaves it out. */
    public Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        if (value.isEmpty()) {
            more.remove(header);
        } else {
            more.put(header, value);
        }
        return new Answer(status, more, body);
    }
}
