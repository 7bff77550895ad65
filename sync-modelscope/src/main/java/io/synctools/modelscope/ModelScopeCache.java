package io.synctools.modelscope;

import io.synctools.file.Adoption;
import io.synctools.file.Disk;
import io.synctools.file.FolderReplica;
import io.synctools.file.Proof;
import io.synctools.internal.disk.Mounts;
import io.synctools.internal.disk.Stat;
import io.synctools.mirror.FolderRepository;
import io.synctools.mirror.Folders;
import io.synctools.mirror.Inventory;
import io.synctools.mirror.LocalRepository;
import io.synctools.mirror.Trash;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.spi.FileSource;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.Resolved;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The cache of ModelScope's own clients as a target: a folder for each repository, which holds one revision ({@code
 * docs/protocols/modelscope.md} section 6).
 *
 * <p>Destinations are named {@code models/<owner>/<name>} or {@code datasets/<owner>/<name>}. Thread-safe; starts no
 * threads.
 */
public final class ModelScopeCache implements Target<FileSource>, Inventory {
    static final String SCHEME = "modelscope-cache";
    private static final String TRASH = "trash";

    private final RunContext context;
    private final Mounts mounts = Mounts.now();
    private final Path root;

    /**
     * Takes the root from option {@code modelscope-cache}, else {@code MODELSCOPE_CACHE}, else {@code
     * $HOME/.cache/modelscope/hub}, where both generations of the client look; touches no disk.
     *
     * @throws IllegalArgumentException if no root is set
     */
    public ModelScopeCache(RunContext context) {
        this(ModelScopeOptions.cache(context), context);
    }

    /**
     * A cache below a root; touches no disk.
     *
     * @param root the folder that holds {@code models} and {@code datasets}; made when first written to
     * @param context the run's context
     */
    public ModelScopeCache(Path root, RunContext context) {
        this.root = root.toAbsolutePath().normalize();
        this.context = context;
    }

    @Override
    public Class<FileSource> pullsFrom() {
        return FileSource.class;
    }

    @Override
    public Replica open(FileSource source, SyncItem item, Reporter reporter) throws IOException {
        Adoption.from(context, this);
        return FolderReplica.open(context, layout(item.to()), source, item, reporter);
    }

    /** {@code models/Qwen/Qwen2___5-7B-Instruct}, relative to the cache's root. */
    @Override
    public String path(ArtifactRef destination) {
        return CacheLayout.path(RepositoryId.of(destination));
    }

    private CacheLayout layout(ArtifactRef destination) {
        return layout(RepositoryId.of(destination));
    }

    private CacheLayout layout(RepositoryId repository) {
        return new CacheLayout(Disk.of(context), root, repository);
    }

    @Override
    public Optional<Resolved> resolved(SyncItem item) throws IOException {
        return at(item.to()).resolved(item);
    }

    @Override
    public Object store(ArtifactRef destination) {
        return mounts.of(root.resolve(path(destination)));
    }

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public Path root() {
        return root;
    }

    @Override
    public FolderRepository at(ArtifactRef destination) {
        return at(RepositoryId.of(destination));
    }

    private FolderRepository at(RepositoryId repository) {
        CacheLayout layout = layout(repository);
        return new FolderRepository(
                SCHEME,
                repository.kind().plural() + "/" + repository.id(),
                root,
                layout,
                layout.state().resolve(TRASH));
    }

    /**
     * The folders that readers see, those of which there is only our state, and what other generations of the client left
     * below the root.
     */
    @Override
    public List<LocalRepository> repositories() throws IOException {
        Map<Path, LocalRepository> found = new TreeMap<>();
        for (OtherGeneration other : OtherGeneration.below(root)) {
            String name = root.relativize(other.folder()).toString();
            found.put(
                    other.folder(),
                    new FolderRepository(
                            SCHEME, name, root, other, other.state().resolve(TRASH)));
        }
        for (RepositoryId repository : ids()) {
            found.put(layout(repository).folder(), at(repository));
        }
        return List.copyOf(found.values());
    }

    private List<RepositoryId> ids() throws IOException {
        List<RepositoryId> found = new ArrayList<>();
        for (RepositoryId.Kind kind : RepositoryId.Kind.values()) {
            Path top = root.resolve(kind.plural());
            for (Path base : List.of(top, top.resolve(CacheLayout.STATE))) {
                for (Path owner : Folders.in(base)) {
                    for (Path folder : Folders.in(owner)) {
                        if (!isSomebodyElses(owner, folder)) {
                            found.add(named(new RepositoryId(
                                    kind,
                                    owner.getFileName().toString(),
                                    folder.getFileName().toString())));
                        }
                    }
                }
            }
        }
        return found;
    }

    /** Of the client's newer layout (section 6.2), of an older one, or a local directory where both have the same root. */
    private static boolean isSomebodyElses(Path owner, Path folder) throws IOException {
        return (owner.getFileName().toString().contains("--") && folder.endsWith("snapshots"))
                || folder.getFileName().toString().contains(".")
                || Stat.exists(folder.resolve(".cache/sync-tools"), LinkOption.NOFOLLOW_LINKS);
    }

    /** The folder's name does not tell where the repository's had dots; the proof does. */
    private RepositoryId named(RepositoryId folder) throws IOException {
        Optional<Proof> proof = Proof.head(FolderReplica.proofIn(layout(folder).state()));
        if (proof.isPresent()) {
            String from = proof.get().from();
            try {
                RepositoryId named = RepositoryId.of(ArtifactRef.of(SCHEME, from.substring(from.indexOf(':') + 1)));
                if (CacheLayout.path(named).equals(CacheLayout.path(folder))) {
                    return named;
                }
            } catch (SyncException | IllegalArgumentException e) {
                return folder; // Published by a program that lays other names there.
            }
        }
        return folder;
    }

    /** What was published here; of what the client brought only sizes are known. */
    @Override
    public void tell(Told told) throws IOException {
        for (RepositoryId repository : ids()) {
            CacheLayout layout = layout(repository);
            Proof.tell(FolderReplica.proofIn(layout.state()), layout.folder(), told);
        }
    }

    @Override
    public List<Path> unproven() throws IOException {
        List<Path> found = new ArrayList<>();
        for (OtherGeneration other : OtherGeneration.below(root)) {
            found.add(other.folder());
        }
        for (RepositoryId repository : ids()) {
            CacheLayout layout = layout(repository);
            if (!Stat.exists(FolderReplica.proofIn(layout.state()))) {
                found.add(layout.folder());
            }
        }
        return found;
    }

    @Override
    public boolean isOfACache(Path file) throws IOException {
        return CacheLayout.isOfACache(file, root);
    }

    @Override
    public List<Trash> trash() throws IOException {
        List<Trash> found = new ArrayList<>();
        for (RepositoryId repository : ids()) {
            Path state = layout(repository).state();
            for (Path folder : Folders.in(state.resolve(TRASH))) {
                found.add(new Trash(folder, state));
            }
        }
        return found;
    }

    @Override
    public void empty(Trash trash, Disk disk) throws IOException {
        disk.deleteTree(trash.folder());
    }
}
