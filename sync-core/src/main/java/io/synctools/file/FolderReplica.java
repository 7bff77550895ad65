package io.synctools.file;

import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.spi.Extent;
import io.synctools.spi.FileSource;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Replica;
import io.synctools.spi.Settings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A replica where one folder holds one revision: staged beside, then renamed in whole where the folder is new, or file by
 * file in one burst where it is not.
 *
 * <p>The steps of a publication, each of which a crash may follow: all files staged; the index staged; the decision
 * written (a proof); files renamed; index renamed; proof renamed. From the decision on, {@link #recover} finishes what a
 * dead run left. Follows the order of calls of {@link Replica}.
 */
public final class FolderReplica implements Replica {
    private final Settings settings;
    private final FolderLayout layout;
    private final FileSource source;
    private final ArtifactRef pinned;
    private final NameFilter filter;
    private final Disk disk;
    private final FileReceiver receiver;
    private final Recipes recipes;

    /** Paths whose file has the listed content, as the proof says; and as the workspace's log says. */
    private Set<String> proven = Set.of();

    private Set<String> staged = Set.of();
    private boolean folderExists;
    private Optional<Workspace> found = Optional.empty();
    private @Nullable Listing admitted;
    private @Nullable Held held;
    /** Where files that are missing may lie already. */
    private volatile LocalBytes adoption = LocalBytes.NONE;

    private boolean publishedMeanwhile;

    /** What this replica fetched since it began. */
    private final Set<String> pulled = ConcurrentHashMap.newKeySet();

    /** Opens the folder, read-only. */
    public FolderReplica(
            Settings settings, FolderLayout layout, FileSource source, ArtifactRef pinned, NameFilter filter) {
        this.settings = settings;
        this.layout = layout;
        this.source = source;
        this.pinned = pinned;
        this.filter = filter;
        this.disk = Disk.of(settings);
        this.receiver = FileReceiver.of(settings);
        this.recipes = new Recipes(settings, layout.state(), layout.folder());
    }

    /** What we have from {@link #begin} to {@link #close}. */
    private record Held(
            Lease lease, Workspace work, StagedLog log, FileReceiver.Reservation room, Set<Path> foldersMade) {}

    /** Where a state folder keeps the proof of what was published last. */
    public static Path proofIn(Path state) {
        return state.resolve("proof.json");
    }

    /** Where a state folder keeps the lease. */
    public static Path leaseIn(Path state) {
        return state.resolve("lease");
    }

    /** Finishes a publication that a killed run left half-done; one look at the disk where there is none. */
    public static void recover(Settings settings, FolderLayout layout) throws IOException, InterruptedException {
        if (Workspace.decided(layout.state()).isEmpty()) {
            return;
        }
        try (Lease lease = Lease.take(leaseIn(layout.state()), settings)) {
            Disk disk = Disk.of(settings);
            finishLeftovers(disk, layout, lease);
        } catch (HeldByAnotherException e) {
            // Whoever holds it is alive and publishes; if the item needs more, begin() says so.
        }
    }

    private static void finishLeftovers(Disk disk, FolderLayout layout, Lease lease) throws IOException {
        if (Workspace.decided(layout.state()).isPresent()) {
            finish(disk, layout, Workspace.takeOver(disk, layout.state(), lease));
        }
    }

    @Override
    public boolean holds() throws IOException {
        return !receiver.verifies()
                && Stat.isFolder(layout.folder())
                && Proof.head(proofIn(layout.state()))
                        .filter(proof -> proof.proves(pinned, filter.text()))
                        .isPresent()
                && Workspace.decided(layout.state()).isEmpty();
    }

    @Override
    public Extent extent() throws IOException {
        return Proof.head(proofIn(layout.state()))
                .map(proof -> new Extent(proof.files(), proof.bytes()))
                .orElse(Extent.UNKNOWN);
    }

    @Override
    public void admit(Listing listing) throws IOException {
        NameGuard.check(listing.entries(), layout.reserved());
        Proof.refuseEmptied(Proof.head(proofIn(layout.state())), listing);
        admitted = listing;
        findWhatIsThere(listing);
    }

    private void findWhatIsThere(Listing listing) throws IOException {
        Path proof = proofIn(layout.state());
        found = Workspace.in(layout.state()).stream().findFirst();
        proven = Set.of();
        staged = Set.of();
        folderExists = Stat.exists(layout.folder(), LinkOption.NOFOLLOW_LINKS);
        boolean proofExists = Stat.exists(proof);
        if (!proofExists && found.isEmpty()) {
            return;
        }
        Map<String, Entry> wanted = new HashMap<>();
        for (Entry entry : listing.entries()) {
            wanted.put(entry.path(), entry);
        }
        Set<String> bySeal = new HashSet<>();
        Optional<Proof> read = Proof.read(proof, (path, size, checksum) -> {
            Entry entry = wanted.get(path);
            if (entry != null
                    && entry.size() == size
                    && entry.checksum().filter(checksum::equals).isPresent()) {
                bySeal.add(entry.path());
            }
        });
        proven = read.isPresent() ? bySeal : Set.of();
        if (found.isPresent()) {
            Set<String> byLog = new HashSet<>();
            StagedLog.read(found.get().log(), (path, checksum) -> {
                Entry entry = wanted.get(path);
                if (entry != null && entry.checksum().filter(checksum::equals).isPresent()) {
                    byLog.add(entry.path());
                } else {
                    byLog.remove(path);
                }
            });
            staged = byLog;
        }
    }

    @Override
    public Presence check(Entry entry) throws IOException, InterruptedException {
        if (staged.contains(entry.path())
                && found.isPresent()
                && sizeOf(found.get().staged().resolve(entry.path())) == entry.size()) {
            return Presence.SAME;
        }
        Path file = layout.folder().resolve(entry.path());
        long size = folderExists ? sizeOf(file) : -1;
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

    /** The length of a regular file; -1 where there is none. */
    private static long sizeOf(Path file) throws IOException {
        return Stat.of(file)
                .filter(BasicFileAttributes::isRegularFile)
                .map(BasicFileAttributes::size)
                .orElse(-1L);
    }

    @Override
    public boolean unpublished() throws IOException {
        return !staged.isEmpty()
                || !Stat.isFolder(layout.folder())
                || Proof.head(proofIn(layout.state()))
                        .filter(proof -> !proof.proves(pinned, filter.text()))
                        .isPresent();
    }

    @Override
    public void begin(List<Entry> missing) throws IOException, InterruptedException {
        refuseObstacles(missing);
        adoption = Adoption.of(settings, layout.elsewhere());
        try {
            Lease lease = Lease.take(leaseIn(layout.state()), settings);
            boolean ready = false;
            try {
                finishLeftovers(disk, layout, lease);
                publishedMeanwhile = holds();
                Workspace work = Workspace.takeOver(disk, layout.state(), lease);
                // Whoever had the lease before us may have got further since we looked.
                findWhatIsThere(Objects.requireNonNull(admitted, "admit() comes before begin()"));
                refuseOtherDisks(missing);
                dropUnwanted(work);
                StagedLog log = StagedLog.open(disk, work.log());
                boolean fits = false;
                try {
                    FileReceiver.Reservation room = receiver.reserve(work.parts(), missing);
                    held = new Held(lease, work, log, room, ConcurrentHashMap.newKeySet());
                    fits = true;
                } finally {
                    if (!fits) {
                        log.close();
                    }
                }
                ready = true;
            } finally {
                if (!ready) {
                    lease.close();
                }
            }
        } catch (AccessDeniedException e) {
            throw new SyncException(
                    FailureKind.DISK,
                    "cannot write to " + e.getFile()
                            + ": permission denied; give this user the right to write there, or"
                            + " choose another root",
                    false,
                    e);
        }
    }

    /** A file cannot take the place of a folder, nor lie below a file; and what stands there may be somebody's. */
    private void refuseObstacles(List<Entry> missing) throws IOException {
        Set<Path> seen = new HashSet<>();
        Path root = layout.folder();
        if (!folderExists) {
            return;
        }
        for (Entry entry : missing) {
            Path file = root.resolve(entry.path());
            if (Stat.isFolder(file)) {
                throw new SyncException(
                        FailureKind.DISK, file + " is a folder, but the repository has a file there; move it away");
            }
            for (Path parent = file.getParent();
                    parent != null && parent.startsWith(root);
                    parent = parent.getParent()) {
                if (!seen.add(parent)) {
                    break;
                }
                if (Stat.exists(parent, LinkOption.NOFOLLOW_LINKS) && !Stat.isFolder(parent)) {
                    throw new SyncException(
                            FailureKind.DISK,
                            parent + " is a file, but the repository has a folder there; move it away");
                }
            }
        }
    }

    /** What is staged on one disk cannot appear on another within milliseconds, and there may be no room for it. */
    private void refuseOtherDisks(List<Entry> missing) throws IOException {
        Set<Path> seen = new HashSet<>();
        for (Entry entry : missing) {
            Path at = parent(layout.folder().resolve(entry.path()));
            for (boolean isThere = false; !isThere && seen.add(at); at = parent(at)) {
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

    /** Removes staged files that this listing does not want, so that all that is staged may be published. */
    private void dropUnwanted(Workspace work) throws IOException {
        disk.deleteTree(work.index());
        for (Path file : Workspace.filesBelow(work.staged())) {
            if (!staged.contains(file.toString())) {
                disk.delete(work.staged().resolve(file));
            }
        }
    }

    @Override
    public void pull(Entry entry, Progress progress) throws IOException, InterruptedException {
        Held now = held();
        boolean claimed = proven.contains(entry.path()) || staged.contains(entry.path());
        if (pulled.contains(entry.path()) || (claimed && check(entry) == Presence.SAME)) {
            return;
        }
        Path file = now.work().staged().resolve(entry.path());
        try {
            createBelow(now.work().staged(), parent(file), now.foldersMade());
            now.log().add(entry);
            LocalBytes local = adoption.or(recipes.local(source, pinned));
            receiver.receive(source, pinned, entry, local, now.work().parts(), file, now.lease(), progress);
            recipes.keep(source, pinned, entry, file, layout.folder().resolve(entry.path()));
            pulled.add(entry.path());
        } catch (NoSuchFileException e) {
            now.lease().confirm(); // A workspace that is gone was taken over; then this says by whom.
            throw e;
        }
    }

    /** Makes a folder and its parents, but never the root: where that is gone, somebody took the work over. */
    private static void createBelow(Path root, Path folder, Set<Path> made) throws IOException {
        if (folder.equals(root) || made.contains(folder)) {
            return;
        }
        createBelow(root, parent(folder), made);
        try {
            Rights.makeFolder(folder);
        } catch (FileAlreadyExistsException e) {
            // Another thread made it, or an earlier run.
        }
        made.add(folder);
    }

    @Override
    public void publish(Listing listing) throws IOException, InterruptedException {
        Held now = held();
        now.lease().confirm();
        if (publishedMeanwhile && pulled.isEmpty()) {
            return;
        }
        Workspace work = now.work();
        if (!Stat.exists(work.decision())) { // It is there when a failure below is tried again.
            decide(now, listing);
        }
        now.log().close(); // NFS keeps the name of an open file that is deleted, and with it the folder.
        finish(disk, layout, work);
    }

    private void decide(Held now, Listing listing) throws IOException {
        Workspace work = now.work();
        Rights.makeFolders(work.index());
        layout.writeIndex(pinned, listing, work.index());
        syncTopFiles(work.index());
        if (Stat.isFolder(work.staged())) {
            syncFolders(work.staged(), Workspace.filesBelow(work.staged()));
        }
        now.lease().confirm();
        Proof.write(disk, work.decision(), pinned, filter.text(), listing.entries());
    }

    /** Does, or does again, all that follows the decision. */
    private static void finish(Disk disk, FolderLayout layout, Workspace work) throws IOException {
        Path folder = layout.folder();
        if (Stat.isFolder(work.staged()) && !Stat.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            renameAll(disk, work.index(), work.staged());
            Rights.makeFolders(parent(folder));
            disk.rename(work.staged(), folder);
        } else {
            renameAll(disk, work.staged(), folder);
            renameAll(disk, work.index(), folder);
        }
        disk.syncFolder(parent(folder));
        layout.afterPublish();
        disk.rename(work.decision(), proofIn(layout.state()));
        disk.syncFolder(layout.state());
        disk.deleteTree(work.folder());
    }

    private static void renameAll(Disk disk, Path from, Path to) throws IOException {
        List<Path> files = Workspace.filesBelow(from);
        Set<Path> made = new HashSet<>();
        for (Path file : files) {
            Path target = to.resolve(file);
            if (made.add(parent(target))) {
                Rights.makeFolders(parent(target));
            }
            disk.rename(from.resolve(file), target);
        }
        for (Path parent : made) {
            disk.syncFolder(parent);
        }
    }

    private void syncFolders(Path root, List<Path> files) throws IOException {
        Set<Path> folders = new HashSet<>();
        folders.add(root);
        for (Path file : files) {
            Path parent = parent(root.resolve(file));
            while (folders.add(parent)) {
                parent = parent(parent);
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
    private void syncTopFiles(Path index) throws IOException {
        try (var files = Files.newDirectoryStream(index, Files::isRegularFile)) {
            for (Path file : files) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    disk.sync(channel);
                }
            }
        }
    }

    /** Every path that we speak of is absolute and lies below another. */
    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent());
    }

    private Held held() {
        Held now = held;
        if (now == null) {
            throw new IllegalStateException("begin() comes before pull() and publish()");
        }
        return now;
    }

    @Override
    public void close() throws IOException {
        Held now = held;
        held = null;
        if (now != null) {
            now.room().close();
            try {
                now.log().close();
            } finally {
                now.lease().close();
            }
        }
    }
}
