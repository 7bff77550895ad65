package io.synctools.modelscope;

import io.synctools.file.Disk;
import io.synctools.file.FolderReplica;
import io.synctools.model.ArtifactRef;
import io.synctools.model.NameFilter;
import io.synctools.spi.FileSource;
import io.synctools.spi.Replica;
import io.synctools.spi.Settings;
import io.synctools.spi.Target;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The cache of ModelScope's own clients as a target: a folder for each repository, which holds one revision ({@code
 * protocols/modelscope.md} section 6).
 *
 * <p>Destinations are named {@code models/<owner>/<name>} or {@code datasets/<owner>/<name>}. Thread-safe; starts no
 * threads.
 */
public final class ModelScopeCache implements Target<FileSource> {
    private final Settings settings;
    private final Path root;

    /**
     * Takes the root from option {@code modelscope-cache}, else {@code MODELSCOPE_CACHE}, else {@code
     * $HOME/.cache/modelscope/hub}, where both generations of the client look; touches no disk.
     *
     * @throws IllegalArgumentException if no root is set
     */
    public ModelScopeCache(Settings settings) {
        this.settings = settings;
        this.root = ModelScopeOptions.cacheRoot(settings);
    }

    @Override
    public Class<FileSource> pullsFrom() {
        return FileSource.class;
    }

    @Override
    public Replica open(FileSource source, ArtifactRef pinned, ArtifactRef destination, NameFilter filter) {
        return new FolderReplica(settings, layout(destination), source, pinned, filter);
    }

    /** {@code models/Qwen/Qwen2___5-7B-Instruct}, relative to the cache's root. */
    @Override
    public String path(ArtifactRef destination) {
        return CacheLayout.path(Repository.of(destination));
    }

    @Override
    public void recover(ArtifactRef destination) throws IOException, InterruptedException {
        FolderReplica.recover(settings, layout(destination));
    }

    private CacheLayout layout(ArtifactRef destination) {
        return new CacheLayout(Disk.of(settings), root, Repository.of(destination));
    }
}
