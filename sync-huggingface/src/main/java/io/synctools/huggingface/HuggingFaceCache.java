package io.synctools.huggingface;

import io.synctools.file.Adoption;
import io.synctools.file.Disk;
import io.synctools.internal.disk.Mounts;
import io.synctools.mirror.Folders;
import io.synctools.mirror.Inventory;
import io.synctools.mirror.LocalRepository;
import io.synctools.mirror.Trash;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.SyncItem;
import io.synctools.spi.FileSource;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.Resolved;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The cache that the Hugging Face clients share ({@code models--organization--name/{blobs,refs,snapshots,trees}}), so that
 * they find everything offline (docs/protocols/huggingface.md section 6). Several revisions of a repository stand side by side.
 *
 * <p>Nothing is ever half-published: a snapshot appears whole, and the ref moves last. Thread-safe; starts no threads.
 */
public final class HuggingFaceCache implements Target<FileSource>, Inventory {
    static final String SCHEME = "huggingface-cache";

    private static final Pattern FOLDER = Pattern.compile("(models|datasets)--(.+)");

    private static final Pattern BLOB = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    private final Path root;
    private final boolean symlinks;
    private final RunContext context;
    private final Mounts mounts = Mounts.now();
    private final Map<Path, SharedRepo> shared = new ConcurrentHashMap<>(); // of one run, as this target is

    /**
     * A cache.
     *
     * @param root the folder that holds {@code models--…}; made when first written to
     * @param symlinks whether snapshots are made of symbolic links where the file system has them; else of hard links,
     *     and of copies where it has neither
     * @param context the run's context
     */
    public HuggingFaceCache(Path root, boolean symlinks, RunContext context) {
        this.root = root.toAbsolutePath().normalize();
        this.symlinks = symlinks;
        this.context = context;
    }

    @Override
    public Class<FileSource> pullsFrom() {
        return FileSource.class;
    }

    @Override
    public Replica open(FileSource source, SyncItem item, Reporter reporter) throws IOException {
        SharedRepo repo = shared.computeIfAbsent(
                root.resolve(path(item.to())), folder -> new SharedRepo(new CachePaths(folder), context));
        Adoption.from(context, this);
        return CacheReplica.open(this, repo, source, item, reporter);
    }

    /** {@code models--organization--name}. */
    @Override
    public String path(ArtifactRef destination) {
        RepoId.revision(destination);
        return RepoId.of(destination).folder();
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
    public LocalRepository at(ArtifactRef destination) {
        return new CachedRepository(
                new CachePaths(root.resolve(path(destination))),
                RepoId.of(destination).toString());
    }

    @Override
    public List<LocalRepository> repositories() throws IOException {
        return new ArrayList<>(cached());
    }

    private List<CachedRepository> cached() throws IOException {
        List<CachedRepository> found = new ArrayList<>();
        for (Path folder : Folders.in(root)) {
            Matcher name = FOLDER.matcher(folder.getFileName().toString());
            if (name.matches()) {
                found.add(new CachedRepository(
                        new CachePaths(folder),
                        name.group(1) + "/" + name.group(2).replace("--", "/")));
            }
        }
        return found;
    }

    /** All blobs, whoever brought them: they are called by their checksums. */
    @Override
    public void tell(Told told) throws IOException {
        for (CachedRepository repository : cached()) {
            Path blobs = new CachePaths(repository.folder()).blobs();
            try (DirectoryStream<Path> names = Files.newDirectoryStream(blobs)) {
                for (Path name : names) {
                    String hex = name.getFileName().toString();
                    if (BLOB.matcher(hex).matches()) {
                        boolean isOfGit = RepoId.isCommit(hex);
                        told.file(blobs, hex, -1, isOfGit ? Checksum.gitBlob(hex) : Checksum.sha256(hex));
                    }
                }
            } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
                // A repository that is not there, or not for us.
            }
        }
    }

    /** {@code models--organization--name/blobs/<checksum>}, wherever the cache is. */
    @Override
    public boolean isOfACache(Path file) {
        Path blobs = file.resolveSibling("");
        return blobs.endsWith("blobs")
                && FOLDER.matcher(blobs.resolveSibling("").getFileName().toString())
                        .matches();
    }

    @Override
    public List<Trash> trash() throws IOException {
        List<Trash> found = new ArrayList<>();
        for (CachedRepository repository : cached()) {
            found.addAll(repository.leftInTrash());
        }
        return found;
    }

    @Override
    public void empty(Trash trash, Disk disk) throws IOException {
        Path folder = trash.state().resolveSibling("");
        new CachedRepository(new CachePaths(folder), folder.getFileName().toString()).empty(trash, disk);
    }

    boolean symlinks() {
        return symlinks;
    }

    RunContext context() {
        return context;
    }
}
