package io.synctools.huggingface.xet;

import okhttp3.HttpUrl;

/**
 * The hub's leave to read one repository's files from its store, for a while.
 *
 * @param store base address, with a path that ends in a slash
 * @param secret goes to the store's own origin and nowhere else
 * @param expires second since 1970 at which it ends
 */
public record StoreToken(HttpUrl store, String secret, long expires) {

    /** Never prints the secret. */
    @Override
    public String toString() {
        return "StoreToken[" + store.host() + "]";
    }
}
