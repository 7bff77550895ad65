package io.synctools.examples.hub;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An HTTP request.
 *
 * @param method in capitals
 * @param path the parts between its slashes, decoded
 * @param query decoded; the last of equal names counts
 * @param headers names in lower case
 * @param body empty where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Request(String method, List<String> path, Map<String, String> query, Map<String, String> headers, byte[] body) {

    /** Reads a head without the empty line that ends it; the body is to follow. */
    static Request parse(String head) {
        String[] lines = head.split("\r\n", -1);
        String[] words = lines[0].split(" ", -1);
        if (words.length != 3) {
            throw new IllegalArgumentException("not an HTTP request: " + lines[0]);
        }
        String[] target = words[1].split("\\?", 2);
        List<String> path = Stream.of(target[0].substring(1).split("/", -1))
                .map(part -> decode(part.replace("+", "%2B")))
                .toList();
        Map<String, String> query = new HashMap<>();
        for (String pair : target.length == 2 ? target[1].split("&", -1) : new String[0]) {
            String[] sides = pair.split("=", 2);
            query.put(decode(sides[0]), sides.length == 2 ? decode(sides[1]) : "");
        }
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            String[] sides = lines[i].split(":", 2);
            headers.put(sides[0].toLowerCase(Locale.ROOT), sides[1].strip());
        }
        return new Request(words[0], path, query, headers, new byte[0]);
    }

    /** The same with its body. */
    Request with(byte[] content) {
        return new Request(method, path, query, headers, content);
    }

    /** Part of the path, or an empty text where it is shorter. */
    String part(int index) {
        return index < path.size() ? path.get(index) : "";
    }

    /** The parts from an index on, with slashes between them. */
    String rest(int from) {
        return String.join("/", path.subList(Math.min(from, path.size()), path.size()));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
