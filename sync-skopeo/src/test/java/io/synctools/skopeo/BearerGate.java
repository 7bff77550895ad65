package io.synctools.skopeo;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;

/** Makes a proxy a registry with short-lived bearer tokens, each good for a number of HEADs of manifests (skopeo
 * renews none before its time) and for one repository. */
final class BearerGate implements Function<RecordedRequest, Optional<MockResponse>> {
    private final int uses;
    private final String basic;
    private final AtomicInteger tokens = new AtomicInteger();
    private final Map<String, AtomicInteger> left = new ConcurrentHashMap<>();
    private final Map<String, String> scopes = new ConcurrentHashMap<>();
    private volatile String authority = "";

    /** @param basic what must stand behind {@code Basic} at the token endpoint; empty lets everybody in */
    BearerGate(int uses, String basic) {
        this.uses = uses;
        this.basic = basic;
    }

    /** Puts itself before a registry. */
    BearerGate guard(RegistryProxy proxy) {
        authority = proxy.authority();
        proxy.withFault(this);
        return this;
    }

    /** Tokens given so far. */
    int tokens() {
        return tokens.get();
    }

    @Override
    public Optional<MockResponse> apply(RecordedRequest request) {
        String shown =
                Optional.ofNullable(request.getHeaders().get("Authorization")).orElse("");
        if (request.getTarget().startsWith("/token")) {
            return Optional.of(
                    basic.isEmpty() || shown.equals("Basic " + basic)
                            ? token(String.valueOf(request.getUrl().queryParameter("scope")))
                            : CannedResponses.status(401));
        }
        String repository = request.getTarget().replaceFirst("^/v2/(.*)/(tags|manifests|blobs)/.*$", "$1");
        String access = request.getMethod().matches("GET|HEAD") ? "pull" : "pull,push";
        String wanted = "repository:" + repository + ":" + access;
        String token = shown.replaceFirst("^Bearer ", "");
        boolean covers = request.getTarget().equals("/v2/")
                || scopes.getOrDefault(token, "").startsWith(wanted);
        AtomicInteger more = left.get(token);
        boolean isPlanning =
                request.getMethod().equals("HEAD") && request.getTarget().contains("/manifests/");
        if (more != null && covers && (!isPlanning || more.getAndDecrement() > 0)) {
            return Optional.empty();
        }
        return Optional.of(new MockResponse.Builder()
                .code(401)
                .setHeader(
                        "WWW-Authenticate",
                        "Bearer realm=\"http://" + authority + "/token\",service=\"test\",scope=\"" + wanted + "\"")
                .build());
    }

    private MockResponse token(String scope) {
        String token = "token" + tokens.incrementAndGet();
        left.put(token, new AtomicInteger(uses));
        scopes.put(token, scope);
        return new MockResponse.Builder()
                .body("{\"access_token\":\"" + token + "\",\"expires_in\":300}")
                .build();
    }
}
