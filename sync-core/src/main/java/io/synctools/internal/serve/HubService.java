package io.synctools.internal.serve;

import io.synctools.internal.text.Printable;
import io.synctools.serve.Dialect;
import io.synctools.serve.HubRequest;
import io.synctools.serve.HubResponse;
import io.synctools.serve.Shelf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What is answered over a mirror: to readers in their hub's dialect, to people a page, to watchers numbers. Thread-safe. */
public final class HubService implements HttpFront.Service {
    private final PublishedShelf shelf;
    private final List<Dialect> dialects;
    private final Tokens tokens;
    private final Optional<Consumer<String>> log;
    private final Supplier<HttpFront> front;
    private final LongAdder[] statuses = {
        new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder()
    };

    /**
     * The service.
     *
     * @param tokens who may read; empty for everybody
     * @param log is told a line of each request, where one is
     * @param front that is being served
     */
    public HubService(
            PublishedShelf shelf,
            List<Dialect> dialects,
            Collection<String> tokens,
            Optional<Consumer<String>> log,
            Supplier<HttpFront> front) {
        this.shelf = shelf;
        this.dialects = dialects;
        this.tokens = new Tokens(tokens);
        this.log = log;
        this.front = front;
    }

    @Override
    public Optional<HubResponse> recall(HubRequest request) {
        try {
            return request.path().size() == 1
                    ? Optional.empty()
                    : Optional.of(answer(request, shelf.recalled()))
                            .filter(answer -> !(answer.body() instanceof HubResponse.Pieces));
        } catch (ForgottenException | IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public HubResponse answer(HubRequest request, int attempt) throws IOException {
        return answer(request, shelf);
    }

    private HubResponse answer(HubRequest request, Shelf among) throws IOException {
        if (!tokens.admit(request)) {
            // In words that both hubs' clients show.
            String what = "this mirror asks for a token: set HF_TOKEN or MODELSCOPE_API_TOKEN to one of its own";
            return HubResponse.json(
                            401,
                            "{\"error\":\"" + what + "\",\"Code\":401,\"Success\":false,\"Message\":\"" + what + "\"}")
                    .with("WWW-Authenticate", "Bearer")
                    .with(
                            "X-Error-Message",
                            request.header("authorization").isEmpty()
                                    ? what
                                    : "Invalid credentials in Authorization header");
        }
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        boolean asks = request.method().equals("POST")
                && (request.part(4).equals("paths-info") || request.part(3).equals("paths-info"));
        if (!reads && !asks) {
            return HubResponse.json(405, "{\"error\":\"this hub is for reading only\"}")
                    .with("Allow", "GET, HEAD");
        }
        String page = request.path().size() == 1 ? request.part(0) : "?";
        return switch (page) {
            case "" -> FrontPage.of(shelf.all());
            case "metrics" -> metrics();
            default -> Dialects.answer(dialects, request, among);
        };
    }

    private HubResponse metrics() {
        HttpFront.Counts counts = front.get().counts();
        StringBuilder text = new StringBuilder();
        family(text, "sync_serve_requests_total", "counter", "Requests answered, by the first digit of their status.");
        for (int digit = 2; digit < statuses.length; digit++) {
            text.append("sync_serve_requests_total{status=\"")
                    .append(digit)
                    .append("xx\"} ")
                    .append(statuses[digit].sum())
                    .append('\n');
        }
        one(text, "sync_serve_bytes_total", "counter", "Bytes of files sent.", counts.bytes());
        one(
                text,
                "sync_serve_connections",
                "gauge",
                "Connections open.",
                front.get().connections());
        one(text, "sync_serve_connections_total", "counter", "Connections accepted.", counts.accepted());
        one(
                text,
                "sync_serve_connections_refused_total",
                "counter",
                "Connections that were too many.",
                counts.refused());
        PublishedShelf.All all = shelf.all();
        one(text, "sync_serve_roots_silent", "gauge", "Roots that do not answer.", all.silentRoots());
        one(
                text,
                "sync_serve_repositories",
                "gauge",
                "Repositories with a snapshot to serve.",
                all.repositories().size());
        one(
                text,
                "sync_serve_snapshots",
                "gauge",
                "Snapshots to serve.",
                all.repositories().stream()
                        .mapToLong(each -> each.snapshots().size())
                        .sum());
        return HubResponse.of(
                200, "text/plain; version=0.0.4; charset=utf-8", text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void one(StringBuilder text, String name, String type, String about, long value) {
        family(text, name, type, about);
        text.append(name).append(' ').append(value).append('\n');
    }

    private static void family(StringBuilder text, String name, String type, String about) {
        text.append("# HELP ")
                .append(name)
                .append(' ')
                .append(about)
                .append("\n# TYPE ")
                .append(name)
                .append(' ')
                .append(type)
                .append('\n');
    }

    @Override
    public void ended(HttpFront.Ended request) {
        statuses[Math.min(5, request.status() / 100)].increment();
        log.ifPresent(each -> each.accept(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + request.peer() + " \""
                + Printable.ascii(request.line())
                + "\" " + request.status() + " " + request.bytes() + " "
                + TimeUnit.NANOSECONDS.toMillis(request.nanos()) + "ms"));
    }
}
