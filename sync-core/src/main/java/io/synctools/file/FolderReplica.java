package io.synctools.file;

import io.synctools.internal.disk.OpenedFolders;
import io.synctools.internal.disk.Stat;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
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
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A replica where one folder holds one revision: staged beside, then renamed in whole where the folder is new, or file by
 * file in one burst where it is not.
 */
public final class FolderReplica implements Replica {
    private final RunContext context;
    private final FolderLayout layout;
    private final FileSource source;
    private final SyncItem item;
    private final Reporter reporter;
    private final Publication seen;

    private FolderReplica(RunContext context, FolderLayout layout, FileSource source, SyncItem item, Reporter reporter)
            throws IOException {
        this.context = context;
        this.layout = layout;
        this.source = source;
        this.item = item;
        this.reporter = reporter;
        this.seen = Publication.in(layout.state());
    }

    /** Opens the folder, read-only, and remembers what is published there. */
    public static FolderReplica open(
            RunContext context, FolderLayout layout, FileSource source, SyncItem item, Reporter reporter)
            throws IOException {
        return new FolderReplica(context, layout, source, item, reporter);
    }

    /** Where a state folder keeps the proof of what was published last. */
    public static Path proofIn(Path state) {
        return state.resolve("proof.json");
    }

    /** Where a state folder keeps the lease. */
    public static Path leaseIn(Path state) {
        return state.resolve("lease");
    }

    /** Whether a publication of that state folder is decided and not finished. */
    public static boolean isPublishing(Path state) throws IOException {
        return Workspace.decided(state).isPresent();
    }

    @Override
    public Optional<Extent> published(ArtifactRef pinned) throws IOException, InterruptedException {
        if (Workspace.decided(layout.state()).isPresent()) { // which opens the folder first
            return Optional.empty();
        }
        return Proof.ofAllThere(proofIn(layout.state()), context, head -> looks(pinned, head))
                .map(proof -> new Extent(proof.files(), proof.bytes()));
    }

    /** How the files of a proof are looked at; empty where it proves something else, or a look is not enough. */
    private Optional<Proof.FileCheck> looks(ArtifactRef pinned, Proof head) throws IOException {
        boolean isOfIt = head.proves(pinned, filterText())
                && head.revision().equals(pinned.revision()); // as declared: it may move another way
        if (!isOfIt || FileReceiver.of(context).verifies() || Holder.isLeftAt(leaseIn(layout.state()))) {
            return Optional.empty();
        }
        OpenedFolders folders = new OpenedFolders(layout.folder());
        folders.open(layout.folder());
        FolderIndex index = layout.index(head);
        return Optional.of(new Proof.FileCheck() {
            @Override
            public boolean at(String path, long size, Checksum checksum) throws IOException {
                return index.lists(path) && sizeOf(folders, path) == size;
            }

            @Override
            public boolean isAll() {
                return index.foreign().isEmpty();
            }
        });
    }

    private long sizeOf(OpenedFolders folders, String path) throws IOException {
        Path file = layout.folder().resolve(path);
        folders.open(parent(file));
        return sizeOf(file);
    }

    @Override
    public Session look(ArtifactRef pinned, Listing listing) throws IOException {
        NameGuard.check(listing.entries(), layout.reserved());
        refuse(pinned, listing);
        Holder.read(leaseIn(layout.state()))
                .filter(holder -> !holder.isGone())
                .ifPresent(holder -> reporter.note("another runner works on it: " + holder.describe()));
        return new FolderPreview(new FolderComparison(
                this, pinned, listing, Workspace.in(layout.state()).stream().findFirst()));
    }

    /** Refuses what may not be published over what stands here. */
    void refuse(ArtifactRef pinned, Listing listing) throws IOException {
        Optional<Proof> before = Publication.proofIn(layout.state());
        Declaration.of(item, pinned, context).refuse(before);
        Proof.refuseEmptied(before, listing);
    }

    @Override
    public Claim claim() throws IOException, InterruptedException {
        FoldersMade made = new FoldersMade(layout.state());
        try {
            Lease lease = Lease.take(leaseIn(layout.state()), context, reporter::waits);
            boolean ready = false;
            try {
                OpenedFolders.look(layout.state());
                if (Workspace.decided(layout.state()).isPresent()) {
                    FolderPublication.finish(disk(), layout, Workspace.takeOver(disk(), layout.state(), lease));
                }
                ready = true;
                return new FolderClaim(this, lease, made);
            } finally {
                if (!ready) {
                    lease.close();
                    made.removeEmpty();
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

    /** What is on this machine already of what is to come here. */
    Adoption adoption() {
        return Adoption.of(context, new Adoption.Destination() {
            @Override
            public Path place(Entry entry) {
                return layout.folder().resolve(entry.path());
            }

            @Override
            public Path state() {
                return layout.state();
            }

            @Override
            public boolean isOfACache() {
                return layout.isOfACache();
            }

            @Override
            public List<Path> elsewhere() throws IOException {
                return layout.elsewhere();
            }
        });
    }

    /** Tells what a preview should know. */
    void note(String text) {
        reporter.note(text);
    }

    RunContext context() {
        return context;
    }

    FolderLayout layout() {
        return layout;
    }

    FileSource source() {
        return source;
    }

    Publication seen() {
        return seen;
    }

    Disk disk() {
        return Disk.of(context);
    }

    SyncItem item() {
        return item;
    }

    String filterText() {
        return item.filter().text();
    }

    /** The length of a regular file; -1 where there is none. */
    static long sizeOf(Path file) throws IOException {
        return Stat.of(file)
                .filter(BasicFileAttributes::isRegularFile)
                .map(BasicFileAttributes::size)
                .orElse(-1L);
    }

    /** Every path that we speak of is absolute and lies below another. */
    static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent());
    }
}
