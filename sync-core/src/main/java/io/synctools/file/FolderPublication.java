package io.synctools.file;

import io.synctools.internal.disk.OpenedFolders;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Listing;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The steps of a publication, each of which a crash may follow: all files staged; the index staged; the decision written (a
 * proof); what gives way to files set aside; files renamed; index renamed; proof renamed. From the decision on, {@link
 * #finish} does what a dead run left.
 */
final class FolderPublication {
    private final FolderReplica replica;
    private final Workspace work;

    FolderPublication(FolderReplica replica, Workspace work) {
        this.replica = replica;
        this.work = work;
    }

    /**
     * Makes durable what is staged, the index with it, and writes the decision.
     *
     * @param ours checksums of the files of which the hub tells none, by path
     */
    void decide(ArtifactRef pinned, Listing listing, Map<String, Checksum> ours, Lease lease) throws IOException {
        Disk disk = replica.disk();
        Rights.makeFolders(work.index());
        String index = replica.layout().writeIndex(pinned, listing, work.index());
        syncTopFiles(disk, work.index());
        if (Stat.isFolder(work.staged())) {
            List<Path> staged = Workspace.filesBelow(work.staged());
            syncFolders(disk, work.staged(), staged);
            if (!Obstacles.of(replica.layout(), staged).isEmpty()) {
                Rights.makeFolders(work.replaced());
            }
        }
        lease.confirm();
        Proof.of(pinned, replica.item(), listing.entries(), index)
                .write(disk, work.decision(), work.folder(), listing.entries(), ours);
    }

    /** Does, or does again, all that follows the decision. */
    static void finish(Disk disk, FolderLayout layout, Workspace work) throws IOException {
        Path folder = layout.folder();
        OpenedFolders.look(FolderReplica.parent(folder));
        if (Stat.isFolder(work.staged()) && !Stat.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            renameAll(disk, work.index(), work.staged());
            Rights.makeFolders(FolderReplica.parent(folder));
            disk.rename(work.staged(), folder);
        } else {
            if (Stat.isFolder(work.replaced())) {
                setAside(disk, layout, work);
            }
            renameAll(disk, work.staged(), folder);
            renameAll(disk, work.index(), folder);
        }
        disk.syncFolder(FolderReplica.parent(folder));
        layout.afterPublish();
        disk.rename(work.decision(), FolderReplica.proofIn(layout.state()));
        disk.syncFolder(layout.state());
        disk.deleteTree(work.folder());
    }

    /** What the proof, still that of the publication before, names and the files to come replace. */
    private static void setAside(Disk disk, FolderLayout layout, Workspace work) throws IOException {
        for (Path obstacle : Obstacles.of(layout, Workspace.filesBelow(work.staged()))) {
            disk.rename(obstacle, work.replaced().resolve(UUID.randomUUID().toString()));
            disk.syncFolder(FolderReplica.parent(obstacle));
        }
    }

    private static void renameAll(Disk disk, Path from, Path to) throws IOException {
        List<Path> files = Workspace.filesBelow(from);
        Set<Path> made = new HashSet<>();
        for (Path file : files) {
            Path target = to.resolve(file);
            if (made.add(FolderReplica.parent(target))) {
                Rights.makeFolders(FolderReplica.parent(target));
            }
            disk.rename(from.resolve(file), target);
        }
        for (Path parent : made) {
            disk.syncFolder(parent);
        }
    }

    private static void syncFolders(Disk disk, Path root, List<Path> files) throws IOException {
        Set<Path> folders = new HashSet<>();
        folders.add(root);
        for (Path file : files) {
            Path parent = FolderReplica.parent(root.resolve(file));
            while (folders.add(parent)) {
                parent = FolderReplica.parent(parent);
            }
        }
        for (Path folder : folders) {
            disk.syncFolder(folder);
        }
    }

    /**
     * The index files at the top are synced. Those in folders below may be as many as the entries, and the clients bear
     * their loss.
     */
    private static void syncTopFiles(Disk disk, Path index) throws IOException {
        try (var files = Files.newDirectoryStream(index, Files::isRegularFile)) {
            for (Path file : files) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    disk.sync(channel);
                }
            }
        }
    }
}
