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
import io.synctools.skopeo.LayerUpload.Part;
import io.synctools.skopeo.ModelManifest.Blob;
import io.synctools.skopeo.ModelManifest.Layer;
import io.synctools.skopeo.ModelManifest.Member;
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

/**
 * Brings the files of one listing into one repository of a registry, each as a blob, and then the manifest that names them.
 */
class OciSession implements Session {
    /** Up to here a layer goes in one request, from memory. */
    private static final int SMALL = 512 * 1024;

    /** Stands for a digest that is not known yet. */
    static final String UNKNOWN = "sha256:" + "0".repeat(64);

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

    /** What stands for files of which the hub tells no checksum, by path: the same each time it is asked for. */
    private final Map<String, Checksum> untold = new ConcurrentHashMap<>();

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
            kept.add(layer.blob().digest());
            for (Member file : layer.members()) {
                paths.add(file.path());
                file.told().ifPresent(told -> learnt.put(told, file.checksum().toString()));
            }
        }));
    }

    /** How large the manifest of a listing will be, in bytes. */
    long sizeOf(Listing listing) throws IOException {
        return documents(listing).largest();
    }

    @Override
    public Presence check(Entry entry) throws IOException, InterruptedException {
        Optional<String> digest = digest(entry);
        if (digest.isPresent() && isThere(digest.get(), entry.size())) {
            settled.put(entry.path(), digest.get());
            return Presence.SAME;
        }
        return notThere(entry);
    }

    /** What is found of a file whose content is not there. */
    final Presence notThere(Entry entry) {
        return paths.contains(entry.path()) ? Presence.DIFFERENT : Presence.ABSENT;
    }

    /** What the file's bytes hash to, as far as that is known before they are here. */
    private Optional<String> digest(Entry entry) {
        Optional<String> declared = entry.checksum()
                .filter(sum -> sum.algorithm() == Checksum.Algorithm.SHA256)
                .map(Checksum::toString);
        return declared.or(() -> Optional.ofNullable(learnt.get(told(entry))));
    }

    final boolean isThere(String digest, long size) throws IOException, InterruptedException {
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
        requireSize(entry);
        settled.put(entry.path(), persist(() -> bring(entry, progress)));
    }

    /** Refuses what could not be verified. */
    final void requireSize(Entry entry) {
        if (entry.size() < 0) {
            throw new SyncException(
                    FailureKind.INCOMPATIBLE,
                    pinned + ": the hub lists no size for " + Printable.name(entry.path())
                            + "; it could not be verified, so it is not fetched");
        }
    }

    /** Something that is tried. */
    @FunctionalInterface
    interface Attempt<T> {
        T once() throws IOException, InterruptedException;
    }

    /**
     * Tries again once where other bytes came than those declared. Who else tries again would take the time for which an
     * upload had worked for time in vain, and give up: so one that breaks after long work starts again here, as often as the
     * run says.
     */
    final <T> T persist(Attempt<T> attempt) throws IOException, InterruptedException {
        OciTarget target = replica.target();
        boolean wrong = false;
        for (int restarts = 0; ; restarts++) {
            long begin = target.time().nanos();
            try {
                return attempt.once();
            } catch (WrongBytesException e) {
                if (wrong) {
                    throw new SyncException(
                            FailureKind.CHECKSUM,
                            pinned + ": " + e.getMessage()
                                    + ", twice; thrown away; the hub, the registry or something on the way is at fault,"
                                    + " try again later",
                            true,
                            e);
                }
                wrong = true;
            } catch (IOException e) {
                long worked = target.time().nanos() - begin;
                if (worked <= target.patience().toNanos() || restarts >= target.restarts()) {
                    throw e;
                }
            }
        }
    }

    /** Brings a file as it is, unless it is there: another one of the same content, or a try of which the answer was lost. */
    private String bring(Entry entry, Progress progress) throws IOException, InterruptedException {
        Optional<String> known = digest(entry);
        if (known.isPresent() && blobs.has(repository, known.get(), entry.size())) {
            return known.get();
        }
        try (LayerUpload upload = new LayerUpload(List.of(Part.plain(entry, fromHub(entry, progress))))) {
            return send(upload);
        }
    }

    final FileBytes fromHub(Entry entry, Progress progress) {
        OciTarget target = replica.target();
        return new FileBytes(
                range -> replica.source().open(pinned, entry, range),
                "fetch " + Printable.name(entry.path()) + " of " + pinned,
                entry.size(),
                progress,
                target.retrier(),
                target.bandwidth());
    }

    /** Sends a layer; tells its digest. */
    final String send(LayerUpload upload) throws IOException, InterruptedException {
        if (upload.contentLength() > SMALL) {
            return stream(upload);
        }
        byte[] all = upload.all();
        String digest = upload.digest();
        blobs.put(repository, digest, all);
        return digest;
    }

    /**
     * A broken upload starts again: its address is known to whoever began it alone, and registries end it with the
     * connection that broke.
     */
    private String stream(LayerUpload upload) throws IOException, InterruptedException {
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
        Documents documents = documents(listing);
        ModelManifest top = documents.top();
        OciPlace place = replica.place();
        TagState now = TagState.at(blobs, repository, place.pointer());
        boolean same = now.manifest().filter(top::showsTheSameAs).isPresent();
        if (preview) {
            return !same;
        }
        if (!same && !now.digest().equals(standing)) {
            throw new HeldByAnotherException("another runner has published " + place
                    + " since this one looked; what it published stays, and the next run compares anew");
        }
        byte[] bytes = now.manifest().filter(top::isAsDeclaredIn).isPresent() ? now.bytes() : top.bytes();
        for (Document part : documents.parts()) {
            write(part);
        }
        boolean news = !same;
        for (String tag : place.tags(pinned)) {
            if (!same || !names(tag, bytes)) {
                blobs.publish(repository, tag, top, bytes);
                news |= !tag.equals(place.pointer()); // a tag that somebody had removed or moved
            }
        }
        return news;
    }

    /** Brings a document that the top names, unless it is there. */
    final void write(Document part) throws IOException, InterruptedException {
        String digest = part.blob().digest();
        if (!part.isManifest() && !isThere(digest, part.blob().size())) {
            blobs.put(repository, digest, part.bytes());
        } else if (part.isManifest() && !names(digest, part.bytes())) {
            blobs.publish(repository, digest, ModelManifest.parse(part.bytes()), part.bytes());
        }
    }

    private boolean names(String tag, byte[] manifest) throws IOException, InterruptedException {
        return replica.target()
                .api()
                .head(repository, tag)
                .filter(there -> there.digest().equals(RegistryApi.digest("sha256:", manifest)))
                .isPresent();
    }

    /** What is to be written of a listing, as far as its layers are known. */
    Documents documents(Listing listing) throws IOException {
        List<Layer> layers = layers(listing);
        Document config = Document.of(ModelManifest.CONFIG_TYPE, ModelManifest.config(pinned, layers));
        ModelManifest manifest = new ModelManifest(Optional.of(proof(listing)), List.of(config.blob()), layers);
        return new Documents(List.of(config), manifest);
    }

    final Proof proof(Listing listing) {
        return Proof.of(pinned, replica.item(), listing.entries(), "");
    }

    /** In the order of their paths, so that two runners write the same. */
    private List<Layer> layers(Listing listing) {
        List<Layer> layers = new ArrayList<>();
        for (Entry entry : listing.entries()) {
            String type = ModelFile.of(pinned.name(), entry.path()).rawType();
            Member file = member(entry);
            layers.add(new Layer(new Blob(type, file.checksum().toString(), file.size()), List.of(file)));
        }
        layers.sort(Comparator.comparing(layer -> layer.members().get(0).path()));
        return layers;
    }

    /** A file as a manifest names it, by a digest of nothing where its own is not known. */
    final Member member(Entry entry) {
        String digest = settled.getOrDefault(entry.path(), digest(entry).orElse(UNKNOWN));
        boolean isTold = entry.checksum()
                .filter(sum -> sum.algorithm() == Checksum.Algorithm.SHA256)
                .isPresent();
        Optional<Checksum> told = isTold ? Optional.empty() : Optional.of(told(entry));
        return new Member(entry.path(), Math.max(0, entry.size()), Checksum.parse(digest), told);
    }

    final boolean isSettled(Entry entry) {
        return settled.containsKey(entry.path());
    }

    final void settle(Entry entry, String digest) {
        settled.put(entry.path(), digest);
    }

    /** What stands for a file's content before its bytes are here. */
    final Checksum told(Entry entry) {
        return entry.checksum()
                .orElseGet(() -> untold.computeIfAbsent(entry.path(), any -> ContentKey.of(pinned, entry)));
    }
}
