package io.synctools.spi;

import io.synctools.model.ByteRange;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * HTTP for the platforms of a run: its connections, proxies and trust, one pause for each host, a watchdog against silence. Each
 * request is counted for the item that the calling thread works for, and heard by the run's listener.
 *
 * <p>Thread-safe. Ends a request when the calling thread is interrupted. Does not retry: the engine does. Messages name no query
 * (signed addresses), no secrets and no bodies.
 */
public interface RunHttp {

    /**
     * Sends a request, follows redirects, and returns the answer, whatever its status, but 408, 418, 429 and 5xx: these are
     * thrown, and a pause that the server asks for holds back every thread's next request to that host.
     *
     * @throws io.synctools.model.RetryLaterException where the server wants to be asked later
     * @throws io.synctools.model.SyncException if a secret would travel over plain http to another machine, or a redirect leads
     *     from https to http
     */
    Response send(Request request) throws IOException, InterruptedException;

    /**
     * Opens exactly one range of a file of known size, whatever the server makes of ranges; throws where the stream ends early.
     *
     * @param size of the whole file in bytes
     * @throws IOException also where the answer is neither that range nor the file
     * @throws io.synctools.model.SyncException {@code NOT_FOUND} for 404 and 410, {@code ACCESS} for 401 and 403
     */
    InputStream openRange(Request request, long size, ByteRange range) throws IOException, InterruptedException;

    /** What a server answered; to be closed. Not thread-safe. */
    interface Response extends Closeable {

        /** The status, for example 200. */
        int status();

        /** The first header of that name, in any case. */
        Optional<String> header(String name);

        /** All headers of that name, in any case. */
        List<String> headers(String name);

        /** The address that answered, after redirects. */
        URI address();

        /** The body as it arrives; a body that is cut short throws {@link IOException}. */
        InputStream body();

        /**
         * The whole body as UTF-8 text.
         *
         * @param limit bytes; a longer body is cut there, for error messages
         */
        String text(int limit) throws IOException;

        /** Whether the status is 2xx. */
        default boolean ok() {
            return status() / 100 == 2;
        }

        @Override
        void close();
    }

    /** One request. Immutable; never prints its secrets. */
    final class Request {
        private final String method;
        private final URI address;
        private final Map<String, String> headers;
        private final Map<String, String> secrets;
        private final byte[] body;

        private Request(
                String method, URI address, Map<String, String> headers, Map<String, String> secrets, byte[] body) {
            this.method = method;
            this.address = Objects.requireNonNull(address);
            this.headers = Map.copyOf(headers);
            this.secrets = Map.copyOf(secrets);
            this.body = body;
        }

        /** A GET. */
        public static Request get(URI address) {
            return new Request("GET", address, Map.of(), Map.of(), new byte[0]);
        }

        /** A HEAD; the only one whose redirects are not followed. */
        public static Request head(URI address) {
            return new Request("HEAD", address, Map.of(), Map.of(), new byte[0]);
        }

        /** A POST. */
        public static Request post(URI address, String contentType, byte[] body) {
            return new Request("POST", address, Map.of("Content-Type", contentType), Map.of(), body.clone());
        }

        /** The same with one more header, told to whomever redirects lead to. */
        public Request with(String name, String value) {
            return new Request(method, address, more(headers, name, value), secrets, body);
        }

        /** The same with one more header that is told to the origin of the address alone: scheme, host and port. */
        public Request withSecret(String name, String value) {
            return new Request(method, address, headers, more(secrets, name, value), body);
        }

        private static Map<String, String> more(Map<String, String> to, String name, String value) {
            Map<String, String> all = new LinkedHashMap<>(to);
            all.put(name, value);
            return all;
        }

        /** {@code GET}, {@code HEAD} or {@code POST}. */
        public String method() {
            return method;
        }

        /** Where. */
        public URI address() {
            return address;
        }

        /** Sent at every hop. */
        public Map<String, String> headers() {
            return headers;
        }

        /** Sent to the address's own origin. */
        public Map<String, String> secrets() {
            return secrets;
        }

        /** Empty where there is none. */
        public byte[] body() {
            return Arrays.copyOf(body, body.length);
        }

        /** The method and the host; what is behind it may be secret. */
        @Override
        public String toString() {
            return method + " " + address.getScheme() + "://" + address.getHost();
        }
    }
}
