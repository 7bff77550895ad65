package io.synctools.modelscope;

import io.synctools.internal.http.Endpoints;
import io.synctools.internal.retry.Failures;
import io.synctools.internal.text.Printable;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/** Turns the hub's refusals into errors that say what to do ({@code docs/protocols/modelscope.md} section 5). */
final class ModelScopeRefusal {
    private static final long ABSENT = 10010205001L;
    private static final long NO_ACCESS = 10010200001L;
    private static final long NO_TREE = 10990101004L;

    private static final Pattern PLAIN_ABSENCE =
            Pattern.compile("not[ _-]?found|no such|not exist|不存在|未找到", Pattern.CASE_INSENSITIVE);
    /** A hub under load has been seen to answer 404 with its data base's error in the message. */
    private static final Pattern HUB_IN_TROUBLE = Pattern.compile(
            "error \\d|rpc error|resource ?exhausted|繁忙|频繁|超时|稍后|重试|限流|数据库|\\bsql\\b|mysql|\\bdatabase\\b|time(d )?out|deadline|connection|deadlock|\\bdial\\b|refused"
                    + "|unavailable|overload|too many|internal|try again|\\bbusy\\b",
            Pattern.CASE_INSENSITIVE);

    private final HttpUrl endpoint;
    private final RepositoryId repository;
    private final String what;
    private final Optional<String> token;
    private final Optional<Path> login;

    /**
     * Describes the question that is refused.
     *
     * @param endpoint whom we asked
     * @param what the thing asked for, within the repository, for example {@code revision master}
     * @param options with the token that we showed the hub; blotted out where the hub repeats it
     */
    ModelScopeRefusal(HttpUrl endpoint, RepositoryId repository, String what, ModelScopeAccess options) {
        this.endpoint = endpoint;
        this.repository = repository;
        this.what = what;
        this.token = options.token();
        this.login = options.login();
    }

    /**
     * What to throw for an answer that is no success.
     *
     * @param body as far as it is known
     * @throws IOException if the hub seems to be in trouble, so that trying again may help
     */
    SyncException of(int status, String body) throws IOException {
        Optional<String> wantOfTls = status == 400 ? Failures.wantOfTls(body) : Optional.empty();
        if (wantOfTls.isPresent()) {
            return new SyncException(FailureKind.UNAVAILABLE, host() + ": " + wantOfTls.get());
        }
        Envelope envelope;
        try {
            envelope = Envelope.read(
                    new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), json -> json.skipChildren());
        } catch (IOException e) {
            if (status == 404
                    && body.stripLeading().startsWith("<")) { // a page for people, which the hub has none of here
                return new SyncException(FailureKind.OTHER, elsewhere("HTTP 404 with a page"));
            }
            envelope = new Envelope(Envelope.NO_CODE, body, "", false);
        }
        return of(status, envelope);
    }

    /** What to say where somebody else seems to answer, for example {@code HTTP 200 with a page}. */
    String elsewhere(String answer) {
        return host() + " does not answer as ModelScope does (" + answer + "); is MODELSCOPE_ENDPOINT=" + base()
                + " right? Its usual value is " + ModelScopeAccess.DEFAULT_ENDPOINT;
    }

    /** The same for an envelope, for example one that came with status 200. */
    SyncException of(int status, Envelope envelope) throws IOException {
        if (status == 200 && envelope.code() == Envelope.NO_CODE) {
            throw new IOException(elsewhere("HTTP 200 without a Code"));
        }
        String answer = "HTTP " + status
                + (envelope.code() == Envelope.NO_CODE ? "" : ", Code " + envelope.code())
                + (envelope.message().isBlank() ? "" : ": \"" + words(envelope.message()) + "\"")
                + (envelope.requestId().isBlank() ? "" : ", RequestId " + words(envelope.requestId()));
        return switch (meaning(status, envelope.code(), envelope.message())) {
            case ACCESS ->
                perhapsAtAnotherSite(status, envelope, new SyncException(FailureKind.ACCESS, noAccess(answer)));
            case NOT_FOUND ->
                perhapsAtAnotherSite(status, envelope, new SyncException(FailureKind.NOT_FOUND, absent(answer)));
            case UNAVAILABLE ->
                throw new IOException(host() + ": the hub failed on " + subject() + " (" + answer + ")");
            default ->
                new SyncException(
                        FailureKind.OTHER,
                        host() + ": refused " + subject() + " (" + answer + "); nothing that trying again would mend");
        };
    }

    /** Where the repository itself is absent, or seems to be, it may be at another site. */
    private static SyncException perhapsAtAnotherSite(int status, Envelope envelope, SyncException refusal) {
        boolean ofRepository = (status == 404 || envelope.code() == ABSENT) && envelope.code() != NO_TREE;
        return ofRepository ? new Sites.NotHereException(refusal) : refusal;
    }

    /** A hub that repeats what was asked for says nothing by it: a model may well be called sql-internal. */
    private boolean tellsOfTrouble(String message) {
        String own = message;
        for (String name : List.of(what, repository.name(), repository.owner())) {
            own = name.length() > 3 ? own.replace(name, "it") : own;
        }
        return HUB_IN_TROUBLE.matcher(own).find();
    }

    private FailureKind meaning(int status, long code, String message) {
        boolean trouble = tellsOfTrouble(message);
        if (status == 401 || status == 403 || code == 401 || code == 403) {
            return FailureKind.ACCESS;
        }
        if (trouble || status >= 500 || code == 429 || (code >= 500 && code < 600)) {
            return FailureKind.UNAVAILABLE;
        }
        if (code == NO_ACCESS) {
            return FailureKind.ACCESS;
        }
        if (code == NO_TREE) {
            return FailureKind.NOT_FOUND;
        }
        if (code == ABSENT || code == 404 || status == 404) {
            boolean plain = message.isBlank() || PLAIN_ABSENCE.matcher(message).find();
            return plain ? FailureKind.NOT_FOUND : FailureKind.UNAVAILABLE;
        }
        // What a firewall in between answers to everybody for a while; the hub itself knows the methods that we use.
        boolean firewall = status == 405 && code == Envelope.NO_CODE;
        // With status 200 come faults of all kinds, of services behind the hub, in codes and words that nobody lists.
        return firewall || status / 100 == 2 ? FailureKind.UNAVAILABLE : FailureKind.OTHER;
    }

    private String noAccess(String answer) {
        String remedy = token.isPresent()
                ? "the account of " + ModelScopeAccess.TOKEN_VARIABLE + " may not read it, or the token has expired"
                : "set " + ModelScopeAccess.TOKEN_VARIABLE + " to the token of an account that may read it"
                        + loginUnused();
        return host() + ": no access to " + subject() + " (" + answer + "); " + remedy
                + "; where a licence must be accepted, that is done at " + page();
    }

    private String absent(String answer) {
        String remedy = token.isPresent()
                ? "the account of " + ModelScopeAccess.TOKEN_VARIABLE + " may not see it"
                : "it may be private: then set " + ModelScopeAccess.TOKEN_VARIABLE + loginUnused();
        return host() + ": there is no " + subject() + " (" + answer + "); compare name and revision with " + page()
                + "; or " + remedy;
    }

    private String loginUnused() {
        return login.map(file -> " (the login in " + file + " is for the hub's own client and not used)")
                .orElse("");
    }

    private String words(String ofTheHub) {
        return Printable.words(
                token.map(secret -> ofTheHub.replace(secret, "***")).orElse(ofTheHub));
    }

    private String subject() {
        return repository.words() + (what.isEmpty() ? "" : ", " + what);
    }

    private String base() {
        return endpoint.newBuilder().username("").password("").toString().replaceAll("/+$", "");
    }

    private String host() {
        return Endpoints.authority(endpoint);
    }

    private String page() {
        return endpoint.newBuilder()
                .username("")
                .password("")
                .addPathSegment(repository.kind().plural())
                .addPathSegment(repository.owner())
                .addPathSegment(repository.name())
                .toString();
    }
}
