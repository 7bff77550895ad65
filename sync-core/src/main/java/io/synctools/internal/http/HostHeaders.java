package io.synctools.internal.http;

import io.synctools.internal.text.Printable;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * Headers that a program has some hosts told, and no others: those of {@code host} at any port, those of {@code host:port} at
 * that port alone. They may be secret, and are never printed. Immutable.
 */
public final class HostHeaders {
    /** Tells nobody anything. */
    public static final HostHeaders NONE = new HostHeaders(Map.of());

    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e]+");
    private static final Pattern HOST = Pattern.compile("[a-z0-9._-]+|[0-9a-f:.]+");
    private static final Pattern WITH_PORT = Pattern.compile(".+:\\d+");

    /** Those by which requests are framed, and answers asked for as they must come. */
    private static final Set<String> OURS = Set.of(
            "accept-encoding",
            "connection",
            "content-length",
            "host",
            "if-range",
            "keep-alive",
            "proxy-authorization",
            "proxy-connection",
            "range",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private final Map<String, Map<String, String>> byHost;

    private HostHeaders(Map<String, Map<String, String>> byHost) {
        this.byHost = Map.copyOf(byHost);
    }

    /**
     * The same with one more header, instead of one of that name.
     *
     * @throws IllegalArgumentException if that is no host, no header or one that is not a program's to set; the value is not
     *     repeated
     */
    public HostHeaders with(String host, String name, String value) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + Printable.name(name) + "\" is not the name of a header");
        }
        if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("the header " + name + " is the library's own to set");
        }
        if (!VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException("the value of the header " + name + " for " + Printable.name(host)
                    + " must be one line of ASCII text");
        }
        Map<String, Map<String, String>> all = new TreeMap<>(byHost);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        String key = key(host);
        headers.putAll(all.getOrDefault(key, Map.of()));
        headers.put(name, value);
        all.put(key, headers);
        return new HostHeaders(all);
    }

    private static String key(String host) {
        HttpUrl url = HttpUrl.parse("https://" + host.strip() + "/");
        if (url == null || !HOST.matcher(url.host()).matches() || host.matches(".*[/@?#\\\\].*")) {
            throw new IllegalArgumentException(
                    "\"" + Printable.name(host) + "\" is no host; write HOST or HOST:PORT, without a scheme or a path");
        }
        boolean withPort = WITH_PORT.matcher(host.strip()).matches();
        return withPort ? named(url) + ":" + url.port() : named(url);
    }

    private static String named(HttpUrl url) {
        return url.host().contains(":") ? "[" + url.host() + "]" : url.host();
    }

    /** What the host of an address is told; none as a rule. */
    Map<String, String> of(HttpUrl url) {
        if (byHost.isEmpty()) {
            return Map.of();
        }
        Map<String, String> told = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        told.putAll(byHost.getOrDefault(named(url), Map.of()));
        told.putAll(byHost.getOrDefault(named(url) + ":" + url.port(), Map.of()));
        return told;
    }

    @Override
    public String toString() {
        return "HostHeaders" + new TreeMap<>(byHost).keySet();
    }
}
