package io.synctools.huggingface;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.digest.Hasher;
import io.synctools.internal.json.Json;
import io.synctools.internal.json.JsonPieces;
import io.synctools.internal.text.Printable;
import io.synctools.model.Checksum;
import io.synctools.serve.Dialect;
import io.synctools.serve.FileTable;
import io.synctools.serve.Filtered;
import io.synctools.serve.HubRequest;
import io.synctools.serve.HubResponse;
import io.synctools.serve.ServedFile;
import io.synctools.serve.Shelf;
import io.synctools.serve.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What the Hugging Face hub answers to its clients (docs/protocols/huggingface.md sections 3 and 4). Thread-safe. */
public final class HuggingFaceDialect implements Dialect {
    private static final int PAGE = 1000;
    private static final Set<String> KINDS = Set.of("models", "datasets");
    /** What may follow a repository's name, which has one part or two. */
    private static final Set<String> QUESTIONS =
            Set.of("", "revision", "tree", "paths-info", "refs", "commits", "auth-check", "xet-read-token");

    /** For {@code ServiceLoader}. */
    public HuggingFaceDialect() {}

    @Override
    public String scheme() {
        return "huggingface";
    }

    @Override
    public Optional<HubResponse> answer(HubRequest request, Shelf shelf) throws IOException {
        if (request.part(0).equals("api")) {
            return KINDS.contains(request.part(1)) && !request.part(2).isEmpty()
                    ? Optional.of(api(request, shelf))
                    : Optional.empty();
        }
        int at = request.part(0).equals("datasets") ? 1 : 0;
        boolean isShort =
                request.part(at + 1).equals("resolve") && !request.part(at + 2).equals("resolve");
        int parts = isShort ? 1 : 2;
        if (!request.part(at + parts).equals("resolve")) {
            return Optional.empty();
        }
        String name = (at == 1 ? "datasets/" : "models/") + name(request, at, parts);
        Optional<Shelf.Repository> repository = shelf.find(scheme(), name);
        return Optional.of(
                repository.isEmpty()
                        ? error("RepoNotFound", "Repository not found")
                        : resolve(repository.get(), request.part(at + parts + 1), request.rest(at + parts + 2)));
    }

    private static String name(HubRequest request, int from, int parts) {
        return parts == 1 ? request.part(from) : request.part(from) + "/" + request.part(from + 1);
    }

    private HubResponse api(HubRequest request, Shelf shelf) throws IOException {
        int parts = QUESTIONS.contains(request.part(3)) && !QUESTIONS.contains(request.part(4)) ? 1 : 2;
        parts = request.path().size() == 3 ? 1 : parts;
        Optional<Shelf.Repository> repository = shelf.find(scheme(), request.part(1) + "/" + name(request, 2, parts));
        if (repository.isEmpty() && parts == 1 && request.path().size() > 3) {
            parts = 2; // an organization may be called as a question is
            repository = shelf.find(scheme(), request.part(1) + "/" + name(request, 2, parts));
        }
        if (repository.isEmpty()) {
            return error("RepoNotFound", "Repository not found");
        }
        String question = request.part(2 + parts);
        if (question.equals("refs")) {
            return refs(repository.get());
        }
        if (question.equals("auth-check")) {
            return HubResponse.json(200, "{}"); // whoever is answered may read
        }
        String revision = request.part(3 + parts).isEmpty() ? RepoId.DEFAULT_REVISION : request.part(3 + parts);
        Optional<Snapshot> snapshot = repository.get().at(revision);
        if (snapshot.isEmpty()) {
            return error("RevisionNotFound", "Invalid rev id: " + revision);
        }
        return switch (question) {
            case "", "revision" -> info(request, repository.get(), snapshot.get());
            case "tree" -> tree(request, snapshot.get(), request.rest(4 + parts));
            case "paths-info" -> pathsInfo(request, snapshot.get());
            case "commits" -> commits(snapshot.get());
            default -> error("EntryNotFound", "no such page");
        };
    }

    private static HubResponse info(HubRequest request, Shelf.Repository repository, Snapshot snapshot)
            throws IOException {
        String expand = request.query().getOrDefault("expand", "");
        boolean lists = expand.isEmpty() || List.of(expand.split(",")).contains("siblings");
        boolean withBlobs = Set.of("true", "1", "True").contains(request.query().getOrDefault("blobs", ""));
        FileTable files = snapshot.files();
        int[] at = {-1};
        String id = repository.name().substring(repository.name().indexOf('/') + 1);
        HubResponse answer = HubResponse.json(new JsonPieces(json -> {
            if (at[0] < 0) {
                json.writeStartObject();
                json.writeStringField("id", id);
                json.writeStringField("modelId", id);
                json.writeStringField("sha", snapshot.commit());
                json.writeStringField("lastModified", snapshot.published().toString());
                json.writeBooleanField("private", false);
                json.writeBooleanField("gated", false);
                json.writeBooleanField("disabled", false);
                json.writeArrayFieldStart("tags");
                json.writeEndArray();
                if (lists) {
                    json.writeArrayFieldStart("siblings");
                }
            } else if (lists && at[0] < files.size()) {
                sibling(json, files.at(at[0]), withBlobs);
            } else {
                if (lists) {
                    json.writeEndArray();
                }
                json.writeEndObject();
                return false;
            }
            at[0]++;
            return true;
        }));
        return told(answer, snapshot);
    }

    private static void sibling(JsonGenerator json, ServedFile file, boolean withBlobs) throws IOException {
        json.writeStartObject();
        json.writeStringField("rfilename", file.path());
        if (withBlobs) {
            json.writeNumberField("size", file.size());
            json.writeStringField("blobId", gitId(file));
            lfs(json, file, "sha256");
        }
        json.writeEndObject();
    }

    private static void lfs(JsonGenerator json, ServedFile file, String hash) throws IOException {
        if (file.isOutsideGit()) {
            json.writeObjectFieldStart("lfs");
            json.writeStringField(hash, file.identity());
            json.writeNumberField("size", file.size());
            json.writeNumberField("pointerSize", pointer(file).length);
            json.writeEndObject();
        }
    }

    private static HubResponse refs(Shelf.Repository repository) throws IOException {
        return json(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("branches");
            for (Map.Entry<String, Snapshot> one : new TreeMap<>(repository.revisions()).entrySet()) {
                json.writeStartObject();
                json.writeStringField("name", one.getKey());
                json.writeStringField("ref", "refs/heads/" + one.getKey());
                json.writeStringField("targetCommit", one.getValue().commit());
                json.writeEndObject();
            }
            json.writeEndArray();
            for (String none : List.of("converts", "tags", "pullRequests")) {
                json.writeArrayFieldStart(none);
                json.writeEndArray();
            }
            json.writeEndObject();
        });
    }

    private static HubResponse commits(Snapshot snapshot) throws IOException {
        return json(json -> {
            json.writeStartArray();
            json.writeStartObject();
            json.writeStringField("id", snapshot.commit());
            json.writeStringField("title", "as mirrored");
            json.writeStringField("message", "");
            json.writeStringField("date", snapshot.published().toString());
            json.writeArrayFieldStart("authors");
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndArray();
        });
    }

    private static HubResponse tree(HubRequest request, Snapshot snapshot, String folder) throws IOException {
        boolean deep = Set.of("true", "1", "True").contains(request.query().getOrDefault("recursive", ""));
        int limit = request.number("limit", PAGE, 1, PAGE);
        FileTable files = snapshot.files();
        List<FileTable.Row> rows = new ArrayList<>();
        int at = request.number("cursor", 0, 0, Integer.MAX_VALUE);
        Optional<FileTable.Row> row = files.row(folder, deep, at);
        if (row.isEmpty() && at == 0 && !folder.isEmpty()) {
            return told(error("EntryNotFound", "no such folder"), snapshot);
        }
        for (; row.isPresent() && rows.size() < limit; row = files.row(folder, deep, at)) {
            if (deep) {
                rows.addAll(foldersThatBegin(files, row.get(), folder));
            }
            rows.add(row.get());
            at = row.get().next();
        }
        HubResponse answer = told(
                json(json -> {
                    json.writeStartArray();
                    for (FileTable.Row each : rows) {
                        node(json, each);
                    }
                    json.writeEndArray();
                }),
                snapshot);
        if (row.isEmpty()) {
            return answer;
        }
        String address = encoded(request.path()) + "?recursive=" + deep + "&limit=" + limit + "&cursor=" + at;
        return answer.with("Link", "<" + request.origin() + address + ">; rel=\"next\"");
    }

    /**
     * The folders whose first file this is, from the outermost on: file systems over the hub ask no more for folders that
     * a listing of everything did not name.
     */
    private static List<FileTable.Row> foldersThatBegin(FileTable files, FileTable.Row file, String folder) {
        String before = file.next() < 2 ? "" : files.at(file.next() - 2).path();
        List<FileTable.Row> begin = new ArrayList<>();
        int slash = file.path().indexOf('/', folder.isEmpty() ? 0 : folder.length() + 1);
        for (; slash >= 0; slash = file.path().indexOf('/', slash + 1)) {
            if (!before.startsWith(file.path().substring(0, slash + 1))) {
                begin.add(new FileTable.Row(file.path().substring(0, slash), Optional.empty(), file.next()));
            }
        }
        return begin;
    }

    private static String encoded(List<String> path) {
        StringBuilder encoded = new StringBuilder();
        path.forEach(part -> encoded.append('/')
                .append(URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20")));
        return encoded.toString();
    }

    private static void node(JsonGenerator json, FileTable.Row row) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", row.file().isPresent() ? "file" : "directory");
        json.writeStringField("path", row.path());
        json.writeNumberField("size", row.file().map(ServedFile::size).orElse(0L));
        if (row.file().isPresent()) {
            ServedFile file = row.file().get();
            json.writeStringField("oid", gitId(file));
            lfs(json, file, "oid");
            if (file.fact().length() == 64) {
                json.writeStringField("xetHash", file.fact());
            }
        } else {
            // Git's own id of a folder is not known; clients want one.
            json.writeStringField("oid", hash(row.path().getBytes(StandardCharsets.UTF_8)));
        }
        json.writeEndObject();
    }

    /** What the tree says of the paths that are asked for; unknown ones are left out. */
    private static HubResponse pathsInfo(HubRequest request, Snapshot snapshot) throws IOException {
        List<String> paths;
        try {
            paths = paths(request);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return HubResponse.json(400, "{\"error\":\"neither JSON nor a form\"}");
        }
        FileTable files = snapshot.files();
        return told(
                json(json -> {
                    json.writeStartArray();
                    for (String path : paths) {
                        Optional<ServedFile> file = files.file(path);
                        if (file.isPresent() || files.row(path, true, 0).isPresent()) {
                            node(json, new FileTable.Row(path, file, 0));
                        }
                    }
                    json.writeEndArray();
                }),
                snapshot);
    }

    private static List<String> paths(HubRequest request) throws JsonProcessingException {
        String body = new String(request.body(), StandardCharsets.UTF_8);
        List<String> paths = new ArrayList<>();
        if (body.stripLeading().startsWith("{")) {
            for (JsonNode path : Json.MAPPER.readTree(body).path("paths")) {
                paths.add(path.asText());
            }
            return paths;
        }
        for (String pair : body.split("&", -1)) {
            if (pair.startsWith("paths=")) {
                paths.add(URLDecoder.decode(pair.substring("paths=".length()), StandardCharsets.UTF_8));
            }
        }
        return paths;
    }

    private static HubResponse resolve(Shelf.Repository repository, String revision, String path) throws IOException {
        Optional<Snapshot> found = repository.at(revision);
        if (found.isEmpty()) {
            return error("RevisionNotFound", "Invalid rev id");
        }
        Snapshot snapshot = found.get();
        Optional<ServedFile> known = snapshot.files().file(path);
        if (known.isEmpty()) {
            return told(error("EntryNotFound", "Entry not found"), snapshot);
        }
        ServedFile file = known.get();
        Optional<String> elsewhere = snapshot.elsewhere(file);
        HubResponse answer = elsewhere.isPresent()
                ? HubResponse.redirect(elsewhere.get())
                : HubResponse.file(snapshot.content(file), file.identity());
        if (file.isOutsideGit()) {
            answer = answer.with("X-Linked-Etag", '"' + file.identity() + '"')
                    .with("X-Linked-Size", Long.toString(file.size()));
        }
        return answer.with("X-Repo-Commit", snapshot.commit());
    }

    private static HubResponse told(HubResponse answer, Snapshot snapshot) {
        return answer.with("X-Repo-Commit", snapshot.commit())
                .with(Filtered.HEADER, Filtered.header(snapshot.filter()));
    }

    private static HubResponse error(String code, String message) {
        return json404(message).with("X-Error-Code", code).with("X-Error-Message", Printable.ascii(message));
    }

    private static HubResponse json404(String message) {
        return HubResponse.json(
                404, Json.MAPPER.createObjectNode().put("error", message).toString());
    }

    private interface Written {
        void write(JsonGenerator json) throws IOException;
    }

    private static HubResponse json(Written written) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            written.write(json);
        }
        return HubResponse.of(200, "application/json; charset=utf-8", out.toByteArray());
    }

    /** The id of what git stores: the content, or the pointer to it, which its checksum and size determine. */
    private static String gitId(ServedFile file) {
        return file.isOutsideGit() ? hash(pointer(file)) : file.identity();
    }

    private static byte[] pointer(ServedFile file) {
        String text = "version https://git-lfs.github.com/spec/v1\noid sha256:" + file.identity() + "\nsize "
                + file.size() + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hash(byte[] bytes) {
        Hasher hasher = new Hasher(Checksum.Algorithm.GIT_BLOB, bytes.length);
        hasher.update(bytes, 0, bytes.length);
        return HexFormat.of().formatHex(hasher.finish());
    }
}
