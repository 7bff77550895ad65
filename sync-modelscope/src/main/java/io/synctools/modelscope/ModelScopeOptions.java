package io.synctools.modelscope;

import io.synctools.internal.disk.UserFolders;
import io.synctools.internal.http.Endpoints;
import io.synctools.internal.http.Loopback;
import io.synctools.spi.Settings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.HttpUrl;

/**
 * Where the hub is and who asks it.
 *
 * <p>Immutable and thread-safe. Printing it does not show the token.
 *
 * @param endpoints addresses of the hub, tried in order when one is down
 * @param token the access token; empty for anonymous access
 */
record ModelScopeOptions(Endpoints endpoints, Optional<String> token) {
    static final String TOKEN_VARIABLE = "MODELSCOPE_API_TOKEN";

    private static final String DEFAULT_ENDPOINT = "https://www.modelscope.cn";

    /** Refuses a token that could not be sent, or would travel in plain text to another machine. */
    ModelScopeOptions {
        token.ifPresent(ModelScopeOptions::requireHeaderValue);
        for (HttpUrl endpoint : endpoints.all()) {
            if (token.isPresent() && !endpoint.isHttps() && !Loopback.is(endpoint.host())) {
                throw new IllegalArgumentException("the token of " + TOKEN_VARIABLE + " would travel unencrypted to "
                        + Endpoints.authority(endpoint) + "; use an https address, or unset " + TOKEN_VARIABLE);
            }
        }
    }

    /**
     * Reads {@code MODELSCOPE_ENDPOINT} (addresses), else {@code MODELSCOPE_DOMAIN} (hosts, reached by https), each one or
     * several separated by commas, else the hub's own address; and {@code MODELSCOPE_API_TOKEN}.
     *
     * @throws IllegalArgumentException if one of them is wrong, saying which and how to mend it
     */
    static ModelScopeOptions of(Settings settings) {
        Endpoints endpoints = settings.env("MODELSCOPE_ENDPOINT")
                .map(text -> Endpoints.parse("MODELSCOPE_ENDPOINT", text))
                .or(() -> settings.env("MODELSCOPE_DOMAIN")
                        .map(text -> Endpoints.parse("MODELSCOPE_DOMAIN", withScheme(text))))
                .orElseGet(() -> Endpoints.parse("the default endpoint", DEFAULT_ENDPOINT));
        return new ModelScopeOptions(
                endpoints, settings.env(TOKEN_VARIABLE).map(String::strip).filter(token -> !token.isEmpty()));
    }

    private static String withScheme(String hosts) {
        return Stream.of(hosts.split(","))
                .map(String::strip)
                .filter(host -> !host.isEmpty())
                .map(host -> host.contains("://") ? host : "https://" + host)
                .collect(Collectors.joining(","));
    }

    /**
     * The root of the cache: option {@code modelscope-cache}, else {@code MODELSCOPE_CACHE}, else {@code
     * $HOME/.cache/modelscope/hub}, where both generations of the hub's client look (section 0). Absolute.
     *
     * @throws IllegalArgumentException if none of them names a folder that would be found again
     */
    static Path cacheRoot(Settings settings) {
        UserFolders folders = UserFolders.of(settings);
        return folders.option("modelscope-cache")
                .or(() -> folders.variable("MODELSCOPE_CACHE"))
                .orElseGet(() ->
                        folders.keptBelowHome(".cache/modelscope/hub", "--modelscope-cache, or set MODELSCOPE_CACHE"));
    }

    private static void requireHeaderValue(String token) {
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ';' && c != ',' && c != '"' && c != '\'')) {
            throw new IllegalArgumentException(TOKEN_VARIABLE
                    + " holds characters that no token has; copy the token again, without blanks and quotes");
        }
    }

    @Override
    public String toString() {
        return "ModelScopeOptions[endpoints="
                + endpoints.all().stream().map(Endpoints::authority).toList() + ", token="
                + (token.isPresent() ? "set" : "none")
                + "]";
    }
}
