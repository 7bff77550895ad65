package io.synctools.huggingface;

import io.synctools.file.Adoption;
import io.synctools.file.Disk;
import io.synctools.file.FolderReplica;
import io.synctools.file.Proof;
import io.synctools.internal.disk.Mounts;
import io.synctools.internal.disk.Stat;
import io.synctools.internal.text.Printable;
import io.synctools.mirror.FolderRepository;
import io.synctools.mirror.Folders;
import io.synctools.mirror.Inventory;
import io.synctools.mirror.LocalRepository;
import io.synctools.mirror.Trash;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.spi.FileSource;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.Resolved;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Plain folders, one for each repository, as {@code hf download --local-dir} leaves them; from any source of files.
 *
 * <p>A destination's name is relative to the root, or an absolute path. Thread-safe; starts no threads.
 */
public final class LocalDir implements Target<FileSource>, Inventory {
    private static final String SCHEME = "local-dir";
    /** Deeper than this below the root nobody looks for directories of ours. */
    private static final int DEEPEST = 8;

    private static final Pattern CACHE_FOLDER = Pattern.compile("^(models|datasets|spaces)--");
    private static final Set<String> KINDS = Set.of("models", "datasets");
    private static final Pattern UNSAFE_PART = Pattern.compile("(^|/)(\\.{0,2}|~)(/|$)|[\\x00-\\x1f\\x7f]");

    private final Path root;
    private final RunContext context;
    private final Mounts mounts = Mounts.now();
    private final Set<Path> opened = ConcurrentHashMap.newKeySet(); // in one run, as this target is

    /**
     * A target below a root.
     *
     * @param root what relative destinations are relative to; need not exist
     * @param context the run's context
     */
    public LocalDir(Path root, RunContext context) {
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
        LocalDirLayout layout = layout(item.to());
        opened.add(layout.folder());
        return FolderReplica.open(context, layout, source, item, reporter);
    }

    /** The destination's name: relative to the root, or absolute. */
    @Override
    public String path(ArtifactRef destination) {
        folder(destination);
        return destination.name();
    }

    private LocalDirLayout layout(ArtifactRef destination) {
        return new LocalDirLayout(folder(destination));
    }

    @Override
    public Optional<Resolved> resolved(SyncItem item) throws IOException {
        return at(item.to()).resolved(item);
    }

    @Override
    public Object store(ArtifactRef destination) {
        return mounts.of(folder(destination));
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
        return repository(destination.name(), folder(destination));
    }

    private FolderRepository repository(String name, Path folder) {
        return new FolderRepository(
                SCHEME, name, root, new LocalDirLayout(folder), trashFolder().resolve("of-prune"));
    }

    /** Beside the directories, since each keeps its own state inside. */
    private Path trashFolder() {
        return root.resolve(".sync-tools-trash");
    }

    /** Directories with our state, wherever they are; and others where those without {@code local_dir} would be. */
    @Override
    public List<LocalRepository> repositories() throws IOException {
        List<LocalRepository> found = new ArrayList<>();
        find(root, 0, found);
        return found;
    }

    private void find(Path folder, int depth, List<LocalRepository> found) throws IOException {
        if (depth > 0 && isOurs(folder)) {
            found.add(repository(root.relativize(folder).toString(), folder));
            return;
        }
        int before = found.size();
        for (Path child : depth < DEEPEST ? Folders.in(folder) : List.<Path>of()) {
            if (!isAClients(child)) {
                find(child, depth + 1, found);
            }
        }
        if (found.size() == before
                && depth == 3
                && KINDS.contains(root.relativize(folder).getName(0).toString())) {
            found.add(repository(root.relativize(folder).toString(), folder));
        }
    }

    private static boolean isOurs(Path folder) throws IOException {
        return Stat.isFolder(new LocalDirLayout(folder).state(), LinkOption.NOFOLLOW_LINKS);
    }

    /** The hubs' caches have inventories of their own. */
    private static boolean isAClients(Path folder) throws IOException {
        return CACHE_FOLDER.matcher(folder.getFileName().toString()).find()
                || Stat.exists(folder.resolve(".msc"), LinkOption.NOFOLLOW_LINKS)
                || Stat.exists(folder.resolve(".mdl"), LinkOption.NOFOLLOW_LINKS);
    }

    /** What was published where entries without {@code local_dir} go, and where this run's go: the root may be a home's. */
    @Override
    public void tell(Told told) throws IOException {
        Set<Path> folders = new LinkedHashSet<>(opened);
        for (String kind : KINDS) {
            for (Path owner : Folders.in(root.resolve(kind))) {
                folders.add(owner); // of a repository without organization
                folders.addAll(Folders.in(owner));
            }
        }
        for (Path folder : folders) {
            Proof.tell(FolderReplica.proofIn(new LocalDirLayout(folder).state()), folder, told);
        }
    }

    /** People edit there. */
    @Override
    public boolean isOfACache(Path file) {
        return false;
    }

    @Override
    public List<Trash> trash() throws IOException {
        return Folders.in(trashFolder().resolve("of-prune")).stream()
                .map(folder -> new Trash(folder, trashFolder()))
                .toList();
    }

    @Override
    public void empty(Trash trash, Disk disk) throws IOException {
        disk.deleteTree(trash.folder());
    }

    private Path folder(ArtifactRef destination) {
        String name = destination.name();
        try {
            String relative = name.startsWith("/") ? name.substring(1) : name;
            if (!UNSAFE_PART.matcher(relative).find()) {
                return root.resolve(name);
            }
        } catch (InvalidPathException e) {
            // Refused below.
        }
        throw new SyncException(
                FailureKind.UNSAFE_NAME,
                "local_dir '" + Printable.words(name)
                        + "': write an absolute path or one relative to the option \"local-root\","
                        + " without empty parts, '.', '..' or '~'");
    }
}
