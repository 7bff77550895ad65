package io.synctools.skopeo;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.skopeo.LayerUpload.Part;
import io.synctools.skopeo.ModelManifest.Blob;
import io.synctools.skopeo.ModelManifest.Layer;
import io.synctools.skopeo.ModelManifest.Member;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Brings the files of one listing into a registry as the layers of an image. A big file goes straight into its layer. Small
 * ones go as blobs first, so that none is held here and a killed run keeps them, and are packed from there when all of their
 * layer are there.
 *
 * <p>What an archive hashes to is not known before it is made. So manifests say which files a layer holds: those of the
 * publication before, and one under a tag of its own for the layers of a run that is not finished.
 */
final class ImageSession extends OciSession {
    private static final System.Logger LOG = System.getLogger(ImageSession.class.getName());

    /** Names the layers of a run that is not finished. */
    static final String UNFINISHED = "sync-tools-unfinished";

    private final OciReplica replica;
    private final ImageRepository repository;
    private final Blobs blobs;
    private final boolean preview;

    /** The layer of each path. */
    private final Map<String, LayerFiles> layerOf = new HashMap<>();

    /** Layers that manifests name, by the key of their files. */
    private final Map<Checksum, Layer> known = new ConcurrentHashMap<>();

    /** Layers that are there, by the key of their files. */
    private final Map<Checksum, Layer> there = new ConcurrentHashMap<>();

    private final Set<Checksum> atWork = ConcurrentHashMap.newKeySet();

    /** The manifest that {@link #UNFINISHED} names; empty where there is none. */
    private String unfinished;

    /** @param before what the pointer names when the comparison begins */
    ImageSession(OciReplica replica, ArtifactRef pinned, Listing listing, TagState before, boolean preview)
            throws IOException, InterruptedException {
        super(replica, pinned, before, preview);
        this.replica = replica;
        this.repository = replica.place().repository();
        this.blobs = replica.target().blobs();
        this.preview = preview;
        divide(listing).forEach(layer -> layer.files().forEach(file -> layerOf.put(file.path(), layer)));
        TagState killed = TagState.at(blobs, repository, UNFINISHED);
        this.unfinished = killed.digest();
        for (TagState standing : List.of(before, killed)) {
            standing.manifest().ifPresent(manifest -> manifest.layers().stream()
                    .filter(Layer::isPacked)
                    .forEach(layer -> known.put(keyOf(layer), layer)));
        }
    }

    private List<LayerFiles> divide(Listing listing) {
        return LayerFiles.of(listing.entries(), this::told);
    }

    private static Checksum keyOf(Layer layer) {
        return LayerFiles.key(
                layer.members(), Member::path, Member::size, file -> file.told().orElse(file.checksum()));
    }

    private LayerFiles layerOf(Entry entry) {
        return Objects.requireNonNull(layerOf.get(entry.path()));
    }

    @Override
    public Presence check(Entry entry) throws IOException, InterruptedException {
        LayerFiles files = layerOf(entry);
        if (isThere(files)) {
            return Presence.SAME;
        }
        return files.isAlone() ? notThere(entry) : super.check(entry);
    }

    private boolean isThere(LayerFiles files) throws IOException, InterruptedException {
        if (there.containsKey(files.key())) {
            return true;
        }
        Layer layer = known.get(files.key());
        if (layer == null) {
            return false;
        }
        if (isThere(layer.blob().digest(), layer.blob().size())) {
            there.put(files.key(), layer);
            return true;
        }
        known.remove(files.key());
        return false;
    }

    @Override
    public void pull(Entry entry, Progress progress) throws IOException, InterruptedException {
        LayerFiles files = layerOf(entry);
        if (isThere(files)) {
            return;
        }
        if (files.isAlone()) {
            requireSize(entry);
            pack(files, file -> fromHub(file, progress));
            return;
        }
        super.pull(entry, progress);
        if (files.files().stream().allMatch(this::isSettled)) {
            packFromRegistry(files);
        }
    }

    /** Makes a layer of files that are there as blobs, unless another thread does. */
    private void packFromRegistry(LayerFiles files) throws IOException, InterruptedException {
        if (!atWork.add(files.key())) {
            return;
        }
        try {
            if (!there.containsKey(files.key())) {
                pack(files, this::fromRegistry);
            }
        } finally {
            atWork.remove(files.key());
        }
    }

    /** Makes a layer. */
    private void pack(LayerFiles files, Function<Entry, FileBytes> bytes) throws IOException, InterruptedException {
        there.put(files.key(), persist(() -> packOnce(files, bytes)));
        boolean last = layerOf.values().stream().allMatch(layer -> there.containsKey(layer.key()));
        if (files.isAlone() || !last) {
            remember();
        }
    }

    private Layer packOnce(LayerFiles files, Function<Entry, FileBytes> bytes)
            throws IOException, InterruptedException {
        TarEntries tar = new TarEntries();
        List<Part> parts = new ArrayList<>();
        int left = files.files().size();
        for (Entry file : files.files()) {
            left--;
            byte[] behind = left == 0 ? TarEntries.end(file.size()) : TarEntries.behind(file.size());
            parts.add(new Part(tar.before(file.path(), file.size()), file, bytes.apply(file), behind));
        }
        try (LayerUpload upload = new LayerUpload(parts)) {
            String digest = send(upload);
            for (int i = 0; i < parts.size(); i++) {
                settle(files.files().get(i), upload.digests().get(i).toString());
            }
            return layer(files, new Blob(ModelImage.LAYER_TYPE, digest, upload.contentLength()));
        }
    }

    private FileBytes fromRegistry(Entry file) {
        String digest = member(file).checksum().toString();
        return new FileBytes(
                range -> blobs.open(repository, digest, range.offset()),
                "read " + digest + " of " + repository,
                file.size(),
                bytes -> {},
                replica.target().retrier(),
                replica.target().bandwidth());
    }

    private Layer layer(LayerFiles files, Blob blob) {
        return new Layer(blob, files.files().stream().map(this::member).toList());
    }

    /** Has a manifest name the layers that are there. Where a registry does not take it, a killed run starts again. */
    private synchronized void remember() throws InterruptedException {
        try {
            Document config = ModelImage.config("amd64", List.of());
            List<Layer> layers = there.values().stream()
                    .sorted(Comparator.comparing(layer -> layer.blob().digest()))
                    .toList();
            Document manifest = Document.of(
                    Manifest.OCI_MANIFEST,
                    ModelImage.manifest(config.blob(), layers, Map.of("io.synctools.unfinished", "true")));
            if (unfinished.isEmpty()) {
                write(config);
            }
            blobs.publish(repository, UNFINISHED, ModelManifest.parse(manifest.bytes()), manifest.bytes());
            String before = unfinished;
            unfinished = manifest.blob().digest();
            if (!before.isEmpty() && !before.equals(unfinished)) {
                blobs.removeManifest(repository, before); // without a tag it would keep its layers for ever
            }
        } catch (IOException | SyncException e) {
            LOG.log(System.Logger.Level.DEBUG, "the layers of " + repository + " are not remembered", e);
        }
    }

    private synchronized void forget() throws InterruptedException {
        if (unfinished.isEmpty()) {
            return;
        }
        try {
            blobs.removeManifest(repository, unfinished);
            unfinished = "";
        } catch (IOException | SyncException e) {
            LOG.log(System.Logger.Level.DEBUG, UNFINISHED + " stays in " + repository, e);
        }
    }

    @Override
    public boolean publish(Listing listing) throws IOException, InterruptedException {
        if (preview) {
            return super.publish(listing);
        }
        for (LayerFiles files : divide(listing)) { // others than before where the hub has lost a file meanwhile
            if (!isThere(files)) {
                complete(files);
            }
        }
        boolean news = super.publish(listing);
        forget();
        return news;
    }

    /** Makes a layer for which nothing was to be fetched. */
    private void complete(LayerFiles files) throws IOException, InterruptedException {
        if (files.isAlone()) {
            pack(files, file -> fromHub(file, bytes -> {}));
            return;
        }
        for (Entry file : files.files()) {
            super.pull(file, bytes -> {});
        }
        packFromRegistry(files);
    }

    @Override
    Documents documents(Listing listing) throws IOException {
        List<Layer> layers = new ArrayList<>();
        for (LayerFiles files : divide(listing)) {
            Layer unknown = layer(files, new Blob(ModelImage.LAYER_TYPE, UNKNOWN, Long.MAX_VALUE));
            layers.add(there.getOrDefault(files.key(), unknown));
        }
        return ModelImage.documents(Optional.of(proof(listing)), layers);
    }
}
