package io.synctools.internal.http;

import io.synctools.internal.retry.RetryPolicy;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a run's HTTP client needs to know.
 *
 * @param connections how many requests may be under way at once
 * @param stall silence, or less than 1 KiB/s, for this long ends a request
 * @param retry what limits the pauses that servers ask for
 * @param proxies which hosts are reached through which proxy
 * @param certificates PEM file of further certificate authorities to trust
 * @param detours which hosts are reached through which reverse proxy
 * @param hostCertificates folders that hold, in a folder by a host's name, authorities to trust for that host
 * @param newest whether HTTP/2 is spoken to hosts that offer it, else HTTP/1.1 only
 * @param plain hosts, with their ports where named, that may be told secrets without encryption
 */
record HttpOptions(
        int connections,
        Duration stall,
        RetryPolicy retry,
        ProxyRules proxies,
        Optional<Path> certificates,
        Detours detours,
        List<Path> hostCertificates,
        boolean newest,
        Set<String> plain) {
    HttpOptions {
        if (connections < 1) {
            throw new IllegalArgumentException("connections must be 1 or more, not " + connections);
        }
        if (stall.isNegative() || stall.isZero()) {
            throw new IllegalArgumentException("stall must be positive, not " + stall);
        }
    }

    /** What options and the variables of proxies and certificates say. */
    static HttpOptions of(RunContext context) {
        return new HttpOptions(
                context.options().get(SyncOptions.CONNECTIONS),
                context.options().get(SyncOptions.STALL),
                RetryPolicy.of(context),
                ProxyRules.of(context),
                context.env("SSL_CERT_FILE").map(Path::of),
                Detours.of(context),
                hostCertificates(context),
                context.options().get(SyncOptions.HTTP) == 2,
                context.options().get(SyncOptions.PLAIN_HTTP));
    }

    /** Where container tools look for them. */
    private static List<Path> hostCertificates(RunContext context) {
        Path home = Path.of(context.env("HOME").orElse("/"));
        Path config = context.env("XDG_CONFIG_HOME").map(Path::of).orElse(home.resolve(".config"));
        return List.of(
                config.resolve("containers/certs.d"),
                Path.of("/etc/containers/certs.d"),
                Path.of("/etc/docker/certs.d"));
    }
}
