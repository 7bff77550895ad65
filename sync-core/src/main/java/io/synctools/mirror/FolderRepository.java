package io.synctools.mirror;

import io.synctools.file.Disk;
import io.synctools.file.FolderIndex;
import io.synctools.file.FolderLayout;
import io.synctools.file.FolderReplica;
import io.synctools.file.Proof;
import io.synctools.file.Unfinished;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.model.SyncItem;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A repository whose one folder holds one revision, as {@link FolderReplica} publishes it. Thread-safe. */
public final class FolderRepository implements LocalRepository {
    private final String scheme;
    private final String name;
    private final Path root;
    private final FolderLayout layout;
    private final Path trash;

    /**
     * A repository.
     *
     * @param name what the destination is called; where a proof names a repository that {@code folderOf} lays there, that
     * @param root folders above it are never touched
     * @param trash a private folder on the same disk, outside the repository's folder; made where absent
     */
    public FolderRepository(String scheme, String name, Path root, FolderLayout layout, Path trash) {
        this.scheme = scheme;
        this.name = name;
        this.root = root;
        this.layout = layout;
        this.trash = trash;
    }

    @Override
    public String to() {
        return scheme + ":" + name;
    }

    @Override
    public Path folder() {
        return layout.folder();
    }

    @Override
    public Path state() {
        return layout.state();
    }

    @Override
    public Set<String> reserved() {
        return layout.reserved();
    }

    @Override
    public List<Revision> revisions() throws IOException {
        Optional<Published> published = published();
        if (published.isEmpty() && !hasContent()) {
            return List.of();
        }
        return List.of(new Revision(
                published.map(one -> one.proof().pin()).orElse(""),
                folder(),
                Set.of(folder().getFileName().toString()),
                published.stream().toList()));
    }

    private Optional<Published> published() throws IOException {
        Path file = FolderReplica.proofIn(state());
        return Proof.head(file).map(proof -> new Published(file, proof));
    }

    /** Whether there is more than our own state. */
    private boolean hasContent() throws IOException {
        if (!Stat.isFolder(folder(), LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        Path own = state().startsWith(folder()) ? folder().relativize(state()).getName(0) : Path.of("");
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder())) {
            for (Path child : children) {
                if (!own.equals(child.getFileName()) || hasMoreThan(child, state())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean hasMoreThan(Path folder, Path only) throws IOException {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                if (!child.equals(only)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public Optional<Published> published(SyncItem item) throws IOException {
        String revision = item.from().revision();
        return published()
                .filter(one -> one.proof().from().equals(item.from().text())
                        && one.proof().filter().equals(item.filter().text())
                        && (revision.isEmpty() || one.proof().revision().equals(revision)));
    }

    @Override
    public FolderIndex index(Published published) throws IOException {
        return layout.index(published.proof());
    }

    @Override
    public Unfinished unfinished() throws IOException {
        return Unfinished.in(state());
    }

    @Override
    public boolean isPublishing() throws IOException {
        return FolderReplica.isPublishing(state());
    }

    @Override
    public Trash discard(Disk disk) throws IOException {
        Path taken = Rights.makeFolders(trash.resolve(UUID.randomUUID().toString()));
        if (Stat.isFolder(folder(), LinkOption.NOFOLLOW_LINKS)) {
            disk.rename(folder(), taken.resolve("folder"));
            disk.syncFolder(Objects.requireNonNull(folder().getParent()));
        }
        for (Path link : layout.links()) {
            disk.delete(link);
        }
        if (!state().startsWith(folder())) {
            discardState(taken, disk);
        }
        return new Trash(taken, state());
    }

    /** All but the lease; the proof goes last, so that until then the next prune begins anew. */
    private void discardState(Path taken, Disk disk) throws IOException {
        Path proof = FolderReplica.proofIn(state());
        List<Path> going = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(state())) {
            for (Path child : children) {
                if (!child.equals(FolderReplica.leaseIn(state())) && !trash.startsWith(child) && !child.equals(proof)) {
                    going.add(child);
                }
            }
        }
        if (Stat.exists(proof, LinkOption.NOFOLLOW_LINKS)) {
            going.add(proof);
        }
        for (Path one : going) {
            disk.rename(one, taken.resolve(one.getFileName()));
        }
    }

    @Override
    public Trash discard(List<Revision> revisions, Disk disk) {
        throw new UnsupportedOperationException(folder() + " holds one revision; it goes whole or not at all");
    }

    @Override
    public void tidy(Disk disk) throws IOException {
        deleteEmpty(trash, disk);
        deleteEmpty(state(), disk);
        deleteEmpty(folder(), disk);
    }

    /** An empty folder and those above it that become empty by that, but not the root. */
    private void deleteEmpty(Path folder, Disk disk) throws IOException {
        for (Path at = folder;
                at != null && at.startsWith(root) && !at.equals(root) && isEmptyOrAbsent(at);
                at = at.getParent()) {
            try {
                disk.delete(at);
            } catch (DirectoryNotEmptyException e) {
                return; // Somebody has begun to use it.
            }
        }
    }

    private static boolean isEmptyOrAbsent(Path folder) throws IOException {
        if (!Stat.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        if (!Stat.isFolder(folder, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            return !children.iterator().hasNext();
        } catch (NoSuchFileException e) {
            return true;
        }
    }
}
