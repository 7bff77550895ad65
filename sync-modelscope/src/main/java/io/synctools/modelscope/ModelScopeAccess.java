package io.synctools.modelscope;

import io.synctools.internal.disk.UserFolders;
import io.synctools.internal.http.Endpoints;
import io.synctools.internal.http.Loopback;
import io.synctools.spi.RunContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.HttpUrl;

/**
 * Where the hub is and who asks it.
 *
 * <p>Immutable and thread-safe. Printing it does not show the token.
 *
 * @param sites where a repository is looked for, one after the other, each with addresses that are tried in order when one
 *     is down; one site where the environment names it
 * @param token the access token; empty for anonymous access
 * @param login what the hub's own login left on this machine, which only its clients can read; empty where it left nothing
 */
record ModelScopeAccess(List<Endpoints> sites, Optional<String> token, Optional<Path> login) {
    static final String TOKEN_VARIABLE = "MODELSCOPE_API_TOKEN";

    static final String DEFAULT_ENDPOINT = "https://www.modelscope.cn";

    private static final Endpoints CHINESE_SITE = Endpoints.parse("the default", DEFAULT_ENDPOINT);
    private static final Endpoints OTHER_SITE = Endpoints.parse("the default", "https://www.modelscope.ai");

    /** Refuses a token that could not be sent, or would travel in plain text to another machine. */
    ModelScopeAccess {
        sites = List.copyOf(sites);
        token.ifPresent(ModelScopeAccess::requireHeaderValue);
        for (HttpUrl endpoint :
                sites.stream().flatMap(site -> site.all().stream()).toList()) {
            if (token.isPresent() && !endpoint.isHttps() && !Loopback.is(endpoint.host())) {
                throw new IllegalArgumentException("the token of " + TOKEN_VARIABLE + " would travel unencrypted to "
                        + Endpoints.authority(endpoint) + "; use an https address, or unset " + TOKEN_VARIABLE);
            }
        }
    }

    /**
     * Reads {@code MODELSCOPE_ENDPOINT} (addresses), else {@code MODELSCOPE_DOMAIN} (hosts, reached by https), each one or
     * several separated by commas, else both of the hub's own sites, the Chinese one first unless
     * {@code MODELSCOPE_PREFER_AI_SITE} is true; and {@code MODELSCOPE_API_TOKEN}.
     *
     * @throws IllegalArgumentException if one of them is wrong, saying which and how to mend it
     */
    static ModelScopeAccess of(RunContext context) {
        List<Endpoints> sites = context.env("MODELSCOPE_ENDPOINT")
                .map(text -> Endpoints.parse("MODELSCOPE_ENDPOINT", text))
                .or(() -> context.env("MODELSCOPE_DOMAIN")
                        .map(text -> Endpoints.parse("MODELSCOPE_DOMAIN", withScheme(text))))
                .map(List::of)
                .orElseGet(() -> ownSites(context));
        return new ModelScopeAccess(
                sites,
                context.env(TOKEN_VARIABLE).map(String::strip).filter(token -> !token.isEmpty()),
                login(context));
    }

    private static List<Endpoints> ownSites(RunContext context) {
        boolean other = context.env("MODELSCOPE_PREFER_AI_SITE")
                .filter(value -> value.equalsIgnoreCase("true") || value.equals("1"))
                .isPresent();
        return other ? List.of(OTHER_SITE, CHINESE_SITE) : List.of(CHINESE_SITE, OTHER_SITE);
    }

    /** Cookies as Python pickles them: reading them would be to run a program that lies there. */
    private static Optional<Path> login(RunContext context) {
        UserFolders folders = UserFolders.of(context);
        return folders.variable("MODELSCOPE_CREDENTIALS_PATH")
                .or(() -> folders.variable("MODELSCOPE_HOME").map(home -> home.resolve("credentials")))
                .or(() -> folders.belowHome(".modelscope/credentials"))
                .map(folder -> folder.resolve("cookies"))
                .filter(Files::isRegularFile);
    }

    private static String withScheme(String hosts) {
        return Stream.of(hosts.split(","))
                .map(String::strip)
                .filter(host -> !host.isEmpty())
                .map(host -> host.contains("://") ? host : "https://" + host)
                .collect(Collectors.joining(","));
    }

    private static void requireHeaderValue(String token) {
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ';' && c != ',' && c != '"' && c != '\'')) {
            throw new IllegalArgumentException(TOKEN_VARIABLE
                    + " holds characters that no token has; copy the token again, without blanks and quotes");
        }
    }

    @Override
    public String toString() {
        return "ModelScopeAccess[sites="
                + sites.stream()
                        .map(site ->
                                site.all().stream().map(Endpoints::authority).toList())
                        .toList() + ", token="
                + (token.isPresent() ? "set" : "none")
                + "]";
    }
}
