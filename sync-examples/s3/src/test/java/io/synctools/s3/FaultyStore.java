package io.synctools.s3;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.Buffer;
import okio.ByteString;

/** What stands before a real store, passes everything on, and answers by itself where a test wants a fault. */
final class FaultyStore implements AutoCloseable {

    /** Decides what is answered instead of the store. */
    @FunctionalInterface
    interface Fault {
        Optional<MockResponse> instead(RecordedRequest request);
    }

    private final MockWebServer server = new MockWebServer();
    private final OkHttpClient client = new OkHttpClient();
    private final LocalStore store;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile Fault fault = request -> Optional.empty();

    FaultyStore(LocalStore store) throws IOException {
        this.store = store;
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                asked.add(request.getMethod() + " " + request.getTarget());
                return fault.instead(request).orElseGet(() -> passedOn(request));
            }
        });
        server.start();
    }

    void fails(Fault with) {
        fault = with;
    }

    /** Method and target of each request. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    Map<String, String> environment() {
        return Map.of("AWS_ENDPOINT_URL", server.url("/").toString());
    }

    /** An answer as stores refuse. */
    static MockResponse refusal(int status, String code) {
        return new MockResponse.Builder()
                .code(status)
                .addHeader("Content-Type", "application/xml")
                .body("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code
                        + "</Code><Message>local-secret-that-nobody-may-see</Message></Error>")
                .build();
    }

    /** What the store itself does and answers. */
    MockResponse passedOn(RecordedRequest request) {
        HttpUrl url = HttpUrl.get(store.endpoint() + request.getTarget());
        ByteString body = request.getBody() == null ? ByteString.EMPTY : request.getBody();
        boolean empty = request.getMethod().equals("GET")
                || request.getMethod().equals("HEAD")
                || request.getMethod().equals("DELETE");
        Request.Builder passed = new Request.Builder()
                .url(url)
                .method(request.getMethod(), empty ? null : RequestBody.create(body, null));
        request.getHeaders().forEach(header -> {
            if (!header.getFirst().equalsIgnoreCase("Content-Length")
                    && !header.getFirst().equalsIgnoreCase("Connection")) {
                passed.header(header.getFirst(), header.getSecond());
            }
        });
        try (Response response = client.newCall(passed.build()).execute()) {
            MockResponse.Builder answer =
                    new MockResponse.Builder().code(response.code()).headers(response.headers());
            if (!request.getMethod().equals("HEAD")) {
                Buffer bytes = new Buffer();
                bytes.write(response.body().bytes());
                answer.removeHeader("Transfer-Encoding").body(bytes);
            }
            return answer.build();
        } catch (IOException e) {
            return new MockResponse.Builder().code(502).body(String.valueOf(e)).build();
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
