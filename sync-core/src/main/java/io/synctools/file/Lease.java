package io.synctools.file;

import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.HeldByAnotherException;
import io.synctools.spi.Settings;
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
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

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
    /** For so long a look at the disk counts as fresh. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    private final Path file;
    private final Holder self;
    private final FileChannel channel;
    private final TimeSource time;
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
     * Takes the lease, adopting that of a dead holder, and waiting for a living one as long as the option {@code wait}
     * says (default: not at all, beyond the seconds it takes to see that it lives).
     *
     * @param file the lease's path; its folder is made
     * @throws HeldByAnotherException if a living holder still has it after the wait
     */
    public static Lease take(Path file, Settings settings) throws IOException, InterruptedException {
        Path folder = Objects.requireNonNull(file.getParent());
        Rights.makeFolders(folder);
        TimeSource time = settings.shared(TimeSource.class, s -> TimeSource.SYSTEM);
        Holder self = Holder.self(settings.option("run-url").orElse(""));
        Duration patience = settings.option("wait").map(Duration::parse).orElse(Duration.ZERO);
        Path mine = folder.resolve("lease." + self.nonce() + ".tmp");
        FileChannel channel = FileChannel.open(mine, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Lease lease = new Lease(file, self, channel, time);
        boolean taken = false;
        try {
            channel.write(ByteBuffer.wrap(self.toBytes()));
            Rights.likeFolder(mine, folder);
            new Taking(file, mine, time, patience).run();
            lease.confirm();
            Keeper.of(settings).keep(lease);
            taken = true;
        } finally {
            if (!taken) {
                lease.close(); // An error may have come when it was ours already.
            }
            tidy(folder, mine);
        }
        return lease;
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
        private final TimeSource time;
        private final long deadline;
        private final long begun;

        Taking(Path file, Path mine, TimeSource time, Duration patience) {
            this.file = file;
            this.mine = mine;
            this.time = time;
            this.begun = time.nanos();
            this.deadline = begun + patience.toNanos();
        }

        void run() throws IOException, InterruptedException {
            Optional<Holder> watched = Optional.empty();
            long stillSince = time.nanos();
            boolean living = false;
            while (!create()) {
                Optional<Holder> now = Holder.read(file);
                if (now.isEmpty()) {
                    continue;
                }
                Holder holder = now.get();
                if (!now.equals(watched)) {
                    living |= watched.isPresent();
                    watched = now;
                    stillSince = time.nanos();
                }
                if (holder.isGone() || time.nanos() - stillSince >= SILENCE.toNanos()) {
                    if (Holder.read(file).equals(now)) {
                        Files.move(mine, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                        return;
                    }
                    continue;
                }
                if (living && time.nanos() >= deadline) {
                    throw new HeldByAnotherException("another runner works on it: " + holder.describe() + " holds "
                            + file + "; waited "
                            + Duration.ofNanos(time.nanos() - begun).toSeconds()
                            + " s; it is alive; run again later, or give the option \"wait\" a longer time");
                }
                time.sleep(LOOK);
            }
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
            if (Stat.exists(file)) {
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

    /** Renews all leases of a run from one thread, which ends when none is left. */
    private static final class Keeper {
        private final Set<Lease> leases = ConcurrentHashMap.newKeySet();
        private boolean running;

        static Keeper of(Settings settings) {
            return settings.shared(Keeper.class, s -> new Keeper());
        }

        synchronized void keep(Lease lease) {
            leases.add(lease);
            if (!running) {
                running = true;
                Thread thread = new Thread(this::run, "sync-lease-keeper");
                thread.setDaemon(true);
                thread.start();
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
