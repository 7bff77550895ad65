package io.synctools.internal.http;

import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import okhttp3.HttpUrl;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP question.
 *
 * @param method {@code GET}, {@code HEAD}, {@code POST}, {@code PUT} or {@code PATCH}
 * @param url where
 * @param headers sent at every hop
 * @param credentials headers (Authorization, Cookie) sent to the origin of {@code url} only: scheme, host and port
 * @param follow whether redirects are followed by hand; https to http never is
 * @param body null for GET and HEAD
 * @param redirected what is asked where a redirect names an address
 * @param apart whether much will come: over a connection of its own, since hubs cap each, and it would keep others waiting
 */
public record HttpRequest(
        String method,
        HttpUrl url,
        Map<String, String> headers,
        Map<String, String> credentials,
        boolean follow,
        @Nullable RequestBody body,
        UnaryOperator<HttpUrl> redirected,
        boolean apart) {

    private static final int SHORTEST_SECRET = 8;

    public HttpRequest {
        headers = Map.copyOf(headers);
        credentials = Map.copyOf(credentials);
    }

    /** A question whose redirects lead where they say. */
    public HttpRequest(
            String method,
            HttpUrl url,
            Map<String, String> headers,
            Map<String, String> credentials,
            boolean follow,
            @Nullable RequestBody body) {
        this(method, url, headers, credentials, follow, body, UnaryOperator.identity(), false);
    }

    /** A GET that follows redirects and carries nothing. */
    public static HttpRequest get(HttpUrl url) {
        return new HttpRequest("GET", url, Map.of(), Map.of(), true, null);
    }

    /** A HEAD that does not follow redirects. */
    public static HttpRequest head(HttpUrl url) {
        return new HttpRequest("HEAD", url, Map.of(), Map.of(), false, null);
    }

    /** The same with one more header. */
    public HttpRequest with(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new HttpRequest(method, url, more, credentials, follow, body, redirected, apart);
    }

    /** The same with these credentials. */
    public HttpRequest with(Map<String, String> newCredentials) {
        return new HttpRequest(method, url, headers, newCredentials, follow, body, redirected, apart);
    }

    /** The same for another address. */
    public HttpRequest at(HttpUrl newUrl) {
        return new HttpRequest(method, newUrl, headers, credentials, follow, body, redirected, apart);
    }

    /** The same, with addresses that redirects name put in place of others: a mirror's copy names the public hub's own. */
    public HttpRequest redirected(UnaryOperator<HttpUrl> instead) {
        return new HttpRequest(method, url, headers, credentials, follow, body, instead, apart);
    }

    /** The same, of which much will come. */
    HttpRequest alone() {
        return new HttpRequest(method, url, headers, credentials, follow, body, redirected, true);
    }

    /** What a POST becomes when a redirect says "see other". */
    HttpRequest asGet() {
        return new HttpRequest("GET", url, headers, credentials, follow, null, redirected, apart);
    }

    /** Method and address without query, for messages; credentials are never printed. */
    @Override
    public String toString() {
        return method + " " + printable(url);
    }

    /** An address without what may be secret in it: user, password, query and fragment. */
    static String printable(HttpUrl url) {
        return url.newBuilder()
                .username("")
                .password("")
                .query(null)
                .fragment(null)
                .build()
                .toString();
    }

    /** The path of this address, without any of the texts that may be secret. */
    String path(Iterable<String> secrets) {
        String path = url.encodedPath();
        for (String value : secrets) {
            for (String word : value.split("[\\s:=]+", -1)) {
                if (word.length() >= SHORTEST_SECRET) {
                    path = path.replace(word, "***");
                }
            }
        }
        return path;
    }
}
