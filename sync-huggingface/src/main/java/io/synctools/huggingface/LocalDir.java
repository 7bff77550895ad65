package io.synctools.huggingface;

import io.synctools.file.FolderReplica;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.spi.FileSource;
import io.synctools.spi.Replica;
import io.synctools.spi.Settings;
import io.synctools.spi.Target;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Plain folders, one for each repository, as {@code hf download --local-dir} leaves them; from any source of files.
 *
 * <p>A destination's name is relative to the root, or an absolute path. Thread-safe; starts no threads.
 */
public final class LocalDir implements Target<FileSource> {
    private static final Pattern UNSAFE_PART = Pattern.compile("(^|/)(\\.{0,2}|~)(/|$)|[\\x00-\\x1f\\x7f]");

    private final Path root;
    private final Settings settings;

    /**
     * A target below a root.
     *
     * @param root what relative destinations are relative to; need not exist
     * @param settings the run's settings
     */
    public LocalDir(Path root, Settings settings) {
        this.root = root.toAbsolutePath().normalize();
        this.settings = settings;
    }

    @Override
    public Class<FileSource> pullsFrom() {
        return FileSource.class;
    }

    @Override
    public Replica open(FileSource source, ArtifactRef pinned, ArtifactRef destination, NameFilter filter)
            throws IOException {
        return new FolderReplica(settings, layout(destination), source, pinned, filter);
    }

    /** The destination's name: relative to the root, or absolute. */
    @Override
    public String path(ArtifactRef destination) {
        folder(destination);
        return destination.name();
    }

    @Override
    public void recover(ArtifactRef destination) throws IOException, InterruptedException {
        FolderReplica.recover(settings, layout(destination));
    }

    private LocalDirLayout layout(ArtifactRef destination) {
        return new LocalDirLayout(folder(destination));
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
                "local_dir '" + Refusal.quotable(name) + "': write an absolute path or one relative to --local-root,"
                        + " without empty parts, '.', '..' or '~'");
    }
}
