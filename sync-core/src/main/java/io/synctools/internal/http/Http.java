package io.synctools.internal.http;

import io.synctools.internal.retry.MismatchException;
import io.synctools.internal.retry.TimeSource;
import io.synctools.internal.threads.Threads;
import io.synctools.model.ByteRange;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.Dns;
import okhttp3.HttpUrl;

/**
 * HTTP as all our platforms speak it: redirects by hand, credentials to their own origin only, one pause per host
 * shared by all threads, a watchdog against silence, and a count of requests.
 *
 * <p>Thread-safe. Ends a request when the calling thread is interrupted. Does not retry, but for a connection that the
 * server closed while it lay unused. Messages name no query (signed addresses), no credentials and no bodies.
 */
public final class Http implements AutoCloseable {

    /** From here on a connection is worth more than what it costs to open. */
    private static final long LARGE = 1 << 20;

    private static final Pattern SIGNATURE =
            Pattern.compile("(?i)^(x-[a-z]+-)?(signature|expires|sig|se|auth_key|key-pair-id|policy)$");

    private final Sender sender;
    private final Redirects redirects;
    private final Addresses addresses = new Addresses(1024);

    Http(HttpOptions options, TimeSource time) {
        this(new Sender(
                options, new Concurrency(options.connections()), time, GivenHttp.NONE, Dns.SYSTEM, new Threads()));
    }

    private Http(Sender sender) {
        this.sender = sender;
        this.redirects = new Redirects(sender);
    }

    /** The client of a run, shared through its context. */
    public static Http of(RunContext context) {
        return context.shared(Http.class, s -> {
            Sender sender = new Sender(
                    HttpOptions.of(s),
                    Concurrency.of(s),
                    TimeSource.of(s),
                    GivenHttp.of(s),
                    s.shared(Dns.class, any -> Dns.SYSTEM),
                    Threads.of(s));
            Pauses.of(s).follow(sender.gate());
            return new Http(sender);
        });
    }

    /** Closes the connections that lie idle. */
    @Override
    public void close() {
        sender.close();
    }

    /**
     * Makes ready what these endpoints need, so that a fault of {@code SSL_CERT_FILE} shows before anything is asked.
     *
     * @throws IllegalArgumentException if one of them speaks https and that file cannot be used
     */
    public void expect(Endpoints endpoints) {
        if (endpoints.all().stream().anyMatch(HttpUrl::isHttps)) {
            expectHttps();
        }
    }

    /** The same for endpoints that are not known yet. */
    public void expectHttps() {
        sender.secure();
    }

    /**
     * Sends one question and returns the answer, whatever its status, but: 408, 418, 429 and 5xx become a
     * {@link RetryLaterException}, whose pause, if the server named one, holds back every thread's next request to that
     * host.
     *
     * @throws SyncException if a token would travel over plain http to another host than loopback, or a redirect leads
     *     from https to http
     */
    public HttpResponse send(HttpRequest ask) throws IOException, InterruptedException {
        return redirects.follow(ask, ask.url());
    }

    /**
     * Opens exactly one range of a file of known size: checks {@code Content-Range}, skips what an ignored range sends
     * before it, refuses compressed or mismatching answers, and throws where the stream ends early. Remembers where a
     * redirect led, so that the next range goes there directly, and asks anew when that address has expired (403).
     *
     * <p>What an ignored range sends before the wanted bytes is counted by {@link ItemMeter#wasted}. A whole file that comes
     * compressed although nobody asked for it is unpacked.
     *
     * @param size of the whole file in bytes
     * @throws StatusException if the asked server itself answers with a status other than 200, 206 and 416
     * @throws MismatchException if it sends something else than this range of this file, or 416
     */
    public InputStream openRange(HttpRequest ask, long size, ByteRange range) throws IOException, InterruptedException {
        if (range.end() > size) {
            throw new IllegalArgumentException(range + " of a file of " + size + " bytes");
        }
        if (range.length() == 0) {
            return InputStream.nullInputStream();
        }
        boolean isWhole = range.length() == size;
        HttpRequest sized = range.length() > LARGE ? ask.alone() : ask;
        HttpRequest ranged = isWhole ? sized : sized.with("Range", "bytes=" + range.offset() + "-" + (range.end() - 1));
        Optional<HttpUrl> known = isWhole ? Optional.empty() : addresses.find(ask.url());
        if (known.isPresent()) {
            Optional<InputStream> stream = fromKnown(ranged, known.get(), size, range);
            if (stream.isPresent()) {
                return stream.get();
            }
        }
        Exchange answer = redirects.follow(ranged, ask.url());
        InputStream stream = opened(answer, ranged, size, range);
        if (!isWhole && !answer.url().equals(ask.url())) {
            addresses.remember(ask.url(), answer.url());
        }
        return stream;
    }

    /** Tries the address that an earlier redirect led to; empty if it has expired. */
    private Optional<InputStream> fromKnown(HttpRequest ask, HttpUrl known, long size, ByteRange range)
            throws IOException, InterruptedException {
        try {
            Exchange answer = redirects.follow(ask, known);
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

    private static InputStream opened(Exchange answer, HttpRequest ask, long size, ByteRange range) throws IOException {
        boolean kept = false;
        try {
            if (answer.status() != 200 && answer.status() != 206) {
                throw refusal(answer, isOfTheHub(answer.url(), ask.url()), size);
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

    /** A signed address at the hub's own host refuses like one elsewhere: when its time is over. */
    private static boolean isOfTheHub(HttpUrl answered, HttpUrl asked) {
        boolean signed = !answered.equals(asked)
                && answered.queryParameterNames().stream()
                        .anyMatch(name -> SIGNATURE.matcher(name).find());
        return Redirects.sameOrigin(answered, asked) && !signed;
    }

    private static IOException refusal(Exchange answer, boolean atHome, long size) throws IOException {
        String message = answer + ": status " + answer.status();
        if (answer.status() == 416) {
            return new MismatchException(message + ": the file no longer has the " + size + " bytes that were listed");
        }
        return atHome ? new StatusException(message, answer) : new IOException(message);
    }
}
