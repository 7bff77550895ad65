package io.synctools.huggingface;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.huggingface.xet.NoChunksException;
import io.synctools.huggingface.xet.StoreToken;
import io.synctools.internal.http.Http;
import io.synctools.internal.http.HttpRequest;
import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.http.StatusException;
import io.synctools.internal.json.Json;
import io.synctools.internal.text.Printable;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.serve.Filtered;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;

/** The questions that a mirror has for the hub (docs/protocols/huggingface.md sections 3 and 4). Thread-safe. */
final class HubApi {
    private static final int TOKEN_LIMIT = 256 << 10;

    private final Http http;
    private final Map<String, String> credentials;

    HubApi(Http http, Optional<String> token) {
        this.http = http;
        this.credentials =
                token.map(text -> Map.of("Authorization", "Bearer " + text)).orElse(Map.of());
    }

    /** Which commit a revision means now. */
    String commit(HubEndpoint hub, RepoId repo, String revision) throws IOException, InterruptedException {
        String what = repo + "@" + revision;
        try (HttpResponse answer = about(hub, hub.commitOf(repo, revision), repo, revision)) {
            String sha = field(answer.body(), "sha");
            if (!RepoId.isCommit(sha)) {
                throw new SyncException(
                        FailureKind.INCOMPATIBLE,
                        hub.host() + ": " + what + ": the hub names no commit; " + hub.question());
            }
            return sha;
        } catch (JsonProcessingException e) {
            throw unreadable(hub, what, e);
        }
    }

    /**
     * Returns if a revision is there and its files may be read. A gated repository is described to everybody; whether the
     * account of our token was let in takes a second question.
     */
    void check(HubEndpoint hub, RepoId repo, String revision) throws IOException, InterruptedException {
        String what = repo + "@" + revision;
        boolean gated;
        try (HttpResponse answer = about(hub, hub.aboutRevision(repo, revision), repo, revision)) {
            String value = field(answer.body(), "gated");
            gated = !List.of("", "false", "null").contains(value);
        } catch (JsonProcessingException e) {
            throw unreadable(hub, what, e);
        }
        if (gated && credentials.isEmpty()) {
            throw HuggingFaceRefusal.GATED.of(hub, repo, what, false);
        }
        if (gated) {
            checkAccess(hub, repo, what);
        }
    }

    /** What the hub tells of a revision; a proxy that knows no parts of it is asked for all. */
    private HttpResponse about(HubEndpoint hub, HttpUrl parts, RepoId repo, String revision)
            throws IOException, InterruptedException {
        HttpResponse answer = send(hub, parts);
        if (answer.status() == 404 && answer.header("X-Error-Code").isEmpty()) {
            answer.close();
            answer = send(hub, hub.revision(repo, revision));
        }
        return granted(answer, hub, repo, repo + "@" + revision);
    }

    /** The names of all files of a commit, as the repository's description has them; empty where it has none. */
    Set<String> siblings(HubEndpoint hub, RepoId repo, String commit) throws IOException, InterruptedException {
        String what = repo + "@" + commit;
        try (HttpResponse answer = granted(send(hub, hub.revision(repo, commit)), hub, repo, what);
                JsonParser json = Json.FACTORY.createParser(answer.body())) {
            Set<String> names = new HashSet<>();
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.FIELD_NAME
                        && json.currentName().equals("rfilename")) {
                    names.add(String.valueOf(json.nextTextValue()));
                }
            }
            return names;
        } catch (JsonProcessingException e) {
            throw unreadable(hub, what, e);
        }
    }

    /** Returns if the files of a repository that can be described may be read. */
    void checkAccess(HubEndpoint hub, RepoId repo, String what) throws IOException, InterruptedException {
        try (HttpResponse answer = send(hub, hub.accessTo(repo))) {
            boolean notOffered = answer.status() == 405
                    || (answer.status() == 404
                            && !answer.header("X-Error-Code").orElse("").equals("RepoNotFound")); // the files will tell
            if (!answer.ok() && !notOffered) {
                throw HuggingFaceRefusal.of(answer).of(hub, repo, what, !credentials.isEmpty());
            }
        }
    }

    /**
     * One page of a tree.
     *
     * @param rows what it held beside the files
     * @param next where the next one is; empty after the last
     * @param filter what a mirror left out; empty where it has all
     */
    record Page(TreePage.Rows rows, Optional<HttpUrl> next, String filter) {}

    /** Reads one page of a tree into the list. */
    Page treePage(HubEndpoint hub, RepoId repo, HttpUrl page, List<Entry> into)
            throws IOException, InterruptedException {
        try (HttpResponse answer = granted(send(hub, page), hub, repo, repo.toString())) {
            Optional<HttpUrl> next = NextPage.of(answer, hub);
            String filter = Filtered.filter(answer.header(Filtered.HEADER).orElse(""));
            return new Page(TreePage.read(answer.body(), into), next, filter);
        } catch (JsonProcessingException e) {
            throw unreadable(hub, repo.toString(), e);
        } catch (TreePage.UnknownFormException e) {
            throw new SyncException(
                    FailureKind.INCOMPATIBLE,
                    hub.host() + ": " + repo + ": " + Printable.words(String.valueOf(e.getMessage())));
        }
    }

    /**
     * The leave to read a repository's files from the hub's chunk store.
     *
     * @throws NoChunksException if the hub gives none: mirrors of it have no such store
     */
    StoreToken storeToken(HubEndpoint hub, RepoId repo, String commit) throws IOException, InterruptedException {
        HttpUrl url = hub.storeToken(repo, commit);
        try (HttpResponse answer = http.send(HttpRequest.get(url).with(credentials))) {
            if (!answer.ok()) {
                throw new NoChunksException(
                        hub.host() + " answered " + answer.status() + " when asked for access to its chunk store");
            }
            JsonNode json = Json.MAPPER.readTree(answer.text(TOKEN_LIMIT));
            String secret = json.path("accessToken").asText();
            HttpUrl store = HttpUrl.parse(json.path("casUrl").asText().replaceAll("/+$", "") + "/");
            boolean usable = !secret.isEmpty() && secret.chars().allMatch(c -> c > ' ' && c < 0x7f);
            if (!usable || store == null || (url.isHttps() && !store.isHttps())) {
                throw new NoChunksException(hub.host() + " names no usable chunk store");
            }
            return new StoreToken(store, secret, json.path("exp").asLong());
        } catch (JsonProcessingException e) {
            throw new NoChunksException(
                    hub.host() + " answered something else when asked for access to its chunk store");
        }
    }

    /** Opens exactly a range of a file. */
    InputStream open(HubEndpoint hub, RepoId repo, String commit, Entry entry, ByteRange range)
            throws IOException, InterruptedException {
        HttpRequest ask = question(hub, hub.file(repo, commit, entry.path()));
        try {
            return http.openRange(ask, entry.size(), range);
        } catch (StatusException e) {
            throw HuggingFaceRefusal.of(e).of(hub, repo, entry.path(), entry.size(), !credentials.isEmpty());
        }
    }

    private HttpRequest question(HubEndpoint hub, HttpUrl url) {
        return HttpRequest.get(url).with(credentials).redirected(hub::atHome);
    }

    private HttpResponse send(HubEndpoint hub, HttpUrl url) throws IOException, InterruptedException {
        return http.send(question(hub, url));
    }

    /** An answer that is what was asked for. */
    private HttpResponse granted(HttpResponse answer, HubEndpoint hub, RepoId repo, String what) throws IOException {
        if (answer.ok()) {
            return answer;
        }
        try (answer) {
            throw HuggingFaceRefusal.of(answer).of(hub, repo, what, !credentials.isEmpty());
        }
    }

    /** A fact in a repository's description, read no further than to there; empty where there is none. */
    private static String field(InputStream body, String name) throws IOException {
        try (JsonParser json = Json.FACTORY.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return "";
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = json.currentName().equals(name);
                if (json.nextToken().isScalarValue() && found) {
                    return json.getText();
                }
                json.skipChildren();
            }
            return "";
        }
    }

    private static IOException unreadable(HubEndpoint hub, String what, JsonProcessingException e) {
        return new IOException(
                hub.host() + ": " + what + ": the answer is not the hub's ("
                        + (e.getOriginalMessage().contains("('<'") ? "a page" : e.getOriginalMessage()) + "); "
                        + hub.question(),
                e);
    }
}
