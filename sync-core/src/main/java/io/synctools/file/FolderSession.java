package io.synctools.file;

import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Session;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Brings one listing into one folder, under the lease of its claim. */
final class FolderSession implements Session {
    private final FolderReplica replica;
    private final Lease lease;
    private final ArtifactRef pinned;
    private final Workspace work;
    private final FolderComparison comparison;
    private final FileReceiver receiver;
    private final StagedLog log;
    private final Recipes recipes;
    private volatile Reservation room = Reservation.NONE;
    /** Where files that are missing may lie already. */
    private final Adoption adoption;

    /** What this session fetched; and the folders that it made for it. */
    private final Set<String> pulled = ConcurrentHashMap.newKeySet();

    /** Checksums of what this session fetched and the hub tells none of. */
    private final Map<String, Checksum> ours = new ConcurrentHashMap<>();

    private final Set<Path> foldersMade = ConcurrentHashMap.newKeySet();

    private FolderSession(
            FolderReplica replica, Lease lease, ArtifactRef pinned, FolderComparison comparison, Workspace work)
            throws IOException {
        this.replica = replica;
        this.lease = lease;
        this.pinned = pinned;
        this.comparison = comparison;
        this.work = work;
        this.receiver = FileReceiver.of(replica.context());
        this.recipes = new Recipes(
                replica.context(),
                replica.layout().state(),
                work.parts(),
                replica.layout().folder());
        this.adoption = replica.adoption();
        this.log = StagedLog.open(replica.disk(), work.log());
    }

    /** Takes over what earlier holders of the lease have fetched, and compares a listing with all that is there. */
    static FolderSession begin(FolderReplica replica, Lease lease, ArtifactRef pinned, Listing listing)
            throws IOException {
        Workspace work = Workspace.takeOver(replica.disk(), replica.layout().state(), lease);
        FolderComparison comparison = new FolderComparison(replica, pinned, listing, Optional.of(work));
        dropUnwanted(replica.disk(), work, comparison.staged());
        return new FolderSession(replica, lease, pinned, comparison, work);
    }

    /** Removes staged files that this listing does not want, so that all that is staged may be published. */
    private static void dropUnwanted(Disk disk, Workspace work, Set<String> wanted) throws IOException {
        disk.deleteTree(work.index());
        for (Path file : Workspace.filesBelow(work.staged())) {
            if (!wanted.contains(file.toString())) {
                disk.delete(work.staged().resolve(file));
                removeEmpty(FolderReplica.parent(work.staged().resolve(file)), work.staged());
            }
        }
    }

    /** A file may come where only folders are left. */
    private static void removeEmpty(Path from, Path root) throws IOException {
        try {
            for (Path folder = from; !folder.equals(root); folder = FolderReplica.parent(folder)) {
                Files.deleteIfExists(folder);
            }
        } catch (DirectoryNotEmptyException e) {
            // Other staged files are wanted.
        }
    }

    @Override
    public Presence check(Entry entry) throws IOException, InterruptedException {
        return comparison.check(entry);
    }

    @Override
    public void reserve(List<Entry> missing) throws IOException, InterruptedException {
        comparison.refuseObstacles(missing);
        comparison.refuseOtherDisks(missing);
        room.close();
        room = adoption.reserve(receiver, work.parts(), missing, told -> {});
    }

    @Override
    public void pull(Entry entry, Progress progress) throws IOException, InterruptedException {
        if (pulled.contains(entry.path()) || (comparison.isKnown(entry) && comparison.check(entry) == Presence.SAME)) {
            return;
        }
        Path file = work.staged().resolve(entry.path());
        try {
            createBelow(work.staged(), FolderReplica.parent(file));
            log.add(entry, ContentKey.of(pinned, entry));
            LocalBytes local = adoption.or(recipes.local(replica.source(), pinned));
            Delivery delivery = new Delivery(replica.source(), pinned, local, work.parts(), lease, room);
            Checksum arrived = receiver.receive(delivery, entry, file, progress);
            if (entry.checksum().isEmpty()) {
                ours.put(entry.path(), arrived);
            }
            recipes.keep(
                    replica.source(),
                    pinned,
                    entry,
                    file,
                    replica.layout().folder().resolve(entry.path()));
            pulled.add(entry.path());
            adoption.arrived(ContentKey.with(entry, arrived));
        } catch (NoSuchFileException e) {
            lease.confirm(); // A workspace that is gone was taken over; then this says by whom.
            throw e;
        }
    }

    /** Makes a folder and its parents, but never the root: where that is gone, somebody took the work over. */
    private void createBelow(Path root, Path folder) throws IOException {
        if (folder.equals(root) || foldersMade.contains(folder)) {
            return;
        }
        createBelow(root, FolderReplica.parent(folder));
        try {
            Rights.makeFolder(folder);
        } catch (FileAlreadyExistsException e) {
            // Another thread made it, or an earlier run.
        }
        foldersMade.add(folder);
    }

    @Override
    public boolean publish(Listing listing) throws IOException {
        lease.confirm();
        FolderPublication publication = new FolderPublication(replica, work);
        if (!Stat.exists(work.decision())) { // It is there when a failure below is tried again.
            publication.decide(pinned, listing, ours(listing), lease);
        }
        log.close(); // NFS keeps the name of an open file that is deleted, and with it the folder.
        FolderPublication.finish(replica.disk(), replica.layout(), work);
        return !pulled.isEmpty() || comparison.hasNews();
    }

    /** The checksums of files of which the hub tells none. */
    private Map<String, Checksum> ours(Listing listing) throws IOException {
        Map<String, Checksum> all = new HashMap<>(ours);
        for (Entry entry : listing.entries()) {
            if (entry.checksum().isEmpty() && !all.containsKey(entry.path())) {
                Path staged = work.staged().resolve(entry.path()); // by an earlier run, which had no time to publish it
                all.put(
                        entry.path(),
                        Stat.isFile(staged)
                                ? FileReceiver.sha256(staged, entry.size())
                                : comparison.ours(entry).orElseThrow());
            }
        }
        return all;
    }

    /** Gives the room back; keeps what was fetched and not published, but no empty places for it. */
    void end() throws IOException {
        room.close();
        log.close();
        if (Stat.isFolder(work.folder()) && !Stat.exists(work.decision()) && work.isEmpty()) {
            replica.disk().deleteTree(work.folder());
        }
    }
}
