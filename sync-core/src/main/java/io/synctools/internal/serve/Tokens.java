package io.synctools.internal.serve;

import io.synctools.serve.HubRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Who may read. Only hashes are kept, and all are compared, each in a time that tells nothing. */
final class Tokens {
    private final List<byte[]> hashes = new ArrayList<>();

    Tokens(Collection<String> tokens) {
        tokens.forEach(token -> hashes.add(hash(token)));
    }

    /** Whether everybody may. */
    boolean areNone() {
        return hashes.isEmpty();
    }

    /** Whether a request carries one, in either of the ways in which the hubs' clients do. */
    boolean admit(HubRequest request) {
        boolean known = hashes.isEmpty();
        for (String token : carried(request)) {
            byte[] hash = hash(token);
            for (byte[] each : hashes) {
                known |= MessageDigest.isEqual(each, hash);
            }
        }
        return known;
    }

    private static List<String> carried(HubRequest request) {
        List<String> carried = new ArrayList<>();
        String authorization = request.header("authorization");
        if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            carried.add(authorization.substring(7).strip());
        }
        for (String cookie : request.header("cookie").split("[;,]", -1)) {
            if (cookie.strip().startsWith("m_session_id=")) {
                carried.add(cookie.strip().substring("m_session_id=".length()));
            }
        }
        return carried;
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has it", e);
        }
    }
}
