package io.synctools.skopeo;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.Buffer;

/** Stands before a registry, notes what passes, and answers itself where a test wants a fault. */
final class RegistryProxy implements AutoCloseable {
    private static final Set<String> HOP_BY_HOP =
            Set.of("connection", "content-length", "host", "expect", "upgrade", "transfer-encoding", "keep-alive");

    private final MockWebServer server = new MockWebServer();
    private final OkHttpClient client = new OkHttpClient();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final PlainDoor door;
    private volatile Function<RecordedRequest, Optional<MockResponse>> fault = request -> Optional.empty();
    private volatile BiFunction<RecordedRequest, MockResponse, MockResponse> answers = (request, answer) -> answer;
    private volatile Duration latency = Duration.ZERO;

    private RegistryProxy(String authority) throws IOException {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return answer(request, authority);
            }
        });
        server.start(InetAddress.getLoopbackAddress(), 0);
        door = new PlainDoor(server.getPort());
    }

    /** A proxy on a free loopback port. */
    static RegistryProxy before(String authority) throws IOException {
        return new RegistryProxy(authority);
    }

    String authority() {
        return door.authority();
    }

    /** What answers instead of the registry; empty lets the request pass. */
    RegistryProxy withFault(Function<RecordedRequest, Optional<MockResponse>> answer) {
        fault = answer;
        return this;
    }

    /** Changes what the registry or the fault answers. */
    RegistryProxy withAnswers(BiFunction<RecordedRequest, MockResponse, MockResponse> change) {
        answers = change;
        return this;
    }

    /** Lets each answer wait. */
    RegistryProxy withLatency(Duration each) {
        latency = each;
        return this;
    }

    /** {@code METHOD /path?query} of what came, in order. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    long count(String method, String pathPart) {
        return requests.stream()
                .filter(request -> request.startsWith(method + " ") && request.contains(pathPart))
                .count();
    }

    int connections() {
        return door.connections().get();
    }

    void reset() {
        requests.clear();
        door.connections().set(0);
    }

    private MockResponse answer(RecordedRequest request, String authority) {
        requests.add(request.getMethod() + " " + request.getTarget());
        MockResponse answer = answers.apply(request, fault.apply(request).orElseGet(() -> forward(request, authority)));
        return latency.isZero()
                ? answer
                : answer.newBuilder()
                        .headersDelay(latency.toMillis(), TimeUnit.MILLISECONDS)
                        .build();
    }

    private MockResponse forward(RecordedRequest request, String authority) {
        boolean hasBody = Set.of("PUT", "POST", "PATCH").contains(request.getMethod());
        byte[] body =
                request.getBody() == null ? new byte[0] : request.getBody().toByteArray();
        Request ask = new Request.Builder()
                .url("http://" + authority + request.getTarget())
                .method(request.getMethod(), hasBody ? RequestBody.create(body) : null)
                .headers(passing(request.getHeaders()))
                .build();
        try (Response got = client.newCall(ask).execute()) {
            MockResponse.Builder answer =
                    new MockResponse.Builder().code(got.code()).headers(passing(got.headers()));
            if (request.getMethod().equals("HEAD")) {
                answer.setHeader("Content-Length", got.header("Content-Length", "0"));
            } else {
                answer.body(new Buffer().write(got.body().bytes()));
            }
            return answer.build();
        } catch (IOException e) {
            return new MockResponse.Builder().code(502).body(e.toString()).build();
        }
    }

    private static Headers passing(Headers headers) {
        Headers.Builder passing = headers.newBuilder();
        HOP_BY_HOP.forEach(passing::removeAll);
        return passing.build();
    }

    @Override
    public void close() throws IOException {
        door.close();
        server.close();
    }
}
