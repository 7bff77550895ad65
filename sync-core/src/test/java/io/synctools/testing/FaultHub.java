package io.synctools.testing;

import io.synctools.internal.serve.Dialects;
import io.synctools.serve.Dialect;
import io.synctools.serve.Shelf;
import io.synctools.serve.Snapshot;
import io.synctools.testing.ReceivedRequest.Kind;
import io.synctools.testing.ReceivedRequest.Origin;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockResponseBody;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import okio.BufferedSink;

/**
 * A hub on loopback that speaks every dialect on the path, as the server of mirrors does, and misbehaves as told. Files
 * of LFS kind are served by a second origin through signed addresses. Records every request. Thread-safe.
 *
 * <pre>{@code
 * try (FaultHub hub = FaultHub.start()) {
 *     hub.put(HubRepo.of("models/o/n").with("config.json", "{}").withLfs("model.bin", bytes));
 *     hub.inject(FaultHub.bytesOf("model.bin"), FaultHub.first(2), Fault.status(503, "Retry-After", "1"));
 *     ...
 * }
 * }</pre>
 */
public final class FaultHub implements Closeable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
    private static final int PIECE = 16 * 1024;

    static {
        RecordingSockets.quiet();
    }

    /** How a hub is spoken to. */
    public enum Line {
        /** As it is. */
        PLAIN,
        /** TLS, and HTTP/1.1. */
        TLS,
        /** TLS, and HTTP/2: what breaks is a stream. */
        HTTP_2
    }

    /** Made once: the key is what takes the time. */
    private static final class Certificate {
        static final HeldCertificate HELD = new HeldCertificate.Builder()
                .addSubjectAlternativeName("127.0.0.1")
                .build();
    }

    private record Injection(Predicate<ReceivedRequest> where, IntPredicate when, Fault fault, AtomicInteger count) {}

    private final MockWebServer front = new MockWebServer();
    private final MockWebServer storage = new MockWebServer();
    private final RecordingSockets frontSockets = new RecordingSockets();
    private final RecordingSockets storageSockets = new RecordingSockets();
    private final Map<String, HubRepo> repos = new ConcurrentHashMap<>();
    private final Map<String, Snapshot> snapshots = new ConcurrentHashMap<>();
    private final Map<String, HubRepo.File> signed = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> uses = new ConcurrentHashMap<>();
    private final List<ReceivedRequest> requests = new CopyOnWriteArrayList<>();
    private final List<Injection> injections = new CopyOnWriteArrayList<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicInteger signatures = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<Dialect> dialects = Dialects.installed();
    private final Shelf shelf = new Repositories();
    private final Line line;
    private volatile int pageSize = 1000;
    private volatile int usesPerAddress = Integer.MAX_VALUE;

    private FaultHub(Line line) {
        this.line = line;
    }

    /** Starts a hub without repositories on two free ports of loopback. */
    public static FaultHub start() throws IOException {
        return start(Line.PLAIN);
    }

    /** The same, spoken to in that way; {@link #certificate} says whom to trust. */
    public static FaultHub start(Line line) throws IOException {
        FaultHub hub = new FaultHub(line);
        if (line != Line.PLAIN) {
            hub.secure(hub.front);
            hub.secure(hub.storage);
        }
        hub.front.setServerSocketFactory(hub.frontSockets);
        hub.storage.setServerSocketFactory(hub.storageSockets);
        hub.front.setDispatcher(hub.dispatcher(Origin.HUB));
        hub.storage.setDispatcher(hub.dispatcher(Origin.STORAGE));
        hub.front.start();
        hub.storage.start();
        return hub;
    }

    /** The address that clients are given, without a slash at its end. */
    public String url() {
        return origin(front);
    }

    /** The address of the second origin, without a slash at its end. */
    public String storageUrl() {
        return origin(storage);
    }

    /** The PEM of what signs for a hub that speaks TLS; the same for all of a process. */
    public static String certificate() {
        return Certificate.HELD.certificatePem();
    }

    private void secure(MockWebServer server) {
        server.useHttps(new HandshakeCertificates.Builder()
                .heldCertificate(Certificate.HELD)
                .build()
                .sslSocketFactory());
        server.setProtocols(
                line == Line.HTTP_2 ? List.of(Protocol.HTTP_2, Protocol.HTTP_1_1) : List.of(Protocol.HTTP_1_1));
    }

    private String origin(MockWebServer server) {
        return (line == Line.PLAIN ? "http" : "https") + "://127.0.0.1:" + server.getPort();
    }

    /** Adds a repository, or moves it on to other content. */
    public void put(HubRepo repo) {
        repos.put(repo.name(), repo);
        snapshots.put(repo.name(), repo.snapshot(path -> sign(repo, path)));
    }

    /** The repository as it is now. */
    public HubRepo repository(String name) {
        return repos.get(name);
    }

    /** From now on all answers are right. */
    public void heal() {
        injections.clear();
        usesPerAddress = Integer.MAX_VALUE;
    }

    /** How many entries one page of a Hugging Face tree holds. */
    public void pageSize(int entries) {
        pageSize = entries;
    }

    /** How often a signed address serves before it is refused with 403. */
    public void usesPerAddress(int times) {
        usesPerAddress = times;
    }

    /** Spoils answers: of the requests of a kind those whose number, from 1, is chosen. Later faults come on top. */
    public void inject(Predicate<ReceivedRequest> where, IntPredicate when, Fault fault) {
        injections.add(new Injection(where, when, fault, new AtomicInteger()));
    }

    /** Every time. */
    public static IntPredicate always() {
        return number -> true;
    }

    /** The first so many times. */
    public static IntPredicate first(int times) {
        return number -> number <= times;
    }

    /** The requests that answer with the bytes of that file. */
    public static Predicate<ReceivedRequest> bytesOf(String file) {
        return request -> request.kind() == Kind.BYTES && request.file().equals(file);
    }

    /** The requests of that kind. */
    public static Predicate<ReceivedRequest> of(Kind kind) {
        return request -> request.kind() == kind;
    }

    /** Every request so far, in order. */
    public List<ReceivedRequest> requests() {
        return List.copyOf(requests);
    }

    /** The requests of that kind so far. */
    public List<ReceivedRequest> requests(Kind kind) {
        return requests.stream().filter(of(kind)).toList();
    }

    /** Body bytes written to connections so far. */
    public long bytesSent() {
        return sent.get();
    }

    /** Ends every silence and stops listening. */
    @Override
    public void close() {
        closing.countDown();
        front.close();
        storage.close();
    }

    private Dispatcher dispatcher(Origin origin) {
        RecordingSockets sockets = origin == Origin.HUB ? frontSockets : storageSockets;
        return new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest recorded) throws InterruptedException {
                HttpUrl url = HttpUrl.get((origin == Origin.HUB ? url() : storageUrl()) + recorded.getTarget());
                HubQuestion question = HubQuestion.of(recorded, url, pageSize);
                PendingResponse answer = origin == Origin.HUB ? question.answer(dialects, shelf) : stored(url);
                ReceivedRequest request = new ReceivedRequest(
                        origin,
                        origin == Origin.HUB ? question.kind(answer) : answer.status == 200 ? Kind.BYTES : Kind.OTHER,
                        origin == Origin.HUB ? question.file() : String.join("/", url.pathSegments()),
                        recorded.getMethod(),
                        url,
                        recorded.getHeaders());
                requests.add(request);
                injections.stream()
                        .filter(injection -> injection.where().test(request))
                        .filter(injection ->
                                injection.when().test(injection.count().incrementAndGet()))
                        .forEach(injection -> injection.fault().spoil(request, answer));
                boolean isStream = recorded.getVersion().equals("HTTP/2");
                return response(request, answer, isStream, sockets.socket(recorded.getConnectionIndex()));
            }
        };
    }

    private PendingResponse stored(HttpUrl url) {
        String signature = Optional.ofNullable(url.queryParameter("sig")).orElse("");
        HubRepo.File file = signed.get(signature);
        return file == null || uses.get(signature).incrementAndGet() > usesPerAddress
                ? PendingResponse.json(403, "<Error><Code>AccessDenied</Code></Error>")
                : PendingResponse.bytes(file.served());
    }

    /** What the dialects are told. */
    private final class Repositories implements Shelf {
        @Override
        public Optional<Repository> find(String scheme, String name) {
            String branch = scheme.equals("modelscope") ? "master" : "main";
            return Optional.ofNullable(snapshots.get(name))
                    .map(snapshot -> new Repository(name, Map.of(branch, snapshot), List.of()));
        }

        @Override
        public List<String> names(String scheme) {
            return List.copyOf(repos.keySet());
        }
    }

    private String sign(HubRepo repo, String path) {
        String signature = "geheim-" + signatures.incrementAndGet();
        signed.put(signature, repo.files().get(path));
        uses.put(signature, new AtomicInteger());
        return HttpUrl.get(storageUrl())
                .newBuilder()
                .addPathSegments(path)
                .addQueryParameter("sig", signature)
                .build()
                .toString();
    }

    /** @param isStream whether it is one of several over its connection, each told apart by frames */
    private MockResponse response(ReceivedRequest request, PendingResponse answer, boolean isStream, Socket socket)
            throws InterruptedException {
        cut(request, answer);
        byte[] body = answer.gzip ? gzip(answer.content) : answer.content;
        if (answer.gzip) {
            answer.headers.set("Content-Encoding", "gzip");
        }
        MockResponse.Builder response = new MockResponse.Builder();
        if (answer.end != PendingResponse.End.WELL && answer.endsAt < 0) {
            // The connection ends while the headers would be written.
            return response.onResponseStart(beforeHeaders(answer.end, isStream, socket))
                    .build();
        }
        Wire wire = new Wire(request.method().equals("HEAD") ? new byte[0] : body, answer, isStream, socket);
        response.body(wire).code(answer.status).headers(answer.headers.build());
        if (isStream && answer.framing != PendingResponse.Framing.LENGTH) {
            return response.build(); // the end is the last frame's
        }
        switch (answer.framing) {
            case LENGTH -> response.setHeader("Content-Length", body.length);
            case CHUNKS -> response.setHeader("Transfer-Encoding", "chunked");
            case CLOSE -> response.setHeader("Connection", "close").onResponseEnd(new SocketEffect.CloseSocket());
        }
        return response.build();
    }

    private SocketEffect beforeHeaders(PendingResponse.End end, boolean isStream, Socket socket)
            throws InterruptedException {
        if (isStream) { // the server heeds no effect then: the connection ends for all that it carries
            if (end == PendingResponse.End.SILENCE) {
                closing.await();
            }
            close(socket);
        }
        if (end == PendingResponse.End.SILENCE) {
            return SocketEffect.Stall.INSTANCE;
        }
        if (end == PendingResponse.End.RESET) {
            RecordingSockets.resetOnClose(socket);
        }
        return new SocketEffect.CloseSocket();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a partial answer where a range was asked for and is honoured. */
    private static void cut(ReceivedRequest request, PendingResponse answer) {
        Matcher range = RANGE.matcher(request.range().orElse(""));
        if (!answer.ranges || answer.status != 200 || !range.matches()) {
            return;
        }
        int total = answer.content.length;
        long start = Math.max(0, Long.parseLong(range.group(1)) + answer.shift);
        long end =
                range.group(2).isEmpty() ? total : Math.min(total, Long.parseLong(range.group(2)) + 1 + answer.shift);
        long claimed = answer.claimedTotal >= 0 ? answer.claimedTotal : total;
        if (start >= end) {
            answer.status = 416;
            answer.headers.set("Content-Range", "bytes */" + claimed);
            answer.content = new byte[0];
            return;
        }
        answer.status = answer.partialAs200 ? 200 : 206;
        answer.headers.set("Content-Range", "bytes " + start + "-" + (end - 1) + "/" + claimed);
        answer.content = Arrays.copyOfRange(answer.content, (int) start, (int) end);
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return packed.toByteArray();
    }

    /** Writes a body as badly as told. */
    private final class Wire implements MockResponseBody {
        private final byte[] body;
        private final PendingResponse answer;
        private final boolean isChunked;
        private final boolean isStream;
        private final Socket socket;

        Wire(byte[] body, PendingResponse answer, boolean isStream, Socket socket) {
            this.body = body;
            this.answer = answer;
            this.isChunked = answer.framing == PendingResponse.Framing.CHUNKS && !isStream;
            this.isStream = isStream;
            this.socket = socket;
        }

        @Override
        public long getContentLength() {
            return answer.framing == PendingResponse.Framing.LENGTH ? body.length : -1;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            boolean breaks = answer.end != PendingResponse.End.WELL && answer.endsAt < body.length;
            int length = breaks ? (int) answer.endsAt : body.length;
            int piece = answer.drips ? 1 : PIECE;
            for (int at = 0; at < length; at += piece) {
                write(sink, at, Math.min(piece, length - at));
                if (answer.drips && pause(25)) {
                    throw new IOException("the hub was closed");
                }
            }
            if (isChunked && !breaks) {
                sink.writeUtf8("0\r\n").flush(); // the server itself adds the empty line
            }
            if (breaks) {
                end();
            }
        }

        private void write(BufferedSink sink, int at, int length) throws IOException {
            if (isChunked) {
                sink.writeHexadecimalUnsignedLong(length).writeUtf8("\r\n");
            }
            sink.write(body, at, length);
            if (isChunked) {
                sink.writeUtf8("\r\n");
            }
            sent.addAndGet(length); // before anybody can have it
            sink.flush();
        }

        private void end() throws IOException {
            switch (answer.end) {
                case SILENCE -> pause(3_600_000);
                case RESET -> {
                    // A reset overtakes what was sent; without the pause nothing at all may arrive.
                    pause(line == Line.PLAIN ? 30 : 200); // a record that is not whole is nothing
                    RecordingSockets.resetOnClose(socket);
                }
                default -> {}
            }
            if (!isStream || answer.end == PendingResponse.End.RESET) {
                socket.close(); // with all that it carries
            }
            throw new IOException("the connection ends here, as told");
        }

        /** Whether the hub was closed meanwhile. */
        private boolean pause(long millis) throws IOException {
            try {
                return closing.await(millis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }
}
