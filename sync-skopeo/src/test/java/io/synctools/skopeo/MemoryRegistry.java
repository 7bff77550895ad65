package io.synctools.skopeo;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import okio.Buffer;

/** A registry in memory that checks digests as a real one does, and can be told to fail. */
final class MemoryRegistry implements AutoCloseable {
    private final MockWebServer server = new MockWebServer();
    private final Map<String, byte[]> blobs = new TreeMap<>();
    private final Map<String, ByteArrayOutputStream> uploads = new TreeMap<>();
    private final Map<String, byte[]> manifests = new TreeMap<>();
    private final List<String> journal = new CopyOnWriteArrayList<>();
    private final AtomicInteger changes = new AtomicInteger();
    private volatile Function<RecordedRequest, Optional<MockResponse>> fault = request -> Optional.empty();

    MemoryRegistry() throws IOException {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                journal.add(request.getMethod() + " " + request.getTarget());
                try {
                    return withoutBody(request, fault.apply(request).orElseGet(() -> answer(request)));
                } catch (IllegalArgumentException e) {
                    return CannedResponses.errors(400, "UNSUPPORTED", String.valueOf(e.getMessage()));
                }
            }
        });
        server.start(InetAddress.getLoopbackAddress(), 0);
    }

    /** The server would send the body of an answer to HEAD, too. */
    private static MockResponse withoutBody(RecordedRequest request, MockResponse answer) {
        if (!request.getMethod().equals("HEAD") || answer.getBody() == null) {
            return answer;
        }
        return new MockResponse.Builder()
                .code(answer.getCode())
                .headers(answer.getHeaders()
                        .newBuilder()
                        .removeAll("Content-Length")
                        .build())
                .build();
    }

    String authority() {
        return server.getHostName() + ":" + server.getPort();
    }

    /** What is answered instead, where it answers. */
    void fault(Function<RecordedRequest, Optional<MockResponse>> instead) {
        fault = instead;
    }

    /** What it was asked, in order: method and target. */
    List<String> journal() {
        return List.copyOf(journal);
    }

    long asked(String beginning) {
        return journal.stream().filter(line -> line.startsWith(beginning)).count();
    }

    /** Equal as long as nothing is written. */
    Object trace() {
        return changes.get();
    }

    synchronized Optional<byte[]> manifest(String repository, String reference) {
        return Optional.ofNullable(manifests.get(repository + ":" + reference));
    }

    synchronized Optional<byte[]> blob(String digest) {
        return Optional.ofNullable(blobs.get(digest));
    }

    synchronized void loseBlob(String digest) {
        blobs.remove(digest);
    }

    synchronized void cutBlob(String digest) {
        blobs.put(digest, new byte[1]);
    }

    synchronized void removeTag(String repository, String tag) {
        manifests.remove(repository + ":" + tag);
    }

    synchronized List<String> tags(String repository) {
        return manifests.keySet().stream()
                .filter(key -> key.startsWith(repository + ":") && !key.contains(":sha256:"))
                .map(key -> key.substring(repository.length() + 1))
                .toList();
    }

    synchronized void putTag(String repository, String tag, byte[] manifest) {
        put(repository, tag, manifest);
    }

    /** The digests of the manifests that are there, with a tag or without. */
    synchronized Set<String> manifests(String repository) {
        String prefix = repository + ":sha256:";
        return manifests.keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .map(key -> key.substring(repository.length() + 1))
                .collect(Collectors.toSet());
    }

    synchronized int uploadsLeft() {
        return uploads.size();
    }

    private synchronized MockResponse answer(RecordedRequest request) {
        HttpUrl url = Objects.requireNonNull(request.getUrl());
        String path = url.encodedPath();
        String method = request.getMethod();
        if (path.contains("/blobs/uploads/")) {
            return upload(
                    method,
                    url,
                    Objects.requireNonNullElse(request.getBody(), okio.ByteString.EMPTY)
                            .toByteArray());
        }
        if (path.contains("/blobs/")) {
            byte[] blob = blobs.get(path.substring(path.lastIndexOf('/') + 1));
            return blob == null ? CannedResponses.errors(404, "BLOB_UNKNOWN", "blob unknown") : found(method, blob, "");
        }
        if (path.contains("/manifests/")) {
            String repository = path.substring("/v2/".length(), path.indexOf("/manifests/"));
            String reference = path.substring(path.lastIndexOf('/') + 1);
            return method.equals("PUT")
                    ? put(
                            repository,
                            reference,
                            Objects.requireNonNull(request.getBody()).toByteArray())
                    : manifest(method, repository, reference);
        }
        if (path.endsWith("/tags/list")) {
            String repository = path.substring("/v2/".length(), path.length() - "/tags/list".length());
            List<String> quoted =
                    tags(repository).stream().map(tag -> '"' + tag + '"').toList();
            return new MockResponse.Builder()
                    .body("{\"name\":\"x\",\"tags\":[" + String.join(",", quoted) + "]}")
                    .build();
        }
        return CannedResponses.status(404);
    }

    private MockResponse manifest(String method, String repository, String reference) {
        byte[] manifest = manifests.get(repository + ":" + reference);
        if (method.equals("DELETE")) {
            manifests.values().removeIf(bytes -> digest(bytes).equals(reference));
            changes.incrementAndGet();
            return CannedResponses.status(202);
        }
        return manifest == null
                ? CannedResponses.errors(404, "MANIFEST_UNKNOWN", "manifest unknown")
                : found(method, manifest, isIndex(manifest) ? Manifest.OCI_INDEX : Manifest.OCI_MANIFEST);
    }

    private static boolean isIndex(byte[] manifest) {
        try {
            return Json.MAPPER.readTree(manifest).has("manifests");
        } catch (IOException e) {
            return false;
        }
    }

    private static MockResponse found(String method, byte[] bytes, String type) {
        MockResponse.Builder answer = new MockResponse.Builder().setHeader("Docker-Content-Digest", digest(bytes));
        if (!type.isEmpty()) {
            answer.setHeader("Content-Type", type);
        }
        return method.equals("HEAD")
                ? answer.setHeader("Content-Length", bytes.length).build()
                : answer.body(new Buffer().write(bytes)).build();
    }

    private MockResponse put(String repository, String reference, byte[] bytes) {
        try {
            JsonNode json = Json.MAPPER.readTree(bytes);
            for (JsonNode child : json.path("manifests")) {
                if (!manifests.containsKey(
                        repository + ":" + child.path("digest").asText())) {
                    return CannedResponses.errors(404, "MANIFEST_UNKNOWN", "manifest unknown");
                }
            }
            List<JsonNode> parts = new ArrayList<>();
            if (!json.has("manifests")) {
                parts.add(json.path("config"));
                json.path("layers").forEach(parts::add);
            }
            for (JsonNode part : parts) {
                byte[] blob = blobs.get(part.path("digest").asText());
                if (blob == null) {
                    return CannedResponses.errors(404, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry");
                }
            }
        } catch (IOException e) {
            return CannedResponses.errors(400, "MANIFEST_INVALID", "not JSON");
        }
        changes.incrementAndGet();
        manifests.put(repository + ":" + reference, bytes);
        manifests.put(repository + ":" + digest(bytes), bytes);
        return new MockResponse.Builder()
                .code(201)
                .setHeader("Docker-Content-Digest", digest(bytes))
                .build();
    }

    private MockResponse upload(String method, HttpUrl url, byte[] body) {
        changes.incrementAndGet();
        String path = url.encodedPath();
        if (method.equals("POST")) {
            path += "u" + changes.get();
            uploads.put(path, new ByteArrayOutputStream());
        }
        ByteArrayOutputStream upload = uploads.get(path);
        if (upload == null) {
            return CannedResponses.errors(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
        }
        upload.writeBytes(body);
        if (method.equals("DELETE")) {
            uploads.remove(path);
            return CannedResponses.status(204);
        }
        if (!method.equals("PUT")) {
            return new MockResponse.Builder()
                    .code(202)
                    .setHeader("Location", path + "?_state=" + upload.size())
                    .build();
        }
        uploads.remove(path);
        String digest = Objects.requireNonNullElse(url.queryParameter("digest"), "");
        if (!digest(upload.toByteArray()).equals(digest)) {
            return CannedResponses.errors(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
        }
        blobs.put(digest, upload.toByteArray());
        return new MockResponse.Builder()
                .code(201)
                .setHeader("Location", "/v2/x")
                .build();
    }

    private static String digest(byte[] bytes) {
        return RegistryApi.digest("sha256:", bytes);
    }

    /** The files of an artifact under a tag, as its readers find them; empty where there is none. */
    Map<String, byte[]> files(String repository, String tag) throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        Optional<byte[]> manifest = manifest(repository, tag);
        if (manifest.isPresent()) {
            for (JsonNode layer : Json.MAPPER.readTree(manifest.get()).path("layers")) {
                files.put(
                        layer.path("annotations")
                                .path("org.cncf.model.filepath")
                                .asText(),
                        blob(layer.path("digest").asText()).orElseThrow());
            }
        }
        return files;
    }

    /** The descriptors of the layers of an image under a tag, for a platform; empty where there is none. */
    List<JsonNode> layers(String repository, String tag, String architecture) throws IOException {
        List<JsonNode> layers = new ArrayList<>();
        Optional<byte[]> index = manifest(repository, tag);
        if (index.isPresent()) {
            for (JsonNode child : Json.MAPPER.readTree(index.get()).path("manifests")) {
                if (child.path("platform").path("architecture").asText().equals(architecture)) {
                    byte[] manifest =
                            manifest(repository, child.path("digest").asText()).orElseThrow();
                    Json.MAPPER.readTree(manifest).path("layers").forEach(layers::add);
                }
            }
        }
        return layers;
    }

    /** The files of an image under a tag, unpacked by the system's own tar. */
    Map<String, byte[]> imageFiles(String repository, String tag) throws IOException {
        List<byte[]> archives = new ArrayList<>();
        for (JsonNode layer : layers(repository, tag, "arm64")) {
            archives.add(blob(layer.path("digest").asText()).orElseThrow());
        }
        return Unpacked.of(archives);
    }

    @Override
    public void close() {
        server.close();
    }
}
