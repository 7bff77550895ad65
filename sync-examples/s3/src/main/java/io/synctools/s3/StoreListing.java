package io.synctools.s3;

import io.synctools.model.ArtifactRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands at one place, as one listing tells it: of each revision a fingerprint over the names, sizes and tags of its
 * objects, and the names of the proofs, which hold the fingerprints that were published. So one request tells whether all
 * that was published is there. Needs the same memory however many files there are. Immutable.
 */
final class StoreListing {
    private static final int SHORT = 32;
    static final int PROOF_LIMIT = 64 << 20;

    /**
     * The name of a proof.
     *
     * @param branch stands for the branch
     * @param declaration stands for artifact, revision, pin and filter
     * @param fingerprint of the objects and the ref that were published
     * @param files how many were declared
     * @param bytes how long they are together
     */
    record ProofName(String branch, String declaration, String fingerprint, long files, long bytes) {
        private static final Pattern TEXT =
                Pattern.compile("([0-9a-f]{32})/([0-9a-f]{32})\\.([0-9a-f]{32})\\.(\\d{1,18})\\.(\\d{1,18})\\.json");

        static Optional<ProofName> parse(String text) {
            Matcher parts = TEXT.matcher(text);
            return parts.matches()
                    ? Optional.of(new ProofName(
                            parts.group(1),
                            parts.group(2),
                            parts.group(3),
                            Long.parseLong(parts.group(4)),
                            Long.parseLong(parts.group(5))))
                    : Optional.empty();
        }

        /** Below the folder of all proofs. */
        String text() {
            return branch + "/" + declaration + "." + fingerprint + "." + files + "." + bytes + ".json";
        }
    }

    /** The objects of one revision, in the order of a listing. */
    static final class Objects {
        private final MessageDigest digest = Signature.digest("SHA-256");
        private long bytes;
        private long count;

        void add(String path, StoreApi.Listed listed) {
            count++;
            bytes += listed.size();
            digest.update((path + "\0" + listed.size() + "\0" + listed.tag() + "\n").getBytes(StandardCharsets.UTF_8));
        }

        /** Stands for names, sizes and tags of all of them; no more are added. */
        String print() {
            return count == 0 ? "" : HexFormat.of().formatHex(digest.digest());
        }
    }

    private final Map<String, String> prints = new HashMap<>();
    private final Map<String, Long> sizes = new TreeMap<>();
    private final Map<String, String> refs = new TreeMap<>();
    private final List<ProofName> proofs = new ArrayList<>();
    private final Set<String> parts = new HashSet<>();
    private boolean leased;

    private StoreListing() {}

    /** Looks. */
    static StoreListing of(StoreApi api, StorePlace place) throws IOException, InterruptedException {
        StoreListing standing = new StoreListing();
        Map<String, Objects> revisions = new HashMap<>();
        api.list(
                place.folder(),
                listed -> standing.add(listed.key().substring(place.folder().length()), listed, revisions));
        revisions.forEach((name, objects) -> {
            standing.prints.put(name, objects.print());
            standing.sizes.put(name, objects.bytes);
        });
        return standing;
    }

    private void add(String name, StoreApi.Listed listed, Map<String, Objects> revisions) {
        int slash = name.indexOf('/');
        if (name.startsWith(StorePlace.REFS)) {
            refs.put(name.substring(StorePlace.REFS.length()), listed.size() + " " + listed.tag());
        } else if (name.startsWith(StorePlace.PROOFS)) {
            ProofName.parse(name.substring(StorePlace.PROOFS.length())).ifPresent(proofs::add);
        } else if (name.startsWith(StorePlace.PARTS)) {
            parts.add(listed.key());
        } else if (name.equals(StorePlace.LEASE)) {
            leased = true;
        } else if (slash > 0 && !name.startsWith(".")) {
            revisions
                    .computeIfAbsent(name.substring(0, slash), any -> new Objects())
                    .add(name.substring(slash + 1), listed);
        }
    }

    /** What stands for a branch in names. */
    static String branch(String name) {
        return hash(name);
    }

    /** What stands for a declaration in names. */
    static String declaration(ArtifactRef pinned, String filter) {
        return hash(pinned.text() + "\n" + pinned.revision() + "\n" + pinned.pin() + "\n" + filter);
    }

    /** What a publication of a revision under a branch stands for, as it is now. */
    String fingerprint(String revision, String branch) {
        return hash(prints.getOrDefault(revision, "") + "\n" + refs.getOrDefault(branch, ""));
    }

    /** Whether a revision and a branch are as they were seen or left before: print of the objects, size and tag of the ref. */
    boolean isAs(String revision, String print, String branch, String ref) {
        return prints.getOrDefault(revision, "").equals(print)
                && refs.getOrDefault(branch, "").equals(ref);
    }

    /** The proof of this declaration, if all that it proves stands there as it was published. */
    Optional<ProofName> proven(ArtifactRef pinned, String filter) {
        String declaration = declaration(pinned, filter);
        String print = fingerprint(StorePlace.revision(pinned), pinned.revision());
        return proofs.stream()
                .filter(proof -> proof.declaration().equals(declaration)
                        && proof.fingerprint().equals(print)
                        && proof.branch().equals(branch(pinned.revision())))
                .findFirst();
    }

    List<ProofName> proofs() {
        return List.copyOf(proofs);
    }

    /** What is proven here, of whichever branch; one that is damaged or gone proves nothing. */
    List<StoreProof> proofs(StoreApi api, StorePlace place) throws IOException, InterruptedException {
        List<StoreProof> read = new ArrayList<>();
        for (ProofName name : proofs) {
            api.get(place.folder() + StorePlace.PROOFS + name.text(), PROOF_LIMIT)
                    .flatMap(small -> StoreProof.parse(small.bytes()))
                    .ifPresent(read::add);
        }
        return read;
    }

    /** The bytes of each revision that has objects, by its folder. */
    Map<String, Long> revisions() {
        return Map.copyOf(sizes);
    }

    /** Size and tag of each ref, by its branch. */
    Map<String, String> refs() {
        return Map.copyOf(refs);
    }

    /** The keys of what tells how far uploads have come. */
    Set<String> parts() {
        return Set.copyOf(parts);
    }

    /** Whether somebody works here, or died at it. */
    boolean isLeased() {
        return leased;
    }

    /** Two looks with equal answers saw the same publications. */
    Object publications() {
        return List.of(Set.copyOf(proofs), Map.copyOf(refs));
    }

    private static String hash(String text) {
        return Signature.sha256(text.getBytes(StandardCharsets.UTF_8)).substring(0, SHORT);
    }
}
