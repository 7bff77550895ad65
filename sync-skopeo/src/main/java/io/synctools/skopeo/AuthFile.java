package io.synctools.skopeo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.internal.json.Json;
import java.io.IOException;

/** The file by which skopeo gets one login, so that no secret stands in its arguments. */
final class AuthFile {
    private AuthFile() {}

    /** Its content. The key is the registry's host at the address where it is reached. */
    static byte[] content(Endpoint endpoint, Login login) throws IOException {
        ObjectNode root = Json.MAPPER.createObjectNode();
        ObjectNode entry = root.putObject("auths").putObject(endpoint.authority());
        if (login.identityToken()) {
            entry.put("identitytoken", login.secret());
            entry.put("auth", Login.password(login.user(), "").basic());
        } else {
            entry.put("auth", login.basic());
        }
        return Json.MAPPER.writeValueAsBytes(root);
    }
}
