package io.synctools.internal.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.retry.Incidents;
import io.synctools.internal.retry.NetworkException;
import io.synctools.internal.retry.TimeSource;
import io.synctools.internal.threads.Threads;
import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.model.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/** Sends single requests: watched, held back by their host's gate, counted. Thread-safe; follows nothing. */
final class Sender {
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);
    private static final List<Protocol> ONE_AT_A_TIME = List.of(Protocol.HTTP_1_1);
    private static final String USER_AGENT = Version.TOOL.replace(' ', '/');

    private final OkHttpClient plain;
    private final Optional<Path> certificates;
    private final Detours detours;
    private final List<Path> hostCertificates;
    private final List<Protocol> offered;
    private final Map<String, Clients> hostClients = new ConcurrentHashMap<>();
    private final Set<String> plainHosts;
    private final HostGate gate;
    private final Watchdog watchdog;
    private final TimeSource time;
    private final GivenHttp given;

    @GuardedBy("this")
    private @Nullable OkHttpClient secure;

    private final ProxyRules proxies;

    Sender(HttpOptions options, Concurrency concurrency, TimeSource time, GivenHttp given, Dns names, Threads threads) {
        this.time = time;
        this.given = given;
        this.gate = new HostGate(options.retry(), concurrency, time);
        this.watchdog = new Watchdog(options.stall(), time, threads);
        this.certificates = options.certificates();
        this.proxies = options.proxies();
        this.detours = options.detours();
        this.hostCertificates = options.hostCertificates();
        this.plainHosts = options.plain();
        this.offered = options.newest() ? List.of(Protocol.HTTP_2, Protocol.HTTP_1_1) : ONE_AT_A_TIME;
        this.plain = plain(options, names);
    }

    /**
     * How a host is spoken to by TLS.
     *
     * @param shared several requests at a time over one connection, where the host can
     * @param apart one
     */
    private record Clients(OkHttpClient shared, OkHttpClient apart) {
        static Clients of(OkHttpClient client) {
            return new Clients(
                    client, client.newBuilder().protocols(ONE_AT_A_TIME).build());
        }
    }

    /** Closes idle connections; those of other clients made from this one are in the same pool. */
    void close() {
        plain.connectionPool().evictAll();
    }

    /** What holds requests back. */
    HostGate gate() {
        return gate;
    }

    /** The client for https: reading the authorities that it trusts takes longer than all else at start. */
    synchronized OkHttpClient secure() {
        if (secure == null) {
            OkHttpClient.Builder builder =
                    plain.newBuilder().protocols(offered).connectionSpecs(List.of(ConnectionSpec.MODERN_TLS));
            given.tls()
                    .map(Trust::of)
                    .or(() -> certificates.map(Trust::with))
                    .ifPresent(trust -> builder.sslSocketFactory(trust.sockets(), trust.manager()));
            secure = builder.build();
        }
        return secure;
    }

    /** The client for a host: one of its own where this machine has authorities for that host alone. */
    private Clients secure(HttpUrl url) {
        String host = url.port() == 443 ? url.host() : url.host() + ":" + url.port();
        return hostClients.computeIfAbsent(host, name -> {
            if (given.tls().isPresent()) {
                return Clients.of(secure());
            }
            List<Path> authorities = new ArrayList<>(certificates.stream().toList());
            int general = authorities.size();
            hostCertificates.forEach(folder -> authorities.addAll(authorities(folder.resolve(name))));
            if (authorities.size() == general) {
                return Clients.of(secure());
            }
            Trust trust = Trust.with(authorities, "");
            return Clients.of(secure().newBuilder()
                    .sslSocketFactory(trust.sockets(), trust.manager())
                    .build());
        });
    }

    private OkHttpClient client(HttpRequest ask, HttpUrl target) {
        if (!target.isHttps()) {
            return plain;
        }
        Clients clients = secure(target);
        return ask.apart() ? clients.apart() : clients.shared();
    }

    private static List<Path> authorities(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".crt"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of(); // as a rule there is none
        }
    }

    private static OkHttpClient plain(HttpOptions options, Dns names) {
        Duration connect = options.stall().compareTo(LONGEST_CONNECT) < 0 ? options.stall() : LONGEST_CONNECT;
        return new OkHttpClient.Builder()
                .protocols(ONE_AT_A_TIME)
                .connectionSpecs(List.of(ConnectionSpec.CLEARTEXT))
                .socketFactory(new BufferedSocketFactory())
                .dns(names)
                // Of several addresses the next is tried after 250 ms, beside the first.
                .fastFallback(true)
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
                    ItemMeter.current().request();
                    return chain.proceed(chain.request());
                })
                .build();
    }

    /**
     * One request and its answer; fails as {@link Http#send}.
     *
     * @param passage of the question to which it belongs; ended by the caller where this fails, else by whoever closes the
     *     answer
     */
    Exchange send(HttpRequest ask, HostGate.Passage passage) throws IOException, InterruptedException {
        HttpUrl target = detours.of(ask.url());
        Map<String, String> told = told(ask.url(), target);
        if (!(ask.credentials().isEmpty() && told.isEmpty())
                && !target.isHttps()
                && !Loopback.is(target.host())
                && !plainHosts.contains(target.host())
                && !plainHosts.contains(target.host() + ":" + target.port())) {
            throw new SyncException(
                    FailureKind.ACCESS,
                    ask.credentials().isEmpty()
                            ? ask + ": refused to send a header of the program's over plain http to another machine;"
                                    + " use an https address, or name the host in the option \"plain-http\""
                            : ask + ": refused to send a token over plain http to another machine;"
                                    + " use an https address, or unset the token");
        }
        passage.await(host(ask.url()));
        Exchange answer = execute(ask, target, passage, told);
        if (!isLater(answer.status())) {
            passage.answered();
            return answer;
        }
        Optional<Duration> pause = RetryAfter.pause(answer::headers, time.now());
        answer.close();
        boolean often = answer.status() == 418 || answer.status() == 429;
        if (often || answer.status() == 503 || pause.isPresent()) {
            passage.refused(often ? HostGate.Refusal.TOO_OFTEN : HostGate.Refusal.TOO_BUSY, pause);
        }
        FailureKind kind = often ? FailureKind.RATE_LIMITED : FailureKind.UNAVAILABLE;
        String asked =
                pause.map(wait -> ", asking to wait " + wait.toSeconds() + " s").orElse("");
        throw new RetryLaterException(kind, ask + ": status " + answer.status() + asked, pause);
    }

    /** What a host is called to which requests are counted. */
    static String host(HttpUrl url) {
        return url.host() + ":" + url.port();
    }

    /**
     * Time mends neither what a server does not know how to do (RFC 9110, 15.6.2) nor a request that is wrong, nor a server
     * that is full (RFC 4918, 11.5).
     */
    private static boolean isLater(int status) {
        return status == 408 || status == 418 || status == 429 || (status / 100 == 5 && status != 501 && status != 507);
    }

    private Exchange execute(HttpRequest ask, HttpUrl target, HostGate.Passage passage, Map<String, String> told)
            throws IOException, InterruptedException {
        Ended ended = ended(ask, told);
        WatchedBody body = ask.body() == null ? null : new WatchedBody(ask.body());
        Call call = client(ask, target).newCall(request(ask, target, told, body));
        Watchdog.Watch watch = watchdog.watch(ask.toString(), call::cancel);
        if (body != null) {
            body.watch(watch);
        }
        boolean kept = false;
        watch.enter();
        try {
            Exchange answer = new Exchange(call, call.execute(), ask.url(), watch, passage, ended);
            watch.leave(0);
            watch.answered();
            kept = true;
            return answer;
        } catch (IOException e) {
            String what = ask + proxies.explain(ask.url(), e);
            IOException meaning = watch.explain(new NetworkException(what, e));
            if (!Thread.currentThread().isInterrupted()) {
                passage.broke();
            }
            if (Thread.interrupted()) {
                InterruptedException interrupted = new InterruptedException(meaning.getMessage());
                interrupted.initCause(e);
                throw interrupted;
            }
            throw meaning;
        } finally {
            if (!kept) {
                watch.close();
                ended.with(OptionalInt.empty(), 0);
            }
        }
    }

    /** What a program has the host told, and the one in front of it. */
    private Map<String, String> told(HttpUrl meant, HttpUrl target) {
        Map<String, String> told = given.headers().of(meant);
        if (!target.equals(meant)) {
            told = new HashMap<>(told);
            told.putAll(given.headers().of(target));
        }
        return told;
    }

    /** What hears of the end of one request. */
    @FunctionalInterface
    interface Ended {
        void with(OptionalInt status, long bytes);
    }

    /** Tells those for whom the calling thread works now, whichever thread ends it. */
    private Ended ended(HttpRequest ask, Map<String, String> told) {
        Incidents heard = Incidents.current();
        if (heard == Incidents.NONE) {
            return (status, bytes) -> {};
        }
        long begin = time.nanos();
        List<String> secrets = new ArrayList<>(ask.credentials().values());
        secrets.addAll(told.values());
        String host = Endpoints.authority(ask.url());
        return (status, bytes) -> heard.requested(
                ask.method(), host, ask.path(secrets), status, bytes, Duration.ofNanos(time.nanos() - begin));
    }

    private static Request request(
            HttpRequest ask, HttpUrl target, Map<String, String> told, @Nullable RequestBody body) {
        Request.Builder request = new Request.Builder()
                .url(target)
                .method(ask.method(), body)
                .header("User-Agent", USER_AGENT)
                // Else bodies may come compressed, without length and without ranges.
                .header("Accept-Encoding", "identity");
        if (!target.equals(ask.url())) {
            request.header("Host", Endpoints.authority(ask.url()));
        }
        ask.headers().forEach(request::header);
        ask.credentials().forEach(request::header);
        told.forEach(request::header);
        return request.build();
    }
}
