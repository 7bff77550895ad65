package io.synctools.skopeo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;

/** The referrers API of the distribution specification 1.1, before a registry that has none. */
final class ReferrersDoor {
    private final Map<String, Map<String, ObjectNode>> bySubject = new ConcurrentHashMap<>();
    private final int pageSize;

    private ReferrersDoor(int pageSize) {
        this.pageSize = pageSize;
    }

    /** Teaches a proxy the API; only what is pushed through it is known. */
    static ReferrersDoor of(RegistryProxy proxy) {
        return of(proxy, 100);
    }

    static ReferrersDoor of(RegistryProxy proxy, int pageSize) {
        ReferrersDoor door = new ReferrersDoor(pageSize);
        proxy.withFault(door::answer).withAnswers(door::learn);
        return door;
    }

    /** Forgets what refers to something, as a registry does that cleans up. */
    void forget(String subject) {
        bySubject.remove(subject);
    }

    private Optional<MockResponse> answer(RecordedRequest request) {
        String target = request.getTarget();
        if (!request.getMethod().equals("GET") || !target.contains("/referrers/")) {
            return Optional.empty();
        }
        String path = target.replaceFirst("\\?.*", "");
        int first = target.contains("?from=") ? Integer.parseInt(target.replaceFirst(".*\\?from=", "")) : 0;
        String subject = path.substring(path.lastIndexOf('/') + 1);
        var all = bySubject.getOrDefault(subject, Map.of()).values().stream().toList();
        ObjectNode list = Json.MAPPER.createObjectNode().put("schemaVersion", 2).put("mediaType", Manifest.OCI_INDEX);
        ArrayNode manifests = list.putArray("manifests");
        all.stream().skip(first).limit(pageSize).forEach(manifests::add);
        MockResponse.Builder answer = new MockResponse.Builder()
                .setHeader("Content-Type", Manifest.OCI_INDEX)
                .body(list.toString());
        if (all.size() > first + pageSize) {
            answer.setHeader("Link", "<" + path + "?from=" + (first + pageSize) + ">; rel=\"next\"");
        }
        return Optional.of(answer.build());
    }

    private MockResponse learn(RecordedRequest request, MockResponse answer) {
        boolean isManifest = request.getTarget().contains("/manifests/");
        if (!request.getMethod().equals("PUT") || !isManifest || answer.getCode() != 201) {
            return answer;
        }
        byte[] bytes = Objects.requireNonNull(request.getBody()).toByteArray();
        try {
            JsonNode manifest = Json.MAPPER.readTree(bytes);
            String subject = manifest.path("subject").path("digest").asText();
            if (subject.isEmpty()) {
                return answer;
            }
            String type = manifest.path("artifactType").asText();
            ObjectNode one = Json.MAPPER
                    .createObjectNode()
                    .put("mediaType", manifest.path("mediaType").asText())
                    .put("digest", TestImage.digest(bytes))
                    .put("size", bytes.length)
                    .put(
                            "artifactType",
                            type.isEmpty()
                                    ? manifest.path("config").path("mediaType").asText()
                                    : type);
            bySubject
                    .computeIfAbsent(subject, name -> new LinkedHashMap<>())
                    .put(one.path("digest").asText(), one);
            return answer.newBuilder().setHeader("OCI-Subject", subject).build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
