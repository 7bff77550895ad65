package io.synctools.skopeo;

import io.synctools.spi.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Settings of this platform.
 *
 * @param skopeo name or path of the program (option {@code skopeo})
 * @param copyTimeout how long one tag's copy may take (option {@code copy-timeout}, ISO-8601)
 * @param copiesPerHost how many tags are copied to one destination host at once (option {@code copies-per-host})
 * @param ledger file that remembers what was written where (option {@code ledger})
 * @param addresses registries that are reached at another address, by their host (options {@code registry.HOST})
 * @param plainHttp registries that may be spoken to without TLS, by host and port (options {@code plain-http.HOST});
 *     those on this machine need no naming
 */
public record SkopeoOptions(
        String skopeo,
        Duration copyTimeout,
        int copiesPerHost,
        Path ledger,
        Map<String, String> addresses,
        Set<String> plainHttp) {
    private static final String ADDRESS = "registry.";
    private static final String PLAIN = "plain-http.";

    public SkopeoOptions {
        if (copyTimeout.isNegative() || copyTimeout.isZero() || copiesPerHost < 1) {
            throw new IllegalArgumentException("copy-timeout and copies-per-host must be positive, not "
                    + copyTimeout.toSeconds() + " s and " + copiesPerHost);
        }
        addresses = Map.copyOf(addresses);
        plainHttp = Set.copyOf(plainHttp);
    }

    /**
     * Reads the settings of a run.
     *
     * @throws IllegalArgumentException if a value is malformed, naming it
     */
    public static SkopeoOptions from(Settings settings) {
        return new SkopeoOptions(
                settings.option("skopeo").orElse("skopeo"),
                duration(settings.option("copy-timeout").orElse("PT2H")),
                count(settings.option("copies-per-host").orElse("8")),
                settings.option("ledger")
                        .map(Path::of)
                        .orElseGet(() ->
                                Path.of(settings.env("HOME").orElse("."), ".cache", "sync-tools", "image-ledger.json")),
                addresses(settings),
                plainHttp(settings));
    }

    private static Set<String> plainHttp(Settings settings) {
        Set<String> hosts = new HashSet<>();
        settings.options(PLAIN).keySet().forEach(name -> {
            String host = Repository.canonicalHost(name.substring(PLAIN.length()));
            if (!Repository.isHost(host)) {
                throw new IllegalArgumentException(
                        "option \"plain-http." + host + "\": write HOST[:PORT], without a scheme or a path");
            }
            hosts.add(host);
        });
        return hosts;
    }

    private static Map<String, String> addresses(Settings settings) {
        Map<String, String> addresses = new HashMap<>();
        settings.options(ADDRESS).forEach((name, address) -> {
            String host = Repository.canonicalHost(name.substring(ADDRESS.length()));
            if (!Repository.isHost(host) || !Repository.isHost(address)) {
                throw new IllegalArgumentException("option \"registry." + host + "=" + address
                        + "\": write HOST=HOST[:PORT], without a scheme or a path");
            }
            addresses.put(host, address);
        });
        return addresses;
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("copy-timeout: \"" + text + "\" is not a duration such as PT2H", e);
        }
    }

    private static int count(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("copies-per-host: \"" + text + "\" is not a number", e);
        }
    }
}
