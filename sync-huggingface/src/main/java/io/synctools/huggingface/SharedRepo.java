package io.synctools.huggingface;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.file.Disk;
import io.synctools.file.FoldersMade;
import io.synctools.file.Lease;
import io.synctools.internal.disk.OpenedFolders;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.Reporter;
import io.synctools.spi.RunContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the items of one run that write to the same repository's folder share: several revisions may stand side by side,
 * under one lease, with the same blobs. Nobody waits for the lease with the monitor held. Thread-safe.
 */
final class SharedRepo {
    /** So long nobody went on with a partial file of another revision: nobody wants it any more. */
    private static final Duration ABANDONED = Duration.ofDays(7);

    private final CachePaths repo;
    private final RunContext context;
    private final Disk disk;
    private final Set<Checksum> fetched = ConcurrentHashMap.newKeySet();
    private final Map<Checksum, CountDownLatch> inFlight = new ConcurrentHashMap<>();
    private final ReentrantLock publishing = new ReentrantLock();

    @GuardedBy("this")
    private final Set<Object> users = new HashSet<>();

    @GuardedBy("this")
    private @Nullable FutureTask<Taken> taken;

    @GuardedBy("this")
    private @Nullable FileChannel journal;

    SharedRepo(CachePaths repo, RunContext context) {
        this.repo = repo;
        this.context = context;
        this.disk = Disk.of(context);
    }

    CachePaths repo() {
        return repo;
    }

    /** The lease, and the folders that were made for it: where it lies, and those that it protects. */
    private record Taken(Lease lease, FoldersMade home, FoldersMade inside) {}

    /** Brings one content here. */
    @FunctionalInterface
    interface Fetch {
        void run() throws IOException, InterruptedException;
    }

    /**
     * Takes the lease, or joins the item that has it or waits for it; to be left again. Who takes it removes what a killed
     * run left half-written.
     *
     * @param user what is worked on; the same work is waited for, as that of another process is
     * @throws HeldByAnotherException if another runner has the repository
     */
    Lease join(Object user, Reporter reporter) throws IOException, InterruptedException {
        FutureTask<Taken> task = enter(user, reporter);
        boolean joined = false;
        try {
            if (!task.isDone()) {
                task.run(); // whoever comes first takes it, and the others' calls do nothing
            }
            if (!task.isDone()) {
                reporter.waits("another item of this run");
            }
            Lease lease = task.get().lease();
            joined = true;
            return lease;
        } catch (ExecutionException e) {
            throw unwrapped(e);
        } finally {
            if (!joined) {
                leave(user);
            }
        }
    }

    private synchronized FutureTask<Taken> enter(Object user, Reporter reporter) throws InterruptedException {
        long end = System.nanoTime() + context.options().get(SyncOptions.WAIT).toNanos();
        while (users.contains(user)) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new HeldByAnotherException("another run of this process works on " + repo.folder()
                        + "; run again later, or give the option \"wait\" a longer time");
            }
            reporter.waits("another run of this process");
            wait(Math.max(1, left / 1_000_000));
        }
        users.add(user);
        FutureTask<Taken> task = taken;
        if (task == null) {
            task = new FutureTask<>(() -> take(reporter));
            taken = task;
        }
        return task;
    }

    private Taken take(Reporter reporter) throws IOException, InterruptedException {
        FoldersMade home = new FoldersMade(repo.state());
        FoldersMade inside = new FoldersMade(inside());
        makeFolders();
        Lease lease = Lease.take(repo.lease(), context, reporter::waits);
        boolean ready = false;
        try {
            OpenedFolders.look(repo.folder()); // NFS may remember what was there before
            OpenedFolders.look(repo.state());
            makeFolders(); // whoever had the lease before us may have removed what it left empty
            lease.confirm(); // else it may be a successor's
            disk.deleteTree(repo.temporary());
            Rights.makeFolders(repo.temporary());
            Rights.makeFolders(repo.parts());
            removeUnfinished();
            ready = true;
            return new Taken(lease, home, inside);
        } finally {
            if (!ready) {
                lease.close();
            }
        }
    }

    private Path[] inside() {
        return new Path[] {repo.snapshots(), repo.refs(), repo.blobs(), repo.temporary(), repo.parts()};
    }

    /** In an order in which a scan of the cache finds nothing amiss at any time. */
    private void makeFolders() throws IOException {
        Rights.makeFolders(repo.snapshots());
        Rights.makeFolders(repo.refs());
        Rights.makeFolders(repo.blobs());
        Rights.makeFolders(repo.state());
    }

    /** Whether nothing came: a scan of the cache wants all folders of a repository, also empty ones. */
    private boolean isUnused() throws IOException {
        for (Path folder : inside()) {
            try (DirectoryStream<Path> names = Files.newDirectoryStream(folder)) {
                if (names.iterator().hasNext()) {
                    return false;
                }
            } catch (NoSuchFileException e) {
                // Nothing can be in it.
            }
        }
        return true;
    }

    /** Small files of a dead run, which come anew; its partials of large ones stay for whoever goes on with them. */
    private void removeUnfinished() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(repo.parts(), "*.tmp")) {
            for (Path file : files) {
                disk.deleteTree(file);
            }
        }
    }

    private static IOException unwrapped(ExecutionException e) throws InterruptedException {
        Throwable cause = e.getCause();
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        return cause instanceof IOException failure ? failure : new IOException(cause);
    }

    /** Gives the lease up with the last user. */
    void leave(Object user) throws IOException {
        FutureTask<Taken> given;
        FileChannel written;
        synchronized (this) {
            if (!users.remove(user)) {
                return;
            }
            notifyAll();
            if (!users.isEmpty()) {
                return;
            }
            given = taken;
            written = journal;
            taken = null;
            journal = null;
            fetched.clear();
        }
        try {
            if (written != null) {
                written.close();
            }
        } finally {
            giveUp(given);
        }
    }

    /** Removes what is left empty, whoever made it: nobody else is here, or else it is a successor's. */
    private void tidyFolders(Taken had) throws IOException {
        try {
            had.lease().confirm();
        } catch (HeldByAnotherException e) {
            return;
        }
        FoldersMade.removeIfEmpty(repo.temporary());
        FoldersMade.removeIfEmpty(repo.parts());
        if (isUnused()) {
            had.inside().removeEmpty();
        }
    }

    private void giveUp(@Nullable FutureTask<Taken> given) throws IOException {
        if (given == null || !given.isDone()) {
            return;
        }
        try {
            Taken had = given.get();
            try {
                tidyFolders(had);
            } finally {
                had.lease().close();
            }
            had.home().removeEmpty();
        } catch (ExecutionException e) {
            return; // it was never taken
        } catch (InterruptedException e) {
            throw new IllegalStateException("asked what is done", e);
        }
    }

    /** Publishes something. */
    @FunctionalInterface
    interface Publishing {
        /** Does it; whether readers see something new. */
        boolean run() throws IOException, InterruptedException;
    }

    /** Publishes one item after another: they may have a commit in common, and with it names that both would make. */
    boolean publishOne(Publishing item) throws IOException, InterruptedException {
        publishing.lockInterruptibly();
        try {
            return item.run();
        } finally {
            publishing.unlock();
        }
    }

    /**
     * Drops what a proof now makes needless: the journal's lines of these contents, and what is left of their partial files.
     * Those of other revisions stay for whoever fetches them, unless nobody did for a week.
     */
    synchronized void tidy(List<Entry> published) throws IOException {
        Set<String> proven = new HashSet<>();
        published.forEach(entry -> proven.add(entry.checksum().orElseThrow().toString()));
        List<String> others = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(repo.journal(), StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!proven.contains(line)) {
                    others.add(line);
                }
            }
        } catch (NoSuchFileException e) {
            return;
        } finally {
            removePartials(published);
        }
        if (journal != null) {
            journal.close();
            journal = null;
        }
        if (others.isEmpty()) {
            disk.delete(repo.journal());
        } else {
            byte[] text = (String.join("\n", others) + "\n").getBytes(StandardCharsets.US_ASCII);
            disk.replace(repo.journal(), repo.temporary(), out -> out.write(text));
        }
    }

    private void removePartials(List<Entry> published) throws IOException {
        List<Path> left = new ArrayList<>();
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(repo.parts())) {
            parts.forEach(left::add);
        } catch (NoSuchFileException e) {
            return;
        }
        if (left.isEmpty()) {
            return;
        }
        Set<String> contents = new HashSet<>();
        published.forEach(entry -> contents.add(entry.checksum().orElseThrow().hex()));
        Instant abandoned =
                Files.getLastModifiedTime(repo.temporary()).toInstant().minus(ABANDONED); // by the disk's clock
        for (Path part : left) {
            String name = part.getFileName().toString();
            if (contents.contains(name.substring(0, Math.max(0, name.indexOf('.'))))
                    || lastWritten(part).filter(abandoned::isAfter).isPresent()) {
                disk.deleteTree(part);
            }
        }
    }

    /** When bytes came last; empty where another item has moved it to its place in this moment. */
    private static Optional<Instant> lastWritten(Path partial) throws IOException {
        Optional<BasicFileAttributes> data = Stat.of(partial.resolve("data"));
        return (data.isPresent() ? data : Stat.of(partial))
                .map(found -> found.lastModifiedTime().toInstant());
    }

    /**
     * Fetches a content unless it was fetched already; while another thread does, waits for it.
     *
     * @return whether this call fetched it
     */
    boolean fetchOnce(Checksum checksum, Fetch fetch) throws IOException, InterruptedException {
        while (!fetched.contains(checksum)) {
            CountDownLatch mine = new CountDownLatch(1);
            CountDownLatch other = inFlight.putIfAbsent(checksum, mine);
            if (other != null) {
                other.await();
                continue;
            }
            try {
                fetch.run();
                record(checksum);
                return true;
            } finally {
                inFlight.remove(checksum);
                mine.countDown();
            }
        }
        return false;
    }

    private synchronized void record(Checksum checksum) throws IOException {
        FileChannel open = journal;
        if (open == null) {
            open = FileChannel.open(
                    repo.journal(), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
            journal = open;
            Rights.likeFolder(repo.journal(), repo.state());
        }
        open.write(ByteBuffer.wrap((checksum + "\n").getBytes(StandardCharsets.US_ASCII)));
        fetched.add(checksum);
    }
}
