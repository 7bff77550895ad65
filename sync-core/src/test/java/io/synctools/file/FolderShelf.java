package io.synctools.file;

import io.synctools.internal.disk.Mounts;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Listing;
import io.synctools.model.SyncItem;
import io.synctools.spi.FileSource;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import io.synctools.spi.TargetProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** Folders below a root, one for each artifact, for tests of whole runs on a disk. Scheme {@code shelf}. */
record FolderShelf(Path root, RunContext context) implements Target<FileSource> {

    /** Makes one for each run. */
    static TargetProvider provider(Path root) {
        return provider("shelf", root);
    }

    /** The same under another scheme. */
    static TargetProvider provider(String scheme, Path root) {
        return new TargetProvider() {
            @Override
            public String scheme() {
                return scheme;
            }

            @Override
            public Target<?> create(RunContext context) {
                return new FolderShelf(root, context);
            }
        };
    }

    @Override
    public Class<FileSource> pullsFrom() {
        return FileSource.class;
    }

    @Override
    public String path(ArtifactRef destination) {
        return destination.name();
    }

    @Override
    public Replica open(FileSource source, SyncItem item, Reporter reporter) throws IOException {
        return FolderReplica.open(context, new Layout(root, path(item.to())), source, item, reporter);
    }

    @Override
    public Object store(ArtifactRef destination) {
        return Mounts.now().of(root);
    }

    private record Layout(Path root, String name) implements FolderLayout {
        @Override
        public Path folder() {
            return root.resolve(name);
        }

        @Override
        public Path state() {
            return root.resolve(".state").resolve(name);
        }

        @Override
        public Set<String> reserved() {
            return Set.of();
        }

        @Override
        public String writeIndex(ArtifactRef pinned, Listing listing, Path stage) {
            return "";
        }
    }
}
