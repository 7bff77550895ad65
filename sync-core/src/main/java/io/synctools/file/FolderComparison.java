package io.synctools.file;

import io.synctools.internal.disk.OpenedFolders;
import io.synctools.internal.disk.Stat;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
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

    /** Of files of which the hub tells no checksum, those that we computed when the same content arrived. */
    private final Map<String, Checksum> ours;

    /** Whether what was published here is another revision, or its index tells of it no more. */
    private final boolean differs;

    /** @param workspace where a run has staged files; empty where none has */
    FolderComparison(FolderReplica replica, ArtifactRef pinned, Listing listing, Optional<Workspace> workspace)
            throws IOException {
        this.replica = replica;
        this.layout = replica.layout();
        this.receiver = FileReceiver.of(replica.context());
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
        Proven read = new Proven(pinned, wanted, index);
        boolean whole = Proof.read(proof, read).isPresent();
        boolean trusted = whole && index.foreign().isEmpty();
        this.proven = trusted ? read.files : Set.of();
        this.ours = whole ? read.ours : Map.of();
        this.differs = head.filter(found -> !trusted || !read.allListed || !found.proves(pinned, replica.filterText()))
                .isPresent();
        this.staged = workspace.isPresent() ? staged(pinned, workspace.get(), wanted) : Set.of();
    }

    /** What of a listing a proof names with the same content. */
    private static final class Proven implements Proof.Reader {
        private final ArtifactRef pinned;
        private final Map<String, Entry> wanted;
        private final FolderIndex index;
        private final Set<String> files = new HashSet<>();
        private final Map<String, Checksum> ours = new HashMap<>();
        private boolean allListed = true;

        Proven(ArtifactRef pinned, Map<String, Entry> wanted, FolderIndex index) {
            this.pinned = pinned;
            this.wanted = wanted;
            this.index = index;
        }

        @Override
        public void file(String path, long size, Checksum checksum) {
            Entry entry = wanted.get(path);
            allListed &= index.lists(path);
            if (entry != null
                    && entry.size() == size
                    && entry.checksum().filter(checksum::equals).isPresent()) {
                files.add(entry.path());
            }
        }

        /** The hub speaks of the same content as when ours was computed. */
        @Override
        public void ours(String path, Checksum checksum, Checksum key) {
            Entry entry = wanted.get(path);
            if (entry != null
                    && entry.checksum().isEmpty()
                    && ContentKey.of(pinned, entry).equals(key)) {
                files.add(entry.path());
                ours.put(entry.path(), checksum);
            }
        }
    }

    private static Set<String> staged(ArtifactRef pinned, Workspace work, Map<String, Entry> wanted)
            throws IOException {
        Set<String> byLog = new HashSet<>();
        StagedLog.read(work.log(), (path, checksum) -> {
            Entry entry = wanted.get(path);
            if (entry != null && ContentKey.of(pinned, entry).equals(checksum)) {
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
        Optional<Checksum> known = entry.checksum().or(() -> Optional.ofNullable(ours.get(entry.path())));
        return known.isPresent() && receiver.hasContent(file, ContentKey.with(entry, known.get()))
                ? Presence.SAME
                : Presence.DIFFERENT;
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

    /** A checksum that we computed of a file that the proof names; empty where we have none of this content. */
    Optional<Checksum> ours(Entry entry) {
        return Optional.ofNullable(ours.get(entry.path()));
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
