package io.synctools.examples.hub;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the hub answers: a body in memory, or a file of which the request may take a range.
 *
 * @param status the HTTP status
 * @param headers besides those of length and range
 * @param body empty for a file
 * @param file what to send; empty for a body in memory
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, Map<String, String> headers, byte[] body, Optional<HubFile> file) {

    static Answer json(int status, String text) {
        return new Answer(
                status,
                Map.of("Content-Type", "application/json; charset=utf-8"),
                text.getBytes(StandardCharsets.UTF_8),
                Optional.empty());
    }

    static Answer file(HubFile file) {
        return new Answer(200, Map.of("Content-Type", "application/octet-stream"), new byte[0], Optional.of(file));
    }

    static Answer redirect(String to) {
        return new Answer(302, Map.of("Location", to), new byte[0], Optional.empty());
    }

    Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, more, body, file);
    }
}
