package io.synctools.skopeo;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.synctools.internal.http.Http;
import io.synctools.internal.http.HttpRequest;
import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.http.LinkHeader;
import io.synctools.internal.http.PageBound;
import io.synctools.internal.json.Json;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * Asks registries over their HTTP API: which tags there are, and what a tag points to. Writes manifests whose parts are
 * there already.
 *
 * <p>Thread-safe. Does not retry. Facts are in docs/protocols/skopeo-and-registries.md section 7.
 */
final class RegistryApi {
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    private static final int MANIFEST_LIMIT = 4 << 20;

    private final Http http;
    private final SyncOptions options;
    private final RegistryCredentials credentials;
    private final TimeSource time;
    private final Map<ImageRepository, Access> accesses = new ConcurrentHashMap<>();
    private final Map<List<String>, Account> accounts = new ConcurrentHashMap<>();
    private final Map<String, String> loopbackSchemes = new ConcurrentHashMap<>();
    private final Map<String, Quota> quotas = new ConcurrentHashMap<>();
    private final Map<String, PullBudget> pulls = new ConcurrentHashMap<>();

    /** @param time by which tokens grow old */
    RegistryApi(Http http, SyncOptions options, RegistryCredentials credentials, TimeSource time) {
        this.http = http;
        this.options = options;
        this.credentials = credentials;
        this.time = time;
    }

    /** The reader of a run, shared by sources and targets. */
    static RegistryApi of(RunContext context) {
        return context.shared(RegistryApi.class, s -> {
            Http http = Http.of(s);
            http.expectHttps();
            return new RegistryApi(
                    http,
                    s.options(),
                    new RegistryCredentials(s, s.options().get(SkopeoOptions.REGISTRY), ProcessRunner.ofHelpers()),
                    TimeSource.SYSTEM);
        });
    }

    /**
     * Forgets what earlier runs were told of accounts: a password that was refused then may be right by now. For another run
     * that is under way it costs a question.
     */
    void lookAnew() {
        credentials.lookAnew();
        accounts.clear();
        accesses.clear();
        quotas.clear();
    }

    /** Where a repository's registry is reached. */
    Endpoint endpoint(ImageRepository repository) {
        return Endpoint.of(repository.host(), options.get(SkopeoOptions.REGISTRY), options.get(SyncOptions.PLAIN_HTTP));
    }

    /** The account for a repository; empty means anonymous. */
    Optional<Login> login(ImageRepository repository) throws InterruptedException {
        return credentials.find(repository);
    }

    /** What is known of the account for a repository, shared by all repositories that have it. */
    Account account(ImageRepository repository) throws InterruptedException {
        String user = login(repository).map(Login::user).orElse("");
        return accounts.computeIfAbsent(List.of(repository.host(), user), key -> new Account());
    }

    /** How long a token for a repository lives; empty where the registry wants none, or was not asked yet. */
    Optional<Duration> tokenLife(ImageRepository repository) {
        return Optional.ofNullable(accesses.get(repository)).flatMap(Access::tokenLife);
    }

    /** What to do about a missing or wrong account. */
    String loginAdvice(ImageRepository repository) {
        return credentials.advice(repository.host());
    }

    /** The pulls of a repository's registry, shared by all copies of the run. */
    PullBudget pulls(ImageRepository repository) {
        return pulls.computeIfAbsent(repository.host(), host -> new PullBudget());
    }

    /** What the registry last said of its pull quota. */
    Optional<Quota> quota(ImageRepository repository) {
        return Optional.ofNullable(quotas.get(repository.host()));
    }

    /**
     * What a registry lists.
     *
     * @param names the tags, sorted
     * @param odd what stands among them and cannot be a tag
     */
    record Tags(SortedSet<String> names, SortedSet<String> odd) {
        private int count() {
            return names.size() + odd.size();
        }

        private void add(String name) {
            (TAG.matcher(name).matches() ? names : odd).add(name);
        }
    }

    /**
     * All tags of a repository: every page, or an exception.
     *
     * @throws SyncException {@code NOT_FOUND} if the registry does not know the repository
     */
    Tags tags(ImageRepository repository) throws IOException, InterruptedException {
        Tags tags = new Tags(new TreeSet<>(), new TreeSet<>());
        Set<String> seen = new HashSet<>();
        PageBound bound = new PageBound(repository.toString());
        Optional<String> page = Optional.of(repository.path() + "/tags/list");
        while (page.isPresent()) {
            if (!seen.add(page.get())) {
                throw new SyncException(
                        FailureKind.INCOMPATIBLE,
                        "the tag list of " + repository + " does not end: its page " + seen.size()
                                + " leads back to one that was read");
            }
            int before = tags.count();
            page = page(repository, page.get(), tags);
            if (page.isPresent()) {
                bound.passed(tags.count() - before);
            }
        }
        return tags;
    }

    /** Returns if a repository is there and may be read, by asking for one of its tags; fails as {@link #tags}. */
    void check(ImageRepository repository) throws IOException, InterruptedException {
        page(repository, repository.path() + "/tags/list?n=1", new Tags(new TreeSet<>(), new TreeSet<>()));
    }

    /** Reads one page of tags; tells where the next one is. */
    private Optional<String> page(ImageRepository repository, String pathAndQuery, Tags tags)
            throws IOException, InterruptedException {
        try (HttpResponse answer = send("GET", repository, pathAndQuery)) {
            if (answer.status() == 404) {
                throw new SyncException(
                        FailureKind.NOT_FOUND,
                        repository + " does not exist, or is hidden from us: check its name, or "
                                + loginAdvice(repository));
            }
            requireOk(answer, repository, "listing the tags of " + repository);
            readTags(answer, repository, tags);
            return nextPage(answer, repository.path() + "/tags/list");
        }
    }

    private static void readTags(HttpResponse answer, ImageRepository repository, Tags tags) throws IOException {
        boolean complete = false;
        try (JsonParser json = Json.FACTORY.createParser(answer.body())) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    boolean isTags = json.currentName().equals("tags");
                    JsonToken value = json.nextToken();
                    if (isTags && (value == JsonToken.VALUE_NULL || value == JsonToken.START_ARRAY)) {
                        complete = true;
                        while (value == JsonToken.START_ARRAY && json.nextToken() != JsonToken.END_ARRAY) {
                            tags.add(json.getText());
                        }
                    } else {
                        json.skipChildren();
                    }
                }
                json.nextToken();
            }
        }
        if (!complete) {
            throw new IOException(repository.host() + " did not answer with a tag list of " + repository.path());
        }
    }

    /**
     * The next page: the query of the link, asked where we began. A link may name a host of which we were not told, and
     * behind a front that redirects it names a path that the front does not know.
     */
    static Optional<String> nextPage(HttpResponse answer, String path) throws IOException {
        Optional<String> link = LinkHeader.next(answer.headers("Link"));
        if (link.isEmpty()) {
            return Optional.empty();
        }
        HttpUrl next = answer.url().resolve(link.get());
        if (next == null) {
            throw new IOException(path + " goes on at an address that cannot be read: " + link.get());
        }
        String query = next.encodedQuery();
        return Optional.of(path + (query == null ? "" : "?" + query));
    }

    /**
     * What a tag or digest points to; empty where the registry has no such thing. A "not there" of HEAD is believed after
     * a GET only: some answer HEAD with 404 or 405 for what they have. Counts as a pull only where that GET finds it.
     */
    Optional<Descriptor> head(ImageRepository repository, String reference) throws IOException, InterruptedException {
        String path = repository.path() + "/manifests/" + reference;
        try (HttpResponse answer = send("HEAD", repository, path)) {
            if (answer.status() != 404 && answer.status() != 405) {
                requireOk(answer, repository, "reading " + repository + ":" + reference);
                Optional<String> digest = answer.header("Docker-Content-Digest")
                        .filter(d -> Manifest.DIGEST.matcher(d).matches());
                if (digest.isPresent()) {
                    return Optional.of(new Descriptor(digest.get(), mediaType(answer), length(answer)));
                }
            }
        }
        try (HttpResponse answer = send("GET", repository, path)) {
            if (answer.status() == 404) {
                return Optional.empty();
            }
            requireOk(answer, repository, "reading " + repository + ":" + reference);
            byte[] bytes = bytes(answer, repository, reference);
            Manifest.parse(bytes); // a page of a proxy has a hash, too
            return Optional.of(
                    new Descriptor(digest("sha256:", Manifest.digested(bytes)), mediaType(answer), bytes.length));
        }
    }

    /**
     * The manifest of a digest, its bytes verified. Counts as a pull where pulls are counted.
     *
     * @throws SyncException {@code NOT_FOUND}, or {@code CHECKSUM} if the registry sends other bytes
     */
    Manifest manifest(ImageRepository repository, String digest) throws IOException, InterruptedException {
        return Manifest.parse(verified(repository, digest));
    }

    private byte[] verified(ImageRepository repository, String digest) throws IOException, InterruptedException {
        try (HttpResponse answer = send("GET", repository, repository.path() + "/manifests/" + digest)) {
            if (answer.status() == 404) {
                throw new SyncException(FailureKind.NOT_FOUND, repository + "@" + digest + " is gone");
            }
            requireOk(answer, repository, "reading " + repository + "@" + digest);
            byte[] bytes = bytes(answer, repository, digest);
            if (!digest(digest, Manifest.digested(bytes)).equals(digest)) {
                throw new SyncException(
                        FailureKind.CHECKSUM,
                        repository.host() + " sends other bytes for " + repository + "@" + digest + " than it names");
            }
            return bytes;
        }
    }

    /** Gives an image that is in a repository under its digest a tag as well. */
    void tag(ImageRepository repository, Descriptor image, String tag) throws IOException, InterruptedException {
        put(repository, tag, image.mediaType(), verified(repository, image.digest()));
    }

    /** Writes a manifest whose parts are there. */
    void put(ImageRepository repository, String reference, String mediaType, byte[] bytes)
            throws IOException, InterruptedException {
        RequestBody body = RequestBody.create(bytes, MediaType.get(mediaType));
        try (HttpResponse answer = send("PUT", repository, repository.path() + "/manifests/" + reference, body)) {
            requireOk(answer, repository, "writing " + repository + ":" + reference);
        }
    }

    private static String mediaType(HttpResponse answer) {
        return answer.header("Content-Type")
                .map(type -> type.replaceFirst(";.*", "").strip())
                .orElse("");
    }

    private static long length(HttpResponse answer) {
        return answer.header("Content-Length")
                .filter(text -> text.matches("\\d{1,9}"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    /** The body of an answer that is no larger than manifests may be. */
    static byte[] bytes(HttpResponse answer, ImageRepository repository, String reference) throws IOException {
        try (InputStream body = answer.body()) {
            byte[] bytes = body.readNBytes(MANIFEST_LIMIT + 1);
            if (bytes.length > MANIFEST_LIMIT) {
                throw new SyncException(
                        FailureKind.INCOMPATIBLE,
                        "the manifest of " + repository + ":" + reference
                                + " is larger than 4 MiB, more than registries allow");
            }
            return bytes;
        }
    }

    /** Hashes as the given digest does. */
    static String digest(String like, byte[] bytes) {
        String name = like.startsWith("sha512:") ? "SHA-512" : "SHA-256";
        try {
            byte[] hash = MessageDigest.getInstance(name).digest(bytes);
            return like.substring(0, "sha256:".length()) + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + name, e);
        }
    }

    /** One question, without a body. */
    HttpResponse send(String method, ImageRepository repository, String pathAndQuery)
            throws IOException, InterruptedException {
        return send(method, repository, pathAndQuery, null);
    }

    /** The same with a body. */
    HttpResponse send(String method, ImageRepository repository, String pathAndQuery, @Nullable RequestBody body)
            throws IOException, InterruptedException {
        Endpoint endpoint = endpoint(repository);
        return sendNow(repository, scheme -> question(method, endpoint.api(scheme, pathAndQuery), body));
    }

    /**
     * Goes on with an upload, beside all other questions: it lasts as long as its body. Where the registry names another
     * host for it, the same address is asked here, as for {@link #nextPage}.
     */
    HttpResponse upload(String method, ImageRepository repository, HttpUrl location, @Nullable RequestBody body)
            throws IOException, InterruptedException {
        Endpoint endpoint = endpoint(repository);
        return sendNow(
                repository,
                scheme -> new HttpRequest(method, endpoint.here(scheme, location), Map.of(), Map.of(), false, body));
    }

    private HttpResponse sendNow(ImageRepository repository, Function<String, HttpRequest> by)
            throws IOException, InterruptedException {
        Access access = access(repository);
        Endpoint endpoint = endpoint(repository);
        HttpResponse answer = endpoint.mayBePlain()
                ? sendNearby(access, endpoint, by)
                : sendSecurely(access, endpoint, by.apply("https"));
        Quota.of(answer).ifPresent(quota -> quotas.put(repository.host(), quota));
        return answer;
    }

    private static HttpResponse sendSecurely(Access access, Endpoint endpoint, HttpRequest ask)
            throws IOException, InterruptedException {
        try {
            return access.send(ask);
        } catch (IOException e) {
            if (speaksPlainHttp(e)) {
                throw new SyncException(
                        FailureKind.UNAVAILABLE,
                        endpoint.authority() + " speaks plain http, not https; if it is meant to, name it by"
                                + " the option \"plain-http." + endpoint.authority() + "\"",
                        false,
                        e);
            }
            throw e;
        }
    }

    /** Told by Java's words for an answer to a TLS greeting that is none. */
    private static boolean speaksPlainHttp(IOException failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            String text = String.valueOf(e.getMessage());
            if (e instanceof SSLException
                    && (text.contains("Unsupported or unrecognized SSL message")
                            || text.contains("plaintext connection"))) {
                return true;
            }
        }
        return false;
    }

    /** On this machine plain http comes first; a registry that wants https there says so, or hangs up. */
    private HttpResponse sendNearby(Access access, Endpoint endpoint, Function<String, HttpRequest> by)
            throws IOException, InterruptedException {
        String scheme = loopbackSchemes.getOrDefault(endpoint.authority(), "http");
        HttpResponse answer = access.send(by.apply(scheme));
        if (answer.status() == 400 && scheme.equals("http") && !loopbackSchemes.containsKey(endpoint.authority())) {
            answer.close();
            answer = access.send(by.apply("https"));
            scheme = "https";
        }
        loopbackSchemes.put(endpoint.authority(), scheme);
        return answer;
    }

    private static HttpRequest question(String method, HttpUrl url, @Nullable RequestBody body) {
        HttpRequest ask = new HttpRequest(method, url, Map.of(), Map.of(), true, body);
        return url.encodedPath().contains("/manifests/") ? ask.with("Accept", Manifest.ACCEPT) : ask;
    }

    private Access access(ImageRepository repository) throws InterruptedException {
        Access known = accesses.get(repository);
        if (known == null) {
            Access fresh = new Access(http, repository, endpoint(repository), credentials, account(repository), time);
            Access earlier = accesses.putIfAbsent(repository, fresh);
            known = earlier == null ? fresh : earlier;
        }
        return known;
    }

    /** @throws SyncException for what is no success, saying at what */
    void requireOk(HttpResponse answer, ImageRepository repository, String what)
            throws IOException, InterruptedException {
        int status = answer.status();
        if (status == 401 || status == 403) {
            String who = login(repository)
                    .map(login -> "user \"" + login.user() + "\" is refused")
                    .orElse("a login is needed");
            throw new SyncException(
                    FailureKind.ACCESS,
                    repository.host() + ": " + status + " when " + what + ": " + who
                            + ", or there is no such repository; " + loginAdvice(repository));
        }
        if (!answer.ok()) {
            throw new SyncException(
                    FailureKind.OTHER, repository.host() + ": unexpected status " + status + " when " + what);
        }
    }
}
