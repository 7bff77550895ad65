package io.synctools.serve;

import java.util.List;
import java.util.Map;

/**
 * What somebody asks of a hub, taken apart and decoded; nothing of it is to be trusted.
 *
 * @param method in capitals
 * @param path the parts between its slashes
 * @param query values of equal names with commas between them
 * @param headers names in lower case
 * @param body empty where there is none
 * @param origin scheme, host and port by which the client reached us, for addresses that it is to ask next
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record HubRequest(
        String method,
        List<String> path,
        Map<String, String> query,
        Map<String, String> headers,
        byte[] body,
        String origin) {

    public HubRequest {
        path = List.copyOf(path);
        query = Map.copyOf(query);
        headers = Map.copyOf(headers);
    }

    /** A part of the path, or an empty text where it is shorter. */
    public String part(int index) {
        return index < path.size() ? path.get(index) : "";
    }

    /** The parts from an index on, with slashes between them. */
    public String rest(int from) {
        return String.join("/", path.subList(Math.min(from, path.size()), path.size()));
    }

    /** A header, or an empty text where it is not there. */
    public String header(String lowerCaseName) {
        return headers.getOrDefault(lowerCaseName, "");
    }

    /** A whole number of the query between two bounds; what is no number, or absent, is the default. */
    public int number(String name, int absent, int least, int most) {
        try {
            return Math.max(least, Math.min(most, Integer.parseInt(query.getOrDefault(name, ""))));
        } catch (NumberFormatException e) {
            return absent;
        }
    }
}
