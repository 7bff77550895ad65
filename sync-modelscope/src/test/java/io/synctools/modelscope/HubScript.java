package io.synctools.modelscope;

import io.synctools.internal.digest.Hasher;
import io.synctools.model.Checksum;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.net.ServerSocketFactory;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/** A hub that answers each path and query as it was told, and 404 to all else. */
final class HubScript implements AutoCloseable {
    private final MockWebServer server = new MockWebServer();
    private final Map<String, Function<RecordedRequest, MockResponse>> answers = new ConcurrentHashMap<>();
    private final List<RecordedRequest> requests = Collections.synchronizedList(new ArrayList<>());
    private volatile Function<RecordedRequest, MockResponse> otherwise = HubScript::absent;

    HubScript() throws IOException {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                requests.add(request);
                return answers.getOrDefault(request.getTarget(), otherwise).apply(request);
            }
        });
        server.setServerSocketFactory(new Undelayed());
        server.start();
    }

    /** Without the 40 ms that a body waits for the header's receipt: some tests ask thousands of times. */
    private static final class Undelayed extends ServerSocketFactory {
        @Override
        public ServerSocket createServerSocket() throws IOException {
            return new ServerSocket() {
                @Override
                public Socket accept() throws IOException {
                    Socket socket = super.accept();
                    socket.setTcpNoDelay(true);
                    return socket;
                }
            };
        }

        @Override
        public ServerSocket createServerSocket(int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog, InetAddress address) {
            throw new UnsupportedOperationException();
        }
    }

    private static MockResponse absent(RecordedRequest request) {
        return refusal(404, 10010205001L, "record not found: " + request.getTarget());
    }

    /** Answers a path with its query. */
    HubScript on(String target, Function<RecordedRequest, MockResponse> answer) {
        answers.put(target, answer);
        return this;
    }

    /** Answers all else. */
    HubScript otherwise(Function<RecordedRequest, MockResponse> answer) {
        otherwise = answer;
        return this;
    }

    HubScript on(String target, MockResponse answer) {
        return on(target, request -> answer);
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

    /** A model at {@code master} that holds these texts, each last changed by the commit after its {@code @}. */
    HubScript model(String id, Map<String, String> contents) {
        List<String> files = new ArrayList<>();
        contents.forEach((name, text) -> {
            String path = name.substring(0, name.lastIndexOf('@'));
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            files.add(file(path, bytes.length, sha256(bytes), name.substring(name.lastIndexOf('@') + 1)));
            on(
                    "/api/v1/models/" + id + "/repo?Revision=master&FilePath="
                            + URLEncoder.encode(path, StandardCharsets.UTF_8),
                    new MockResponse.Builder().body(text).build());
        });
        on("/api/v1/models/" + id + "/repo/files?Revision=master&Recursive=True", files(files.toArray(new String[0])));
        return on(
                "/api/v1/models/" + id + "/revisions",
                success("{\"RevisionMap\":{\"Branches\":[{\"Revision\":\"master\",\"CreatedAt\":1690000000}],"
                        + "\"Tags\":[]}}"));
    }

    static String sha256(byte[] bytes) {
        Hasher hasher = new Hasher(Checksum.Algorithm.SHA256, bytes.length);
        hasher.update(bytes, 0, bytes.length);
        return HexFormat.of().formatHex(hasher.finish());
    }

    /** How many files were asked for. */
    long downloads() {
        return asked().stream().filter(target -> target.contains("FilePath=")).count();
    }

    /** Base address, without a slash at the end. */
    String url() {
        return "http://127.0.0.1:" + server.getPort();
    }

    RunContext context() {
        return RunContext.of(SyncOptions.builder()
                .environment(Map.of("MODELSCOPE_ENDPOINT", url()))
                .build());
    }

    List<RecordedRequest> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    /** Paths with queries of all requests so far. */
    List<String> asked() {
        return requests().stream().map(RecordedRequest::getTarget).toList();
    }

    @Override
    public void close() {
        server.close();
    }
}
