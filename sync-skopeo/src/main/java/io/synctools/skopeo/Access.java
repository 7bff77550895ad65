package io.synctools.skopeo;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.http.Http;
import io.synctools.internal.http.HttpRequest;
import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.http.Loopback;
import io.synctools.internal.json.Json;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.Challenge;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * What we show to a registry for one repository: nothing, a password, or a token that is fetched once and renewed.
 *
 * <p>Thread-safe: the first request goes alone, so that many threads do not all run into the same challenge.
 */
final class Access {
    private static final long DEFAULT_LIFE_SECONDS = 60;

    private final Http http;
    private final ImageRepository repository;
    private final Endpoint endpoint;
    private final RegistryCredentials credentials;
    private final Optional<Login> login;
    private final Account account;
    private final TimeSource time;
    private final ReentrantLock lock = new ReentrantLock();

    private volatile boolean settled;
    private volatile String header;
    private volatile long staleAt;
    private volatile @Nullable Duration life;

    @GuardedBy("lock")
    private @Nullable Challenge bearer;

    /**
     * @param account what is known of the repository's account
     * @param time by which tokens grow old
     */
    Access(
            Http http,
            ImageRepository repository,
            Endpoint endpoint,
            RegistryCredentials credentials,
            Account account,
            TimeSource time)
            throws InterruptedException {
        this.http = http;
        this.repository = repository;
        this.endpoint = endpoint;
        this.credentials = credentials;
        this.account = account;
        this.time = time;
        login = credentials.find(repository);
        // A registry that wants passwords is spared one refused request; one that wants tokens answers with a
        // challenge.
        header = login.filter(l -> !l.identityToken())
                .map(l -> "Basic " + l.basic())
                .orElse("");
    }

    /** How long a token lives, as the registry said last; empty where it gives none. */
    Optional<Duration> tokenLife() {
        return Optional.ofNullable(life);
    }

    /**
     * Sends a question with what is shown so far, and once more with what the registry asks for.
     *
     * @throws SyncException if the account is refused, or was before
     */
    HttpResponse send(HttpRequest ask) throws IOException, InterruptedException {
        account.requireNotRefused();
        if (settled) {
            return attempt(ask);
        }
        ReentrantLock gate = login.isPresent() && !account.isProven() ? account.first : lock;
        gate.lockInterruptibly();
        try {
            account.requireNotRefused();
            HttpResponse answer = attempt(ask);
            if (login.isPresent() && (answer.ok() || answer.status() == 404)) {
                account.proven();
            } else if (login.isPresent() && answer.status() == 401) {
                account.refused(new SyncException(
                        FailureKind.ACCESS,
                        repository.host() + ": 401 for user \"" + login.get().user()
                                + "\", who is not tried again in this run; "
                                + credentials.advice(repository.host())));
            }
            return answer;
        } finally {
            gate.unlock();
        }
    }

    private HttpResponse attempt(HttpRequest ask) throws IOException, InterruptedException {
        String shown = header;
        if (shown.startsWith("Bearer ") && time.nanos() - staleAt >= 0) {
            shown = renew(shown);
        }
        HttpResponse answer = http.send(with(ask, shown));
        if (!settled && shown.startsWith("Basic ") && (answer.status() == 400 || answer.status() == 403)) {
            // Some registries take no password where they want a token, and only say so to those who show nothing.
            answer.close();
            header = "";
            shown = "";
            answer = http.send(ask);
        }
        if (answer.status() != 401) {
            settled = true;
            return answer;
        }
        String next = answerTo(answer.challenges(), shown);
        if (next.isEmpty()) {
            return answer;
        }
        answer.close();
        HttpResponse second = http.send(with(ask, next));
        settled |= second.status() != 401;
        return second;
    }

    private static HttpRequest with(HttpRequest ask, String authorization) {
        return authorization.isEmpty() ? ask : ask.with(Map.of("Authorization", authorization));
    }

    private String answerTo(List<Challenge> challenges, String shown) throws IOException, InterruptedException {
        Optional<Challenge> token = find(challenges, "bearer");
        if (token.isPresent()) {
            lock.lockInterruptibly();
            try {
                bearer = token.get();
            } finally {
                lock.unlock();
            }
            return renew(shown);
        }
        if (find(challenges, "basic").isPresent() && login.isPresent() && shown.isEmpty()) {
            header = "Basic " + login.get().basic();
            return header;
        }
        return "";
    }

    private static Optional<Challenge> find(List<Challenge> challenges, String scheme) {
        return challenges.stream()
                .filter(one -> one.scheme().equalsIgnoreCase(scheme))
                .findFirst();
    }

    private static String parameter(Challenge challenge, String name) {
        return challenge.authParams().getOrDefault(name, "");
    }

    /** Fetches a token, unless another thread has replaced the one that was shown. */
    private String renew(String shown) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (header.equals(shown) && bearer != null) {
                fetchToken(bearer);
            }
            return header;
        } finally {
            lock.unlock();
        }
    }

    private void fetchToken(Challenge challenge) throws IOException, InterruptedException {
        HttpUrl realm = HttpUrl.parse(parameter(challenge, "realm"));
        if (realm == null || !(realm.isHttps() || (endpoint.mayBePlain() && isNear(realm.host())))) {
            throw new SyncException(
                    FailureKind.ACCESS,
                    repository.host() + " sends us for a token to \"" + parameter(challenge, "realm")
                            + "\", which is not an https address");
        }
        String asked = parameter(challenge, "scope");
        String scope = asked.isEmpty() ? "repository:" + repository.path() + ":pull" : asked;
        long askedAt = time.nanos();
        try (HttpResponse answer = http.send(tokenQuestion(realm, parameter(challenge, "service"), scope))) {
            if (!answer.ok()) {
                SyncException refusal = refused(answer.status(), realm);
                if (answer.status() == 401 && login.isPresent()) {
                    account.refused(refusal);
                }
                throw refusal;
            }
            JsonNode token = Json.MAPPER.readTree(answer.text(1 << 20));
            String value = token.path("token").asText();
            if (value.isEmpty()) {
                value = token.path("access_token").asText();
            }
            if (value.isEmpty()) {
                throw new IOException(realm.host() + " answered without a token for " + repository);
            }
            long seconds = token.path("expires_in").asLong(DEFAULT_LIFE_SECONDS);
            header = "Bearer " + value;
            staleAt = askedAt + TimeUnit.SECONDS.toNanos(seconds - Math.min(10, seconds / 4));
            life = Duration.ofSeconds(seconds);
            if (login.isPresent()) {
                account.proven();
            }
        }
    }

    /** On this machine, or on the registry's own. */
    private boolean isNear(String host) {
        return Loopback.is(host) || host.equals(endpoint.authority().replaceFirst(":\\d+$", ""));
    }

    private HttpRequest tokenQuestion(HttpUrl realm, String service, String scope) {
        if (login.isPresent() && login.get().identityToken()) {
            FormBody form = new FormBody.Builder()
                    .add("grant_type", "refresh_token")
                    .add("service", service)
                    .add("scope", scope)
                    .add("client_id", "sync-tools")
                    .add("refresh_token", login.get().secret())
                    .build();
            return new HttpRequest("POST", realm, Map.of(), Map.of(), false, form);
        }
        HttpUrl.Builder url = realm.newBuilder();
        if (!service.isEmpty()) {
            url.addQueryParameter("service", service);
        }
        for (String one : scope.split(" ", -1)) {
            url.addQueryParameter("scope", one);
        }
        return with(
                HttpRequest.get(url.build()),
                login.map(l -> "Basic " + l.basic()).orElse(""));
    }

    private SyncException refused(int status, HttpUrl realm) {
        return new SyncException(
                FailureKind.ACCESS,
                repository.host() + ": " + status + " from " + realm.host() + " "
                        + login.map(l -> "for user \"" + l.user() + "\"").orElse("without a login") + " on "
                        + repository.path() + "; " + credentials.advice(repository.host()));
    }
}
