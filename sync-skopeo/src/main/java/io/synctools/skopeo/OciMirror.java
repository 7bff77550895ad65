package io.synctools.skopeo;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.file.Proof;
import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.json.Json;
import io.synctools.mirror.Finding;
import io.synctools.mirror.RemoteMirror;
import io.synctools.mirror.RemoteRevision;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.skopeo.ModelManifest.Blob;
import io.synctools.skopeo.ModelManifest.Layer;
import io.synctools.skopeo.ModelManifest.Member;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What a namespace of a registry holds of models and datasets. A revision is a manifest, known by its digest. */
final class OciMirror implements RemoteMirror {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern ARTIFACT = Pattern.compile("(?:models|datasets)/.+");
    private static final String ANY = "models/any";
    private static final int PAGES = 1000;

    /** Attributes of an entry: the blob that holds the file. */
    private static final String LAYER = "layer";

    private static final String SIZE = "layer-size";

    private final RegistryApi api;
    private final Blobs blobs;
    private final ArtifactRef place;

    OciMirror(RunContext context, ArtifactRef place) {
        this.api = RegistryApi.of(context);
        this.blobs = new Blobs(api);
        this.place = place;
    }

    @Override
    public String address() {
        return place.scheme() + "://" + place.name();
    }

    @Override
    public List<RemoteRevision> revisions() throws IOException, InterruptedException {
        List<RemoteRevision> all = new ArrayList<>();
        for (ImageRepository repository : repositories()) {
            all.addAll(revisions(repository));
        }
        return all;
    }

    /** What the registry lists below our namespace. */
    private List<ImageRepository> repositories() throws IOException, InterruptedException {
        ImageRepository any = OciPlace.of(ArtifactRef.of(place.scheme(), place.name() + "/" + ANY))
                .repository();
        String prefix = any.path().substring(0, any.path().length() - ANY.length());
        Set<String> paths = new TreeSet<>();
        Optional<String> page = Optional.of("_catalog?n=100");
        for (int pages = 0; page.isPresent() && pages < PAGES; pages++) {
            try (HttpResponse answer = api.send("GET", any, page.get())) {
                if (!answer.ok()) {
                    throw new SyncException(
                            FailureKind.INCOMPATIBLE,
                            any.host() + " does not tell which repositories it has (status " + answer.status()
                                    + " of its catalog); name a flow, whose lists tell them");
                }
                JsonNode names = Json.MAPPER.readTree(answer.text(4 << 20)).path("repositories");
                names.forEach(name -> paths.add(name.asText()));
                page = RegistryApi.nextPage(answer, "_catalog");
            }
        }
        return paths.stream()
                .filter(path -> path.startsWith(prefix)
                        && ARTIFACT.matcher(path.substring(prefix.length())).matches())
                .map(path -> new ImageRepository(any.host(), path))
                .toList();
    }

    @Override
    public List<RemoteRevision> revisions(SyncItem item) throws IOException, InterruptedException {
        return revisions(OciPlace.of(item.to()).repository());
    }

    private List<RemoteRevision> revisions(ImageRepository repository) throws IOException, InterruptedException {
        Map<String, Set<String>> tags = new LinkedHashMap<>();
        Map<String, Optional<Proof>> proofs = new HashMap<>();
        for (String tag : tags(repository)) {
            if (tag.equals(ImageSession.UNFINISHED)) {
                continue;
            }
            TagState standing = TagState.at(blobs, repository, tag);
            if (!standing.digest().isEmpty()) {
                proofs.put(standing.digest(), standing.manifest().flatMap(ModelManifest::proof));
                tags.computeIfAbsent(standing.digest(), any -> new TreeSet<>()).add(tag);
            }
        }
        List<RemoteRevision> revisions = new ArrayList<>();
        tags.forEach((digest, of) ->
                revisions.add(revision(repository, digest, proofs.getOrDefault(digest, Optional.empty()), of)));
        return revisions;
    }

    private Set<String> tags(ImageRepository repository) throws IOException, InterruptedException {
        try {
            return api.tags(repository).names();
        } catch (SyncException e) {
            if (e.kind() == FailureKind.NOT_FOUND) {
                return Set.of(); // all of it was removed
            }
            throw e;
        }
    }

    private RemoteRevision revision(
            ImageRepository repository, String digest, Optional<Proof> proof, Set<String> tags) {
        Set<String> names = new TreeSet<>(tags);
        names.removeIf(tag -> COMMIT.matcher(tag).matches());
        return new RemoteRevision(place.scheme() + ":" + repository, digest, names, proof);
    }

    @Override
    public Optional<RemoteRevision> published(SyncItem item) throws IOException, InterruptedException {
        OciPlace at = OciPlace.of(item.to());
        TagState standing = TagState.at(blobs, at.repository(), at.pointer());
        Optional<Proof> proof = standing.manifest()
                .flatMap(ModelManifest::proof)
                .filter(head -> head.from().equals(item.from().text())
                        && head.filter().equals(item.filter().text()));
        return proof.map(head -> revision(at.repository(), standing.digest(), Optional.of(head), Set.of(at.pointer())));
    }

    private static ImageRepository repository(RemoteRevision revision) {
        return ImageRepository.parse(revision.to().substring(revision.to().indexOf(':') + 1));
    }

    /** None where something is not there without which nobody can read them. */
    @Override
    public List<Entry> files(RemoteRevision revision) throws IOException, InterruptedException {
        ImageRepository repository = repository(revision);
        Optional<ModelManifest> manifest =
                TagState.withFiles(blobs, repository, revision.id()).manifest();
        if (manifest.isEmpty() || !hasParts(repository, manifest.get())) {
            return List.of();
        }
        List<Entry> files = new ArrayList<>();
        for (Layer layer : manifest.get().layers()) {
            Blob blob = layer.blob();
            Map<String, String> at = Map.of(LAYER, blob.digest(), SIZE, Long.toString(blob.size()));
            for (Member file : layer.members()) {
                files.add(new Entry(file.path(), file.size(), Optional.of(file.checksum()), at));
            }
        }
        return files;
    }

    private boolean hasParts(ImageRepository repository, ModelManifest manifest)
            throws IOException, InterruptedException {
        for (Blob part : manifest.parts()) {
            boolean there = manifest.isImage()
                    ? hasPlatform(repository, part.digest())
                    : blobs.has(repository, part.digest(), part.size());
            if (!there) {
                return false;
            }
        }
        return true;
    }

    private boolean hasPlatform(ImageRepository repository, String digest) throws IOException, InterruptedException {
        Optional<ModelManifest> platform =
                TagState.at(blobs, repository, digest).manifest();
        return platform.isPresent() && hasParts(repository, platform.get());
    }

    @Override
    public Optional<Finding> fault(RemoteRevision revision, Entry file) throws IOException, InterruptedException {
        String digest = Objects.requireNonNull(file.attributes().get(LAYER));
        long size = Long.parseLong(file.attributes().getOrDefault(SIZE, "-1"));
        OptionalLong found = blobs.size(repository(revision), digest, size);
        if (found.isEmpty()) {
            return Optional.of(new Finding(Finding.Kind.MISSING, file.path(), "the registry has no blob " + digest));
        }
        return found.getAsLong() == size
                ? Optional.empty()
                : Optional.of(new Finding(
                        Finding.Kind.DAMAGED,
                        file.path(),
                        "the registry's blob " + digest + " has " + found.getAsLong() + " bytes instead of " + size));
    }

    @Override
    public void remove(RemoteRevision revision) throws IOException, InterruptedException {
        ImageRepository repository = repository(revision);
        Optional<ModelManifest> index =
                TagState.at(blobs, repository, revision.id()).manifest().filter(ModelManifest::isImage);
        blobs.removeManifest(repository, revision.id());
        if (index.isPresent()) {
            removeParts(repository, index.get());
        }
    }

    /** Removes the manifests of an index that is removed: they have no tags, and would keep their layers for ever. */
    private void removeParts(ImageRepository repository, ModelManifest index) throws IOException, InterruptedException {
        Set<String> named = new TreeSet<>();
        for (String tag : tags(repository)) {
            TagState.at(blobs, repository, tag).manifest().ifPresent(other -> other.parts()
                    .forEach(part -> named.add(part.digest())));
        }
        for (Blob part : index.parts()) {
            if (!named.contains(part.digest())) {
                blobs.removeManifest(repository, part.digest());
            }
        }
    }
}
