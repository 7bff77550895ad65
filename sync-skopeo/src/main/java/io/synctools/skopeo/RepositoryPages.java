package io.synctools.skopeo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.internal.http.Http;
import io.synctools.internal.http.HttpRequest;
import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.json.Json;
import io.synctools.internal.retry.Retrier;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * The texts that Docker Hub and Quay show on the pages of image repositories, read and written by their web APIs.
 *
 * <p>Docker Hub takes the account that images are pushed with; Quay takes a token of an OAuth application, from
 * {@code QUAY_IO_TOKEN} or {@code QUAY_API_KEY}. Tries again what may pass. Not thread-safe.
 */
public final class RepositoryPages {
    private static final String DOCKER_HUB = "docker.io";
    private static final MediaType JSON = MediaType.get("application/json");
    private static final int ANSWER_LIMIT = 4 << 20;

    /** Docker Hub refuses more. */
    private static final int DOCKER_HUB_BYTES = 25_000;

    private final Http http;
    private final Retrier retrier;
    private final RunContext context;
    private final RegistryCredentials credentials;
    private final Map<Login, String> tokens = new HashMap<>();
    private final Map<Login, SyncException> refusals = new HashMap<>();

    private RepositoryPages(RunContext context) {
        this.context = context;
        http = Http.of(context);
        retrier = Retrier.of(context);
        credentials = new RegistryCredentials(context, Map.of(), ProcessRunner.ofHelpers());
    }

    /** The pages, with the accounts that the environment tells. */
    public static RepositoryPages of(RunContext context) {
        return new RepositoryPages(context);
    }

    /** How many bytes a text may have on the page of {@code HOST/NAMESPACE/NAME}. */
    public static int limit(String repository) {
        return isDockerHub(ImageRepository.parse(repository)) ? DOCKER_HUB_BYTES : Integer.MAX_VALUE;
    }

    /**
     * The text that a page shows; empty where it shows none.
     *
     * @throws SyncException if it cannot be read, saying why
     */
    public String read(String name) throws InterruptedException {
        ImageRepository repository = ImageRepository.parse(name);
        JsonNode shown = ask(repository, "read the page of ", "GET", null);
        JsonNode text = shown.path(field(repository));
        return text.isTextual() ? text.asText() : "";
    }

    /**
     * Has a page show a text.
     *
     * @throws SyncException if it cannot be written, saying why
     */
    public void write(String name, String text) throws InterruptedException {
        ImageRepository repository = ImageRepository.parse(name);
        if (authorization(repository).isEmpty()) {
            throw new SyncException(
                    FailureKind.ACCESS,
                    "writing the page of " + repository + " needs an account: " + advice(repository));
        }
        ObjectNode body = Json.MAPPER.createObjectNode().put(field(repository), text);
        ask(repository, "write the page of ", isDockerHub(repository) ? "PATCH" : "PUT", body);
    }

    private static boolean isDockerHub(ImageRepository repository) {
        return repository.host().equals(DOCKER_HUB);
    }

    private static String field(ImageRepository repository) {
        return isDockerHub(repository) ? "full_description" : "description";
    }

    private JsonNode ask(ImageRepository repository, String what, String method, @Nullable JsonNode body)
            throws InterruptedException {
        HttpUrl url = HttpUrl.get(
                isDockerHub(repository)
                        ? "https://hub.docker.com/v2/repositories/" + repository.path() + "/"
                        : "https://quay.io/api/v1/repository/" + repository.path());
        return retrier.call(what + repository, () -> {
            Map<String, String> shown = authorization(repository);
            HttpRequest ask = new HttpRequest(method, url, Map.of(), shown, true, body == null ? null : body(body));
            try (HttpResponse answer = http.send(ask)) {
                if (!answer.ok()) {
                    throw refusal(repository, what, answer, !shown.isEmpty());
                }
                return json(answer);
            }
        });
    }

    private static RequestBody body(JsonNode json) throws JsonProcessingException {
        return RequestBody.create(Json.MAPPER.writeValueAsBytes(json), JSON);
    }

    private static JsonNode json(HttpResponse answer) throws IOException {
        JsonNode json = Json.MAPPER.readTree(answer.text(ANSWER_LIMIT));
        if (!json.isObject() && !json.isTextual()) {
            throw new IOException(answer.url().host() + " did not answer with JSON");
        }
        return json;
    }

    private SyncException refusal(ImageRepository repository, String what, HttpResponse answer, boolean shown)
            throws IOException {
        String text =
                repository.host() + ": " + answer.status() + " when asked to " + what + repository + words(answer);
        return switch (answer.status()) {
            case 401, 403 ->
                new SyncException(
                        FailureKind.ACCESS,
                        text + "; "
                                + (shown
                                        ? "the account may not do that: it has to be an administrator of the"
                                                + " repository, or its token has too few rights; "
                                        : "")
                                + advice(repository));
            case 404 ->
                new SyncException(
                        FailureKind.NOT_FOUND,
                        text + "; make the repository first, or correct \"dest\"; if it is private, "
                                + advice(repository));
            case 400, 413, 422 ->
                new SyncException(
                        FailureKind.INCOMPATIBLE, text + "; the text itself is refused: shorten or correct it");
            default -> new SyncException(FailureKind.OTHER, text + "; its page was not changed, run again later");
        };
    }

    /** What the host says about it, short and printable. */
    private static String words(HttpResponse answer) throws IOException {
        String body = answer.text(10_000);
        try {
            JsonNode json = Json.MAPPER.readTree(body);
            String words = Stream.of("message", "detail", "error_message", "error")
                    .map(name -> json.path(name).asText())
                    .filter(word -> !word.isBlank())
                    .findFirst()
                    .orElse("");
            String printable = words.replaceAll("[^ -~]", "?");
            return printable.isEmpty() ? "" : " (" + printable.substring(0, Math.min(200, printable.length())) + ")";
        } catch (JsonProcessingException e) {
            return "";
        }
    }

    private String advice(ImageRepository repository) {
        return isDockerHub(repository)
                ? credentials.advice(DOCKER_HUB)
                : "set QUAY_IO_TOKEN (or QUAY_API_KEY) to a token of an OAuth application of that organization, with the"
                        + " right to administer repositories";
    }

    private Map<String, String> authorization(ImageRepository repository) throws InterruptedException {
        Optional<String> token = isDockerHub(repository)
                ? hubToken(repository)
                : context.env("QUAY_IO_TOKEN").or(() -> context.env("QUAY_API_KEY"));
        return token.map(value -> Map.of("Authorization", "Bearer " + value)).orElse(Map.of());
    }

    /** A token for the account; asked for once, and a refused account is not shown again. */
    private Optional<String> hubToken(ImageRepository repository) throws InterruptedException {
        Optional<Login> login = credentials.find(repository).filter(one -> !one.identityToken());
        if (login.isEmpty()) {
            return Optional.empty();
        }
        SyncException refused = refusals.get(login.get());
        if (refused != null) {
            throw refused;
        }
        String known = tokens.get(login.get());
        if (known == null) {
            try {
                known = retrier.call("log in to hub.docker.com", () -> logIn(repository, login.get()));
            } catch (SyncException e) {
                refusals.put(login.get(), e);
                throw e;
            }
            tokens.put(login.get(), known);
        }
        return Optional.of(known);
    }

    private String logIn(ImageRepository repository, Login login) throws IOException, InterruptedException {
        ObjectNode body =
                Json.MAPPER.createObjectNode().put("identifier", login.user()).put("secret", login.secret());
        HttpUrl url = HttpUrl.get("https://hub.docker.com/v2/auth/token");
        try (HttpResponse answer = http.send(new HttpRequest("POST", url, Map.of(), Map.of(), false, body(body)))) {
            if (!answer.ok()) {
                throw new SyncException(
                        FailureKind.ACCESS,
                        "hub.docker.com: " + answer.status() + " for user \"" + login.user() + "\""
                                + words(answer) + ", who is not tried again; with a second factor an access token is"
                                + " needed instead of the password; " + credentials.advice(repository.host()));
            }
            String token = json(answer).path("access_token").asText();
            if (token.isEmpty()) {
                throw new IOException("hub.docker.com answered without a token");
            }
            return token;
        }
    }
}
