package io.synctools.s3;

import io.synctools.mirror.Finding;
import io.synctools.mirror.RemoteMirror;
import io.synctools.mirror.RemoteRevision;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.SyncItem;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What lies below a prefix of a bucket: repositories, their revisions, and what is proven of them. Thread-safe. */
final class StoreMirror implements RemoteMirror {
    private static final int REF_LIMIT = 4096;

    /** Ours say so by what lies in them; others' are known by the shape of their keys. */
    private static final Pattern OURS = Pattern.compile("((?:models|datasets)/.+?)/\\.sync-tools/.+");

    private static final Pattern SHAPE = Pattern.compile("((?:models|datasets)/[^/]+/[^/]+)/[^/]+/.+");

    private final RunContext context;
    private final StoreApi api;
    private final ArtifactRef place;
    private final String prefix;
    private final Map<String, StoreProof> proofs = new ConcurrentHashMap<>();
    private final Map<StoreProof, Map<String, ObjectFacts>> facts = new ConcurrentHashMap<>();

    StoreMirror(RunContext context, ArtifactRef place) {
        this.context = context;
        this.place = place;
        int slash = place.name().indexOf('/');
        String bucket = slash < 0 ? place.name() : place.name().substring(0, slash);
        this.prefix = slash < 0 ? "" : place.name().substring(slash + 1) + "/";
        this.api = new StoreTarget(context, StoreTarget.PART, StoreTarget.COPIED_WHOLE).api(bucket);
    }

    @Override
    public String address() {
        return place.scheme() + "://" + place.name();
    }

    @Override
    public List<RemoteRevision> revisions() throws IOException, InterruptedException {
        Set<String> names = new TreeSet<>();
        api.list(prefix, listed -> {
            String key = listed.key().substring(prefix.length());
            for (Pattern known : List.of(OURS, SHAPE)) {
                Matcher parts = known.matcher(key);
                if (parts.matches()) {
                    names.add(parts.group(1));
                    return;
                }
            }
        });
        // What lies inside one of ours is no repository of its own.
        Set<String> repositories = names.stream()
                .filter(name -> names.stream().noneMatch(other -> name.startsWith(other + "/")))
                .collect(Collectors.toCollection(TreeSet::new));
        List<RemoteRevision> all = new ArrayList<>();
        for (String name : repositories) {
            all.addAll(revisions(ArtifactRef.of(place.scheme(), place.name() + "/" + name)));
        }
        return all;
    }

    @Override
    public List<RemoteRevision> revisions(SyncItem item) throws IOException, InterruptedException {
        return revisions(item.to());
    }

    private List<RemoteRevision> revisions(ArtifactRef destination) throws IOException, InterruptedException {
        StorePlace at = StorePlace.of(destination);
        StoreListing standing = StoreListing.of(api, at);
        List<StoreProof> all = standing.proofs(api, at);
        Map<String, Set<String>> names = new TreeMap<>();
        for (String branch : standing.refs().keySet()) {
            target(at, branch).ifPresent(folder -> names.computeIfAbsent(folder, any -> new HashSet<>())
                    .add(branch));
        }
        Set<String> folders = new TreeSet<>(standing.revisions().keySet());
        all.forEach(proof -> folders.add(proof.folder())); // of which every object may be gone
        List<RemoteRevision> revisions = new ArrayList<>();
        for (String folder : folders) {
            Optional<StoreProof> proof = all.stream()
                    .filter(one -> one.folder().equals(folder))
                    .max(Comparator.comparing(StoreProof::published));
            revisions.add(revision(destination, folder, names.getOrDefault(folder, Set.of()), proof));
        }
        return revisions;
    }

    private RemoteRevision revision(
            ArtifactRef destination, String folder, Set<String> names, Optional<StoreProof> proof) {
        proof.ifPresent(one -> proofs.put(destination.text() + " " + folder, one));
        return new RemoteRevision(destination.text(), folder, names, proof.map(StoreProof::head));
    }

    /** The revision that a branch names. */
    private Optional<String> target(StorePlace at, String branch) throws IOException, InterruptedException {
        return api.get(at.folder() + StorePlace.REFS + branch, REF_LIMIT)
                .map(ref -> new String(ref.bytes(), StandardCharsets.UTF_8).strip());
    }

    @Override
    public Optional<RemoteRevision> published(SyncItem item) throws IOException, InterruptedException {
        StorePlace at = StorePlace.of(item.to());
        String declared = item.from().revision();
        List<StoreProof> meant = StoreListing.of(api, at).proofs(api, at).stream()
                .filter(proof -> proof.from().equals(item.from().text())
                        && proof.filter().equals(item.filter().text())
                        && (declared.isEmpty() || proof.revision().equals(declared)))
                .sorted(Comparator.comparing(StoreProof::published).reversed())
                .toList();
        for (StoreProof proof : meant) {
            if (target(at, proof.revision()).equals(Optional.of(proof.folder()))) {
                ArtifactRef bare = ArtifactRef.of(item.to().scheme(), item.to().name());
                return Optional.of(revision(bare, proof.folder(), Set.of(proof.revision()), Optional.of(proof)));
            }
        }
        return Optional.empty();
    }

    private Optional<StoreProof> proof(RemoteRevision revision) {
        return Optional.ofNullable(proofs.get(revision.to() + " " + revision.id()));
    }

    private static Map<String, ObjectFacts> byPath(StoreProof proof) {
        return proof.files().stream().collect(Collectors.toMap(StoreProof.File::path, StoreProof.File::facts));
    }

    private StorePlace at(RemoteRevision revision) {
        return StorePlace.of(ArtifactRef.of(
                place.scheme(), revision.to().substring(revision.to().indexOf(':') + 1)));
    }

    @Override
    public List<Entry> files(RemoteRevision revision) {
        return proof(revision).map(StoreProof::files).orElse(List.of()).stream()
                .map(file -> Entry.file(file.path(), file.facts().size(), file.declared()))
                .toList();
    }

    @Override
    public Optional<Finding> fault(RemoteRevision revision, Entry file) throws IOException, InterruptedException {
        Optional<ObjectFacts> proven = proof(revision)
                .flatMap(proof -> Optional.ofNullable(
                        facts.computeIfAbsent(proof, StoreMirror::byPath).get(file.path())));
        Optional<ObjectFacts> found = api.head(at(revision).file(revision.id(), file.path()));
        if (found.isEmpty()) {
            return Optional.of(new Finding(Finding.Kind.MISSING, file.path(), "it is not there"));
        }
        if (proven.isEmpty()) {
            return Optional.of(
                    new Finding(Finding.Kind.MISSING, file.path(), "it is there, and no proof says what it should be"));
        }
        return difference(found.get(), proven.get())
                .map(difference -> new Finding(Finding.Kind.DAMAGED, file.path(), difference));
    }

    private static Optional<String> difference(ObjectFacts now, ObjectFacts then) {
        if (now.size() != then.size()) {
            return Optional.of("it has " + now.size() + " bytes instead of " + then.size());
        }
        if (!now.checksum().isEmpty()
                && !then.checksum().isEmpty()
                && !now.checksum().equals(then.checksum())) {
            return Optional.of("its checksum is " + now.checksum() + " instead of " + then.checksum());
        }
        return now.tag().equals(then.tag())
                ? Optional.empty()
                : Optional.of("its ETag is " + now.tag() + " instead of " + then.tag());
    }

    @Override
    public void remove(RemoteRevision revision) throws IOException, InterruptedException {
        StorePlace at = at(revision);
        try (StoreLease lease = StoreLease.take(api, at, context, text -> {})) {
            StoreListing standing = StoreListing.of(api, at);
            List<String> keys = new ArrayList<>();
            for (String branch : standing.refs().keySet()) {
                if (target(at, branch).equals(Optional.of(revision.id()))) {
                    keys.add(at.folder() + StorePlace.REFS + branch);
                }
            }
            api.list(at.file(revision.id(), ""), listed -> keys.add(listed.key()));
            Set<String> others = new HashSet<>(standing.revisions().keySet());
            others.remove(revision.id());
            if (others.isEmpty()) {
                keys.addAll(standing.parts());
                for (StoreApi.Begun begun : api.uploads(at.folder())) {
                    api.abort(begun.key(), begun.id());
                }
            }
            lease.confirm();
            api.deleteAll(keys); // pointers first
            // Proofs last: what is left by a prune that was killed is known to be ours.
            List<String> proven = new ArrayList<>();
            for (StoreListing.ProofName name : standing.proofs()) {
                String key = at.folder() + StorePlace.PROOFS + name.text();
                boolean ofIt = api.get(key, StoreListing.PROOF_LIMIT)
                        .flatMap(small -> StoreProof.parse(small.bytes()))
                        .filter(proof -> proof.folder().equals(revision.id()))
                        .isPresent();
                if (ofIt) {
                    proven.add(key);
                }
            }
            api.deleteAll(proven);
        }
    }
}
