package io.synctools.examples.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The endpoints of protocols/huggingface.md sections 3 and 4. */
record HuggingFaceDialect(Repositories repositories, URI origin, URI storage, ChunkDialect chunks) implements Dialect {
    private static final int PAGE = 1000;

    @Override
    public Optional<Answer> answer(Request request) {
        if (request.part(0).equals("api")) {
            return Optional.of(repositories
                    .find(request.part(1) + "/" + request.part(2) + "/" + request.part(3))
                    .map(repository -> api(request, repository))
                    .orElseGet(() -> error("RepoNotFound", "Repository not found")));
        }
        boolean dataset = request.part(0).equals("datasets");
        int at = dataset ? 1 : 0;
        if (!request.part(at + 2).equals("resolve")) {
            return Optional.empty();
        }
        return Optional.of(repositories
                .find((dataset ? "datasets/" : "models/") + request.part(at) + "/" + request.part(at + 1))
                .map(repository -> at(repository, request.part(at + 3))
                        .map(named -> resolve(named, request, request.rest(at + 4)))
                        .orElseGet(() -> error("RevisionNotFound", "Invalid rev id")))
                .orElseGet(() -> error("RepoNotFound", "Repository not found")));
    }

    private Answer api(Request request, HubRepository repository) {
        String revision = request.part(5).isEmpty() ? "main" : request.part(5);
        return at(repository, revision)
                .map(named -> api(request, named, revision))
                .orElseGet(() -> error("RevisionNotFound", "Invalid rev id: " + revision));
    }

    private Answer api(Request request, HubRepository repository, String revision) {
        return switch (request.part(4)) {
            case "", "revision" -> info(repository);
            case "tree" -> tree(request, repository, revision);
            case "paths-info" -> pathsInfo(request, repository);
            case "refs" -> refs(repository);
            case "auth-check" -> Answer.json(200, "{}"); // whoever asks may read
            default -> error("EntryNotFound", "no such page");
        };
    }

    private static Answer info(HubRepository repository) {
        ObjectNode info = Json.MAPPER.createObjectNode();
        info.put("id", repository.name().substring(repository.name().indexOf('/') + 1));
        info.put("sha", repository.commit());
        info.put("private", false).put("gated", false).put("disabled", false);
        info.putArray("siblings");
        return Answer.json(200, info.toString());
    }

    private static Answer refs(HubRepository repository) {
        ObjectNode refs = Json.MAPPER.createObjectNode();
        refs.putArray("branches")
                .addObject()
                .put("name", "main")
                .put("ref", "refs/heads/main")
                .put("targetCommit", repository.commit());
        refs.putArray("converts");
        refs.putArray("tags");
        return Answer.json(200, refs.toString());
    }

    private Answer tree(Request request, HubRepository repository, String revision) {
        int from = Integer.parseInt(request.query().getOrDefault("cursor", "0"));
        List<HubFile> files = repository.files();
        int to = Math.min(files.size(), from + PAGE);
        ArrayNode tree = Json.MAPPER.createArrayNode();
        files.subList(from, to).forEach(file -> tree.add(node(file)));
        Answer answer = Answer.json(200, tree.toString());
        String next = origin + "/api/" + repository.name() + "/tree/" + revision + "?recursive=true&cursor=" + to;
        return to == files.size() ? answer : answer.with("Link", "<" + next + ">; rel=\"next\"");
    }

    /** What the tree says of the files that the request names; the JavaScript client asks so for each file. */
    private Answer pathsInfo(Request request, HubRepository repository) {
        ArrayNode found = Json.MAPPER.createArrayNode();
        try {
            for (JsonNode path : Json.MAPPER.readTree(request.body()).path("paths")) {
                repository.file(path.asText()).ifPresent(file -> found.add(node(file)));
            }
        } catch (IOException e) {
            return Answer.json(400, "{\"error\":\"not JSON\"}");
        }
        return Answer.json(200, found.toString());
    }

    private ObjectNode node(HubFile file) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        node.put("type", "file").put("path", file.path()).put("size", file.size());
        node.put("oid", file.gitBlob());
        if (file.lfs()) {
            node.putObject("lfs")
                    .put("oid", file.sha256())
                    .put("size", file.size())
                    .put("pointerSize", 134);
        }
        chunks.shelf().hashOf(file).ifPresent(hash -> node.put("xetHash", hash));
        return node;
    }

    private Answer resolve(HubRepository repository, Request request, String path) {
        return repository
                .file(path)
                .map(file -> chunks.about(file, repository, request)
                        .orElseGet(() -> file.lfs()
                                ? Answer.redirect(storage + Storage.pathOf(repository, file))
                                        .with("X-Linked-Etag", '"' + file.sha256() + '"')
                                        .with("X-Linked-Size", Long.toString(file.size()))
                                : Answer.file(file).with("ETag", '"' + file.gitBlob() + '"')))
                .orElseGet(() -> error("EntryNotFound", "Entry not found"))
                .with("X-Repo-Commit", repository.commit());
    }

    /** What a revision means; a commit stays what it was when the branch moves on. */
    private Optional<HubRepository> at(HubRepository newest, String revision) {
        return revision.equals("main") ? Optional.of(newest) : repositories.at(newest.name(), revision);
    }

    private static Answer error(String code, String message) {
        return Answer.json(404, "{\"error\":\"" + message + "\"}").with("X-Error-Code", code);
    }
}
