package io.synctools.internal.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import okhttp3.HttpUrl;

/** Where redirects of files led, for the files asked for last. Thread-safe. Never stored, since addresses are signed. */
final class Addresses {
    @GuardedBy("this")
    private final Map<HttpUrl, HttpUrl> found;

    Addresses(int limit) {
        found = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<HttpUrl, HttpUrl> eldest) {
                return size() > limit;
            }
        };
    }

    synchronized Optional<HttpUrl> find(HttpUrl asked) {
        return Optional.ofNullable(found.get(asked));
    }

    synchronized void remember(HttpUrl asked, HttpUrl led) {
        found.put(asked, led);
    }

    /** Forgets an address that did not serve, unless another thread has found a newer one since. */
    synchronized void forget(HttpUrl asked, HttpUrl led) {
        found.remove(asked, led);
    }
}
