package io.synctools.file;

import io.synctools.internal.disk.OpenedFolders;
import io.synctools.internal.disk.Stat;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.spi.Presence;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is there of a listing, in the folder that readers use and among what a run has staged; read-only. Thread-safe once
 * it is made.
 */
final class FolderComparison {
    private final FolderReplica replica;
    private final FolderLayout layout;
    private final FileReceiver receiver;
    private final Optional<Workspace> workspace;
    private final OpenedFolders folders;
    private final boolean folderExists;

    /** Paths whose file has the listed content, as the proof says; and as the workspace's log says. */
    private final Set<String> proven;

    private final Set<String> staged;

    /** Whether what was published here is another revision, or its index tells of it no more. */
    private final boolean differs;

    /** @param workspace where a run has staged files; empty where none has */
    FolderComparison(FolderReplica replica, ArtifactRef pinned, Listing listing, Optional<Workspace> workspace)
            throws IOException {
        this.replica = replica;
        this.layout = replica.layout();
        this.receiver = FileReceiver.of(replica.settings());
        this.workspace = workspace;
        this.folders = new OpenedFolders(layout.folder());
        folders.open(layout.folder());
        this.folderExists = Stat.exists(layout.folder(), LinkOption.NOFOLLOW_LINKS);
        Map<String, Entry> wanted = new HashMap<>();
        Path proof = FolderReplica.proofIn(layout.state());
        Optional<Proof> head = Proof.head(proof);
        if (head.isPresent() || workspace.isPresent()) {
            listing.entries().forEach(entry -> wanted.put(entry.path(), entry));
        }
        FolderIndex index = head.isPresent() ? layout.index(head.get()) : FolderIndex.BROKEN;
        Set<String> byProof = new HashSet<>();
        boolean[] listed = {true};
        boolean whole = Proof.read(proof, (path, size, checksum) -> {
                    Entry entry = wanted.get(path);
                    listed[0] &= index.lists(path);
                    if (entry != null
                            && entry.size() == size
                            && entry.checksum().filter(checksum::equals).isPresent()) {
                        byProof.add(entry.path());
                    }
                })
                .isPresent();
        boolean trusted = whole && index.foreign().isEmpty();
        this.proven = trusted ? byProof : Set.of();
        this.differs = head.filter(found -> !trusted || !listed[0] || !found.proves(pinned, replica.filterText()))
                .isPresent();
        this.staged = workspace.isPresent() ? staged(workspace.get(), wanted) : Set.of();
    }

    private static Set<String> staged(Workspace work, Map<String, Entry> wanted) throws IOException {
        Set<String> byLog = new HashSet<>();
        StagedLog.read(work.log(), (path, checksum) -> {
            Entry entry = wanted.get(path);
            if (entry != null && entry.checksum().filter(checksum::equals).isPresent()) {
                byLog.add(entry.path());
            } else {
                byLog.remove(path);
            }
        });
        return byLog;
    }

    Presence check(Entry entry) throws IOException, InterruptedException {
        if (isStaged(entry)) {
            return Presence.SAME;
        }
        Path file = layout.folder().resolve(entry.path());
        if (folderExists) {
            folders.open(FolderReplica.parent(file));
        }
        long size = folderExists ? FolderReplica.sizeOf(file) : -1;
        if (size < 0) {
            return Presence.ABSENT;
        }
        if (size != entry.size()) {
            return Presence.DIFFERENT;
        }
        if (proven.contains(entry.path()) && !receiver.verifies()) {
            return Presence.SAME;
        }
        return receiver.hasContent(file, entry) ? Presence.SAME : Presence.DIFFERENT;
    }

    private boolean isStaged(Entry entry) throws IOException {
        return staged.contains(entry.path())
                && workspace.isPresent()
                && FolderReplica.sizeOf(workspace.get().staged().resolve(entry.path())) == entry.size();
    }

    /** Whether an earlier run says that it has the content, here or staged. */
    boolean isKnown(Entry entry) {
        return proven.contains(entry.path()) || staged.contains(entry.path());
    }

    /** Whether publishing shows readers something new, where every entry was the same. */
    boolean hasNews() {
        return !staged.isEmpty() || !folderExists || differs;
    }

    /** Staged files of this listing, by path. */
    Set<String> staged() {
        return staged;
    }

    /** A file cannot take the place of a folder, nor lie below a file, if what stands there may be somebody's. */
    void refuseObstacles(List<Entry> missing) throws IOException {
        if (folderExists) {
            Path root = layout.folder();
            Obstacles.of(
                    layout,
                    missing.stream().map(entry -> root.resolve(entry.path())).toList());
        }
    }

    /** What is staged on one disk cannot appear on another within milliseconds, and there may be no room for it. */
    void refuseOtherDisks(List<Entry> missing) throws IOException {
        Set<Path> seen = new HashSet<>();
        for (Entry entry : missing) {
            Path at = FolderReplica.parent(layout.folder().resolve(entry.path()));
            for (boolean isThere = false; !isThere && seen.add(at); at = FolderReplica.parent(at)) {
                isThere = Stat.isFolder(at);
                if (isThere && !Stat.isOneDisk(at, layout.state())) {
                    throw new SyncException(
                            FailureKind.DISK,
                            at + " lies on another disk than " + layout.state()
                                    + ", where files are staged; mount or link the whole root there instead");
                }
            }
        }
    }

    FolderReplica replica() {
        return replica;
    }
}
