package io.synctools.internal.http;

import io.synctools.internal.retry.StalledException;
import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * The base addresses of one hub, tried in order when one is down: nobody connects, answers, or answers without a server
 * error. The one that worked last is asked first from then on.
 *
 * <p>Thread-safe. Does not wait and does not retry: each address is tried once per call.
 */
public final class Endpoints {
    private static final Pattern BARE_HOST =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9-]+)*(:\\d{1,5})?");
    private static final Pattern INTERFACE = Pattern.compile("(https?://.+?)/api(/v\\d+)?", Pattern.CASE_INSENSITIVE);

    private final List<HttpUrl> bases;
    private final AtomicInteger current = new AtomicInteger();

    /** @param bases at least one; the first is preferred */
    public Endpoints(List<HttpUrl> bases) {
        if (bases.isEmpty()) {
            throw new IllegalArgumentException("a hub needs at least one endpoint");
        }
        this.bases = List.copyOf(bases);
    }

    /**
     * Reads one address or several separated by commas; a slash at the end counts for nothing.
     *
     * @param variable where the text comes from, for messages
     * @throws IllegalArgumentException if one is not an http or https address; it is not repeated, since it may hold a
     *     password
     */
    public static Endpoints parse(String variable, String text) {
        List<HttpUrl> bases = Stream.of(text.split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .map(part -> base(variable, part))
                .toList();
        if (bases.isEmpty()) {
            throw new IllegalArgumentException(variable + " names no address; unset it, or name one");
        }
        return new Endpoints(bases);
    }

    private static HttpUrl base(String variable, String text) {
        String address = text.replaceAll("/+$", "");
        if (BARE_HOST.matcher(address).matches()) {
            throw new IllegalArgumentException(
                    variable + "=" + address + " has no scheme; write " + variable + "=https://" + address);
        }
        HttpUrl url = HttpUrl.parse(address + "/");
        Matcher inside = INTERFACE.matcher(address);
        if (url != null && inside.matches() && !address.contains("@")) {
            throw new IllegalArgumentException(variable + "=" + address + " leads inside of the hub's interface; write "
                    + variable + "=" + inside.group(1));
        }
        if (url == null || url.query() != null || url.fragment() != null) {
            throw new IllegalArgumentException(
                    variable + " must be an address such as https://hub.example.com, or several separated by commas");
        }
        return url;
    }

    /** All addresses in order of preference, each with a path that ends in a slash. */
    public List<HttpUrl> all() {
        return bases;
    }

    /** The address that would be asked next. */
    public HttpUrl current() {
        return bases.get(current.get());
    }

    /** Something that one base address is asked. */
    @FunctionalInterface
    public interface Question<T extends @Nullable Object> {
        T ask(HttpUrl base) throws IOException, InterruptedException;
    }

    /**
     * Asks the current address, and the others in turn while they are down. Notes who answered in the current
     * {@link ItemMeter}.
     *
     * @throws IOException what the last one failed with; a failure that does not mean "down" is thrown at once
     */
    public <T extends @Nullable Object> T ask(Question<T> question) throws IOException, InterruptedException {
        int first = current.get();
        for (int tried = 0; ; tried++) {
            int index = (first + tried) % bases.size();
            try {
                T answer = question.ask(bases.get(index));
                current.set(index);
                ItemMeter.current().servedBy(authority(bases.get(index)));
                return answer;
            } catch (IOException e) {
                if (!isDown(e) || tried == bases.size() - 1) {
                    throw e;
                }
            }
        }
    }

    /** {@code host}, or {@code host:port} where the port is not the scheme's own. */
    public static String authority(HttpUrl url) {
        boolean usual = url.port() == HttpUrl.defaultPort(url.scheme());
        String host = url.host().contains(":") ? "[" + url.host() + "]" : url.host();
        return usual ? host : host + ":" + url.port();
    }

    private static boolean isDown(IOException failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof SocketException
                    || e instanceof EOFException
                    || e instanceof UnknownHostException
                    || e instanceof SocketTimeoutException
                    || e instanceof SSLException
                    || (e instanceof StalledException silent && !silent.answered())
                    || (e instanceof RetryLaterException later && later.kind() == FailureKind.UNAVAILABLE)) {
                return true;
            }
        }
        return false;
    }
}
