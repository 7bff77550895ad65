package io.synctools.skopeo;

import io.synctools.internal.http.Loopback;
import java.util.Map;
import okhttp3.HttpUrl;

/**
 * Where a registry is reached.
 *
 * @param authority host and port as skopeo's references name it
 * @param apiAuthority host and port that serve the registry API; differs for Docker Hub only
 */
record Endpoint(String authority, String apiAuthority) {
    /** The address of a registry, or the other address that the settings give for it. */
    static Endpoint of(String host, Map<String, String> otherAddresses) {
        String other = otherAddresses.get(host);
        if (other != null) {
            return new Endpoint(other, other);
        }
        return new Endpoint(host, host.equals("docker.io") ? "registry-1.docker.io" : host);
    }

    /** Whether it is on this machine, where plain http needs no asking. */
    boolean loopback() {
        return Loopback.is(authority.replaceFirst(":\\d+$", ""));
    }

    /** An address of the registry API. */
    HttpUrl api(String scheme, String pathAndQuery) {
        return HttpUrl.get(scheme + "://" + apiAuthority + "/v2/" + pathAndQuery);
    }
}
