package io.synctools.skopeo;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * An account at a registry. Never prints its secret.
 *
 * @param user the account's name; {@code <token>} beside an identity token
 * @param secret the password, or the identity token
 * @param identityToken whether the secret is an OAuth refresh token instead of a password
 */
record Login(String user, String secret, boolean identityToken) {

    static Login password(String user, String password) {
        return new Login(user, password, false);
    }

    /** {@code user:secret} in Base64, as HTTP Basic and authfiles want it. */
    String basic() {
        return Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "Login[" + user + "]";
    }
}
