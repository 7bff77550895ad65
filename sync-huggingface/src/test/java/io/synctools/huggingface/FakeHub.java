package io.synctools.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.huggingface.xet.FakeStore;
import io.synctools.internal.digest.Hasher;
import io.synctools.internal.json.Json;
import io.synctools.model.Checksum;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
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
 * A hub over real HTTP as protocols/huggingface.md sections 3 to 5 describe it, with a second server as the CDN to which
 * it redirects large files. Tests put faults before its own answers with {@link #fault}.
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
            byte[] stored = lfs ? ("pointer to " + sha256()).getBytes(StandardCharsets.UTF_8) : content;
            return hash(Checksum.Algorithm.GIT_BLOB, stored);
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
        List<String> parts = Stream.of(
                        request.getUrl().encodedPath().substring(1).split("/"))
                .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
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
        if (parts.get(0).equals("api")) {
            int at = isBare(parts.get(1) + "/" + parts.get(2)) ? 3 : 4;
            String repo = String.join("/", parts.subList(1, at));
            if (trees.keySet().stream().noneMatch(key -> key.startsWith(repo + "@"))) {
                return error(token.isEmpty() ? 401 : 404, "RepoNotFound", "Repository not found");
            }
            if (parts.get(at).equals("auth-check")) {
                return json("{}");
            }
            Optional<String> commit = Optional.ofNullable(commits.get(repo + "@" + parts.get(at + 1)));
            return commit.isEmpty()
                    ? error(404, "RevisionNotFound", "Invalid rev id: " + parts.get(at + 1))
                    : switch (parts.get(at)) {
                        case "tree" -> tree(repo, commit.get(), request);
                        case "paths-info" -> pathsInfo(repo, commit.get(), request);
                        default -> info(repo, commit.get());
                    };
        }
        boolean isDataset = parts.get(0).equals("datasets");
        List<String> rest = isDataset ? parts.subList(1, parts.size()) : parts;
        String kind = isDataset ? "datasets/" : "models/";
        int at = isBare(kind + rest.get(0)) ? 1 : 2;
        String repo = kind + String.join("/", rest.subList(0, at));
        return file(repo, rest.get(at + 1), String.join("/", rest.subList(at + 2, rest.size())), request);
    }

    /** Whether a repository is called so that has no organization. */
    private boolean isBare(String repo) {
        return trees.keySet().stream().anyMatch(key -> key.startsWith(repo + "@"));
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

    private MockResponse info(String repo, String commit) {
        String id = repo.substring(repo.indexOf('/') + 1);
        String siblings = trees.getOrDefault(repo + "@" + commit, List.of()).stream()
                .map(file -> "{\"rfilename\":\"" + escaped(file.path) + "\",\"sha\":\"no\"}")
                .collect(Collectors.joining(","));
        return json(
                "{\"id\":\"" + id + "\",\"siblings\":[" + siblings + "],\"sha\":\"" + commit + "\",\"gated\":false}");
    }

    private static String escaped(String path) {
        return path.replace("\\", "\\\\").replace("\u0000", "\\u0000").replace("\n", "\\n");
    }

    private MockResponse tree(String repo, String commit, RecordedRequest request) {
        List<File> files = trees.getOrDefault(repo + "@" + commit, List.of());
        String cursor = request.getUrl().queryParameter("cursor");
        int from = cursor == null ? 0 : Integer.parseInt(cursor);
        int to = Math.min(files.size(), from + pageSize);
        List<String> rows = new ArrayList<>(List.of("{\"type\":\"directory\",\"path\":\"sub\",\"oid\":\"00\"}"));
        files.subList(from, to).forEach(file -> rows.add(row(file)));
        MockResponse.Builder page = new MockResponse.Builder().body("[" + String.join(",", rows) + "]");
        if (to < files.size() && !dropLinks) {
            String base = linkBase.isEmpty() ? url().replaceAll("/$", "") : linkBase;
            page.addHeader(
                    "Link",
                    "<" + base + request.getUrl().encodedPath() + "?recursive=true&expand=false&cursor=" + to
                            + ">; rel=\"next\"");
        }
        return page.build();
    }

    private MockResponse pathsInfo(String repo, String commit, RecordedRequest request) {
        String asked = request.getBody() == null ? "" : request.getBody().utf8();
        return json(trees.getOrDefault(repo + "@" + commit, List.of()).stream()
                .filter(file -> asked.contains("\"" + file.path + "\""))
                .map(file -> row(file).replaceAll("}$", ",\"lastCommit\":{\"id\":\"" + commit + "\"}}"))
                .collect(Collectors.joining(",", "[", "]")));
    }

    private String row(File file) {
        String row = "{\"type\":\"file\",\"path\":\"" + escaped(file.path) + "\",\"size\":" + file.content.length
                + ",\"oid\":\"" + file.gitId() + "\"";
        if (file.lfs) {
            row += ",\"lfs\":{\"oid\":\"" + file.sha256() + "\",\"size\":" + file.content.length
                    + ",\"pointerSize\":130}";
        }
        return row + xetHash(file).map(hash -> ",\"xetHash\":\"" + hash + "\"}").orElse("}");
    }

    private Optional<String> xetHash(File file) {
        FakeStore kept = store;
        return kept == null ? Optional.of(XET).filter(any -> xet) : kept.hashOf(file.sha256());
    }

    private MockResponse file(String repo, String revision, String path, RecordedRequest request) {
        List<File> tree = trees.getOrDefault(repo + "@" + commits.get(repo + "@" + revision), List.of());
        Optional<File> found =
                tree.stream().filter(file -> file.path.equals(path)).findFirst();
        if (found.isEmpty()) {
            return error(404, "EntryNotFound", "Entry not found");
        }
        FakeStore kept = store;
        boolean asksForChunks =
                String.valueOf(request.getHeaders().get("Accept")).contains("application/vnd.xet-fileinfo+json");
        Optional<String> hash = xetHash(found.get());
        if (kept != null && asksForChunks && hash.isPresent()) {
            return new MockResponse.Builder()
                    .addHeader("Content-Type", "application/vnd.xet-fileinfo+json")
                    .addHeader("ETag", "\"" + found.get().sha256() + "\"")
                    .addHeader("X-Linked-Size", found.get().content.length)
                    .addHeader("X-Xet-Hash", hash.get())
                    .addHeader(
                            "Link",
                            "<" + url() + "api/models/x/y/xet-read-token/main>; rel=\"xet-auth\", <"
                                    + kept.cas.url("/v1/reconstructions/" + hash.get())
                                    + ">; rel=\"xet-reconstruction-info\"")
                    .body("{}")
                    .build();
        }
        if (!found.get().lfs) {
            return bytes(found.get().content, request);
        }
        return new MockResponse.Builder()
                .code(302)
                .addHeader("Location", cdn.url("/" + found.get().sha256() + "?sig=1"))
                .body("redirected")
                .build();
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
