package io.synctools.modelscope;

import io.synctools.file.FolderLayout;
import io.synctools.internal.disk.Stat;
import io.synctools.mirror.Folders;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Listing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A folder below a cache's root that another generation of the hub's client made ({@code docs/protocols/modelscope.md} sections 0
 * and 6.2): never ours, and only looked at unless people ask to have it removed.
 *
 * @param folder absolute
 * @param state our private folder for it
 */
record OtherGeneration(Path folder, Path state) implements FolderLayout {

    /** All of them below a root, in no order. */
    static List<OtherGeneration> below(Path root) throws IOException {
        List<OtherGeneration> found = new ArrayList<>();
        for (Path base : List.of(root, root.resolve("hub"))) {
            for (Path owner : Folders.in(base)) {
                boolean isKind = isKind(owner);
                for (Path one : Folders.in(owner)) {
                    if (!isKind && isMarked(one)) {
                        found.add(of(root, one));
                    }
                    for (Path repository : isKind ? Folders.in(one) : List.<Path>of()) {
                        if (isOfNewer(one, repository)) {
                            Folders.in(repository).forEach(revision -> found.add(of(root, revision)));
                        } else if (isMarked(repository) && !isOfACache(root, base, owner, repository)) {
                            found.add(of(root, repository));
                        }
                    }
                }
            }
        }
        return found;
    }

    private static OtherGeneration of(Path root, Path folder) {
        byte[] name = root.relativize(folder).toString().getBytes(StandardCharsets.UTF_8);
        return new OtherGeneration(
                folder,
                root.resolve(RepositoryId.Kind.MODEL.plural())
                        .resolve(CacheLayout.STATE)
                        .resolve("--")
                        .resolve(UUID.nameUUIDFromBytes(name).toString()));
    }

    private static boolean isKind(Path folder) {
        String name = folder.getFileName().toString();
        return List.of(RepositoryId.Kind.values()).stream()
                .anyMatch(kind -> kind.plural().equals(name));
    }

    /** {@code <owner>--<name>/snapshots}, with a folder for each revision. */
    private static boolean isOfNewer(Path repository, Path below) {
        return below.endsWith("snapshots")
                && repository.getFileName().toString().contains("--");
    }

    /** The older client marks what it downloads. */
    static boolean isMarked(Path folder) throws IOException {
        return Stat.exists(folder.resolve(".msc"), LinkOption.NOFOLLOW_LINKS)
                || Stat.exists(folder.resolve(".mdl"), LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether it is a repository of this cache, or of ours with its root below this one. */
    private static boolean isOfACache(Path root, Path base, Path kind, Path repository) throws IOException {
        boolean isHere =
                base.equals(root) && !repository.getFileName().toString().contains(".");
        Path state = kind.resolve(CacheLayout.STATE).resolve(kind.relativize(repository));
        return isHere || Stat.exists(state, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public Set<String> reserved() {
        return Set.of();
    }

    @Override
    public String writeIndex(ArtifactRef pinned, Listing listing, Path stage) {
        throw new IllegalStateException("nothing is published to " + folder);
    }
}
