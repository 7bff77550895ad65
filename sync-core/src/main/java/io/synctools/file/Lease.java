package io.synctools.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.disk.OpenedFolders;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.internal.retry.TimeSource;
import io.synctools.internal.threads.Threads;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The right to work on one destination, kept in a small file and renewed by a counter, so that two runners do not do the
 * same work. Losing it costs bandwidth, never correctness.
 *
 * <p>A waiter judges a holder by whether the counter moves during a minute of the waiter's own monotonic clock; no wall
 * clock, no time stamp of a file and no file lock takes part. A holder whose process is gone from this machine is
 * recognised at once. Thread-safe.
 */
public final class Lease implements Closeable {
    /** How long a holder may be silent before its lease is taken over. */
    static final Duration SILENCE = Duration.ofSeconds(60);

    private static final Duration BEAT = Duration.ofSeconds(2);
    private static final Duration LOOK = Duration.ofMillis(500);
    /** Before the next try where the lease was given up in this moment. */
    private static final Duration SOON = Duration.ofMillis(20);

    /** For so long a look at the disk counts as fresh. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    private final Path file;
    private final Holder self;
    private final FileChannel channel;
    private final TimeSource time;

    @GuardedBy("this")
    private long beat;

    private volatile long seenAt;
    private volatile boolean lost;

    private Lease(Path file, Holder self, FileChannel channel, TimeSource time) {
        this.file = file;
        this.self = self;
        this.channel = channel;
        this.time = time;
        this.seenAt = time.nanos();
    }

    /**
     * Takes the lease, adopting that of a dead holder, and waiting for a living one as long as the option "wait"
     * says (default: not at all, beyond the seconds it takes to see that it lives).
     *
     * @param file the lease's path; its folder is made
     * @param waits hears once who is waited for, before the first wait
     * @throws HeldByAnotherException if a living holder still has it after the wait
     */
    public static Lease take(Path file, RunContext context, Consumer<String> waits)
            throws IOException, InterruptedException {
        Path folder = Objects.requireNonNull(file.getParent());
        TimeSource time = context.shared(TimeSource.class, s -> TimeSource.SYSTEM);
        Holder self = Holder.self(context.options().find(SyncOptions.RUN_URL).orElse(""));
        Duration patience = context.options().get(SyncOptions.WAIT);
        Path mine = folder.resolve("lease." + self.nonce() + ".tmp");
        FileChannel channel = Rights.whereFoldersComeAndGo(() -> {
            Rights.makeFolders(folder);
            return FileChannel.open(mine, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        });
        Lease lease = new Lease(file, self, channel, time);
        boolean taken = false;
        try {
            channel.write(ByteBuffer.wrap(self.toBytes()));
            Rights.likeFolder(mine, folder);
            new Taking(file, mine, lease, patience, waits).run();
            lease.confirm();
            Keepers.of(context).keep(lease, Stat.device(folder));
            taken = true;
        } finally {
            if (!taken) {
                lease.close(); // An error may have come when it was ours already.
            }
            tidy(folder, mine);
        }
        return lease;
    }

    /** The same, where nobody needs to hear who is waited for. */
    public static Lease take(Path file, RunContext context) throws IOException, InterruptedException {
        return take(file, context, holder -> {});
    }

    /**
     * Removes our temporary name and those of processes of this machine that were killed while they waited. Where that
     * fails, the lease is ours all the same, and whoever comes next does it.
     */
    private static void tidy(Path folder, Path mine) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "lease.*.tmp")) {
            Files.deleteIfExists(mine);
            for (Path left : files) {
                if (Holder.read(left).filter(Holder::isGone).isPresent()) {
                    Files.deleteIfExists(left);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return;
        }
    }

    /**
     * Makes sure that the lease is still ours; cheap where that was seen a moment ago.
     *
     * @throws HeldByAnotherException if another runner took it over
     */
    public void ensureHeld() throws IOException {
        if (lost || time.nanos() - seenAt > FRESH.toNanos()) {
            confirm();
        }
    }

    /** Makes sure, by looking at the disk now, that the lease is still ours; fails as {@link #ensureHeld}. */
    public void confirm() throws IOException {
        long now = time.nanos();
        Optional<Holder> holder = lost ? Optional.empty() : Holder.read(file);
        if (holder.filter(found -> found.nonce().equals(self.nonce())).isEmpty()) {
            lost = true;
            throw new HeldByAnotherException("the lease " + file + " was taken over while this process did not run"
                    + Holder.read(file).map(other -> " by " + other.describe()).orElse("")
                    + "; what was fetched so far is kept; run again");
        }
        seenAt = now;
    }

    /** The name that no other holder ever has; for naming private folders. */
    public String nonce() {
        return self.nonce();
    }

    /** Gives the lease up. */
    @Override
    public void close() throws IOException {
        try {
            synchronized (this) {
                if (!channel.isOpen()) {
                    return;
                }
                channel.close();
            }
        } finally {
            giveUp();
        }
    }

    private void giveUp() throws IOException {
        boolean ours = !lost
                && Holder.read(file)
                        .filter(found -> found.nonce().equals(self.nonce()))
                        .isPresent();
        lost = true;
        if (ours) {
            Files.deleteIfExists(file);
        }
    }

    /** Counts on; into the file that we made, which is not the lease any more once somebody took it over. */
    private synchronized boolean renew() {
        if (!channel.isOpen()) {
            return false;
        }
        try {
            confirm();
            ByteBuffer text = ByteBuffer.wrap(Holder.beatText(++beat).getBytes(StandardCharsets.US_ASCII));
            channel.write(text, Holder.beatOffset(channel.size()));
            channel.force(false);
            return true;
        } catch (HeldByAnotherException e) {
            return false;
        } catch (IOException e) {
            return true; // The disk stutters; the next beat tries again, and ensureHeld() looks for itself.
        }
    }

    /** One try to get the lease, until we have it or know that a living holder keeps it. */
    private static final class Taking {
        private final Path file;
        private final Path mine;
        private final Lease lease;
        private final Duration patience;
        private final Consumer<String> waits;
        private boolean told;

        Taking(Path file, Path mine, Lease lease, Duration patience, Consumer<String> waits) {
            this.file = file;
            this.mine = mine;
            this.lease = lease;
            this.patience = patience;
            this.waits = waits;
        }

        void run() throws IOException, InterruptedException {
            long begun = lease.time.nanos();
            Optional<Holder> watched = Optional.empty();
            long stillSince = begun;
            boolean living = false;
            while (!create()) {
                OpenedFolders.look(Objects.requireNonNull(file.getParent())); // else NFS may remember another one
                Optional<Holder> now = read();
                if (now.filter(found -> found.nonce().equals(lease.nonce())).isPresent()) {
                    return; // it was made, and only the answer was lost
                }
                if (!now.equals(watched)) {
                    living |= watched.isPresent();
                    watched = now;
                    stillSince = lease.time.nanos();
                }
                boolean still = lease.time.nanos() - stillSince >= SILENCE.toNanos();
                if (now.filter(Holder::isGone).isPresent() || (still && now.isPresent())) {
                    if (read().equals(now)) {
                        Files.move(mine, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                        return;
                    }
                } else if (still) {
                    throw new IOException(
                            "the lease " + file + " can neither be made nor read: the server says that it is"
                                    + " there, and that it is not; remove it if no runner works there");
                } else if (living && now.isPresent() && lease.time.nanos() - begun >= patience.toNanos()) {
                    throw new HeldByAnotherException("another runner works on it: "
                            + now.map(Holder::describe).orElse("somebody") + " holds " + file + "; waited "
                            + Duration.ofNanos(lease.time.nanos() - begun).toSeconds()
                            + " s; it is alive; run again later, or give the option \"wait\" a longer time");
                }
                now.ifPresent(this::tell);
                lease.time.sleep(now.isPresent() ? LOOK : SOON);
            }
        }

        private void tell(Holder holder) {
            if (!told) {
                told = true;
                waits.accept(holder.describe());
            }
        }

        /** Who holds it; a link is nobody's lease, wherever it leads, and is taken for that of somebody gone. */
        private Optional<Holder> read() throws IOException {
            return Stat.isLink(file) ? Optional.of(Holder.NOBODY) : Holder.read(file);
        }

        /** Makes the lease appear with its whole content, unless there is one. */
        private boolean create() throws IOException {
            try {
                Files.createLink(file, mine);
                return true;
            } catch (FileAlreadyExistsException e) {
                return false;
            } catch (UnsupportedOperationException | FileSystemException e) {
                return createWithoutLinks();
            }
        }

        /** For file systems without hard links: a marker made exclusively guards the rename. */
        private boolean createWithoutLinks() throws IOException {
            if (Stat.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
            try {
                Files.createFile(file);
            } catch (FileAlreadyExistsException e) {
                return false;
            }
            Files.move(mine, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return true;
        }
    }

    /** Renews the leases of this process, those of each disk from a thread of their own: one that hangs stops no other's. */
    private static final class Keepers {
        private final Map<Object, Keeper> byDevice = new ConcurrentHashMap<>();
        private final Threads threads;

        private Keepers(Threads threads) {
            this.threads = threads;
        }

        static Keepers of(RunContext context) {
            return context.shared(Keepers.class, s -> new Keepers(Threads.of(s)));
        }

        void keep(Lease lease, Object device) {
            byDevice.computeIfAbsent(device, any -> new Keeper(threads)).keep(lease);
        }
    }

    /** Renews the leases on one disk; its thread ends when none is left. */
    private static final class Keeper {
        private final Set<Lease> leases = ConcurrentHashMap.newKeySet();
        private final Threads threads;

        @GuardedBy("this")
        private boolean running;

        Keeper(Threads threads) {
            this.threads = threads;
        }

        synchronized void keep(Lease lease) {
            leases.add(lease);
            if (!running) {
                running = true;
                threads.start("sync-lease", this::run);
            }
        }

        private void run() {
            while (anyIsLeft()) {
                LockSupport.parkNanos(this, BEAT.toNanos()); // waking early only renews early
                leases.removeIf(lease -> !lease.renew());
            }
        }

        private synchronized boolean anyIsLeft() {
            running = !leases.isEmpty();
            return running;
        }
    }
}
