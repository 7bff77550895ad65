package io.synctools.testing;

import io.synctools.internal.serve.Dialects;
import io.synctools.serve.Dialect;
import io.synctools.serve.HubRequest;
import io.synctools.serve.HubResponse;
import io.synctools.serve.Shelf;
import io.synctools.testing.ReceivedRequest.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;

/**
 * What a test's server was asked, as the dialects of the hubs take it.
 *
 * @param request as the server of mirrors hands it on
 */
public record HubQuestion(HubRequest request) {
    private static final Set<String> KINDS = Set.of("models", "datasets");

    /**
     * Takes a request apart.
     *
     * @param pageSize of a Hugging Face tree, where the request names none
     */
    public static HubQuestion of(RecordedRequest recorded, HttpUrl url, int pageSize) {
        Map<String, String> query = new HashMap<>();
        url.queryParameterNames().forEach(name -> query.put(name, String.join(",", url.queryParameterValues(name))));
        if (KINDS.contains(url.pathSegments().size() > 1 ? url.pathSegments().get(1) : "")) {
            query.putIfAbsent("limit", Integer.toString(pageSize));
        }
        Map<String, String> headers = new HashMap<>();
        recorded.getHeaders().toMultimap().forEach((name, values) -> headers.put(name, String.join(",", values)));
        byte[] body =
                recorded.getBody() == null ? new byte[0] : recorded.getBody().toByteArray();
        String path = url.encodedPath();
        String all = url.newBuilder().query(null).build().toString();
        String origin = all.substring(0, all.length() - path.length());
        return new HubQuestion(new HubRequest(recorded.getMethod(), url.pathSegments(), query, headers, body, origin));
    }

    /** What the hub says where nothing is wrong. */
    public PendingResponse answer(List<Dialect> dialects, Shelf shelf) {
        try {
            HubResponse right = Dialects.answer(dialects, request, shelf);
            PendingResponse answer = written(right);
            right.headers().forEach(answer.headers::set);
            if (right.body() instanceof HubResponse.Ranged file) {
                answer.headers.set("ETag", '"' + file.identity() + '"');
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PendingResponse written(HubResponse right) throws IOException {
        if (right.body() instanceof HubResponse.Ranged file) {
            return PendingResponse.bytes(file.content().inMemory().orElseThrow());
        }
        return new PendingResponse(
                right.status(),
                right.body() instanceof HubResponse.Whole whole
                        ? whole.bytes()
                        : all(((HubResponse.Pieces) right.body()).pieces()));
    }

    private static byte[] all(Iterator<byte[]> pieces) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (pieces.hasNext()) {
            all.write(pieces.next());
        }
        return all.toByteArray();
    }

    /** What it is about. */
    public Kind kind(PendingResponse answer) {
        if (answer.status == 302) {
            return Kind.REDIRECT;
        }
        if (answer.status != 200) {
            return Kind.OTHER;
        }
        if (answer.ranges) {
            return Kind.BYTES;
        }
        return request.path().contains("tree") || request.path().contains("files") ? Kind.LISTING : Kind.ABOUT;
    }

    /** The path inside the repository; empty where no file is meant. */
    public String file() {
        int resolve = request.path().indexOf("resolve");
        return resolve >= 0 ? request.rest(resolve + 2) : request.query().getOrDefault("FilePath", "");
    }
}
