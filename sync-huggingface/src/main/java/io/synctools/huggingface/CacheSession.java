package io.synctools.huggingface;

import io.synctools.file.Adoption;
import io.synctools.file.Delivery;
import io.synctools.file.Disk;
import io.synctools.file.FileReceiver;
import io.synctools.file.Lease;
import io.synctools.file.LocalBytes;
import io.synctools.file.Proof;
import io.synctools.file.Recipes;
import io.synctools.file.Reservation;
import io.synctools.internal.disk.OpenedFolders;
import io.synctools.internal.disk.ParallelIo;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Brings one commit into the cache, under the lease on its repository. */
final class CacheSession implements Session {
    private final CacheReplica replica;
    private final CachePaths repo;
    private final Lease lease;
    private final CacheComparison comparison;
    private final ArtifactRef pinned;
    private final String commit;
    private final FileReceiver receiver;
    private final Disk disk;
    private final Recipes recipes;
    private final Adoption adoption;
    private volatile Reservation room = Reservation.NONE;
    private volatile boolean news;

    CacheSession(CacheReplica replica, Lease lease, CacheComparison comparison) {
        this.replica = replica;
        this.repo = replica.repo();
        this.lease = lease;
        this.comparison = comparison;
        this.pinned = comparison.pinned();
        this.commit = RepoId.commit(pinned);
        this.receiver = FileReceiver.of(replica.context());
        this.disk = Disk.of(replica.context());
        this.recipes = new Recipes(replica.context(), repo.state(), repo.temporary(), repo.blobs());
        this.adoption = replica.adoption();
    }

    @Override
    public Presence check(Entry entry) throws IOException, InterruptedException {
        return comparison.check(entry);
    }

    @Override
    public void reserve(List<Entry> missing) throws IOException, InterruptedException {
        for (Path folder : List.of(repo.blobs(), repo.snapshots(), repo.refs())) {
            if (!Stat.isOneDisk(folder, repo.state())) {
                throw new SyncException(
                        FailureKind.DISK,
                        folder + " lies on another disk than " + repo.state()
                                + ", where files arrive; mount or link the whole cache there instead");
            }
        }
        Path tag = replica.cache().root().resolve(CacheTag.NAME);
        if (!Stat.exists(tag)) {
            byte[] text = CacheTag.TEXT.getBytes(StandardCharsets.US_ASCII);
            disk.replace(tag, repo.temporary(), out -> out.write(text));
        }
        room.close();
        room = adoption.reserve(receiver, repo.parts(), CacheComparison.distinct(missing), told -> {});
    }

    @Override
    public void pull(Entry entry, Progress progress) throws IOException, InterruptedException {
        Path blob = repo.blob(entry);
        news = true;
        boolean reused = !replica.shared().fetchOnce(CacheComparison.checksum(entry), () -> {
            // Another item, now gone, may have brought it since it was checked.
            if (receiver.hasContent(blob, entry)) {
                progress.reused(entry.size());
            } else {
                LocalBytes local = adoption.or(recipes.local(replica.source(), pinned));
                receiver.receive(
                        new Delivery(replica.source(), pinned, local, repo.parts(), lease, room),
                        entry,
                        blob,
                        progress);
                recipes.keep(replica.source(), pinned, entry, blob, blob);
                adoption.arrived(entry);
            }
        });
        if (reused) {
            progress.reused(entry.size());
        }
    }

    @Override
    public boolean publish(Listing listing) throws IOException, InterruptedException {
        return replica.shared().publishOne(() -> publishAlone(listing));
    }

    private boolean publishAlone(Listing listing) throws IOException, InterruptedException {
        lease.confirm();
        news |= comparison.hasNews(); // a publication that is tried again made it so
        SnapshotLinks links = SnapshotLinks.of(disk, repo, replica.cache().symlinks(), !receiver.verifies());
        keepContent(listing, links);
        linkSnapshot(listing, links);
        new ClientState(repo, commit).agreeWith(listing, disk);
        Path proof = repo.proof(commit, replica.filter());
        Rights.makeFolders(proof.resolveSibling(""));
        Proof.of(pinned, replica.item(), listing.entries(), "").write(disk, proof, repo.temporary(), listing.entries());
        replica.shared().tidy(listing.entries());
        lease.confirm();
        moveRef();
        return news;
    }

    /** Makes sure that every blob is there, also of files whose only copy lies in the snapshot. */
    private void keepContent(Listing listing, SnapshotLinks links) throws IOException, InterruptedException {
        ParallelIo.of(replica.context()).each(listing.entries(), entry -> {
            Path blob = repo.blob(entry);
            if (Stat.isFile(blob)) {
                return true;
            }
            Path file = repo.snapshot(commit).resolve(entry.path());
            if (!Stat.isFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new SyncException(
                        FailureKind.DISK,
                        blob + " was removed while its snapshot was being published; run again",
                        true,
                        null);
            }
            links.keep(file, entry);
            return true;
        });
        disk.syncFolder(repo.blobs());
    }

    private void linkSnapshot(Listing listing, SnapshotLinks links) throws IOException, InterruptedException {
        Path snapshot = repo.snapshot(commit);
        OpenedFolders.look(repo.snapshots());
        if (!Stat.isFolder(snapshot)) {
            Path staged = repo.temporary().resolve(commit + "." + UUID.randomUUID());
            fill(staged, listing, links);
            try {
                disk.rename(staged, snapshot);
                disk.syncFolder(repo.snapshots());
                return;
            } catch (FileSystemException e) {
                OpenedFolders.look(repo.snapshots()); // NFS may remember that it was not there
                if (!Stat.isFolder(snapshot)) {
                    throw e;
                }
                // Somebody else made it meanwhile; below, what it lacks is added in place.
                disk.deleteTree(staged);
            }
        }
        fill(snapshot, listing, links);
    }

    private void fill(Path snapshot, Listing listing, SnapshotLinks links) throws IOException, InterruptedException {
        Set<Path> folders = new HashSet<>();
        folders.add(Rights.makeFolders(snapshot));
        for (Entry entry : listing.entries()) {
            Path folder = snapshot.resolve(entry.path()).resolveSibling("");
            if (folders.add(folder)) {
                Rights.makeFolders(folder);
            }
        }
        ParallelIo.of(replica.context()).each(listing.entries(), entry -> {
            Path name = snapshot.resolve(entry.path());
            if (!Stat.exists(name, LinkOption.NOFOLLOW_LINKS)) {
                links.make(name, entry);
                news = true;
            } else if (!links.isRight(name, entry)) {
                links.replace(name, entry);
                news = true;
            }
            return true;
        });
        for (Path folder : folders) {
            disk.syncFolder(folder);
        }
    }

    private void moveRef() throws IOException {
        if (!replica.isRefBehind(pinned)) {
            return;
        }
        Path ref = repo.refs().resolve(pinned.revision());
        Rights.makeFolders(ref.resolveSibling(""));
        // Readers take the bytes for a folder's name as they are: no newline.
        disk.replace(ref, repo.temporary(), out -> out.write(commit.getBytes(StandardCharsets.US_ASCII)));
        disk.syncFolder(ref.resolveSibling(""));
    }

    /** Gives the room back; what was fetched stays. */
    void end() {
        room.close();
    }
}
