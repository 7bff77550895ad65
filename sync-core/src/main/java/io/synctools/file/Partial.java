package io.synctools.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A large file as it arrives in ranges: its data, the journal of what is there, and what is still to be fetched.
 *
 * <p>It lives in a folder named {@code <checksum>.<writer>}, which one rename hands over from a dead writer to us.
 * Thread-safe.
 */
final class Partial implements Closeable {
    /** So many bytes of a range are written between two records of the journal. */
    static final int RECORD_STEP = 1 << 20;

    /** Held while data is written: file systems let one writer at a time into a file, and the others spin. */
    private final Lock writing = new ReentrantLock();

    private final Disk disk;
    private final Live live;
    private final Path folder;
    private final FileChannel data;
    private final RangeJournal journal;

    @GuardedBy("this")
    private final Ranges covered = new Ranges();

    @GuardedBy("this")
    private final Deque<ByteRange> open;

    private final long reused;
    private volatile @Nullable IOException unsynced;

    private Partial(Disk disk, Path folder, Entry entry, List<ByteRange> cuts, Live live) throws IOException {
        this.disk = disk;
        this.live = live;
        this.folder = folder;
        this.data = FileChannel.open(
                folder.resolve("data"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean ready = false;
        try {
            Rights.likeFolder(folder.resolve("data"), folder);
            this.journal = RangeJournal.open(disk, folder.resolve("journal"), entry.size(), covered);
            ready = true;
        } finally {
            if (!ready) {
                data.close();
            }
        }
        this.reused = covered.total();
        this.open = new ArrayDeque<>(covered.missing(cuts));
    }

    /**
     * The partial files that writers of this process have open. What else lies there belongs to the dead: a lease keeps
     * other processes out. Thread-safe.
     */
    static final class Live {
        private final Set<Path> folders = ConcurrentHashMap.newKeySet();
    }

    /**
     * Adopts what a dead writer left of this content, or begins anew.
     *
     * @param writer our name, unique among all writers that ever were; adopted folders are renamed to it
     * @param cuts the file in parts, in order and without a hole
     * @param live whom nobody adopts
     */
    static Partial open(Disk disk, Path parts, Entry entry, String writer, List<ByteRange> cuts, Live live)
            throws IOException {
        String content = entry.checksum().orElseThrow().hex();
        Path folder = parts.resolve(content + "." + writer);
        createParts(parts);
        live.folders.add(folder);
        boolean ready = false;
        try {
            boolean adopted = false;
            for (Path left : leftovers(parts, content, live)) {
                try {
                    if (adopted) {
                        disk.deleteTree(left);
                    } else {
                        disk.rename(left, folder);
                        adopted = true;
                    }
                } catch (NoSuchFileException e) {
                    // Somebody else adopted it in this moment.
                }
            }
            if (!adopted) {
                Rights.makeFolder(folder);
            }
            Partial partial = new Partial(disk, folder, entry, cuts, live);
            ready = true;
            return partial;
        } finally {
            if (!ready) {
                live.folders.remove(folder);
            }
        }
    }

    /** Makes the folder of partials, but not its parent. */
    static void createParts(Path parts) throws IOException {
        if (!Stat.isFolder(parts)) {
            try {
                Rights.makeFolder(parts);
            } catch (FileAlreadyExistsException e) {
                // Another thread made it in this moment.
            }
        }
    }

    private static Iterable<Path> leftovers(Path parts, String content, Live live) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parts, content + ".*")) {
            ArrayDeque<Path> dead = new ArrayDeque<>();
            for (Path path : found) {
                if (!live.folders.contains(path) && Stat.isFolder(path)) {
                    dead.add(path);
                }
            }
            return dead;
        }
    }

    /** Bytes that a partial of any writer holds, by its journal; 0 where it is none. */
    static long bytesIn(Path folder) throws IOException {
        Path journal = folder.resolve("journal");
        if (!Stat.isFile(journal)) {
            return 0;
        }
        Ranges found = new Ranges();
        RangeJournal.read(journal, found);
        return found.total();
    }

    /** Bytes that an earlier writer left. */
    long reused() {
        return reused;
    }

    /** The next stretch that nobody fetches yet, of at most so many bytes; empty when all are taken. */
    synchronized Optional<ByteRange> claim(long atMost) {
        ByteRange next = open.poll();
        if (next != null && next.length() > atMost) {
            open.addFirst(new ByteRange(next.offset() + atMost, next.length() - atMost));
            next = new ByteRange(next.offset(), atMost);
        }
        return Optional.ofNullable(next);
    }

    /** The same together with all that follow it without a hole, for a server that sends only whole files. */
    synchronized Optional<ByteRange> claimRun() {
        ByteRange run = open.poll();
        while (run != null && !open.isEmpty() && open.peek().offset() == run.end()) {
            run = new ByteRange(run.offset(), run.length() + open.remove().length());
        }
        return Optional.ofNullable(run);
    }

    /** How many stretches of at most so many bytes nobody fetches yet. */
    synchronized long unclaimed(long atMost) {
        return open.stream()
                .mapToLong(range -> (range.length() - 1) / atMost + 1)
                .sum();
    }

    /** Writes bytes that arrived. */
    void write(byte[] bytes, int length, long position) throws IOException {
        writing.lock();
        try {
            disk.write(data, ByteBuffer.wrap(bytes, 0, length), position);
        } finally {
            writing.unlock();
        }
        synchronized (this) {
            covered.add(position, position + length);
        }
    }

    /** Records bytes that were written. */
    void record(long from, long to) throws IOException {
        if (to > from) {
            journal.append(from, to - from);
        }
    }

    /** Up to where the file is there without a hole. */
    synchronized long front() {
        return covered.front();
    }

    /** Reads back bytes before {@link #front()}. */
    int read(byte[] buffer, int length, long position) throws IOException {
        return data.read(ByteBuffer.wrap(buffer, 0, length), position);
    }

    /**
     * Makes the data durable; may be called while writers write. Once that has failed it always does, and the journal is
     * empty: the kernel may have dropped what it could not write, and does not say so a second time.
     */
    void sync() throws IOException {
        IOException earlier = unsynced;
        if (earlier != null) {
            throw new IOException(earlier.getMessage(), earlier);
        }
        try {
            disk.sync(data);
        } catch (ClosedChannelException e) {
            throw e; // interrupted: what was written is still to be written
        } catch (IOException e) {
            unsynced = e;
            journal.forget();
            throw e;
        }
    }

    /** Renames the data, durable and right, to its place. */
    void moveTo(Path destination) throws IOException {
        sync();
        disk.rename(folder.resolve("data"), destination);
        discard();
    }

    /** Throws all of it away. */
    void discard() throws IOException {
        try {
            closeFiles();
            disk.deleteTree(folder); // while nobody may adopt it
        } finally {
            live.folders.remove(folder);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            closeFiles();
        } finally {
            live.folders.remove(folder);
        }
    }

    private void closeFiles() throws IOException {
        try (data) {
            journal.close();
        }
    }
}
