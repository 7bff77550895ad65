package io.synctools.internal.http;

import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.util.Map;
import okhttp3.HttpUrl;

/** Follows redirects by hand. Thread-safe. */
final class Redirects {
    private static final int MOST = 10;

    private final Sender sender;

    Redirects(Sender sender) {
        this.sender = sender;
    }

    /**
     * Follows redirects from {@code start}. Credentials go to the origin of the question's own address only, and never
     * again once another origin was asked.
     */
    Exchange follow(HttpRequest ask, HttpUrl start) throws IOException, InterruptedException {
        HostGate.Passage passage = sender.gate().pass(Sender.host(ask.url()));
        boolean kept = false;
        try {
            Exchange answer = follow(ask, start, passage);
            passage.served();
            kept = true;
            return answer;
        } finally {
            if (!kept) {
                passage.close();
            }
        }
    }

    private Exchange follow(HttpRequest ask, HttpUrl start, HostGate.Passage passage)
            throws IOException, InterruptedException {
        HttpRequest hop = ask.at(start);
        if (!sameOrigin(start, ask.url())) {
            hop = hop.with(Map.of());
        }
        for (int hops = 0; ; hops++) {
            Exchange answer = sender.send(hop, passage);
            if (!ask.follow() || !answer.isRedirect()) {
                return answer;
            }
            answer.leave();
            HttpUrl next = target(answer, ask);
            if (hops == MOST) {
                throw new IOException(ask + ": more than " + MOST + " redirects");
            }
            if (!sameOrigin(next, ask.url())) {
                hop = hop.with(Map.of());
            }
            hop = (changesMethod(answer.status(), hop) ? hop.asGet() : hop).at(next);
        }
    }

    private static boolean changesMethod(int status, HttpRequest hop) {
        return hop.method().equals("POST") && status < 307;
    }

    private static HttpUrl target(Exchange answer, HttpRequest ask) throws IOException {
        HttpUrl next = answer.header("Location")
                .map(answer.url()::resolve)
                .map(ask.redirected())
                .orElse(null);
        if (next == null) {
            throw new IOException(answer + ": a redirect (" + answer.status() + ") without a usable address");
        }
        if (answer.url().isHttps() && !next.isHttps()) {
            throw new SyncException(
                    FailureKind.ACCESS,
                    answer + ": refused to follow its redirect from https to " + HttpRequest.printable(next)
                            + "; ask the hub's operator, or name an endpoint that serves files over https");
        }
        return next;
    }

    /** Whether two addresses share scheme, host and port. */
    static boolean sameOrigin(HttpUrl a, HttpUrl b) {
        return a.scheme().equals(b.scheme()) && a.host().equals(b.host()) && a.port() == b.port();
    }
}
