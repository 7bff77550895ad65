package io.synctools.file;

import io.synctools.internal.disk.Stat;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What stands where files are to be published: a folder where a file comes, or a file where a folder does. What the proof
 * names gives way, as the repository changed so; what somebody else put there does not.
 */
final class Obstacles {
    private final FolderLayout layout;
    private final Set<Path> seen = new HashSet<>();
    private final List<Path> ours = new ArrayList<>();
    private Optional<Set<Path>> proven = Optional.empty();

    private Obstacles(FolderLayout layout) {
        this.layout = layout;
    }

    /**
     * Looks for what is in the way.
     *
     * @param files relative to the layout's folder
     * @return files and folders of ours, absolute
     * @throws SyncException naming what is not ours
     */
    static List<Path> of(FolderLayout layout, Iterable<Path> files) throws IOException {
        Obstacles found = new Obstacles(layout);
        for (Path file : files) {
            found.lookAt(layout.folder().resolve(file));
        }
        return found.ours;
    }

    private void lookAt(Path file) throws IOException {
        Path root = layout.folder();
        if (Stat.isFolder(file)) {
            add(file, filesOf(file), " is a folder, but the repository has a file there; move it away");
        }
        for (Path parent = FolderReplica.parent(file);
                !parent.equals(root) && seen.add(parent);
                parent = FolderReplica.parent(parent)) {
            if (Stat.exists(parent, LinkOption.NOFOLLOW_LINKS) && !Stat.isFolder(parent)) {
                add(parent, List.of(parent), " is a file, but the repository has a folder there; move it away");
            }
        }
    }

    /** A link to a folder is somebody's, and so is all that it leads to; and so is a folder without any file. */
    private static List<Path> filesOf(Path folder) throws IOException {
        List<Path> files = Stat.isFolder(folder, LinkOption.NOFOLLOW_LINKS)
                ? Workspace.filesBelow(folder).stream().map(folder::resolve).toList()
                : List.of();
        return files.isEmpty() ? List.of(folder) : files;
    }

    private void add(Path obstacle, List<Path> files, String fault) throws IOException {
        Set<Path> known = proven();
        for (Path file : files) {
            if (!known.contains(file)) {
                String what = file.equals(obstacle) ? "" : " (" + file + " was not published by this tool)";
                throw new SyncException(FailureKind.DISK, obstacle + fault + what);
            }
        }
        ours.add(obstacle);
    }

    /** Every file that was published here; read when something is in the way, which is rare. */
    private Set<Path> proven() throws IOException {
        if (proven.isEmpty()) {
            Set<Path> files = new HashSet<>();
            boolean whole = Proof.read(
                            FolderReplica.proofIn(layout.state()),
                            (path, size, checksum) -> files.add(layout.folder().resolve(path)))
                    .isPresent();
            proven = Optional.of(whole ? files : Set.of());
        }
        return proven.get();
    }
}
