package io.synctools.internal.http;

import io.synctools.spi.RunContext;
import java.net.ProxySelector;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * What a program hands in for the connections of its syncer.
 *
 * @param tls makes connections of TLS and decides whom to trust, instead of Java's own authorities and {@code SSL_CERT_FILE}
 * @param proxies which hosts are reached through which proxy, instead of what the variables of the environment say
 * @param headers what some hosts are told
 */
public record GivenHttp(Optional<SSLContext> tls, Optional<ProxySelector> proxies, HostHeaders headers) {
    /** Nothing: the environment decides. */
    public static final GivenHttp NONE = new GivenHttp(Optional.empty(), Optional.empty(), HostHeaders.NONE);

    /** What was handed in for all who share this context. */
    static GivenHttp of(RunContext context) {
        return context.shared(GivenHttp.class, s -> NONE);
    }
}
