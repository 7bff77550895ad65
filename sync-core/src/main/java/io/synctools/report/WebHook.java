package io.synctools.report;

import io.synctools.internal.http.Http;
import io.synctools.internal.http.HttpRequest;
import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.retry.Retrier;
import io.synctools.internal.text.Printable;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.RequestBody;

/**
 * Where notifications are sent: a chat robot, or a web hook of one's own. Immutable and thread-safe. Its address lets whoever
 * knows it send, too: it is a secret, and messages name the host alone.
 */
public final class WebHook {
    private static final MediaType JSON = MediaType.get("application/json; charset=utf-8");
    private static final int LONGEST_ANSWER = 10_000;

    private final URI address;
    private final Robot robot;
    private final String secret;
    private final String host;

    /**
     * A hook.
     *
     * @param robot in whose form it takes messages; {@link Robot#at} knows by the address as a rule
     * @param secret what messages are signed with; empty for none
     * @throws IllegalArgumentException if that is no address of http or https
     */
    public WebHook(URI address, Robot robot, String secret) {
        HttpUrl url = HttpUrl.parse(address.toString());
        if (url == null) {
            throw new IllegalArgumentException("a web hook has an address of http or https");
        }
        this.address = address;
        this.robot = robot;
        this.secret = secret;
        this.host = url.host();
    }

    /** Who is told. */
    public String host() {
        return host;
    }

    /**
     * Sends a message, again where that may help, as the options "retries" and "retry-for" say.
     *
     * @param context whose connections and proxies are used
     * @throws IOException if the receiver refused it
     * @throws SyncException if it could not be sent
     */
    public void send(Notification notification, RunContext context) throws IOException, InterruptedException {
        Robot.Message message = robot.message(address, notification, secret, Instant.now());
        HttpUrl to = HttpUrl.get(message.to().toString());
        HttpRequest ask =
                new HttpRequest("POST", to, Map.of(), Map.of(), false, RequestBody.create(message.body(), JSON));
        String said = Retrier.of(context).call("notify " + host, () -> {
            try (HttpResponse answer = Http.of(context).send(ask)) {
                String text = answer.text(LONGEST_ANSWER);
                if (!answer.ok()) {
                    throw new SyncException(FailureKind.OTHER, host + " answered " + answer.status());
                }
                return text;
            }
        });
        if (!robot.accepted(said)) {
            throw new IOException(host + " refused the message: " + Printable.words(said));
        }
    }

    @Override
    public String toString() {
        return "WebHook[" + host + "]";
    }
}
