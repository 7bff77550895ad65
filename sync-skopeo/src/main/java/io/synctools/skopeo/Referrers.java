package io.synctools.skopeo;

import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.skopeo.DigestLedger.Written;
import io.synctools.spi.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Brings over what refers to images: manifests that name one as their subject, and the tags in which cosign keeps
 * signatures, attestations and bills of materials; of an image itself, of its platforms' images, and of what came so.
 *
 * <p>All of it is about digests, so only an image that has the digest of its source is looked after. Thread-safe.
 */
final class Referrers {
    private static final int MOST = 10_000;
    private static final List<String> COSIGN = List.of(".sig", ".att", ".sbom");
    private static final Pattern OF_A_DIGEST = Pattern.compile("sha256-[0-9a-f]{64}(?:\\.[a-z]+)?");

    private final RegistryApi api;
    private final ReferrersApi lists;
    private final DigestLedger ledger;
    private final RegistrySource source;
    private final ImageRepository from;
    private final ImageRepository to;
    private final boolean trusting;
    private final Set<String> whole = ConcurrentHashMap.newKeySet();
    private volatile Set<String> tags = Set.of();

    /** @param trusting whether the ledger's word counts for what an image had when it was looked at last */
    Referrers(
            RegistryApi api,
            ReferrersApi lists,
            DigestLedger ledger,
            RegistrySource source,
            ImageRepository from,
            ImageRepository to,
            boolean trusting) {
        this.api = api;
        this.lists = lists;
        this.ledger = ledger;
        this.source = source;
        this.from = from;
        this.to = to;
        this.trusting = trusting;
    }

    /**
     * What is not at the destination.
     *
     * @param tags by their names
     * @param manifests by the digest that they refer to
     */
    private record Missing(Map<String, Descriptor> tags, Map<String, List<Referrer>> manifests) {
        boolean isEmpty() {
            return tags.isEmpty() && manifests.isEmpty();
        }
    }

    /** Copies a manifest as it is, to a reference: a tag with a colon in front, or a digest after an at. */
    @FunctionalInterface
    interface Copy {
        void run(Descriptor manifest, String reference) throws IOException, InterruptedException;
    }

    /** Takes note of which tags the source has. */
    void listed(Listing listing) {
        tags = Stream.concat(listing.entries().stream(), listing.leftOut().stream())
                .map(Entry::path)
                .filter(tag -> OF_A_DIGEST.matcher(tag).matches())
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Whether all that refers to an image is at the destination, where the image is. Manifests cost one request as long as
     * the image has those that it had at the last look, and a tag costs what any tag costs.
     */
    boolean areThere(Descriptor image) throws IOException, InterruptedException {
        if (whole.contains(image.digest())) {
            return true;
        }
        for (String subject : subjects(image, !tags.isEmpty(), to)) {
            for (Map.Entry<String, Descriptor> tag : cosign(subject).entrySet()) {
                if (!stands(tag.getKey(), tag.getValue())) {
                    return false;
                }
            }
        }
        boolean known = trusting && ledger.written(to, key(image)).equals(Optional.of(asTheyAre(image)));
        if (!known && !missing(image).isEmpty()) {
            return false;
        }
        remember(image);
        return true;
    }

    /** Brings what is missing to the destination, where the image is under its digest. */
    void copy(Descriptor image, Copy copy) throws IOException, InterruptedException {
        Missing missing = missing(image);
        for (Map.Entry<String, List<Referrer>> referrers : missing.manifests.entrySet()) {
            for (Referrer one : referrers.getValue()) {
                copy.run(one.manifest(), "@" + one.manifest().digest());
            }
            lists.add(to, referrers.getKey(), referrers.getValue());
        }
        for (Map.Entry<String, Descriptor> tag : missing.tags.entrySet()) {
            copy.run(tag.getValue(), ":" + tag.getKey());
        }
        remember(image);
    }

    /** Says what stays behind, because the destination has given the image another digest. */
    void tellLeftOut(String tag, Descriptor image, Progress progress) throws IOException, InterruptedException {
        int count = 0;
        for (String subject : subjects(image, !tags.isEmpty(), from)) {
            count += cosign(subject).size() + referrers(subject).size();
        }
        if (count > 0) {
            progress.note(tag + ": what refers to it (" + count + " of signatures and the like) is left out: "
                    + to.host() + " has it under another digest, of which they say nothing");
        }
    }

    private void remember(Descriptor image) throws IOException, InterruptedException {
        Written now = asTheyAre(image);
        if (image.isList() || !referrers(image.digest()).isEmpty()) {
            ledger.remember(to, key(image), now);
        }
        whole.add(image.digest());
    }

    /** No tag can be called so. */
    private static String key(Descriptor image) {
        return "@" + image.digest();
    }

    /** What the ledger keeps of the manifests that refer to an image: where they are from, and which. */
    private Written asTheyAre(Descriptor image) throws IOException, InterruptedException {
        String all = referrers(image.digest()).stream()
                .map(one -> one.manifest().digest())
                .sorted()
                .collect(Collectors.joining("\n"));
        String hash = RegistryApi.digest("sha256:", all.getBytes(StandardCharsets.UTF_8));
        return new Written(from.toString(), hash, hash);
    }

    private List<Referrer> referrers(String digest) throws IOException, InterruptedException {
        return source.referrers(from, digest, tags.contains(ReferrersApi.tag(digest)));
    }

    /** The image, and those of its platforms where they may matter. */
    private List<String> subjects(Descriptor image, boolean platforms, ImageRepository where)
            throws IOException, InterruptedException {
        List<String> subjects = new ArrayList<>(List.of(image.digest()));
        if (platforms && image.isList()) {
            api.manifest(where, image.digest()).parts().forEach(child -> subjects.add(child.digest()));
        }
        return subjects;
    }

    /** Cosign's tags about a digest, as they stand at the source. */
    private Map<String, Descriptor> cosign(String digest) throws IOException, InterruptedException {
        Map<String, Descriptor> found = new LinkedHashMap<>();
        for (String kind : COSIGN) {
            String tag = ReferrersApi.tag(digest) + kind;
            if (tags.contains(tag)) {
                found.put(tag, source.inspect(from, tag));
            }
        }
        return found;
    }

    private boolean stands(String tag, Descriptor wanted) throws IOException, InterruptedException {
        Optional<Descriptor> found = api.head(to, tag);
        return found.isPresent() && found.get().digest().equals(wanted.digest());
    }

    private Missing missing(Descriptor image) throws IOException, InterruptedException {
        Missing missing = new Missing(new LinkedHashMap<>(), new LinkedHashMap<>());
        Deque<String> open = new ArrayDeque<>(subjects(image, true, to));
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty()) {
            String subject = open.remove();
            if (!seen.add(subject)) {
                continue;
            }
            if (seen.size() > MOST) {
                throw new SyncException(
                        FailureKind.INCOMPATIBLE,
                        "more than " + MOST + " manifests refer to " + from + "@" + image.digest());
            }
            for (Map.Entry<String, Descriptor> tag : cosign(subject).entrySet()) {
                if (!stands(tag.getKey(), tag.getValue())) {
                    missing.tags.put(tag.getKey(), tag.getValue());
                }
                open.add(tag.getValue().digest());
            }
            List<Referrer> wanted = referrers(subject);
            if (!wanted.isEmpty()) {
                Set<String> there = lists.list(to, subject, true).stream()
                        .map(one -> one.manifest().digest())
                        .collect(Collectors.toSet());
                List<Referrer> absent = wanted.stream()
                        .filter(one -> !there.contains(one.manifest().digest()))
                        .toList();
                if (!absent.isEmpty()) {
                    missing.manifests.put(subject, absent);
                }
                wanted.forEach(one -> open.add(one.manifest().digest()));
            }
        }
        return missing;
    }
}
