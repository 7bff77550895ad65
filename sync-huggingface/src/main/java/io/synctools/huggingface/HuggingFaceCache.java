package io.synctools.huggingface;

import io.synctools.file.Disk;
import io.synctools.model.ArtifactRef;
import io.synctools.model.NameFilter;
import io.synctools.spi.FileSource;
import io.synctools.spi.Replica;
import io.synctools.spi.Settings;
import io.synctools.spi.Target;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The cache that the Hugging Face clients share ({@code models--organization--name/{blobs,refs,snapshots,trees}}), so that
 * they find everything offline (protocols/huggingface.md section 6). Several revisions of a repository stand side by side.
 *
 * <p>Nothing is ever half-published: a snapshot appears whole, and the ref moves last. Thread-safe; starts no threads.
 */
public final class HuggingFaceCache implements Target<FileSource> {
    private final Path root;
    private final boolean symlinks;
    private final Settings settings;
    private final Map<CacheRepo, SharedRepo> shared = new ConcurrentHashMap<>();

    /**
     * A cache.
     *
     * @param root the folder that holds {@code models--…}; made when first written to
     * @param symlinks whether snapshots are made of symbolic links where the file system has them; else of hard links,
     *     and of copies where it has neither
     * @param settings the run's settings
     */
    public HuggingFaceCache(Path root, boolean symlinks, Settings settings) {
        this.root = root.toAbsolutePath().normalize();
        this.symlinks = symlinks;
        this.settings = settings;
    }

    @Override
    public Class<FileSource> pullsFrom() {
        return FileSource.class;
    }

    @Override
    public Replica open(FileSource source, ArtifactRef pinned, ArtifactRef destination, NameFilter filter) {
        RepoId.commit(pinned);
        RepoId.revision(pinned);
        SharedRepo repo = shared.computeIfAbsent(
                new CacheRepo(root.resolve(path(destination))), folder -> new SharedRepo(folder, Disk.of(settings)));
        return new CacheReplica(this, repo, source, new CacheReplica.Claim(destination, pinned, filter));
    }

    /** {@code models--organization--name}. */
    @Override
    public String path(ArtifactRef destination) {
        RepoId.revision(destination);
        return RepoId.of(destination).folder();
    }

    Path root() {
        return root;
    }

    boolean symlinks() {
        return symlinks;
    }

    Settings settings() {
        return settings;
    }
}
