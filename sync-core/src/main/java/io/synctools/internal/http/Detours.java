package io.synctools.internal.http;

import io.synctools.spi.Settings;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import okhttp3.HttpUrl;

/**
 * Where requests go that are meant for some hosts: to a reverse proxy in front of them, which is told the host's own name
 * ({@code --via HOST=URL}). Immutable.
 *
 * @param to by host, in lower case
 */
record Detours(Map<String, HttpUrl> to) {
    static final Detours NONE = new Detours(Map.of());

    private static final String OPTION = "via.";

    Detours {
        to = Map.copyOf(to);
    }

    /**
     * Reads the options {@code via.HOST}.
     *
     * @throws IllegalArgumentException if one names no address
     */
    static Detours of(Settings settings) {
        Map<String, HttpUrl> to = new TreeMap<>();
        settings.options(OPTION).forEach((name, text) -> {
            String host = name.substring(OPTION.length()).toLowerCase(Locale.ROOT);
            HttpUrl url = HttpUrl.parse(text);
            boolean usable = url != null
                    && url.query() == null
                    && url.fragment() == null
                    && url.username().isEmpty()
                    && url.password().isEmpty();
            if (host.isEmpty() || !usable) {
                throw new IllegalArgumentException("via " + host
                        + " must name an address such as https://proxy.example.com, without user, password and query");
            }
            to.put(host, url);
        });
        return new Detours(to);
    }

    /** Where to send what is meant for an address; the address itself where there is no detour. */
    HttpUrl of(HttpUrl meant) {
        HttpUrl proxy = to.get(meant.host());
        if (proxy == null) {
            return meant;
        }
        String before = proxy.encodedPath().replaceAll("/+$", "");
        return meant.newBuilder()
                .scheme(proxy.scheme())
                .host(proxy.host())
                .port(proxy.port())
                .encodedPath(before + meant.encodedPath())
                .build();
    }
}
