package io.synctools.huggingface;

import io.synctools.file.Adoption;
import io.synctools.file.FileReceiver;
import io.synctools.file.Holder;
import io.synctools.file.Proof;
import io.synctools.internal.disk.OpenedFolders;
import io.synctools.internal.disk.Reason;
import io.synctools.internal.disk.Stat;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.spi.Claim;
import io.synctools.spi.Extent;
import io.synctools.spi.FileSource;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.RunContext;
import io.synctools.spi.Session;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One revision of a repository in the cache. Blobs appear one by one as they are verified; readers see none of them before
 * the snapshot is made and, last of all, the ref moves (docs/protocols/huggingface.md section 6.1).
 */
final class CacheReplica implements Replica {
    private final HuggingFaceCache cache;
    private final SharedRepo shared;
    private final FileSource source;
    private final SyncItem item;
    private final Reporter reporter;
    private final CacheRef seen;

    private CacheReplica(HuggingFaceCache cache, SharedRepo shared, FileSource source, SyncItem item, Reporter reporter)
            throws IOException {
        this.cache = cache;
        this.shared = shared;
        this.source = source;
        this.item = item;
        this.reporter = reporter;
        this.seen = ref();
    }

    /** Opens a revision, read-only, and remembers what its ref names. */
    static CacheReplica open(
            HuggingFaceCache cache, SharedRepo shared, FileSource source, SyncItem item, Reporter reporter)
            throws IOException {
        return new CacheReplica(cache, shared, source, item, reporter);
    }

    @Override
    public Optional<Extent> published(ArtifactRef pinned) throws IOException, InterruptedException {
        String commit = RepoId.commit(pinned);
        OpenedFolders folders = openFolders(commit);
        return Proof.ofAllThere(repo().proof(commit, filter()), context(), head -> looks(pinned, head, folders))
                .map(proof -> new Extent(proof.files(), proof.bytes()));
    }

    /** How the files of a proof are looked at; empty where it proves something else, or a look is not enough. */
    private Optional<Proof.FileCheck> looks(ArtifactRef pinned, Proof head, OpenedFolders folders) throws IOException {
        String commit = RepoId.commit(pinned);
        if (!head.proves(pinned, filter().text())
                || FileReceiver.of(context()).verifies()
                || isRefBehind(pinned)
                || Holder.isLeftAt(repo().lease())
                || isMisleading(commit, head)) {
            return Optional.empty();
        }
        Path snapshot = repo().snapshot(commit);
        return Optional.of((path, size, checksum) -> isThere(folders, snapshot.resolve(path), path, size, checksum));
    }

    /** Whether the clients' own state tells of more, or of less, than what a proof says. */
    private boolean isMisleading(String commit, Proof proof) throws IOException {
        ClientState state = new ClientState(repo(), commit);
        boolean isPart = !filter().equals(NameFilter.ALL) && !Stat.exists(repo().proof(commit, NameFilter.ALL));
        return (isPart && state.promised() > proof.files())
                || !state.absentByMistake().isEmpty();
    }

    private static boolean isThere(OpenedFolders folders, Path name, String path, long size, Checksum checksum)
            throws IOException {
        folders.open(name.resolveSibling(""));
        boolean hasSize = Stat.of(name)
                .filter(found -> found.isRegularFile() && found.size() == size)
                .isPresent();
        try {
            return hasSize && Files.readSymbolicLink(name).equals(SnapshotLinks.target(path, checksum));
        } catch (NotLinkException e) {
            return true; // a copy
        } catch (NoSuchFileException e) {
            return false; // gone since
        }
    }

    /** Opens the folders whose names are looked at, so that none of them is remembered from earlier. */
    OpenedFolders openFolders(String commit) throws IOException {
        OpenedFolders folders = new OpenedFolders(repo().folder());
        folders.open(repo().proofs());
        folders.open(repo().blobs());
        folders.open(repo().snapshot(commit));
        return folders;
    }

    /** Whether the ref is to be moved; a revision that is itself a full commit has none. */
    boolean isRefBehind(ArtifactRef pinned) throws IOException {
        String commit = RepoId.commit(pinned);
        return !pinned.revision().equals(commit)
                && repo().commitOf(pinned.revision()).filter(commit::equals).isEmpty();
    }

    @Override
    public Session look(ArtifactRef pinned, Listing listing) throws IOException {
        Holder.read(repo().lease())
                .filter(holder -> !holder.isGone())
                .ifPresent(holder -> reporter.note("another runner works on it: " + holder.describe()));
        return new CachePreview(new CacheComparison(this, pinned, listing));
    }

    @Override
    public Claim claim() throws IOException, InterruptedException {
        try {
            Object user = item.to() + " " + filter().text();
            return new CacheClaim(this, shared.join(user, reporter), user);
        } catch (AccessDeniedException e) {
            throw unwritable(e);
        } catch (FileSystemException e) {
            if (Reason.NOT_WRITABLE.isOf(e)) {
                throw unwritable(e);
            }
            throw e;
        }
    }

    private static SyncException unwritable(FileSystemException e) {
        return new SyncException(
                FailureKind.DISK,
                "cannot write to the Hugging Face cache: " + e.getMessage()
                        + "; make it writable or choose another by the option \"huggingface-cache\"",
                false,
                e);
    }

    /** Whether the ref names something else than when this was opened. */
    boolean hasMoved() throws IOException {
        return !ref().equals(seen);
    }

    private CacheRef ref() throws IOException {
        return CacheRef.of(shared.repo(), RepoId.revision(item.from()));
    }

    /** What is on this machine already of what is to come here. */
    Adoption adoption() {
        return Adoption.of(context(), new Adoption.Destination() {
            @Override
            public Path place(Entry entry) {
                return repo().blob(entry);
            }

            @Override
            public Path state() {
                return repo().state();
            }

            @Override
            public boolean isOfACache() {
                return true;
            }
        });
    }

    /** Tells what a preview should know. */
    void note(String text) {
        reporter.note(text);
    }

    CachePaths repo() {
        return shared.repo();
    }

    SharedRepo shared() {
        return shared;
    }

    FileSource source() {
        return source;
    }

    SyncItem item() {
        return item;
    }

    NameFilter filter() {
        return item.filter();
    }

    RunContext context() {
        return cache.context();
    }

    HuggingFaceCache cache() {
        return cache;
    }
}
