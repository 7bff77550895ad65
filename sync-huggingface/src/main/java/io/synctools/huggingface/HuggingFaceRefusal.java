package io.synctools.huggingface;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.http.StatusException;
import io.synctools.internal.json.Json;
import io.synctools.internal.retry.Failures;
import io.synctools.internal.text.Printable;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the hub answered instead of what was asked for, turned into what a person can do
 * (docs/protocols/huggingface.md section 5).
 */
final class HuggingFaceRefusal {
    private static final int BODY_LIMIT = 8192;
    /** Above this the hub's own clients do not even try plain HTTP: 50 GB. */
    static final long PLAIN_HTTP_LIMIT = 50_000_000_000L;

    /** What the hub answers to a question for a file of a repository whose terms nobody accepted. */
    static final HuggingFaceRefusal GATED = new HuggingFaceRefusal(
            401, name -> name.equals("X-Error-Code") ? Optional.of("GatedRepo") : Optional.empty(), "");

    private final int status;
    private final String code;
    private final String words;
    /** The answer is neither the hub's nor that of one of its mirrors: text or HTML, without any header of theirs. */
    private final boolean foreign;

    private final Optional<String> wantOfTls;

    private HuggingFaceRefusal(int status, Function<String, Optional<String>> header, String body) {
        this.status = status;
        this.code = header.apply("X-Error-Code").orElse("");
        this.foreign = code.isEmpty()
                && header.apply("X-Error-Message").isEmpty()
                && !body.isBlank()
                && !body.strip().startsWith("{")
                && header.apply("X-Repo-Commit").isEmpty();
        this.wantOfTls = status == 400 ? Failures.wantOfTls(body) : Optional.empty();
        this.words = Printable.words(header.apply("X-Error-Message").orElseGet(() -> messageIn(body)));
    }

    static HuggingFaceRefusal of(HttpResponse answer) throws IOException {
        return new HuggingFaceRefusal(answer.status(), answer::header, answer.text(BODY_LIMIT));
    }

    static HuggingFaceRefusal of(StatusException e) {
        return new HuggingFaceRefusal(e.status(), e::header, e.text());
    }

    /**
     * The failure to report.
     *
     * @param hub where it happened
     * @param what the repository, or a file of it
     * @param hasToken whether a token was sent
     */
    SyncException of(HubEndpoint hub, RepoId repo, String what, boolean hasToken) {
        if (wantOfTls.isPresent()) {
            return new SyncException(FailureKind.UNAVAILABLE, hub.host() + ": " + wantOfTls.get());
        }
        String where = hub.host() + ": " + what;
        if (words.startsWith("Invalid credentials in Authorization header")) {
            return access(where + ": the hub does not know the token that it was sent; renew it at " + hub.base()
                    + "settings/tokens and put the new one into HF_TOKEN");
        }
        if (code.equals("GatedRepo")) {
            return access(where + " is gated: open " + hub.base() + repo.prefix() + repo.id()
                    + ", accept its terms, and put a token of that account into HF_TOKEN"
                    + (hasToken ? " (the present one has no access)" : ""));
        }
        if (words.startsWith("Access to this resource is disabled")) {
            return access(where + " is disabled by the hub; remove it from the list");
        }
        if (code.equals("RevisionNotFound")) {
            return new SyncException(
                    FailureKind.NOT_FOUND, where + ": no such revision; correct the revision in the list");
        }
        if (code.equals("EntryNotFound")) {
            return new SyncException(FailureKind.NOT_FOUND, where + ": no such file at that commit");
        }
        if (foreign && status == 404) {
            return new SyncException(
                    FailureKind.OTHER,
                    hub.host() + " does not answer as Hugging Face's hub does (HTTP 404 in no form of its own); "
                            + hub.question());
        }
        if (code.equals("RepoNotFound") || status == 401 || status == 404) {
            return new SyncException(
                    status == 401 ? FailureKind.ACCESS : FailureKind.NOT_FOUND,
                    where + " does not exist or is private: check the name, or put a token that may read it into"
                            + " HF_TOKEN" + (hasToken ? " (the present one may not)" : ""));
        }
        if (status == 403) {
            return access(where + ": forbidden" + said() + "; check what the token in HF_TOKEN is allowed to read");
        }
        return new SyncException(FailureKind.OTHER, where + ": the hub answered " + status + said());
    }

    /** The same for a file, of which the hub may serve no more than the hub's clients ask for by plain HTTP. */
    SyncException of(HubEndpoint hub, RepoId repo, String path, long size, boolean hasToken) {
        String file = repo + ": " + Printable.words(path);
        SyncException plain = of(hub, repo, file, hasToken);
        if (size <= PLAIN_HTTP_LIMIT || !code.isEmpty() || status == 401) {
            return plain;
        }
        return new SyncException(
                FailureKind.INCOMPATIBLE,
                hub.host() + ": " + file + " has " + size + " bytes; above 50 GB the hub may serve a file"
                        + " from its chunk store only, whose chunks of it could not be had or were switched off, and it answered "
                        + status + said()
                        + "; set the option \"xet\" to auto (docs/xet.md), leave the file out with ignore_patterns or take it from another hub");
    }

    private String said() {
        return words.isEmpty() ? "" : " (" + words + ")";
    }

    private static SyncException access(String message) {
        return new SyncException(FailureKind.ACCESS, message);
    }

    private static String messageIn(String body) {
        try {
            JsonNode json = Json.MAPPER.readTree(body);
            JsonNode error = json.path("error");
            return error.isTextual()
                    ? error.asText()
                    : json.path("errors").path(0).path("message").asText();
        } catch (JsonProcessingException e) {
            return "";
        }
    }
}
