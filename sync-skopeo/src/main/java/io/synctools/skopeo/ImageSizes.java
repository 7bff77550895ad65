package io.synctools.skopeo;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.json.Json;
import io.synctools.internal.retry.Retrier;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncException;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How much the tags of image repositories hold, as their manifests tell. Where a registry counts pulls, and reading a
 * manifest is one, at most half of those that are left are used for it.
 *
 * <p>Not thread-safe.
 */
public final class ImageSizes {
    private static final int DEPTH = 3;

    private final RegistryApi api;
    private final Retrier retrier;

    private ImageSizes(RunContext context) {
        api = RegistryApi.of(context);
        retrier = Retrier.of(context);
    }

    /** The sizes of a run's repositories. */
    public static ImageSizes of(RunContext context) {
        return new ImageSizes(context);
    }

    /**
     * What was found.
     *
     * @param bytes of each tag: what it adds to those before it; a tag that is missing here is of unknown size
     * @param note what reading it cost where that is counted
     */
    public record Sizes(Map<String, Long> bytes, Optional<String> note) {
        public Sizes {
            bytes = Map.copyOf(bytes);
        }
    }

    /**
     * Asks for all manifests of some tags.
     *
     * @throws SyncException if that fails
     */
    public Sizes of(ArtifactRef ref, Collection<String> tags) throws InterruptedException {
        ImageRepository repository = ImageRepository.of(ref);
        Map<String, Long> bytes = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        int reads = 0;
        Optional<Integer> most = Optional.empty();
        for (String tag : tags) {
            if (bytes.isEmpty()) {
                retrier.call(
                        "look at " + repository, () -> api.head(repository, tag)); // costs nothing, and tells a quota
                most = api.quota(repository).map(quota -> quota.remaining() / 2);
            }
            if (most.isPresent() && reads >= most.get()) {
                break;
            }
            Tree tree = new Tree(repository, seen);
            bytes.put(tag, tree.bytes(tag, DEPTH));
            reads += tree.reads;
        }
        int asked = reads;
        return new Sizes(
                bytes,
                api.quota(repository)
                        .map(quota -> repository.host() + " counts pulls: " + asked
                                + " were made to learn the sizes of " + bytes.size() + " of " + tags.size()
                                + " tags of " + repository.path() + "; " + quota));
    }

    /** The manifests below one tag. */
    private final class Tree {
        private final ImageRepository repository;
        private final Set<String> seen;
        private int reads;

        Tree(ImageRepository repository, Set<String> seen) {
            this.repository = repository;
            this.seen = seen;
        }

        long bytes(String reference, int depth) throws InterruptedException {
            JsonNode manifest = retrier.call("read " + repository + ":" + reference, () -> read(reference));
            reads++;
            long sum = blob(manifest.path("config"));
            for (JsonNode layer : manifest.path("layers")) {
                sum += blob(layer);
            }
            Deque<String> children = new ArrayDeque<>();
            for (JsonNode child : manifest.path("manifests")) {
                String digest = child.path("digest").asText();
                if (depth > 0 && Manifest.DIGEST.matcher(digest).matches() && seen.add(digest)) {
                    children.add(digest);
                }
            }
            while (!children.isEmpty()) {
                sum += bytes(children.remove(), depth - 1);
            }
            return sum;
        }

        private long blob(JsonNode descriptor) {
            String digest = descriptor.path("digest").asText();
            return digest.isEmpty() || !seen.add(digest)
                    ? 0
                    : Math.max(0, descriptor.path("size").asLong());
        }

        private JsonNode read(String reference) throws IOException, InterruptedException {
            try (HttpResponse answer = api.send("GET", repository, repository.path() + "/manifests/" + reference)) {
                api.requireOk(answer, repository, "reading " + repository + ":" + reference);
                return Json.MAPPER.readTree(RegistryApi.bytes(answer, repository, reference));
            }
        }
    }
}
