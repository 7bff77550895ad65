package io.synctools.huggingface.xet;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.model.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One file of the store: what it is made of, asked for once, and its bytes.
 *
 * <p>Thread-safe; while one thread asks the others wait for its answer.
 */
public final class ChunkedFile {
    /** What is asked about at once; more would make an answer that is long, and addresses that end before they are used. */
    static final long WINDOW = 4L << 30;

    /** A part that begins or ends amid what is stored together costs a question of its own: no file has more than these. */
    private static final int MOST_CUTS = 64;

    private final ChunkStore store;
    private final StoreAccess access;
    private final String hash;
    private final long size;
    private final Lock asking = new ReentrantLock();

    @GuardedBy("asking")
    private final Map<Long, Reconstruction> windows = new HashMap<>();

    /**
     * A file of which nothing is known yet.
     *
     * @param access to the repository that has the file
     * @param hash names the file in the store: 64 hexadecimal digits
     * @param size in bytes
     */
    public ChunkedFile(ChunkStore store, StoreAccess access, String hash, long size) {
        this.store = store;
        this.access = access;
        this.hash = hash;
        this.size = size;
    }

    /**
     * Opens exactly a range of the file. A stream that ends early or meets damaged chunks throws.
     *
     * @throws NoChunksException if the store does not give the file's chunks
     */
    public InputStream open(ByteRange range) throws IOException, InterruptedException {
        if (range.end() > size) {
            throw new IllegalArgumentException(range + " of a file of " + size + " bytes");
        }
        TermStream stream = new TermStream(this, range);
        boolean ready = false;
        try {
            stream.begin();
            ready = true;
            return stream;
        } finally {
            if (!ready) {
                stream.close();
            }
        }
    }

    /**
     * Where the file is best cut. What is stored in small pieces is fetched together up to a size, and what is stored
     * together in several parts, lest its connections end one by one while the front of the file waits; the larger the
     * file, the larger the parts.
     *
     * @param least bytes in a part, unless the file, the window or what is stored together ends
     * @return ranges without a hole that are the whole file
     */
    public List<ByteRange> parts(long least) throws IOException, InterruptedException {
        List<ByteRange> parts = new ArrayList<>();
        long most = Math.max(least, size / MOST_CUTS);
        for (long from = 0; from < size; from += WINDOW) {
            ByteRange window = window(from);
            Reconstruction made = at(from);
            long start = window.offset();
            for (int i = 0; i < made.terms().size(); i++) {
                long end = Math.min(made.terms().get(i).end(), window.end());
                boolean isLast = i == made.terms().size() - 1;
                boolean goesOn =
                        !isLast && made.stored().get(i).equals(made.stored().get(i + 1));
                if (end > start && (isLast || (end - start >= least && !goesOn))) {
                    cut(new ByteRange(start, end - start), most, parts);
                    start = end;
                }
            }
        }
        return parts;
    }

    /** Equal parts of about a size. */
    private static void cut(ByteRange range, long size, List<ByteRange> into) {
        long count = Math.max(1, (range.length() + size / 2) / size);
        long start = range.offset();
        for (long i = 1; i <= count; i++) {
            long end = range.offset() + range.length() * i / count;
            into.add(new ByteRange(start, end - start));
            start = end;
        }
    }

    /** What the whole file is made of. */
    public List<Term> terms() throws IOException, InterruptedException {
        List<Term> terms = new ArrayList<>();
        for (long from = 0; from < size; from += WINDOW) {
            terms.addAll(at(from).terms());
        }
        return terms;
    }

    long size() {
        return size;
    }

    ChunkStore store() {
        return store;
    }

    private ByteRange window(long position) {
        long from = position / WINDOW * WINDOW;
        return new ByteRange(from, Math.min(WINDOW, size - from));
    }

    /** What the file is made of around a position. */
    Reconstruction at(long position) throws IOException, InterruptedException {
        return renewed(position, null);
    }

    /**
     * The same with addresses that have not expired.
     *
     * @param stale whose addresses have; what another thread has asked for since is as good as a new answer
     */
    Reconstruction renewed(long position, @Nullable Reconstruction stale) throws IOException, InterruptedException {
        ByteRange window = window(position);
        asking.lockInterruptibly();
        try {
            Reconstruction known = windows.get(window.offset());
            if (known == null || known.equals(stale)) {
                known = store.reconstruct(access, hash, window, size);
                windows.put(window.offset(), known);
            }
            return known;
        } finally {
            asking.unlock();
        }
    }

    /** What a range is made of, for a start amid chunks that are stored together: only the store knows where they are. */
    Reconstruction exactly(ByteRange range) throws IOException, InterruptedException {
        return store.reconstruct(access, hash, range, size);
    }
}
