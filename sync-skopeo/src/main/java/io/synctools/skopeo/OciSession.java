package io.synctools.skopeo;

import io.synctools.file.ContentKey;
import io.synctools.file.Proof;
import io.synctools.internal.text.Printable;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.skopeo.ModelManifest.Blob;
import io.synctools.skopeo.ModelManifest.Layer;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.HttpUrl;

/** Brings the files of one listing into one repository of a registry, and then the manifest that names them. */
final class OciSession implements Session {
    /** Up to here a file goes in one request, from memory. */
    private static final int SMALL = 512 * 1024;

    private static final String UNKNOWN = "sha256:" + "0".repeat(64);

    private final OciReplica replica;
    private final ArtifactRef pinned;
    private final boolean preview;
    private final ImageRepository repository;
    private final Blobs blobs;
    private final String standing;

    /** What the manifest before names, which the registry therefore keeps. */
    private final Set<String> kept = new HashSet<>();

    private final Set<String> paths = new HashSet<>();

    /** The digests of files of which the hub tells no SHA-256, by what it tells. */
    private final Map<Checksum, String> learnt = new HashMap<>();

    /** The digests of files that are there, by path. */
    private final Map<String, String> settled = new ConcurrentHashMap<>();

    /** @param before what the pointer names when the comparison begins */
    OciSession(OciReplica replica, ArtifactRef pinned, TagState before, boolean preview) {
        this.replica = replica;
        this.pinned = pinned;
        this.preview = preview;
        this.repository = replica.place().repository();
        this.blobs = replica.target().blobs();
        this.standing = before.digest();
        before.manifest().ifPresent(manifest -> manifest.layers().forEach(layer -> {
            paths.add(layer.path());
            kept.add(layer.blob().digest());
            layer.told().ifPresent(told -> learnt.put(told, layer.blob().digest()));
        }));
    }

    /** How large the manifest of a listing will be, in bytes. */
    long sizeOf(Listing listing) throws IOException {
        return manifest(listing, new Blob(ModelManifest.CONFIG_TYPE, UNKNOWN, Long.MAX_VALUE))
                .bytes()
                .length;
    }

    @Override
    public Presence check(Entry entry) throws IOException, InterruptedException {
        Optional<String> digest = digest(entry);
        if (digest.isPresent() && isThere(digest.get(), entry.size())) {
            settled.put(entry.path(), digest.get());
            return Presence.SAME;
        }
        return paths.contains(entry.path()) ? Presence.DIFFERENT : Presence.ABSENT;
    }

    /** What the file's bytes hash to, as far as that is known before they are here. */
    private Optional<String> digest(Entry entry) {
        Optional<String> declared = entry.checksum()
                .filter(sum -> sum.algorithm() == Checksum.Algorithm.SHA256)
                .map(Checksum::toString);
        return declared.or(() -> Optional.ofNullable(learnt.get(ContentKey.of(pinned, entry))));
    }

    private boolean isThere(String digest, long size) throws IOException, InterruptedException {
        return (kept.contains(digest) && !replica.target().verifies()) || blobs.has(repository, digest, size);
    }

    /** Nothing: a registry does not tell how much room it has. */
    @Override
    public void reserve(List<Entry> missing) {}

    @Override
    public void pull(Entry entry, Progress progress) throws IOException, InterruptedException {
        if (settled.containsKey(entry.path())) {
            return;
        }
        if (entry.size() < 0) {
            throw new SyncException(
                    FailureKind.INCOMPATIBLE,
                    pinned + ": the hub lists no size for " + Printable.name(entry.path())
                            + "; it could not be verified, so it is not fetched");
        }
        Optional<String> known = digest(entry);
        if (known.isPresent() && blobs.has(repository, known.get(), entry.size())) {
            settled.put(
                    entry.path(),
                    known.get()); // another file of the same content, or a try that was given up too early
            return;
        }
        try {
            settled.put(entry.path(), bring(entry, progress));
        } catch (WrongBytesException first) {
            try {
                settled.put(entry.path(), bring(entry, progress));
            } catch (WrongBytesException again) {
                throw new SyncException(
                        FailureKind.CHECKSUM,
                        pinned + ": " + again.getMessage()
                                + ", twice; thrown away; the hub, the registry or something on the way is at fault, try"
                                + " again later",
                        true,
                        again);
            }
        }
    }

    /**
     * Brings a file. Who tries again would take the time for which an upload had worked for time in vain, and give up: so one
     * that breaks after long work starts again here, as often as the run says.
     */
    private String bring(Entry entry, Progress progress) throws IOException, InterruptedException {
        OciTarget target = replica.target();
        for (int restarts = 0; ; restarts++) {
            long begin = target.time().nanos();
            try {
                return bringOnce(entry, progress);
            } catch (WrongBytesException e) {
                throw e;
            } catch (IOException e) {
                long worked = target.time().nanos() - begin;
                if (worked <= target.patience().toNanos() || restarts >= target.restarts()) {
                    throw e;
                }
            }
            Optional<String> known = digest(entry);
            if (known.isPresent() && blobs.has(repository, known.get(), entry.size())) {
                return known.get(); // the answer alone was lost
            }
        }
    }

    private String bringOnce(Entry entry, Progress progress) throws IOException, InterruptedException {
        OciTarget target = replica.target();
        try (FileBytes bytes =
                new FileBytes(replica.source(), pinned, entry, progress, target.retrier(), target.bandwidth())) {
            FileUpload upload = new FileUpload(bytes, entry);
            if (entry.size() <= SMALL) {
                byte[] all = upload.all();
                String digest = upload.digest();
                blobs.put(repository, digest, all);
                return digest;
            }
            return stream(upload);
        }
    }

    /**
     * A broken upload starts again: its address is known to whoever began it alone, and registries end it with the
     * connection that broke.
     */
    private String stream(FileUpload upload) throws IOException, InterruptedException {
        HttpUrl location = blobs.begin(repository);
        boolean done = false;
        try {
            try {
                location = blobs.send(repository, location, upload);
            } catch (IOException e) {
                upload.rethrow();
                throw e;
            }
            String digest = upload.digest();
            blobs.finish(repository, location, digest);
            done = true;
            return digest;
        } finally {
            if (!done) {
                blobs.cancel(repository, location);
            }
        }
    }

    @Override
    public boolean publish(Listing listing) throws IOException, InterruptedException {
        byte[] config = ModelManifest.config(pinned, layers(listing));
        Blob configBlob = new Blob(ModelManifest.CONFIG_TYPE, RegistryApi.digest("sha256:", config), config.length);
        ModelManifest manifest = manifest(listing, configBlob);
        OciPlace place = replica.place();
        TagState now = TagState.at(blobs, repository, place.pointer());
        boolean same = now.manifest().filter(manifest::showsTheSameAs).isPresent();
        if (preview) {
            return !same;
        }
        if (!same && !now.digest().equals(standing)) {
            throw new HeldByAnotherException("another runner has published " + place
                    + " since this one looked; what it published stays, and the next run compares anew");
        }
        byte[] bytes = now.manifest().filter(manifest::isAsDeclaredIn).isPresent() ? now.bytes() : manifest.bytes();
        if (!isThere(configBlob.digest(), configBlob.size())) {
            blobs.put(repository, configBlob.digest(), config);
        }
        boolean news = !same;
        for (String tag : place.tags(pinned)) {
            if (!same || !names(tag, bytes)) {
                blobs.publish(repository, tag, ModelManifest.ARTIFACT_TYPE, bytes);
                news |= !tag.equals(place.pointer()); // a tag that somebody had removed or moved
            }
        }
        return news;
    }

    private boolean names(String tag, byte[] manifest) throws IOException, InterruptedException {
        return replica.target()
                .api()
                .head(repository, tag)
                .filter(there -> there.digest().equals(RegistryApi.digest("sha256:", manifest)))
                .isPresent();
    }

    private ModelManifest manifest(Listing listing, Blob config) {
        Proof proof = Proof.of(pinned, replica.item(), listing.entries(), "");
        return new ModelManifest(Optional.of(proof), config, layers(listing));
    }

    /** In the order of their paths, so that two runners write the same. */
    private List<Layer> layers(Listing listing) {
        List<Layer> layers = new ArrayList<>();
        for (Entry entry : listing.entries()) {
            String digest = settled.getOrDefault(entry.path(), digest(entry).orElse(UNKNOWN));
            Optional<Checksum> told = entry.checksum()
                            .filter(sum -> sum.algorithm() == Checksum.Algorithm.SHA256)
                            .isPresent()
                    ? Optional.empty()
                    : Optional.of(ContentKey.of(pinned, entry));
            String type = ModelFile.of(pinned.name(), entry.path()).rawType();
            layers.add(new Layer(entry.path(), new Blob(type, digest, Math.max(0, entry.size())), told));
        }
        layers.sort(Comparator.comparing(Layer::path));
        return layers;
    }
}
