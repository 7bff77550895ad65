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
import io.synctools.skopeo.ModelManifest.Layer;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What a namespace of a registry holds of models and datasets. A revision is a manifest, known by its digest. */
final class OciMirror implements RemoteMirror {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern ARTIFACT = Pattern.compile("(?:models|datasets)/.+");
    private static final String ANY = "models/any";
    private static final int PAGES = 1000;

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
        Set<String> names;
        try {
            names = api.tags(repository).names();
        } catch (SyncException e) {
            if (e.kind() == FailureKind.NOT_FOUND) {
                return List.of(); // all of it was removed
            }
            throw e;
        }
        for (String tag : names) {
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

    @Override
    public List<Entry> files(RemoteRevision revision) throws IOException, InterruptedException {
        TagState standing = TagState.at(blobs, repository(revision), revision.id());
        List<Entry> files = new ArrayList<>();
        for (Layer layer : standing.manifest().map(ModelManifest::layers).orElse(List.of())) {
            files.add(Entry.file(layer.path(), layer.blob().size(), layer.checksum()));
        }
        return files;
    }

    @Override
    public Optional<Finding> fault(RemoteRevision revision, Entry file) throws IOException, InterruptedException {
        String digest = file.checksum().orElseThrow().toString();
        return blobs.has(repository(revision), digest, file.size())
                ? Optional.empty()
                : Optional.of(new Finding(
                        Finding.Kind.MISSING,
                        file.path(),
                        "the registry has no blob " + digest + " of " + file.size() + " bytes"));
    }

    @Override
    public void remove(RemoteRevision revision) throws IOException, InterruptedException {
        blobs.removeManifest(repository(revision), revision.id());
    }
}
