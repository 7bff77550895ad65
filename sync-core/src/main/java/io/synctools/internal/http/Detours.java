package io.synctools.internal.http;

import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
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

    Detours {
        to = Map.copyOf(to);
    }

    /**
     * The detours of a run.
     *
     * @throws IllegalArgumentException if one of them is to an address that cannot be asked
     */
    static Detours of(RunContext context) {
        Map<String, HttpUrl> to = new TreeMap<>();
        context.options().get(SyncOptions.VIA).forEach((host, address) -> to.put(host, HttpUrl.get(address)));
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
