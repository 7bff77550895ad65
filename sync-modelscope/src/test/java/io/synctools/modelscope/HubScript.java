package io.synctools.modelscope;

import io.synctools.spi.Settings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/** A hub that answers each path and query as it was told, and 404 to all else. */
final class HubScript implements AutoCloseable {
    private final MockWebServer server = new MockWebServer();
    private final Map<String, MockResponse> answers = new ConcurrentHashMap<>();
    private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();

    HubScript() throws IOException {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                requests.add(request);
                return answers.getOrDefault(
                        request.getTarget(), refusal(404, 10010205001L, "record not found: " + request.getTarget()));
            }
        });
        server.start();
    }

    /** Answers a path with its query. */
    HubScript on(String target, MockResponse answer) {
        answers.put(target, answer);
        return this;
    }

    HubScript on(String target, String json) {
        return on(target, json(200, json));
    }

    static MockResponse json(int status, String json) {
        return new MockResponse.Builder()
                .code(status)
                .addHeader("Content-Type", "application/json")
                .body(json)
                .build();
    }

    static MockResponse refusal(int status, long code, String message) {
        return json(
                status,
                "{\"Code\":" + code + ",\"Data\":null,\"Message\":\"" + message
                        + "\",\"RequestId\":\"req-1\",\"Success\":false}");
    }

    static String success(String data) {
        return "{\"Code\":200,\"Data\":" + data + ",\"Message\":\"success\",\"RequestId\":\"req-0\",\"Success\":true}";
    }

    static String files(String... files) {
        return success("{\"Files\":[" + String.join(",", files) + "],\"LatestCommitter\":{\"Id\":\"x\"}}");
    }

    static String file(String path, long size, String sha256, String revision) {
        return "{\"CommitId\":\"c\",\"CommitMessage\":\"m\",\"CommittedDate\":1700000000,\"IsLFS\":true,\"InCheck\":false,"
                + "\"Mode\":\"33188\",\"Name\":\"" + path.substring(path.lastIndexOf('/') + 1) + "\",\"Path\":\"" + path
                + "\",\"Revision\":\"" + revision + "\",\"Sha256\":\"" + sha256 + "\",\"Size\":" + size
                + ",\"Type\":\"blob\"}";
    }

    static String folder(String path) {
        return "{\"Path\":\"" + path + "\",\"Type\":\"tree\",\"Size\":0,\"Sha256\":\"\",\"Revision\":\"r\"}";
    }

    /** Base address, without a slash at the end. */
    String url() {
        return "http://127.0.0.1:" + server.getPort();
    }

    Settings settings() {
        return Settings.of(Map.of("MODELSCOPE_ENDPOINT", url()));
    }

    List<RecordedRequest> requests() {
        return requests;
    }

    /** Paths with queries of all requests so far. */
    List<String> asked() {
        return requests.stream().map(RecordedRequest::getTarget).toList();
    }

    @Override
    public void close() {
        server.close();
    }
}
