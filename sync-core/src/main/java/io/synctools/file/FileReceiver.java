package io.synctools.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.digest.Hasher;
import io.synctools.internal.disk.Stat;
import io.synctools.internal.http.Concurrency;
import io.synctools.internal.http.ItemMeter;
import io.synctools.internal.retry.Retrier;
import io.synctools.internal.text.Printable;
import io.synctools.internal.threads.Threads;
import io.synctools.model.ByteRange;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.Progress;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Brings files to disk: in parts over several connections, resumable, hashed as they arrive, synced, and renamed to their
 * place only when right.
 *
 * <p>A file up to {@code part-size} comes in one piece on the calling thread, which hashes it on the way. A larger one
 * comes in ranges on our own threads, while the calling thread hashes behind the front of what is there without a hole
 * ({@code performance.md} section 2). Files take turns: a thread that has finished a range of one file goes to the end of
 * the queue, and one fair budget of connections serves large and small.
 *
 * <p>Thread-safe; one instance serves a run, so that all files share its budget of connections.
 */
public final class FileReceiver {
    /** One buffer; twice as much brings next to nothing for its memory, half as much costs ({@code performance.md} section 1). */
    static final int BUFFER = 128 * 1024;

    /** What is stored together comes in pieces that are longer, as a rule. */
    private static final int PIECE = 32 * 1024;

    /** After so many parts of a large file what was written is synced. */
    private static final int PARTS_BETWEEN_SYNCS = 4;

    /** A disk that takes so long for one write hangs. */
    private static final Duration HUNG = Duration.ofSeconds(10);

    /** Enough for a small file, and where each of many connections is slow. */
    private static final int SMALL_BUFFER = 32 * 1024;

    /** So many connections may have large buffers. */
    private static final int FEW = 32;

    private static final ThreadLocal<byte[]> BUFFERS = ThreadLocal.withInitial(() -> new byte[SMALL_BUFFER]);

    private final Disk disk;
    private final Retrier retrier;
    private final Bandwidth bandwidth;
    private final DiskSpace space;
    private final boolean verify;
    private final long partSize;
    private final Concurrency concurrency;
    private final RangeLength rangeLength;
    private final ConnectionBudget budget;
    private final Threads threads;
    /** By the disk that they write to, since all of one may hang in it. */
    private final Map<Object, ExecutorService> partThreads = new ConcurrentHashMap<>();

    private final String run = UUID.randomUUID().toString();
    private final Partial.Live live;
    private final AtomicLong writers = new AtomicLong();

    private FileReceiver(RunContext context) {
        this.disk = Disk.of(context);
        this.retrier = Retrier.of(context);
        this.bandwidth = Bandwidth.of(context);
        this.space = new DiskSpace(disk);
        this.verify = context.options().get(SyncOptions.VERIFY);
        this.partSize = context.options().get(SyncOptions.PART_SIZE);
        this.concurrency = Concurrency.of(context);
        this.rangeLength = new RangeLength(partSize);
        this.live = new Partial.Live();
        this.budget = new ConnectionBudget(concurrency, HUNG);
        this.threads = Threads.of(context);
    }

    /** The receiver of a run, shared through its context. */
    public static FileReceiver of(RunContext context) {
        return context.shared(FileReceiver.class, FileReceiver::new);
    }

    /**
     * Brings one entry to {@code destination}, whose folder exists, replacing what is there by rename; from disk as far as
     * its bytes lie there. A disk is asked once, and no more where the file came out wrong. What has no checksum is as long
     * as it was listed and otherwise taken as it came.
     *
     * @return what the bytes hash to
     * @throws SyncException {@code CHECKSUM} when the bytes are wrong twice, {@code NO_SPACE}, {@code DISK}, or what the
     *     source threw; {@code UNAVAILABLE} or {@code TIMEOUT} when the retry policy ended
     */
    public Checksum receive(Delivery delivery, Entry entry, Path destination, Progress progress)
            throws IOException, InterruptedException {
        if (entry.size() < 0) {
            throw new SyncException(
                    FailureKind.INCOMPATIBLE,
                    delivery.pinned() + ": the hub lists no size for " + Printable.name(entry.path())
                            + "; it could not be verified, so it is not fetched");
        }
        Retractable told = new Retractable(progress);
        Transfer transfer = new Transfer(delivery, entry, told);
        ItemMeter meter = ItemMeter.current();
        try {
            LocalCopies copies = retrier.call(transfer.what(), () -> LocalCopies.of(delivery.local(), entry));
            Optional<byte[]> linked = linked(transfer, copies.linked(), destination);
            if (linked.isPresent()) {
                if (transfer.isRight(linked.get())) {
                    return transfer.checksum(linked.get());
                }
                told.takeBack();
                copies = LocalCopies.NONE;
            }
            for (int tries = 0; tries < 2; tries++) {
                byte[] hash = entry.size() <= partSize
                        ? whole(transfer, copies, destination)
                        : inRanges(transfer, copies, destination);
                if (transfer.isRight(hash)) {
                    return transfer.checksum(hash);
                }
                told.takeBack();
                if (!copies.isEmpty()) {
                    copies = LocalCopies.NONE;
                    tries--; // what lay on disk was wrong, not what came
                }
            }
        } catch (ClosedByInterruptException e) {
            throw interrupted();
        } finally {
            meter.takeNote(entry.path()).ifPresent(told::note);
        }
        throw new SyncException(
                FailureKind.CHECKSUM,
                delivery.pinned() + ": " + Printable.name(entry.path())
                        + " came twice with other bytes than the declared "
                        + transfer.key()
                        + "; thrown away; the hub or something on the way is at fault, try again later",
                true,
                null);
    }

    /** One file's way to disk. */
    private record Transfer(Delivery delivery, Entry entry, Progress progress) {

        String what() {
            return "fetch " + Printable.name(entry.path()) + " of " + delivery.pinned();
        }

        List<ByteRange> parts(long size) throws IOException, InterruptedException {
            return delivery.source().parts(delivery.pinned(), entry, size);
        }

        InputStream open(ByteRange range) throws IOException, InterruptedException {
            return delivery.source().open(delivery.pinned(), entry, range);
        }

        void arrived(int bytes) {
            delivery.room().arrived(bytes);
            progress.received(bytes);
        }

        void copied(int bytes) {
            delivery.room().arrived(bytes);
            progress.reused(bytes);
        }

        Lease lease() {
            return delivery.lease();
        }

        Checksum.Algorithm algorithm() {
            return entry.checksum().map(Checksum::algorithm).orElse(Checksum.Algorithm.SHA256);
        }

        Hasher hasher() {
            return new Hasher(algorithm(), entry.size());
        }

        boolean isRight(byte[] hash) {
            return entry.checksum().map(sum -> sum.matches(hash)).orElse(true);
        }

        Checksum checksum(byte[] hash) {
            return Checksum.of(algorithm(), hash);
        }

        /** What partial files are called after. */
        Checksum key() {
            return ContentKey.of(delivery.pinned(), entry);
        }
    }

    private String newWriter() {
        return run + "-" + writers.incrementAndGet();
    }

    /** Makes a hard link to a file that others keep, if it is right; empty where no link can be made. */
    private Optional<byte[]> linked(Transfer transfer, Optional<Path> file, Path destination) throws IOException {
        if (file.isEmpty()) {
            return Optional.empty();
        }
        Path parts = transfer.delivery().parts();
        Partial.createParts(parts);
        Path temp = parts.resolve(transfer.key().hex() + "." + newWriter() + ".tmp");
        try {
            disk.hardLink(temp, file.get().toRealPath()); // which may be a link into a store that repositories share
        } catch (FileSystemException | UnsupportedOperationException e) {
            return Optional.empty(); // then it is copied; a copy meets what else is wrong with the disk, and tells it
        }
        try {
            byte[] hash;
            try (FileChannel channel = FileChannel.open(temp, StandardOpenOption.READ)) {
                hash = hash(channel, transfer.hasher(), length -> {
                    transfer.lease().ensureHeld();
                    transfer.progress().reused(length);
                });
                if (transfer.isRight(hash)) {
                    disk.sync(channel); // whoever wrote it may not have waited for that
                }
            } catch (AccessDeniedException e) {
                return Optional.empty();
            }
            if (transfer.isRight(hash)) {
                transfer.lease().ensureHeld();
                disk.rename(temp, destination);
            }
            return Optional.of(hash);
        } finally {
            Files.deleteIfExists(temp);
        }
    }

    private byte[] whole(Transfer transfer, LocalCopies copies, Path destination)
            throws IOException, InterruptedException {
        Path parts = transfer.delivery().parts();
        Partial.createParts(parts);
        Path temp = parts.resolve(transfer.key().hex() + "." + newWriter() + ".tmp");
        try {
            Hasher hasher = transfer.hasher();
            byte[] hash;
            try (FileChannel channel =
                    FileChannel.open(temp, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                Sink sink = (bytes, n, at) -> {
                    disk.write(channel, ByteBuffer.wrap(bytes, 0, n), at);
                    hasher.update(bytes, 0, n);
                };
                long size = transfer.entry().size();
                new Stretch(transfer, copies, new ByteRange(0, size), BUFFER, sink).fetchAll();
                hash = hasher.finish();
                if (transfer.isRight(hash)) {
                    disk.sync(channel);
                }
            }
            if (transfer.isRight(hash)) {
                transfer.lease().ensureHeld();
                disk.rename(temp, destination);
            }
            return hash;
        } finally {
            Files.deleteIfExists(temp);
        }
    }

    private byte[] inRanges(Transfer transfer, LocalCopies copies, Path destination)
            throws IOException, InterruptedException {
        List<ByteRange> asked = retrier.call(transfer.what(), () -> transfer.parts(partSize));
        boolean isCut = Ranges.areWhole(asked, transfer.entry().size());
        List<ByteRange> cuts =
                copies.cut(isCut ? asked : Ranges.equalParts(transfer.entry().size(), partSize), partSize);
        Path parts = transfer.delivery().parts();
        try (Partial partial =
                Partial.open(disk, parts, ContentKey.with(transfer.entry(), transfer.key()), newWriter(), cuts, live)) {
            transfer.progress().reused(partial.reused());
            byte[] hash;
            try {
                hash = new Ranged(transfer, copies, partial, isCut).fetchAndHash();
            } catch (SyncException e) {
                if (e.kind() == FailureKind.NO_SPACE) {
                    partial.discard(); // so that smaller items fit
                }
                throw e;
            }
            if (transfer.isRight(hash)) {
                transfer.lease().ensureHeld();
                partial.moveTo(destination);
            } else {
                partial.discard();
            }
            return hash;
        }
    }

    private ExecutorService partThreads(Object disk) {
        return partThreads.computeIfAbsent(disk, any -> threads.pool("sync-part", concurrency.most()));
    }

    /** Takes bytes as they arrive. */
    @FunctionalInterface
    private interface Sink {
        void take(byte[] bytes, int length, long position) throws IOException;
    }

    /** A stretch of a file on its way: fetched over one connection after another until it is there. */
    private final class Stretch {
        private final Transfer transfer;
        private final LocalCopies copies;
        private final int least;
        private final Sink sink;
        private final long end;
        private long at;

        /** @param least bytes that are waited for before they are handed on */
        Stretch(Transfer transfer, LocalCopies copies, ByteRange range, int least, Sink sink) {
            this.transfer = transfer;
            this.copies = copies;
            this.least = least;
            this.sink = sink;
            this.at = range.offset();
            this.end = range.end();
        }

        /** Fetches all; each attempt that brings bytes begins the count of tries anew. */
        void fetchAll() throws IOException, InterruptedException {
            copyFromDisk();
            while (at < end) {
                retrier.call(transfer.what(), () -> {
                    fetchSome();
                    return this;
                });
            }
        }

        /** What lies in one piece on a disk; where that cannot be read, the rest is fetched. */
        private void copyFromDisk() throws IOException {
            Optional<LocalBytes.Piece> piece = copies.holding(at, end);
            if (piece.isEmpty()) {
                return;
            }
            try (FileChannel from = FileChannel.open(piece.get().file(), StandardOpenOption.READ)) {
                copy(from, piece.get().offset() - piece.get().range().offset());
            } catch (NoSuchFileException | AccessDeniedException e) {
                // It was there when somebody looked.
            }
        }

        private void copy(FileChannel from, long shift) throws IOException {
            byte[] buffer = buffer(end - at);
            while (at < end) {
                int length;
                try {
                    length = from.read(ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, end - at)), at + shift);
                } catch (ClosedByInterruptException e) {
                    throw e;
                } catch (IOException e) {
                    return; // a disk that is broken there
                }
                if (length <= 0) {
                    return;
                }
                transfer.lease().ensureHeld();
                sink.take(buffer, length, at);
                transfer.copied(length);
                at += length;
            }
        }

        private void fetchSome() throws IOException, InterruptedException {
            ByteRange rest = new ByteRange(at, end - at);
            try (ConnectionBudget.Place place = budget.take();
                    Arrivals in = new Arrivals(transfer.open(rest))) {
                byte[] buffer = buffer(end - at);
                long began = System.nanoTime();
                while (at < end) {
                    int most = (int) Math.min(buffer.length, end - at);
                    int length = in.fill(buffer, Math.min(least, most), most);
                    if (length == 0) {
                        return; // The connection broke after it had brought something.
                    }
                    transfer.arrived(length);
                    bandwidth.spend(length);
                    place.toDisk();
                    transfer.lease().ensureHeld();
                    sink.take(buffer, length, at);
                    at += length;
                    place.fromDisk();
                }
                rangeLength.brought(rest.length(), System.nanoTime() - began);
            }
        }
    }

    /** A large file: ranges on our threads, the hash on the caller's. */
    private final class Ranged {
        private final Transfer transfer;
        private final LocalCopies copies;
        private final Partial partial;
        private final boolean isCut;
        private final ExecutorService threads;
        private final ItemMeter meter = ItemMeter.current();
        private final long wastedBefore = meter.wasted();

        @GuardedBy("this")
        private final List<Worker> workers = new ArrayList<>();

        @GuardedBy("this")
        private @Nullable Throwable failure;

        @GuardedBy("this")
        private boolean stopped;

        /** Those that fetch a range or wait for their turn to. */
        @GuardedBy("this")
        private int hired;

        @GuardedBy("this")
        private boolean syncing;

        @GuardedBy("this")
        private long unsynced;

        /** @param isCut whether its stretches are stored together, each, and cannot be begun anywhere */
        Ranged(Transfer transfer, LocalCopies copies, Partial partial, boolean isCut) throws IOException {
            this.transfer = transfer;
            this.copies = copies;
            this.partial = partial;
            this.isCut = isCut;
            this.threads = partThreads(Stat.device(transfer.delivery().parts()));
        }

        byte[] fetchAndHash() throws IOException, InterruptedException {
            hire();
            try {
                Hasher hasher = transfer.hasher();
                byte[] buffer = buffer(BUFFER);
                long size = transfer.entry().size();
                for (long hashed = 0; hashed < size; ) {
                    for (long front = awaitFront(hashed); hashed < front; ) {
                        int length = partial.read(buffer, (int) Math.min(buffer.length, front - hashed), hashed);
                        if (length <= 0) {
                            return new byte[0]; // The journal promised more than a crash left: start over.
                        }
                        hasher.update(buffer, 0, length);
                        hashed += length;
                    }
                }
                return hasher.finish();
            } finally {
                stop();
            }
        }

        /** As many as are of use now; with each range that is there more may be. */
        private synchronized void hire() {
            Threads.resize(threads, concurrency.now());
            for (long more = Math.min(concurrency.now() - hired, partial.unclaimed(length())); more > 0; more--) {
                hired++;
                threads.execute(this::fetchOne);
            }
        }

        /** Of a range; a stretch that is stored together is asked for as it is. */
        private long length() {
            return isCut ? Long.MAX_VALUE : rangeLength.next();
        }

        /** One range, then the end of the queue, so that files take turns. */
        @SuppressWarnings("try") // the bound meter is there for its scope
        private void fetchOne() {
            Worker worker = new Worker(Thread.currentThread());
            synchronized (this) {
                if (stopped) {
                    return;
                }
                workers.add(worker);
            }
            boolean more = false;
            try (ItemMeter.Scope bound = meter.bind()) {
                var range = rangesAreIgnored() ? partial.claimRun() : partial.claim(length());
                if (range.isPresent()) {
                    worker.fetch(range.get());
                    syncNowAndThen(worker, range.get());
                    more = true;
                }
            } catch (Throwable e) { // Whatever it is ends this file; awaitFront() throws it on the caller's thread.
                fail(e);
            } finally {
                synchronized (this) {
                    hired--;
                    workers.remove(worker);
                    boolean cleared = Thread.interrupted(); // ours alone: stop() interrupts only who is in the list
                    more &= !stopped && !cleared;
                    notifyAll();
                }
            }
            if (more) {
                hire();
            }
        }

        /** What was written goes to the disk while more arrives or is hashed, so that the end need not wait for all of it. */
        private void syncNowAndThen(Worker worker, ByteRange fetched) throws IOException {
            synchronized (this) {
                unsynced += fetched.length();
            }
            while (takesSync()) {
                worker.toDisk();
                try {
                    partial.sync();
                } finally {
                    worker.fromDisk();
                    synchronized (this) {
                        syncing = false;
                    }
                }
            }
        }

        private synchronized boolean takesSync() {
            boolean isWhole = partial.front() == transfer.entry().size();
            if (syncing || stopped || unsynced == 0 || (unsynced < PARTS_BETWEEN_SYNCS * partSize && !isWhole)) {
                return false;
            }
            unsynced = 0;
            syncing = true;
            return true;
        }

        /** Each range of a server that ignores them costs all that comes before it: then one stream does for the rest. */
        private boolean rangesAreIgnored() {
            return meter.wasted() - wastedBefore > transfer.entry().size();
        }

        private synchronized void fail(Throwable e) {
            if (failure == null && !stopped) {
                failure = e;
            }
            notifyAll();
        }

        private synchronized long awaitFront(long beyond) throws IOException, InterruptedException {
            while (true) {
                if (failure != null) {
                    rethrow(failure);
                }
                long front = partial.front();
                if (front > beyond) {
                    return front;
                }
                wait();
            }
        }

        private synchronized void arrived() {
            notifyAll();
        }

        private synchronized void stop() {
            stopped = true;
            for (Worker worker : workers) {
                worker.stop();
            }
            boolean interrupted = false;
            while (!workers.isEmpty()) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private static void rethrow(Throwable e) throws IOException, InterruptedException {
            if (e instanceof IOException io) {
                throw io;
            }
            if (e instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            if (e instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new IllegalStateException(e);
        }

        /**
         * Fetches ranges on one thread, one at a time. It is interrupted only while it waits for the network: an
         * interrupt during a write would close the file for all.
         */
        private final class Worker {
            private final Thread thread;

            @GuardedBy("this")
            private boolean onDisk;

            @GuardedBy("this")
            private boolean stopAfter;

            Worker(Thread thread) {
                this.thread = thread;
            }

            synchronized void stop() {
                stopAfter = true;
                if (!onDisk) {
                    thread.interrupt();
                }
            }

            private synchronized void toDisk() {
                onDisk = true;
                stopAfter |= Thread.interrupted();
            }

            private synchronized void fromDisk() {
                onDisk = false;
                if (stopAfter) {
                    thread.interrupt();
                }
            }

            void fetch(ByteRange range) throws IOException, InterruptedException {
                Written written = new Written(range.offset());
                int least = isCut ? PIECE : BUFFER; // each piece is written and recorded as it comes
                int step = isCut ? PIECE : Partial.RECORD_STEP;
                Stretch stretch = new Stretch(transfer, copies, range, least, (bytes, length, at) -> {
                    toDisk();
                    try {
                        partial.write(bytes, length, at);
                        written.upTo(at + length, step);
                    } finally {
                        fromDisk();
                    }
                    arrived();
                });
                try {
                    stretch.fetchAll();
                } finally {
                    toDisk();
                    try {
                        written.upTo(written.end, 0);
                    } finally {
                        fromDisk();
                    }
                }
            }
        }

        /** Counts what was written of a range, and records it step by step. */
        private final class Written {
            private long recorded;
            private long end;

            Written(long start) {
                this.recorded = start;
                this.end = start;
            }

            void upTo(long newEnd, long step) throws IOException {
                end = newEnd;
                if (end - recorded >= step) {
                    partial.record(recorded, end);
                    recorded = end;
                }
            }
        }
    }

    /** The calling thread's, of {@link #BUFFER} bytes where so many are to be moved and not too many threads move some. */
    private byte[] buffer(long bytes) {
        return ownBuffer(bytes <= SMALL_BUFFER || concurrency.now() > FEW ? SMALL_BUFFER : BUFFER);
    }

    private static byte[] ownBuffer(int wanted) {
        byte[] buffer = BUFFERS.get();
        if (buffer.length != wanted) {
            buffer = new byte[wanted];
            BUFFERS.set(buffer);
        }
        return buffer;
    }

    /** What a file hashes to; reads it whole. */
    static Checksum sha256(Path file, long size) throws IOException {
        Hasher hasher = new Hasher(Checksum.Algorithm.SHA256, size);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return Checksum.of(Checksum.Algorithm.SHA256, hash(channel, hasher, length -> {}));
        }
    }

    /** Whether the file has the entry's size and content; reads it whole where the size is right. False if absent. */
    public boolean hasContent(Path file, Entry entry) throws IOException, InterruptedException {
        Checksum checksum = entry.checksum().orElseThrow();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.size() == entry.size()
                    && checksum.matches(hash(channel, new Hasher(checksum.algorithm(), entry.size()), length -> {}));
        } catch (NoSuchFileException e) {
            return false;
        } catch (ClosedByInterruptException e) {
            throw interrupted();
        } catch (IOException e) {
            if (Stat.isFolder(file)) {
                return false;
            }
            throw e;
        }
    }

    /** Hears how many bytes of a file were read just now. */
    @FunctionalInterface
    private interface Reading {
        void read(int length) throws IOException;
    }

    private static byte[] hash(FileChannel channel, Hasher hasher, Reading reading) throws IOException {
        byte[] buffer = ownBuffer(BUFFER);
        ByteBuffer view = ByteBuffer.wrap(buffer);
        for (int length = channel.read(view); length >= 0; length = channel.read(view.clear())) {
            hasher.update(buffer, 0, length);
            reading.read(length);
        }
        return hasher.finish();
    }

    private static InterruptedException interrupted() {
        Thread.interrupted(); // the exception says it from now on
        return new InterruptedException();
    }

    /** Whether existing files are to be hashed again before they are trusted ({@code --verify}). */
    public boolean verifies() {
        return verify;
    }

    /**
     * Makes sure that the missing entries fit, counting what other items of this run still have to write there.
     *
     * @param parts see {@link Delivery}; what is there already needs no room
     * @throws SyncException {@code NO_SPACE} with the numbers
     * @return gives the room back when closed
     */
    public Reservation reserve(Path parts, List<Entry> missing) throws IOException {
        return space.reserve(parts, missing);
    }
}
