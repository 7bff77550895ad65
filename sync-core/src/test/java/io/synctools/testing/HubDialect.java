package io.synctools.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.internal.json.Json;
import io.synctools.testing.HubRequest.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import okhttp3.HttpUrl;

/** What the two hubs answer where nothing is wrong. */
interface HubDialect {

    /**
     * A right answer, and what it was about.
     *
     * @param file the path inside the repository; empty where no file is meant
     */
    record Reply(Kind kind, String file, HubAnswer answer) {
        static Reply of(Kind kind, HubAnswer answer) {
            return new Reply(kind, "", answer);
        }
    }

    /** What a hub knows and how it is set up. */
    interface Shelf {
        /** A repository by its whole name. */
        Optional<HubRepo> find(String name);

        /** Every repository. */
        Collection<HubRepo> all();

        /** A fresh signed address of a file of LFS kind. */
        String signed(HubRepo repo, String path);

        /** Entries in one page or in a capped listing. */
        int pageSize();

        /** The hub's own address, without a slash at its end. */
        String origin();
    }

    /** Answers; empty where the address is of the other dialect. */
    Optional<Reply> answer(HttpUrl url, Shelf shelf);

    private static String rest(List<String> parts, int from) {
        return from >= parts.size() ? "" : String.join("/", parts.subList(from, parts.size()));
    }

    private static String part(List<String> parts, int index) {
        return index < parts.size() ? parts.get(index) : "";
    }

    private static Reply file(HubRepo repo, String path, Shelf shelf, HubAnswer missing) {
        Optional<HubRepo.File> file = repo.file(path);
        if (file.isEmpty()) {
            return new Reply(Kind.OTHER, path, missing);
        }
        return file.get().lfs()
                ? new Reply(Kind.REDIRECT, path, HubAnswer.redirect(shelf.signed(repo, path)))
                : new Reply(Kind.BYTES, path, HubAnswer.bytes(file.get().served()));
    }

    /** protocols/modelscope.md sections 2 and 3. */
    final class ModelScope implements HubDialect {
        @Override
        public Optional<Reply> answer(HttpUrl url, Shelf shelf) {
            List<String> parts = url.pathSegments();
            if (!part(parts, 0).equals("api") || !part(parts, 1).equals("v1")) {
                return Optional.empty();
            }
            String kind = part(parts, 2);
            // A dataset is also asked for by its number, and then has no owner in its address.
            boolean byId = part(parts, 3).matches("\\d{9,}");
            Optional<HubRepo> repo = byId
                    ? shelf.all().stream()
                            .filter(known -> part(parts, 3).equals(Long.toString(id(known))))
                            .findFirst()
                    : shelf.find(kind + "/" + part(parts, 3) + "/" + part(parts, 4));
            if (repo.isEmpty()) {
                return Optional.of(Reply.of(Kind.OTHER, missing()));
            }
            return Optional.of(
                    switch (rest(parts, byId ? 4 : 5)) {
                        case "" -> Reply.of(Kind.ABOUT, success(about(repo.get())));
                        case "revisions" -> Reply.of(Kind.ABOUT, success(revisions()));
                        case "repo/files" -> Reply.of(Kind.LISTING, success(files(url, repo.get(), shelf)));
                        case "repo/tree" -> Reply.of(Kind.LISTING, success(page(url, repo.get())));
                        case "repo" -> file(repo.get(), query(url, "FilePath", ""), shelf, missing());
                        default -> Reply.of(Kind.OTHER, missing());
                    });
        }

        /** Datasets are also named by a number. */
        private static long id(HubRepo repo) {
            return 1_000_000_000L + (repo.name().hashCode() & 0xFFFFFFFFL);
        }

        private static String query(HttpUrl url, String name, String absent) {
            return Optional.ofNullable(url.queryParameter(name)).orElse(absent);
        }

        private static JsonNode about(HubRepo repo) {
            return Json.MAPPER.createObjectNode().put("Id", id(repo)).put("Type", 1);
        }

        private static JsonNode revisions() {
            ObjectNode data = Json.MAPPER.createObjectNode();
            ObjectNode map = data.putObject("RevisionMap");
            map.putArray("Branches").addObject().put("Revision", "master").put("CreatedAt", 1_767_225_600L);
            map.putNull("Tags");
            return data;
        }

        /** A model's listing: whole, but cut without a word where it is too long. */
        private static JsonNode files(HttpUrl url, HubRepo repo, Shelf shelf) {
            boolean recursive = query(url, "Recursive", "False").equals("True");
            String root = query(url, "Root", "");
            List<ObjectNode> nodes = new ArrayList<>();
            below(repo, root, recursive).forEach((path, file) -> nodes.add(node(path, file)));
            return list(nodes.subList(0, Math.min(nodes.size(), shelf.pageSize())));
        }

        private static Map<String, Optional<HubRepo.File>> below(HubRepo repo, String root, boolean recursive) {
            String prefix = root.isEmpty() || root.equals("/") ? "" : root + "/";
            Map<String, Optional<HubRepo.File>> found = new TreeMap<>();
            repo.files().forEach((path, file) -> {
                if (path.startsWith(prefix)) {
                    int slash = path.indexOf('/', prefix.length());
                    while (slash >= 0) {
                        // The slash keeps a folder apart from a file of the same name.
                        found.put(path.substring(0, slash) + "/", Optional.empty());
                        slash = recursive ? path.indexOf('/', slash + 1) : -1;
                    }
                    if (recursive || path.indexOf('/', prefix.length()) < 0) {
                        found.put(path, Optional.of(file));
                    }
                }
            });
            return found;
        }

        private static JsonNode page(HttpUrl url, HubRepo repo) {
            int size = Integer.parseInt(query(url, "PageSize", "200"));
            int from = size * (Integer.parseInt(query(url, "PageNumber", "1")) - 1);
            List<ObjectNode> nodes = new ArrayList<>();
            below(repo, "", true).forEach((path, file) -> nodes.add(node(path, file)));
            return list(nodes.subList(Math.min(from, nodes.size()), Math.min(from + size, nodes.size())));
        }

        private static ObjectNode node(String key, Optional<HubRepo.File> file) {
            String path = file.isPresent() ? key : key.substring(0, key.length() - 1);
            ObjectNode node = Json.MAPPER
                    .createObjectNode()
                    .put("Path", path)
                    .put("Name", path.substring(path.lastIndexOf('/') + 1))
                    .put("Type", file.isPresent() ? "blob" : "tree");
            file.ifPresent(known -> node.put("Size", known.listed().length)
                    .put("Sha256", known.sha256())
                    .put("Revision", known.blob())
                    .put("IsLFS", known.lfs()));
            return node;
        }

        private static JsonNode list(List<ObjectNode> nodes) {
            ObjectNode data = Json.MAPPER.createObjectNode();
            data.putArray("Files").addAll(nodes);
            return data;
        }

        private static HubAnswer success(JsonNode data) {
            return envelope(200, 200, "success", data);
        }

        static HubAnswer missing() {
            return envelope(404, 10010205001L, "record not found", Json.MAPPER.nullNode());
        }

        private static HubAnswer envelope(int status, long code, String message, JsonNode data) {
            ObjectNode all = Json.MAPPER
                    .createObjectNode()
                    .put("Code", code)
                    .put("Success", code == 200)
                    .put("Message", message)
                    .put("RequestId", "fault-hub");
            all.set("Data", data);
            return HubAnswer.json(status, all.toString());
        }
    }

    /** protocols/huggingface.md sections 3 and 4. */
    final class HuggingFace implements HubDialect {
        @Override
        public Optional<Reply> answer(HttpUrl url, Shelf shelf) {
            List<String> parts = url.pathSegments();
            if (part(parts, 0).equals("api")) {
                return Optional.of(shelf.find(part(parts, 1) + "/" + part(parts, 2) + "/" + part(parts, 3))
                        .map(repo -> api(url, parts, repo, shelf))
                        .orElseGet(() -> Reply.of(Kind.OTHER, error("RepoNotFound"))));
            }
            int at = part(parts, 0).equals("datasets") ? 1 : 0;
            if (!part(parts, at + 2).equals("resolve")) {
                return Optional.empty();
            }
            Optional<HubRepo> repo =
                    shelf.find((at == 1 ? "datasets/" : "models/") + part(parts, at) + "/" + part(parts, at + 1));
            return Optional.of(
                    repo.isEmpty()
                            ? Reply.of(Kind.OTHER, error("RepoNotFound"))
                            : resolve(repo.get(), part(parts, at + 3), rest(parts, at + 4), shelf));
        }

        private static Reply resolve(HubRepo repo, String revision, String path, Shelf shelf) {
            if (!isRevision(revision, repo)) {
                return Reply.of(Kind.OTHER, error("RevisionNotFound"));
            }
            Reply reply = file(repo, path, shelf, error("EntryNotFound"));
            reply.answer().headers.set("X-Repo-Commit", repo.commit());
            repo.file(path).ifPresent(file -> {
                if (file.lfs()) {
                    reply.answer()
                            .headers
                            .set("X-Linked-Etag", '"' + file.sha256() + '"')
                            .set("X-Linked-Size", Integer.toString(file.listed().length));
                } else {
                    reply.answer().headers.set("ETag", '"' + file.blob() + '"');
                }
            });
            return reply;
        }

        private static Reply api(HttpUrl url, List<String> parts, HubRepo repo, Shelf shelf) {
            String revision = part(parts, 5).isEmpty() ? "main" : part(parts, 5);
            if (!isRevision(revision, repo)) {
                return Reply.of(Kind.OTHER, error("RevisionNotFound"));
            }
            return switch (part(parts, 4)) {
                case "", "revision" -> Reply.of(Kind.ABOUT, info(repo));
                case "tree" -> Reply.of(Kind.LISTING, tree(url, repo, revision, shelf));
                default -> Reply.of(Kind.OTHER, error("EntryNotFound"));
            };
        }

        private static HubAnswer info(HubRepo repo) {
            ObjectNode info = Json.MAPPER.createObjectNode();
            info.put("id", repo.name().substring(repo.name().indexOf('/') + 1));
            info.put("sha", repo.commit()).put("private", false).put("gated", false);
            return HubAnswer.json(200, info.toString());
        }

        private static HubAnswer tree(HttpUrl url, HubRepo repo, String revision, Shelf shelf) {
            String cursor = url.queryParameter("cursor");
            int from = cursor == null ? 0 : Integer.parseInt(cursor);
            List<String> paths = repo.paths();
            int to = Math.min(paths.size(), from + shelf.pageSize());
            ArrayNode tree = Json.MAPPER.createArrayNode();
            for (String path : paths.subList(Math.min(from, to), to)) {
                HubRepo.File file = repo.files().get(path);
                ObjectNode node = tree.addObject()
                        .put("type", "file")
                        .put("path", path)
                        .put("size", file.listed().length)
                        .put("oid", file.blob());
                if (file.lfs()) {
                    node.putObject("lfs")
                            .put("oid", file.sha256())
                            .put("size", file.listed().length)
                            .put("pointerSize", file.pointer().length);
                }
            }
            HubAnswer answer = HubAnswer.json(200, tree.toString());
            if (to < paths.size()) {
                String next =
                        shelf.origin() + "/api/" + repo.name() + "/tree/" + revision + "?recursive=true&cursor=" + to;
                answer.headers.set("Link", "<" + next + ">; rel=\"next\"");
            }
            return answer;
        }

        private static boolean isRevision(String revision, HubRepo repo) {
            return revision.equals("main") || revision.equals(repo.commit());
        }

        private static HubAnswer error(String code) {
            HubAnswer answer = HubAnswer.json(404, "{\"error\":\"" + code + "\"}");
            answer.headers.set("X-Error-Code", code);
            return answer;
        }
    }
}
