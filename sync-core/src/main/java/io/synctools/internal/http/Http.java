package io.synctools.internal.http;

import io.synctools.internal.retry.MismatchException;
import io.synctools.internal.retry.NetworkException;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.ByteRange;
import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.model.Version;
import io.synctools.spi.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;

/**
 * HTTP as all our platforms speak it: redirects by hand, credentials to their own origin only, one pause per host
 * shared by all threads, a watchdog against silence, and a count of requests.
 *
 * <p>Thread-safe. Ends a request when the calling thread is interrupted. Does not retry, but for a connection that the
 * server closed while it lay unused. Messages name no query (signed addresses), no credentials and no bodies.
 */
public final class Http {
    private static final int MOST_REDIRECTS = 10;
    private static final String USER_AGENT = Version.TOOL.replace(' ', '/');
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);

    private final OkHttpClient client;
    private final HostGate gate;
    private final Watchdog watchdog;
    private final TimeSource time;
    private final Addresses addresses = new Addresses(1024);

    Http(HttpOptions options, TimeSource time) {
        this.time = time;
        this.gate = new HostGate(options.retry(), time);
        this.watchdog = new Watchdog(options.stall(), time);
        this.client = client(options);
    }

    /** The client of a run, shared through its settings. */
    public static Http of(Settings settings) {
        return settings.shared(Http.class, s -> new Http(HttpOptions.of(s), TimeSource.of(s)));
    }

    private static OkHttpClient client(HttpOptions options) {
        Duration connect = options.stall().compareTo(LONGEST_CONNECT) < 0 ? options.stall() : LONGEST_CONNECT;
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .socketFactory(new BufferedSocketFactory())
                .connectionPool(new ConnectionPool(options.connections() + 4, 60, TimeUnit.SECONDS))
                .proxySelector(options.proxies())
                .proxyAuthenticator(options.proxies())
                .followRedirects(false)
                .followSslRedirects(false)
                .connectTimeout(connect)
                // The watchdog does it, at no cost per read.
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .addNetworkInterceptor(chain -> {
                    Tally.current().request();
                    return chain.proceed(chain.request());
                });
        options.certificates()
                .map(Trust::with)
                .ifPresent(trust -> builder.sslSocketFactory(trust.sockets(), trust.manager()));
        return builder.build();
    }

    /**
     * Sends one question and returns the answer, whatever its status, but: 408, 418, 429 and 5xx become a
     * {@link RetryLaterException}, whose pause, if the server named one, holds back every thread's next request to that
     * host.
     *
     * @throws SyncException if a token would travel over plain http to another host than loopback, or a redirect leads
     *     from https to http
     */
    public Answer send(Ask ask) throws IOException, InterruptedException {
        return follow(ask, ask.url());
    }

    /**
     * Opens exactly one range of a file of known size: checks {@code Content-Range}, skips what an ignored range sends
     * before it, refuses compressed or mismatching answers, and throws where the stream ends early. Remembers where a
     * redirect led, so that the next range goes there directly, and asks anew when that address has expired (403).
     *
     * <p>What an ignored range sends before the wanted bytes is counted by {@link Tally#wasted}. A whole file that comes
     * compressed although nobody asked for it is unpacked.
     *
     * @param size of the whole file in bytes
     * @throws StatusException if the asked server itself answers with a status other than 200, 206 and 416
     * @throws MismatchException if it sends something else than this range of this file, or 416
     */
    public InputStream openRange(Ask ask, long size, ByteRange range) throws IOException, InterruptedException {
        if (range.end() > size) {
            throw new IllegalArgumentException(range + " of a file of " + size + " bytes");
        }
        if (range.length() == 0) {
            return InputStream.nullInputStream();
        }
        boolean isWhole = range.length() == size;
        Ask ranged = isWhole ? ask : ask.with("Range", "bytes=" + range.offset() + "-" + (range.end() - 1));
        Optional<HttpUrl> known = isWhole ? Optional.empty() : addresses.find(ask.url());
        if (known.isPresent()) {
            Optional<InputStream> stream = fromKnown(ranged, known.get(), size, range);
            if (stream.isPresent()) {
                return stream.get();
            }
        }
        Exchange answer = follow(ranged, ask.url());
        InputStream stream = opened(answer, ranged, size, range);
        if (!isWhole && !answer.url().equals(ask.url())) {
            addresses.remember(ask.url(), answer.url());
        }
        return stream;
    }

    /** Tries the address that an earlier redirect led to; empty if it has expired. */
    private Optional<InputStream> fromKnown(Ask ask, HttpUrl known, long size, ByteRange range)
            throws IOException, InterruptedException {
        try {
            Exchange answer = follow(ask, known);
            switch (answer.status()) {
                case 401, 403, 404, 410 -> {
                    answer.close();
                    addresses.forget(ask.url(), known);
                    return Optional.empty();
                }
                default -> {
                    return Optional.of(opened(answer, ask, size, range));
                }
            }
        } catch (RetryLaterException e) {
            throw e;
        } catch (IOException e) {
            addresses.forget(ask.url(), known);
            throw e;
        }
    }

    private static InputStream opened(Exchange answer, Ask ask, long size, ByteRange range) throws IOException {
        boolean kept = false;
        try {
            if (answer.status() != 200 && answer.status() != 206) {
                throw refusal(answer, sameOrigin(answer.url(), ask.url()), size);
            }
            InputStream stream = RangeStream.of(answer, size, range);
            kept = true;
            return stream;
        } finally {
            if (!kept) {
                answer.close();
            }
        }
    }

    private static IOException refusal(Exchange answer, boolean atHome, long size) throws IOException {
        String message = answer + ": status " + answer.status();
        if (answer.status() == 416) {
            return new MismatchException(message + ": the file no longer has the " + size + " bytes that were listed");
        }
        return atHome ? new StatusException(message, answer) : new IOException(message);
    }

    /**
     * Follows redirects from {@code start}. Credentials go to the origin of the question's own address only, and never
     * again once another origin was asked.
     */
    private Exchange follow(Ask ask, HttpUrl start) throws IOException, InterruptedException {
        Ask hop = ask.at(start);
        if (!sameOrigin(start, ask.url())) {
            hop = hop.with(Map.of());
        }
        for (int hops = 0; ; hops++) {
            Exchange answer = once(hop);
            if (!ask.follow() || !answer.isRedirect()) {
                return answer;
            }
            answer.close();
            HttpUrl next = target(answer);
            if (hops == MOST_REDIRECTS) {
                throw new IOException(ask + ": more than " + MOST_REDIRECTS + " redirects");
            }
            if (!sameOrigin(next, ask.url())) {
                hop = hop.with(Map.of());
            }
            hop = (changesMethod(answer.status(), hop) ? hop.asGet() : hop).at(next);
        }
    }

    private static boolean changesMethod(int status, Ask hop) {
        return hop.method().equals("POST") && status < 307;
    }

    private static HttpUrl target(Exchange answer) throws IOException {
        HttpUrl next = answer.header("Location").map(answer.url()::resolve).orElse(null);
        if (next == null) {
            throw new IOException(answer + ": a redirect (" + answer.status() + ") without a usable address");
        }
        if (answer.url().isHttps() && !next.isHttps()) {
            throw new SyncException(
                    FailureKind.ACCESS,
                    answer + ": refused to follow its redirect from https to " + Ask.printable(next)
                            + "; ask the hub's operator, or name an endpoint that serves files over https");
        }
        return next;
    }

    /** One request and its answer, without redirects. */
    private Exchange once(Ask ask) throws IOException, InterruptedException {
        if (!ask.credentials().isEmpty()
                && !ask.url().isHttps()
                && !Loopback.is(ask.url().host())) {
            throw new SyncException(
                    FailureKind.ACCESS,
                    ask + ": refused to send a token over plain http to another machine;"
                            + " use an https address, or unset the token");
        }
        String host = ask.url().host() + ":" + ask.url().port();
        long sent = gate.pass(host);
        Exchange answer = execute(ask);
        if (!isLater(answer.status())) {
            gate.open(host);
            return answer;
        }
        Optional<Duration> pause = RetryAfter.pause(answer::headers, time.now());
        answer.close();
        boolean overload = answer.status() == 418 || answer.status() == 429 || answer.status() == 503;
        if (overload || pause.isPresent()) {
            gate.close(host, sent, pause);
        }
        FailureKind kind = overload && answer.status() != 503 ? FailureKind.RATE_LIMITED : FailureKind.UNAVAILABLE;
        String asked =
                pause.map(wait -> ", asking to wait " + wait.toSeconds() + " s").orElse("");
        throw new RetryLaterException(kind, ask + ": status " + answer.status() + asked, pause);
    }

    private static boolean isLater(int status) {
        return status == 408 || status == 418 || status == 429 || status / 100 == 5;
    }

    private Exchange execute(Ask ask) throws IOException, InterruptedException {
        Call call = client.newCall(request(ask));
        Watchdog.Watch watch = watchdog.watch(ask.toString(), call::cancel);
        boolean kept = false;
        watch.enter();
        try {
            Exchange answer = new Exchange(call, call.execute(), watch);
            watch.leave(0);
            watch.answered();
            kept = true;
            return answer;
        } catch (IOException e) {
            IOException meaning = watch.explain(new NetworkException(ask.toString(), e));
            if (Thread.interrupted()) {
                InterruptedException interrupted = new InterruptedException(meaning.getMessage());
                interrupted.initCause(e);
                throw interrupted;
            }
            throw meaning;
        } finally {
            if (!kept) {
                watch.close();
            }
        }
    }

    private static Request request(Ask ask) {
        Request.Builder request = new Request.Builder()
                .url(ask.url())
                .method(ask.method(), ask.body())
                .header("User-Agent", USER_AGENT)
                // Else bodies may come compressed, without length and without ranges.
                .header("Accept-Encoding", "identity");
        ask.headers().forEach(request::header);
        ask.credentials().forEach(request::header);
        return request.build();
    }

    /** Whether two addresses share scheme, host and port. */
    static boolean sameOrigin(HttpUrl a, HttpUrl b) {
        return a.scheme().equals(b.scheme()) && a.host().equals(b.host()) && a.port() == b.port();
    }
}
