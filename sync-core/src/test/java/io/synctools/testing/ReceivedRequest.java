package io.synctools.testing;

import java.util.Optional;
import okhttp3.Headers;
import okhttp3.HttpUrl;

/**
 * One request that reached a {@link FaultHub}.
 *
 * @param origin which of its servers was asked
 * @param kind what was asked for
 * @param file the path inside the repository; empty where no file is meant
 * @param method in capitals
 * @param url as asked
 * @param headers all of them
 */
public record ReceivedRequest(Origin origin, Kind kind, String file, String method, HttpUrl url, Headers headers) {

    /** The servers of a hub: they differ in their port, thus in their origin. */
    public enum Origin {
        /** The address that clients are given. */
        HUB,
        /** Where files of LFS kind are. */
        STORAGE
    }

    /** What a request is about. */
    public enum Kind {
        /** What a repository is, or which revisions it has. */
        ABOUT,
        /** A page of a listing, or a whole one. */
        LISTING,
        /** The bytes of a file. */
        BYTES,
        /** The address of a file of LFS kind. */
        REDIRECT,
        /** Anything else. */
        OTHER
    }

    /** A header's value. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** The range asked for, as it is in the header. */
    public Optional<String> range() {
        return header("Range");
    }

    /** Whether it carried a token or a cookie. */
    public boolean hasCredentials() {
        return headers.get("Authorization") != null || headers.get("Cookie") != null;
    }
}
