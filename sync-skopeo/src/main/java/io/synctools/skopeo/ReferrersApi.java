package io.synctools.skopeo;

import io.synctools.internal.http.HttpResponse;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks registries what refers to a manifest: by their API for it, else in the list under the tag that the specification of
 * OCI's distribution has for registries without it.
 *
 * <p>Thread-safe. Does not retry.
 */
final class ReferrersApi {
    private static final int MOST = 10_000;

    /** What registries without the API answer. */
    private static final Set<Integer> UNKNOWN = Set.of(400, 404, 405, 406);

    private final RegistryApi api;
    private final Map<ImageRepository, Support> supports = new ConcurrentHashMap<>();

    ReferrersApi(RegistryApi api) {
        this.api = api;
    }

    /** Whether a repository's registry has the API; the first who asks asks for all. */
    private static final class Support {
        final ReentrantLock first = new ReentrantLock();
        volatile boolean known;
        volatile boolean absent;
    }

    /** The tag that lists what refers to a digest where there is no API; other tags about a digest begin so. */
    static String tag(String digest) {
        String tag = digest.replace(':', '-');
        return tag.substring(0, Math.min(tag.length(), "sha256-".length() + 64));
    }

    /**
     * What refers to a manifest.
     *
     * @param mayHaveTag whether there may be a list under a tag
     */
    List<Referrer> list(ImageRepository repository, String digest, boolean mayHaveTag)
            throws IOException, InterruptedException {
        Optional<List<Referrer>> told = told(repository, digest);
        if (told.isPresent()) {
            return told.get();
        }
        return mayHaveTag ? tagged(repository, digest) : List.of();
    }

    /**
     * Has a manifest list those that refer to it and were just written: a registry with the API does it by itself.
     *
     * @param more what refers to it
     */
    void add(ImageRepository repository, String digest, List<Referrer> more) throws IOException, InterruptedException {
        if (told(repository, digest).isPresent()) {
            return;
        }
        Map<String, Referrer> all = new LinkedHashMap<>();
        tagged(repository, digest).forEach(one -> all.put(one.manifest().digest(), one));
        more.forEach(one -> all.put(one.manifest().digest(), one));
        try {
            api.put(repository, tag(digest), Manifest.OCI_INDEX, Referrer.list(List.copyOf(all.values())));
        } catch (SyncException e) {
            if (e.kind() != FailureKind.OTHER) {
                throw e;
            }
            throw new SyncException(
                    FailureKind.INCOMPATIBLE,
                    e.getMessage()
                            + "; it has no API for what refers to an image, and takes no list of it either: leave"
                            + " \"referrers\" out of that rule",
                    false,
                    e);
        }
    }

    /** What the API says; empty where there is none. */
    private Optional<List<Referrer>> told(ImageRepository repository, String digest)
            throws IOException, InterruptedException {
        Support support = supports.computeIfAbsent(repository, name -> new Support());
        if (support.known) {
            return support.absent ? Optional.empty() : ask(repository, digest);
        }
        support.first.lockInterruptibly();
        try {
            Optional<List<Referrer>> told = support.absent ? Optional.empty() : ask(repository, digest);
            support.absent = told.isEmpty();
            support.known = true;
            return told;
        } finally {
            support.first.unlock();
        }
    }

    private Optional<List<Referrer>> ask(ImageRepository repository, String digest)
            throws IOException, InterruptedException {
        String path = repository.path() + "/referrers/" + digest;
        List<Referrer> all = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Optional<String> page = Optional.of(path);
        while (page.isPresent()) {
            if (!seen.add(page.get()) || all.size() > MOST) {
                throw new SyncException(
                        FailureKind.INCOMPATIBLE,
                        "the list of what refers to " + repository + "@" + digest + " does not end");
            }
            try (HttpResponse answer = api.send("GET", repository, page.get())) {
                if (seen.size() == 1 && UNKNOWN.contains(answer.status())) {
                    return Optional.empty();
                }
                api.requireOk(answer, repository, "asking what refers to " + repository + "@" + digest);
                all.addAll(Referrer.parse(RegistryApi.bytes(answer, repository, digest)));
                page = RegistryApi.nextPage(answer, path);
            }
        }
        return Optional.of(List.copyOf(all));
    }

    /** What the list under the tag says; nothing where there is none. */
    private List<Referrer> tagged(ImageRepository repository, String digest) throws IOException, InterruptedException {
        String path = repository.path() + "/manifests/" + tag(digest);
        try (HttpResponse answer = api.send("GET", repository, path)) {
            if (answer.status() == 404) {
                return List.of();
            }
            api.requireOk(answer, repository, "reading " + repository + ":" + tag(digest));
            return Referrer.parse(RegistryApi.bytes(answer, repository, tag(digest)));
        }
    }
}
