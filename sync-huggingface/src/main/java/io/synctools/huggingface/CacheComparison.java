package io.synctools.huggingface;

import io.synctools.file.Declaration;
import io.synctools.file.FileReceiver;
import io.synctools.file.NameGuard;
import io.synctools.file.Proof;
import io.synctools.internal.disk.OpenedFolders;
import io.synctools.internal.disk.Stat;
import io.synctools.internal.text.Printable;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.spi.Presence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is there of a listing, among the blobs and in the snapshot; read-only. Thread-safe once it is made. */
final class CacheComparison {
    private final CacheReplica replica;
    private final CachePaths repo;
    private final ArtifactRef pinned;
    private final FileReceiver receiver;
    private final KnownBlobs known;
    private final OpenedFolders folders;
    private final Path snapshot;
    /** Whether the clients' own state says something else than what is there. */
    private final boolean misled;

    /** Set where a file's content is there and its name in the snapshot is not. */
    private volatile boolean unlinked;

    /** @throws SyncException if the listing could not be published here */
    CacheComparison(CacheReplica replica, ArtifactRef pinned, Listing listing) throws IOException {
        this.replica = replica;
        this.repo = replica.repo();
        this.pinned = pinned;
        this.receiver = FileReceiver.of(replica.context());
        String commit = RepoId.commit(pinned);
        this.snapshot = repo.snapshot(commit);
        NameGuard.check(listing.entries(), Set.of());
        listing.entries().forEach(CacheComparison::refuseUnnamed);
        this.folders = replica.openFolders(commit);
        refuseBlockedRef();
        List<Path> proofs = new ArrayList<>(List.of(repo.proof(commit, replica.filter())));
        // A new commit shares most of its content with the one before.
        Optional<Path> before = repo.commitOf(pinned.revision()).map(at -> repo.proof(at, replica.filter()));
        before.ifPresent(proofs::add);
        Declaration declared = Declaration.of(replica.item(), pinned, replica.context());
        for (Path proof : proofs) {
            declared.refuseArtifact(Proof.head(proof));
        }
        Proof.refuseEmptied(before.isPresent() ? Proof.head(before.get()) : Optional.empty(), listing);
        this.known = KnownBlobs.of(listing, proofs, repo.journal());
        this.misled = new ClientState(repo, commit).misleads(listing);
    }

    private static void refuseUnnamed(Entry entry) {
        if (entry.checksum().isEmpty()) {
            throw new SyncException(
                    FailureKind.INCOMPATIBLE,
                    "the hub tells no checksum of " + Printable.name(entry.path())
                            + ", and this cache names its files by their checksums; mirror it into the hub's own cache or a"
                            + " local_dir, or leave the file out with ignore_patterns");
        }
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

    Presence check(Entry entry) throws IOException, InterruptedException {
        Presence content = content(entry);
        if (content == Presence.SAME && !unlinked) {
            Path name = snapshot.resolve(entry.path());
            folders.open(name.resolveSibling(""));
            unlinked = !Stat.exists(name, LinkOption.NOFOLLOW_LINKS);
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
        Path file = snapshot.resolve(entry.path());
        folders.open(file.resolveSibling(""));
        return Stat.isFile(file, LinkOption.NOFOLLOW_LINKS) && receiver.hasContent(file, entry);
    }

    /** Whether publishing shows readers something new, where every entry was the same. */
    boolean hasNews() throws IOException {
        return unlinked || misled || replica.isRefBehind(pinned);
    }

    /** Entries of different content: each is fetched once. */
    static List<Entry> distinct(List<Entry> entries) {
        Set<Checksum> seen = new HashSet<>();
        return entries.stream().filter(entry -> seen.add(checksum(entry))).toList();
    }

    static Checksum checksum(Entry entry) {
        return entry.checksum().orElseThrow();
    }

    CacheReplica replica() {
        return replica;
    }

    ArtifactRef pinned() {
        return pinned;
    }
}
