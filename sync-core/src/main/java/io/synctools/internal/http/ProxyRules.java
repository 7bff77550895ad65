package io.synctools.internal.http;

import io.synctools.spi.RunContext;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import okhttp3.Authenticator;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.Route;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts are reached through which proxy: {@code HTTP_PROXY}, {@code HTTPS_PROXY}, {@code ALL_PROXY} and
 * {@code NO_PROXY}, in either case of letters. Loopback never goes through a proxy. Never prints a password.
 */
final class ProxyRules extends ProxySelector implements Authenticator {
    private final Optional<HttpUrl> http;
    private final Optional<HttpUrl> https;
    private final List<String> exceptions;
    private final Optional<ProxySelector> given;

    private ProxyRules(
            Optional<HttpUrl> http, Optional<HttpUrl> https, List<String> exceptions, Optional<ProxySelector> given) {
        this.given = given;
        this.http = http;
        this.https = https;
        this.exceptions = exceptions;
    }

    /**
     * Reads the variables, unless a program handed in what decides instead.
     *
     * @throws IllegalArgumentException if one is not an address, without repeating it
     */
    static ProxyRules of(RunContext context) {
        Optional<ProxySelector> given = GivenHttp.of(context).proxies();
        if (given.isPresent()) {
            return new ProxyRules(Optional.empty(), Optional.empty(), List.of(), given);
        }
        return new ProxyRules(
                proxy(context, "HTTP_PROXY"),
                proxy(context, "HTTPS_PROXY"),
                variable(context, "NO_PROXY").stream()
                        .flatMap(list -> Stream.of(list.split("[,\\s]+")))
                        .map(host -> host.toLowerCase(Locale.ROOT))
                        .filter(host -> !host.isEmpty())
                        .toList(),
                Optional.empty());
    }

    private static Optional<HttpUrl> proxy(RunContext context, String name) {
        Optional<String> own = variable(context, name);
        String source = own.isPresent() ? name : "ALL_PROXY";
        return own.or(() -> variable(context, "ALL_PROXY")).map(text -> address(source, text));
    }

    private static Optional<String> variable(RunContext context, String name) {
        return context.env(name.toLowerCase(Locale.ROOT)).or(() -> context.env(name));
    }

    private static HttpUrl address(String name, String text) {
        HttpUrl url = HttpUrl.parse(text.contains("://") ? text : "http://" + text);
        if (text.toLowerCase(Locale.ROOT).startsWith("socks")) {
            throw new IllegalArgumentException(name + " names a SOCKS proxy, which is not supported; name an HTTP proxy"
                    + " such as http://proxy.example.com:3128, or unset it");
        }
        if (url == null || !url.scheme().equals("http")) {
            throw new IllegalArgumentException(
                    name + " must be the address of an HTTP proxy such as http://proxy.example.com:3128");
        }
        return url;
    }

    /** What a failed connection has to do with a proxy; empty where nothing. */
    String explain(HttpUrl url, IOException failure) {
        boolean unreached = failure instanceof ConnectException || failure instanceof UnknownHostException;
        if (unreached && given.isPresent()) {
            return select(url.uri()).stream()
                    .filter(proxy -> proxy.type() != Proxy.Type.DIRECT)
                    .findFirst()
                    .map(proxy -> ": the proxy " + proxy.address()
                            + " cannot be reached; correct the program's ProxySelector")
                    .orElse("");
        }
        Optional<HttpUrl> proxy = url.isHttps() ? https : http;
        if (!unreached || proxy.isEmpty() || Loopback.is(url.host()) || isException(url.host(), url.port())) {
            return "";
        }
        return ": the proxy " + Endpoints.authority(proxy.get()) + " cannot be reached; correct or unset "
                + (url.isHttps() ? "HTTPS_PROXY" : "HTTP_PROXY") + " (or ALL_PROXY), or name " + url.host()
                + " in NO_PROXY";
    }

    @Override
    public List<Proxy> select(URI uri) {
        if (given.isPresent()) {
            return given.get().select(uri);
        }
        String host = uri.getHost() == null ? "" : uri.getHost();
        boolean secure = "https".equalsIgnoreCase(uri.getScheme());
        Optional<HttpUrl> proxy = secure ? https : http;
        if (proxy.isEmpty() || Loopback.is(host) || isException(host, uri.getPort())) {
            return List.of(Proxy.NO_PROXY);
        }
        return List.of(new Proxy(
                Proxy.Type.HTTP,
                InetSocketAddress.createUnresolved(
                        proxy.get().host(), proxy.get().port())));
    }

    private boolean isException(String hostName, int port) {
        String host = hostName.toLowerCase(Locale.ROOT).replaceAll("^\\[|]$", "");
        return exceptions.stream().anyMatch(rule -> matches(rule, host, port));
    }

    /**
     * {@code *}, {@code example.com} with all below it, {@code .example.com}, {@code *.example.com}, each also with port;
     * {@code 10.0.0.0/8} of hosts that are given by their address.
     */
    private static boolean matches(String rule, String host, int port) {
        if (rule.equals("*")) {
            return true;
        }
        if (rule.contains("/")) {
            return isInNetwork(rule, host);
        }
        String name = rule;
        int colon = rule.lastIndexOf(':');
        if (colon > 0 && rule.indexOf(':') == colon) {
            if (!rule.substring(colon + 1).equals(String.valueOf(port))) {
                return false;
            }
            name = rule.substring(0, colon);
        }
        name = name.replaceAll("^\\*?\\.", "").replaceAll("^\\[|]$", "");
        return host.equals(name) || host.endsWith("." + name);
    }

    private static boolean isInNetwork(String rule, String host) {
        int slash = rule.indexOf('/');
        byte[] network = address(rule.substring(0, slash));
        byte[] address = address(host);
        String length = rule.substring(slash + 1);
        if (network.length == 0 || network.length != address.length || !length.matches("\\d{1,3}")) {
            return false;
        }
        int bits = Math.min(Integer.parseInt(length), network.length * Byte.SIZE);
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % Byte.SIZE;
            if (((network[bit / Byte.SIZE] ^ address[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The bytes of an address; none of a name, which is not looked up. */
    private static byte[] address(String text) {
        boolean isAddress =
                text.matches("\\d{1,3}(?:\\.\\d{1,3}){3}") || (text.contains(":") && text.matches("[0-9a-f:.]+"));
        try {
            return isAddress ? InetAddress.getByName(text).getAddress() : new byte[0];
        } catch (UnknownHostException e) {
            return new byte[0];
        }
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // OkHttp itself remembers which routes failed.
        given.ifPresent(selector -> selector.connectFailed(uri, address, failure));
    }

    /** Answers a proxy's 407 once; that of a program's own proxies as the {@code java.net.Authenticator} of the process says. */
    @Override
    public @Nullable Request authenticate(@Nullable Route route, Response response) throws IOException {
        if (given.isPresent()) {
            return Authenticator.JAVA_NET_AUTHENTICATOR.authenticate(route, response);
        }
        boolean secure = response.request().url().isHttps()
                || response.request().method().equals("CONNECT");
        Optional<HttpUrl> proxy =
                (secure ? https : http).filter(url -> !url.username().isEmpty());
        if (proxy.isEmpty() || response.request().header("Proxy-Authorization") != null) {
            return null;
        }
        return response.request()
                .newBuilder()
                .header(
                        "Proxy-Authorization",
                        Credentials.basic(proxy.get().username(), proxy.get().password()))
                .build();
    }

    @Override
    public String toString() {
        return "ProxyRules[" + exceptions + "]";
    }
}
