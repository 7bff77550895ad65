package io.synctools.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.huggingface.xet.FakeStore;
import io.synctools.internal.digest.Hasher;
import io.synctools.internal.json.Json;
import io.synctools.model.Checksum;
import io.synctools.serve.Content;
import io.synctools.serve.FileTable;
import io.synctools.serve.ServedFile;
import io.synctools.serve.Shelf;
import io.synctools.serve.Snapshot;
import io.synctools.testing.HubQuestion;
import io.synctools.testing.PendingResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A hub over real HTTP that speaks the product's dialect, with a second server as the CDN to which it redirects large
 * files. Tests put faults before its own answers with {@link #fault}.
 */
final class FakeHub implements AutoCloseable {
    private static final String XET = "ab".repeat(32);

    final MockWebServer hub = new MockWebServer();
    final MockWebServer cdn = new MockWebServer();
    /** {@code GET /path?query}, in order of arrival, at the hub and at the CDN. */
    final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    /** Authorization and Cookie headers that reached the CDN. */
    final List<String> credentialsAtCdn = Collections.synchronizedList(new ArrayList<>());

    volatile int pageSize = 1000;
    volatile boolean xet;
    /** Keeps the large files of a hub that has such a store; null where it has none. */
    volatile @Nullable FakeStore store;
    /** Without this token every repository is as if it did not exist; empty for a public hub. */
    volatile String token = "";
    /** Asked before the hub or the CDN answers. */
    volatile Function<RecordedRequest, Optional<MockResponse>> fault = request -> Optional.empty();
    /** What stands in paging links before the path; the hub itself where empty. */
    volatile String linkBase = "";
    /** Whether a proxy in between loses the paging links. */
    volatile boolean dropLinks;

    private final Map<String, String> commits = new ConcurrentHashMap<>();
    private final Map<String, List<File>> trees = new ConcurrentHashMap<>();
    private final Map<String, File> contents = new ConcurrentHashMap<>();

    /** A file of a repository; {@code lfs} files are served by the CDN. */
    record File(String path, byte[] content, boolean lfs) {
        static File regular(String path, String text) {
            return new File(path, text.getBytes(StandardCharsets.UTF_8), false);
        }

        static File lfs(String path, byte[] content) {
            return new File(path, content, true);
        }

        String gitId() {
            String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + sha256() + "\nsize "
                    + content.length + "\n";
            return hash(Checksum.Algorithm.GIT_BLOB, lfs ? pointer.getBytes(StandardCharsets.UTF_8) : content);
        }

        String sha256() {
            return hash(Checksum.Algorithm.SHA256, content);
        }

        private static String hash(Checksum.Algorithm algorithm, byte[] bytes) {
            Hasher hasher = new Hasher(algorithm, bytes.length);
            hasher.update(bytes, 0, bytes.length);
            return HexFormat.of().formatHex(hasher.finish());
        }
    }

    FakeHub() throws IOException {
        hub.setDispatcher(dispatcher(this::atHub));
        cdn.setDispatcher(dispatcher(this::atCdn));
        hub.start();
        cdn.start();
    }

    /** The endpoint's address. */
    String url() {
        return hub.url("/").toString();
    }

    /** Makes a commit to which a revision now leads; returns its id. */
    String commit(String repo, String revision, File... files) {
        String text = Stream.of(files).map(file -> file.path + file.gitId()).reduce(repo, String::concat);
        String commit = File.hash(Checksum.Algorithm.GIT_BLOB, text.getBytes(StandardCharsets.UTF_8));
        commits.put(repo + "@" + revision, commit);
        commits.put(repo + "@" + commit, commit);
        commits.put(repo + "@" + commit.substring(0, 8), commit);
        trees.put(repo + "@" + commit, List.of(files));
        for (File file : files) {
            contents.put(file.sha256(), file);
        }
        return commit;
    }

    /** How many requests had this text in them. */
    long count(String text) {
        synchronized (requests) {
            return requests.stream().filter(request -> request.contains(text)).count();
        }
    }

    private Dispatcher dispatcher(Function<RecordedRequest, MockResponse> answer) {
        return new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                requests.add(request.getMethod() + " " + request.getTarget());
                return fault.apply(request).orElseGet(() -> answer.apply(request));
            }
        };
    }

    private MockResponse atHub(RecordedRequest request) {
        if (!token.isEmpty() && !("Bearer " + token).equals(request.getHeaders().get("Authorization"))) {
            return error(401, "RepoNotFound", "Repository not found");
        }
        FakeStore kept = store;
        if (kept != null && request.getTarget().contains("/xet-read-token/")) {
            return kept.tokenAnswer();
        }
        if (kept != null && request.getMethod().equals("POST")) {
            return upload(kept, request);
        }
        HubQuestion question = HubQuestion.of(request, request.getUrl(), pageSize);
        Optional<MockResponse> chunks = kept == null ? Optional.empty() : chunks(kept, question, request);
        if (chunks.isPresent()) {
            return chunks.get();
        }
        PendingResponse answer = question.answer(List.of(new HuggingFaceDialect()), new Repositories());
        String link = answer.headers.get("Link");
        if (link != null && !linkBase.isEmpty()) {
            answer.headers.set("Link", link.replace(url().replaceAll("/$", ""), linkBase));
        }
        if (dropLinks) {
            answer.headers.removeAll("Link");
        }
        if (answer.status == 404 && !token.isEmpty()) {
            answer.status = 401;
        }
        return answer.ranges ? bytes(answer.content, request) : response(answer);
    }

    private static MockResponse response(PendingResponse answer) {
        return new MockResponse.Builder()
                .code(answer.status)
                .headers(answer.headers.build())
                .body(new Buffer().write(answer.content))
                .build();
    }

    /** What the dialect is told. */
    private final class Repositories implements Shelf {
        @Override
        public Optional<Repository> find(String scheme, String name) {
            Map<String, Snapshot> revisions = new HashMap<>();
            commits.forEach((key, commit) -> {
                if (key.startsWith(name + "@")) {
                    revisions.put(
                            key.substring(name.length() + 1),
                            new Commit(commit, trees.getOrDefault(name + "@" + commit, List.of())));
                }
            });
            return revisions.isEmpty() ? Optional.empty() : Optional.of(new Repository(name, revisions, List.of()));
        }

        @Override
        public List<String> names(String scheme) {
            return commits.keySet().stream()
                    .map(key -> key.substring(0, key.indexOf('@')))
                    .distinct()
                    .toList();
        }
    }

    private final class Commit implements Snapshot {
        private final String commit;
        private final List<File> files;

        Commit(String commit, List<File> files) {
            this.commit = commit;
            this.files = files;
        }

        @Override
        public String commit() {
            return commit;
        }

        @Override
        public String filter() {
            return "";
        }

        @Override
        public Instant published() {
            return Instant.EPOCH;
        }

        @Override
        public FileTable files() {
            FileTable.Builder table = new FileTable.Builder();
            for (File file : files) {
                table.add(new ServedFile(
                        file.path,
                        file.content.length,
                        Optional.of(Checksum.sha256(file.sha256())),
                        file.lfs ? Optional.empty() : Optional.of(Checksum.gitBlob(file.gitId())),
                        xetHash(file).orElse("")));
            }
            return table.build();
        }

        @Override
        public Content content(ServedFile file) {
            return Content.of(files.stream()
                    .filter(one -> one.path.equals(file.path()))
                    .findFirst()
                    .orElseThrow()
                    .content);
        }

        @Override
        public Optional<String> elsewhere(ServedFile file) {
            return file.sha256().filter(any -> file.isOutsideGit()).map(hash -> cdn.url("/" + hash.hex() + "?sig=1")
                    .toString());
        }
    }

    /** What the hub says of a file to who asks for chunks. */
    private Optional<MockResponse> chunks(FakeStore kept, HubQuestion question, RecordedRequest request) {
        if (!String.valueOf(request.getHeaders().get("Accept")).contains("application/vnd.xet-fileinfo+json")) {
            return Optional.empty();
        }
        return trees.values().stream()
                .flatMap(List::stream)
                .filter(file -> file.path.equals(question.file()))
                .findFirst()
                .flatMap(file -> xetHash(file).map(hash -> new MockResponse.Builder()
                        .addHeader("Content-Type", "application/vnd.xet-fileinfo+json")
                        .addHeader("ETag", "\"" + file.sha256() + "\"")
                        .addHeader("X-Linked-Size", file.content.length)
                        .addHeader("X-Xet-Hash", hash)
                        .addHeader(
                                "Link",
                                "<" + url() + "api/models/x/y/xet-read-token/main>; rel=\"xet-auth\", <"
                                        + kept.cas.url("/v1/reconstructions/" + hash)
                                        + ">; rel=\"xet-reconstruction-info\"")
                        .body("{}")
                        .build()));
    }

    /** What the hub's own uploader wants to know; the commit itself is made by {@link #commit}. */
    private MockResponse upload(FakeStore kept, RecordedRequest request) {
        JsonNode asked = asked(request);
        if (request.getTarget().contains("/preupload/")) {
            return json(rows(asked.path("files"))
                    .map(file -> "{\"path\":" + file.path("path") + ",\"uploadMode\":\"lfs\",\"shouldIgnore\":false}")
                    .collect(Collectors.joining(",", "{\"files\":[", "]}")));
        }
        if (request.getTarget().endsWith("/info/lfs/objects/batch")) {
            return json(rows(asked.path("objects"))
                    .map(file -> "{\"oid\":" + file.path("oid") + ",\"size\":" + file.path("size")
                            + ",\"actions\":{\"upload\":{\"href\":\"" + url() + "api/models/x/y/xet-read-token/main"
                            + "\",\"header\":{}}}}")
                    .collect(Collectors.joining(",", "{\"transfer\":\"xet\",\"objects\":[", "]}")));
        }
        return json("{\"commitOid\":\"" + "0".repeat(40) + "\",\"commitUrl\":\"" + kept + "\",\"hookOutput\":\"\"}");
    }

    private static JsonNode asked(RecordedRequest request) {
        try {
            String body = request.getBody() == null ? "" : request.getBody().utf8();
            return Json.MAPPER.readTree(body.lines().findFirst().orElse("{}"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<JsonNode> rows(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    private Optional<String> xetHash(File file) {
        FakeStore kept = store;
        return kept == null ? Optional.of(XET).filter(any -> xet) : kept.hashOf(file.sha256());
    }

    private MockResponse atCdn(RecordedRequest request) {
        for (String header : List.of("Authorization", "Cookie")) {
            credentialsAtCdn.addAll(request.getHeaders().values(header));
        }
        File file = contents.get(request.getUrl().encodedPath().substring(1));
        return file == null ? new MockResponse.Builder().code(404).build() : bytes(file.content, request);
    }

    private static MockResponse bytes(byte[] content, RecordedRequest request) {
        String range = request.getHeaders().get("Range");
        if (range == null) {
            return new MockResponse.Builder()
                    .addHeader("ETag", "\"an etag of its own\"")
                    .body(new Buffer().write(content))
                    .build();
        }
        String[] ends = range.substring("bytes=".length()).split("-", 2);
        int from = Integer.parseInt(ends[0]);
        int to = ends[1].isEmpty() ? content.length - 1 : Math.min(Integer.parseInt(ends[1]), content.length - 1);
        return new MockResponse.Builder()
                .code(206)
                .addHeader("ETag", "\"an etag of its own\"")
                .addHeader("Content-Range", "bytes " + from + "-" + to + "/" + content.length)
                .body(new Buffer().write(content, from, to - from + 1))
                .build();
    }

    /** A refusal in the hub's own form. */
    static MockResponse error(int status, String code, String message) {
        return new MockResponse.Builder()
                .code(status)
                .addHeader("X-Error-Code", code)
                .addHeader("X-Error-Message", message)
                .body("{\"error\":\"" + message + "\"}")
                .build();
    }

    static MockResponse json(String text) {
        return new MockResponse.Builder()
                .addHeader("Content-Type", "application/json; charset=utf-8")
                .body(text)
                .build();
    }

    @Override
    public void close() {
        try {
            hub.close();
            cdn.close();
        } catch (RuntimeException e) {
            throw new UncheckedIOException(new IOException("the fake hub did not stop", e));
        }
    }
}
