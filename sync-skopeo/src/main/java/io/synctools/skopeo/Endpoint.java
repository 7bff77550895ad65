package io.synctools.skopeo;

import io.synctools.internal.http.Loopback;
import java.util.Map;
import java.util.Set;
import okhttp3.HttpUrl;

/**
 * Where a registry is reached.
 *
 * @param authority host and port as skopeo's references name it
 * @param apiAuthority host and port that serve the registry API; differs for Docker Hub only
 * @param mayBePlain whether it may be spoken to without TLS: on this machine, or where the options name it
 */
record Endpoint(String authority, String apiAuthority, boolean mayBePlain) {
    /**
     * The address of a registry, or the other address that the options give for it.
     *
     * @param plain hosts, with or without port, that may be spoken to without TLS
     */
    static Endpoint of(String host, Map<String, String> otherAddresses, Set<String> plain) {
        String authority = otherAddresses.getOrDefault(host, host);
        String name = authority.replaceFirst(":\\d+$", "");
        boolean mayBePlain = Loopback.is(name) || plain.contains(authority) || plain.contains(name);
        return new Endpoint(authority, authority.equals("docker.io") ? "registry-1.docker.io" : authority, mayBePlain);
    }

    /** An address of the registry API. */
    HttpUrl api(String scheme, String pathAndQuery) {
        return HttpUrl.get(scheme + "://" + apiAuthority + "/v2/" + pathAndQuery);
    }

    /** What an address that the registry named is here. */
    HttpUrl here(String scheme, HttpUrl named) {
        HttpUrl root = api(scheme, "");
        return named.newBuilder()
                .scheme(scheme)
                .host(root.host())
                .port(root.port())
                .build();
    }
}
