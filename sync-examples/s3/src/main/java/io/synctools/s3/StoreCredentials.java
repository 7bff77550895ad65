package io.synctools.s3;

import java.util.Optional;

/**
 * What requests are signed with. It is never printed.
 *
 * @param key the access key's id
 * @param secret the secret key
 * @param token of a session; empty where the key is no temporary one
 * @param origin where they were found, for messages
 */
record StoreCredentials(String key, String secret, Optional<String> token, String origin) {

    @Override
    public String toString() {
        return "the credentials of " + origin;
    }
}
