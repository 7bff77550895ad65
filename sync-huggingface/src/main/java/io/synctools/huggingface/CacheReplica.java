package io.synctools.huggingface;

import io.synctools.file.Adoption;
import io.synctools.file.Disk;
import io.synctools.file.FileReceiver;
import io.synctools.file.Lease;
import io.synctools.file.LocalBytes;
import io.synctools.file.NameGuard;
import io.synctools.file.Proof;
import io.synctools.file.Recipes;
import io.synctools.internal.disk.Abreast;
import io.synctools.internal.disk.Reason;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.spi.Extent;
import io.synctools.spi.FileSource;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Replica;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One commit of a repository in the cache. Blobs appear one by one as they are verified; readers see none of them before
 * {@link #publish} makes the snapshot and, last of all, moves the ref (protocols/huggingface.md section 6.1).
 */
final class CacheReplica implements Replica {
    private final HuggingFaceCache cache;
    private final SharedRepo shared;
    private final FileSource source;
    private final Claim claim;

    private final ArtifactRef pinned;
    private final NameFilter filter;
    private final CacheRepo repo;
    private final String commit;
    private final FileReceiver receiver;
    private final Disk disk;
    private final Recipes recipes;
    private final Adoption adoption;

    private KnownBlobs known = KnownBlobs.NONE;
    /** Set where a file's content is there and its name in the snapshot is not. */
    private volatile boolean isUnlinked;
    /** Set where the clients' own state says something else than what is there. */
    private boolean isMisleading;

    private @Nullable Lease lease;
    private FileReceiver.@Nullable Reservation room;

    /**
     * What one item of a run works on; two at once would be the same work twice.
     *
     * @param destination as declared
     * @param pinned what goes there
     * @param filter how much of it
     */
    record Claim(ArtifactRef destination, ArtifactRef pinned, NameFilter filter) {}

    CacheReplica(HuggingFaceCache cache, SharedRepo shared, FileSource source, Claim claim) {
        this.cache = cache;
        this.shared = shared;
        this.source = source;
        this.claim = claim;
        this.pinned = claim.pinned();
        this.filter = claim.filter();
        this.repo = shared.repo();
        this.commit = RepoId.commit(pinned);
        this.receiver = FileReceiver.of(cache.settings());
        this.disk = Disk.of(cache.settings());
        this.recipes = new Recipes(cache.settings(), repo.state(), repo.blobs());
        this.adoption = Adoption.of(cache.settings(), List.of());
    }

    @Override
    public boolean holds() throws IOException {
        return !receiver.verifies()
                && !isRefBehind()
                && Stat.isFolder(repo.snapshot(commit))
                && isProven()
                && absentByMistake().isEmpty();
    }

    private boolean isProven() throws IOException {
        Optional<Proof> proof = Proof.head(repo.proof(commit, filter)).filter(of -> of.proves(pinned, filter.text()));
        boolean isPart = !filter.equals(NameFilter.ALL) && !Stat.exists(repo.proof(commit, NameFilter.ALL));
        return proof.isPresent()
                && !(isPart && TreeCache.count(repo.tree(commit)) > proof.get().files());
    }

    /** The marks of clients for files that they did not find at this commit, and that are there. */
    private List<Path> absentByMistake() throws IOException {
        Path marks = repo.absent(commit);
        if (!Stat.isFolder(marks, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        List<Path> wrong = new ArrayList<>();
        try (Stream<Path> all = Files.walk(marks)) {
            for (Path mark : (Iterable<Path>) all::iterator) {
                Path file = repo.snapshot(commit).resolve(marks.relativize(mark).toString());
                if (Stat.isFile(mark, LinkOption.NOFOLLOW_LINKS) && Stat.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    wrong.add(mark);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return wrong;
    }

    /**
     * Whether the clients' listing of the commit would promise what is not there: their offline loading fails where a listed
     * file is absent, and takes a snapshot as it is where there is no listing.
     */
    private boolean promisesTooMuch(Listing listing) throws IOException {
        for (Entry entry : listing.leftOut()) {
            if (!isPlainName(entry) || !Stat.exists(repo.snapshot(commit).resolve(entry.path()))) {
                return true;
            }
        }
        return false;
    }

    /** What is left out was not checked: it may have names that lead elsewhere. */
    private static boolean isPlainName(Entry entry) {
        try {
            NameGuard.check(List.of(entry), Set.of());
            return true;
        } catch (SyncException e) {
            return false;
        }
    }

    @Override
    public Extent extent() throws IOException {
        return Proof.head(repo.proof(commit, filter))
                .map(proof -> new Extent(proof.files(), proof.bytes()))
                .orElse(Extent.UNKNOWN);
    }

    /** Whether the ref is to be moved; a revision that is itself a full commit has none. */
    private boolean isRefBehind() throws IOException {
        return !pinned.revision().equals(commit)
                && repo.commitOf(pinned.revision()).filter(commit::equals).isEmpty();
    }

    @Override
    public void admit(Listing listing) throws IOException {
        NameGuard.check(listing.entries(), Set.of());
        refuseBlockedRef();
        List<Path> proofs = new ArrayList<>(List.of(repo.proof(commit, filter)));
        // A new commit shares most of its content with the one before.
        Optional<Path> before = repo.commitOf(pinned.revision()).map(at -> repo.proof(at, filter));
        before.ifPresent(proofs::add);
        Proof.refuseEmptied(before.isPresent() ? Proof.head(before.get()) : Optional.empty(), listing);
        known = KnownBlobs.of(listing, proofs, repo.journal());
        isMisleading = !absentByMistake().isEmpty() || (Stat.exists(repo.tree(commit)) && promisesTooMuch(listing));
    }

    /** A branch {@code a} that gave way to one called {@code a/b}, or the other way round, leaves its ref behind. */
    private void refuseBlockedRef() throws IOException {
        Path ref = repo.refs().resolve(pinned.revision());
        Path blocking = Stat.isFolder(ref) ? ref : null;
        for (Path at = ref.getParent(); at != null && !at.equals(repo.refs()); at = at.getParent()) {
            blocking = Stat.isFile(at) ? at : blocking;
        }
        if (blocking != null) {
            throw new SyncException(
                    FailureKind.DISK,
                    blocking + " is in the way of the ref '" + pinned.revision()
                            + "'; remove it if its branch is gone from the hub");
        }
    }

    @Override
    public Presence check(Entry entry) throws IOException, InterruptedException {
        Presence content = content(entry);
        if (content == Presence.SAME && !isUnlinked) {
            isUnlinked = !Stat.exists(repo.snapshot(commit).resolve(entry.path()), LinkOption.NOFOLLOW_LINKS);
        }
        return content;
    }

    /** Clients since 1.32 keep content that repositories share in one place of the cache, and a link to it here. */
    private Presence content(Entry entry) throws IOException, InterruptedException {
        Path blob = repo.blob(entry);
        if (!Stat.isFile(blob)) {
            return isInSnapshot(entry) ? Presence.SAME : Presence.ABSENT;
        }
        if (!receiver.verifies() && known.contains(checksum(entry))) {
            return Files.size(blob) == entry.size() ? Presence.SAME : Presence.DIFFERENT;
        }
        return receiver.hasContent(blob, entry) ? Presence.SAME : Presence.DIFFERENT;
    }

    /** A client that makes no links leaves the only copy in the snapshot. */
    private boolean isInSnapshot(Entry entry) throws IOException, InterruptedException {
        Path file = repo.snapshot(commit).resolve(entry.path());
        return Stat.isFile(file, LinkOption.NOFOLLOW_LINKS) && receiver.hasContent(file, entry);
    }

    @Override
    public boolean unpublished() throws IOException {
        return isUnlinked || isMisleading || isRefBehind();
    }

    @Override
    public void begin(List<Entry> missing) throws IOException, InterruptedException {
        try {
            makeFolders();
            if (lease == null) { // It may be set when a failure below is tried again.
                lease = shared.join(claim, cache.settings());
            }
            Path tag = cache.root().resolve(CacheTag.NAME);
            if (!Stat.exists(tag)) {
                byte[] text = CacheTag.TEXT.getBytes(StandardCharsets.US_ASCII);
                disk.replace(tag, repo.temporary(), out -> out.write(text));
            }
        } catch (AccessDeniedException e) {
            throw unwritable(e);
        } catch (FileSystemException e) {
            if (Reason.NOT_WRITABLE.isOf(e)) {
                throw unwritable(e);
            }
            throw e;
        }
        for (Path folder : List.of(repo.blobs(), repo.snapshots(), repo.refs())) {
            if (!Stat.isOneDisk(folder, repo.state())) {
                throw new SyncException(
                        FailureKind.DISK,
                        folder + " lies on another disk than " + repo.state()
                                + ", where files arrive; mount or link the whole cache there instead");
            }
        }
        if (room == null) {
            room = receiver.reserve(repo.parts(), distinct(missing));
        }
    }

    /** In an order in which a scan of the cache finds nothing amiss at any time. */
    private void makeFolders() throws IOException {
        Rights.makeFolders(repo.snapshots());
        Rights.makeFolders(repo.refs());
        Rights.makeFolders(repo.blobs());
        Rights.makeFolders(repo.state());
    }

    private static SyncException unwritable(FileSystemException e) {
        return new SyncException(
                FailureKind.DISK,
                "cannot write to the Hugging Face cache: " + e.getMessage()
                        + "; make it writable or choose another by the option \"huggingface-cache\"",
                false,
                e);
    }

    private static List<Entry> distinct(List<Entry> entries) {
        Set<Checksum> seen = new HashSet<>();
        return entries.stream().filter(entry -> seen.add(checksum(entry))).toList();
    }

    @Override
    public void pull(Entry entry, Progress progress) throws IOException, InterruptedException {
        Lease held = Objects.requireNonNull(lease, "pull before begin");
        Path blob = repo.blob(entry);
        boolean reused = !shared.fetchOnce(checksum(entry), () -> {
            // Another item, now gone, may have brought it since it was checked.
            if (receiver.hasContent(blob, entry)) {
                progress.reused(entry.size());
            } else {
                LocalBytes local = adoption.or(recipes.local(source, pinned));
                receiver.receive(source, pinned, entry, local, repo.parts(), blob, held, progress);
                recipes.keep(source, pinned, entry, blob, blob);
            }
        });
        if (reused) {
            progress.reused(entry.size());
        }
    }

    @Override
    public void publish(Listing listing) throws IOException, InterruptedException {
        Lease held = Objects.requireNonNull(lease, "publish before begin");
        held.confirm();
        SnapshotLinks links = SnapshotLinks.of(disk, repo, cache.symlinks(), !receiver.verifies());
        keepContent(listing, links);
        linkSnapshot(listing, links);
        for (Path mark : absentByMistake()) {
            disk.delete(mark);
        }
        Path tree = repo.tree(commit);
        if (promisesTooMuch(listing)) {
            disk.delete(tree);
        } else if (TreeCache.isKnown(listing)) {
            Rights.makeFolders(tree.resolveSibling(""));
            disk.replace(tree, repo.temporary(), out -> TreeCache.write(listing, out));
        }
        Path proof = repo.proof(commit, filter);
        Rights.makeFolders(proof.resolveSibling(""));
        Proof.write(disk, proof, pinned, filter.text(), listing.entries());
        shared.tidy();
        held.confirm();
        moveRef();
    }

    /** Makes sure that every blob is there, also of files whose only copy lies in the snapshot. */
    private void keepContent(Listing listing, SnapshotLinks links) throws IOException, InterruptedException {
        Abreast.each(listing.entries(), entry -> {
            Path blob = repo.blob(entry);
            if (Stat.isFile(blob)) {
                return;
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
        });
        disk.syncFolder(repo.blobs());
    }

    private void linkSnapshot(Listing listing, SnapshotLinks links) throws IOException, InterruptedException {
        Path snapshot = repo.snapshot(commit);
        if (!Stat.isFolder(snapshot)) {
            Path staged = repo.temporary().resolve(commit + "." + UUID.randomUUID());
            fill(staged, listing, links);
            try {
                disk.rename(staged, snapshot);
                disk.syncFolder(repo.snapshots());
                return;
            } catch (FileSystemException e) {
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
        Abreast.each(listing.entries(), entry -> {
            Path name = snapshot.resolve(entry.path());
            if (!Stat.exists(name, LinkOption.NOFOLLOW_LINKS)) {
                links.make(name, entry);
            } else if (!links.isRight(name, entry)) {
                links.replace(name, entry);
            }
        });
        for (Path folder : folders) {
            disk.syncFolder(folder);
        }
    }

    private void moveRef() throws IOException {
        if (!isRefBehind()) {
            return;
        }
        Path ref = repo.refs().resolve(pinned.revision());
        Rights.makeFolders(ref.resolveSibling(""));
        // Readers take the bytes for a folder's name as they are: no newline.
        disk.replace(ref, repo.temporary(), out -> out.write(commit.getBytes(StandardCharsets.US_ASCII)));
        disk.syncFolder(ref.resolveSibling(""));
    }

    private static Checksum checksum(Entry entry) {
        return entry.checksum().orElseThrow();
    }

    @Override
    public void close() throws IOException {
        if (room != null) {
            room.close();
            room = null;
        }
        if (lease != null) {
            lease = null;
            shared.leave(claim);
        }
    }
}
