package io.synctools.internal.http;

import io.synctools.internal.retry.NetworkException;
import io.synctools.internal.text.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;
import okhttp3.Call;
import okhttp3.Challenge;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** One answered request, watched until it is closed. */
final class Exchange implements HttpResponse {
    private static final long WORTH_DRAINING = 64 * 1024;

    private final Call call;
    private final Response response;
    private final HttpUrl asked;
    private final Watchdog.Watch watch;
    private final HostGate.Passage passage;
    private final Sender.Ended listener;
    private final InputStream raw;
    private @Nullable InputStream body;

    /** Body bytes still to come; negative where the server did not say how many there are. */
    private long left;

    private long read;
    private boolean ended;
    private boolean closed;

    /** @param asked the address that was meant, of which another may have answered */
    Exchange(
            Call call,
            Response response,
            HttpUrl asked,
            Watchdog.Watch watch,
            HostGate.Passage passage,
            Sender.Ended listener) {
        this.listener = listener;
        this.call = call;
        this.passage = passage;
        this.response = response;
        this.asked = asked;
        this.watch = watch;
        this.left =
                response.request().method().equals("HEAD") ? 0 : response.body().contentLength();
        this.raw = new WatchedStream(response.body().byteStream());
    }

    @Override
    public int status() {
        return response.code();
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(response.header(name));
    }

    @Override
    public List<String> headers(String name) {
        return response.headers(name);
    }

    @Override
    public List<Challenge> challenges() {
        return response.challenges();
    }

    Headers allHeaders() {
        return response.headers();
    }

    @Override
    public HttpUrl url() {
        return asked;
    }

    boolean isRedirect() {
        return switch (status()) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    /** The length of the body as sent; empty where the server did not say. */
    OptionalLong length() {
        long length = response.body().contentLength();
        return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
    }

    /** The encoding that nobody asked for, in lower case; empty where the body is sent as it is. */
    Optional<String> encoding() {
        return header("Content-Encoding")
                .map(value -> value.strip().toLowerCase(Locale.ROOT))
                .filter(value -> !value.isEmpty() && !value.equals("identity"));
    }

    /** The body as sent, compressed or not. */
    InputStream rawBody() {
        return raw;
    }

    /** {@inheritDoc} A body that was compressed although nobody asked for it is unpacked. */
    @Override
    public InputStream body() {
        if (body == null) {
            body = encoding().isEmpty()
                    ? raw
                    : new UnpackedStream(raw, encoding().get());
        }
        return body;
    }

    @Override
    public String text(int limit) throws IOException {
        return new String(body().readNBytes(limit), StandardCharsets.UTF_8);
    }

    /** Gives the connection back if little or nothing of the body is left, and up if much is. */
    @Override
    public void close() {
        leave();
        passage.close();
    }

    /** Closes it, while its question goes on elsewhere. */
    void leave() {
        watch.close();
        if (left > WORTH_DRAINING) {
            call.cancel();
        }
        response.close();
        if (!closed) {
            closed = true;
            listener.with(OptionalInt.of(status()), read);
        }
    }

    @Override
    public String toString() {
        return response.request().method() + " " + HttpRequest.printable(url());
    }

    /** Tells the watchdog of each read, and what a failed one means. */
    private final class WatchedStream extends InputStream {
        private final InputStream in;

        WatchedStream(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0 || ended) {
                return length == 0 ? 0 : -1;
            }
            watch.enter();
            int count = 0;
            try {
                count = in.read(bytes, offset, length);
            } catch (IOException e) {
                if (!Thread.currentThread().isInterrupted()) {
                    passage.broke();
                }
                throw watch.explain(new NetworkException(Exchange.this.toString(), e));
            } finally {
                watch.leave(Math.max(0, count));
            }
            passage.arrived(Math.max(0, count));
            left -= Math.max(0, count);
            read += Math.max(0, count);
            ended = count < 0 || left == 0;
            if (ended) {
                passage.close(); // whoever reads on need not keep others waiting
            }
            return count;
        }

        @Override
        public void close() {
            Exchange.this.close();
        }
    }

    /** Unpacks lazily: the header of a gzip stream is read with its first byte. */
    private static final class UnpackedStream extends InputStream {
        private final InputStream packed;
        private final String encoding;
        private @Nullable InputStream unpacked;

        UnpackedStream(InputStream packed, String encoding) {
            this.packed = packed;
            this.encoding = encoding;
        }

        private InputStream unpacked() throws IOException {
            if (unpacked == null) {
                if (!encoding.equals("gzip") && !encoding.equals("x-gzip")) {
                    throw new IOException("the body is encoded as \"" + Printable.words(encoding, 80)
                            + "\" although only identity was asked for");
                }
                unpacked = new GZIPInputStream(packed, 64 * 1024);
            }
            return unpacked;
        }

        @Override
        public int read() throws IOException {
            return unpacked().read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return unpacked().read(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            packed.close();
        }
    }
}
