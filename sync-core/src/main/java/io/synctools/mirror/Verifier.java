package io.synctools.mirror;

import io.synctools.internal.digest.Hasher;
import io.synctools.internal.threads.Threads;
import io.synctools.mirror.Inspection.Job;
import io.synctools.model.Checksum;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Reads what was published and compares it with its proof, without network: one file for each thread, the biggest
 * repositories and files first. A file that several revisions share is read once.
 *
 * <p>Thread-safe. {@link #bytesRead} may be asked while {@link #verify} works.
 */
public final class Verifier {
    private static final int BUFFER = 256 * 1024;
    private static final int QUEUED = 64;
    private static final ThreadLocal<byte[]> BUFFERS = ThreadLocal.withInitial(() -> new byte[BUFFER]);

    private final int threads;
    private final LongAdder read = new LongAdder();

    /**
     * A verifier.
     *
     * @param threads how many files are read at a time
     */
    public Verifier(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("verifying needs a thread, not " + threads);
        }
        this.threads = threads;
    }

    /** Bytes read so far. */
    public long bytesRead() {
        return read.sum();
    }

    /**
     * Verifies all, and tells the calling thread of each subject as soon as it is done.
     *
     * @throws IOException if a folder cannot be read; a file that cannot is a finding
     */
    public void verify(List<Subject> subjects, Consumer<Verified> each) throws IOException, InterruptedException {
        BlockingQueue<Inspection> done = new LinkedBlockingQueue<>();
        Semaphore room = new Semaphore(threads * QUEUED);
        try (Threads owner = new Threads()) {
            ExecutorService pool = owner.pool("sync-verify", threads);
            List<Subject> bySize = subjects.stream()
                    .sorted(Comparator.comparingLong(Subject::bytes).reversed())
                    .toList();
            int open = 0;
            for (Subject subject : bySize) {
                Inspection inspection = new Inspection(subject, done::add);
                open++;
                for (Job job : inspection.plan()) {
                    room.acquire();
                    pool.execute(() -> {
                        try {
                            inspection.settled(job, wrong(job));
                        } catch (Throwable e) { // Whatever it is ends the run; the calling thread throws it.
                            inspection.failed(e);
                        } finally {
                            room.release();
                        }
                    });
                }
                inspection.planned();
                for (Inspection ready = done.poll(); ready != null; ready = done.poll()) {
                    each.accept(ready.result());
                    open--;
                }
            }
            for (; open > 0; open--) {
                each.accept(done.take().result());
            }
        }
    }

    /** What is wrong with a file's bytes; empty where they are right. A disk that stutters is asked once more. */
    private Optional<String> wrong(Job job) throws InterruptedException {
        try {
            return compare(job);
        } catch (ClosedByInterruptException e) {
            throw new InterruptedException();
        } catch (IOException first) {
            try {
                return compare(job);
            } catch (IOException e) {
                return Optional.of("cannot be read: " + e);
            }
        }
    }

    private Optional<String> compare(Job job) throws IOException {
        Checksum declared = job.checksum();
        byte[] buffer = BUFFERS.get();
        ByteBuffer view = ByteBuffer.wrap(buffer);
        Hasher hasher = new Hasher(declared.algorithm(), job.size());
        try (FileChannel channel = FileChannel.open(job.file(), StandardOpenOption.READ)) {
            for (int length = channel.read(view); length >= 0; length = channel.read(view.clear())) {
                hasher.update(buffer, 0, length);
                read.add(length);
            }
        }
        byte[] hash = hasher.finish();
        return declared.matches(hash)
                ? Optional.empty()
                : Optional.of("its " + declared.algorithm().label() + " is "
                        + HexFormat.of().formatHex(hash) + " instead of " + declared.hex());
    }
}
