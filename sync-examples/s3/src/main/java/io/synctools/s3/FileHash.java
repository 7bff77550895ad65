package io.synctools.s3;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a large file on its way, which can go back to where a part began. It is computed on another thread a little
 * behind the bytes, since a hash whose state can be kept takes as long as all else together. Of one thread at a time.
 */
final class FileHash {
    private static final int MOST_WAITING = 8;

    private final Optional<SavableSha256> savable;
    private final MessageDigest other;
    private final Executor threads;

    @GuardedBy("this")
    private final Deque<ByteBuffer> waiting = new ArrayDeque<>();

    /** Never more than wait at once, whatever lengths come. */
    @GuardedBy("this")
    private final Deque<ByteBuffer> spare = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean busy;

    @GuardedBy("this")
    private @Nullable Throwable failure;

    FileHash(Optional<SavableSha256> savable, MessageDigest other, Executor threads) {
        this.savable = savable;
        this.other = other;
        this.threads = threads;
    }

    /** Begins one. A git blob id's state cannot be kept: hubs name no large file by one. */
    static FileHash of(Entry entry, Executor threads) {
        MessageDigest sha1 = Signature.digest("SHA-1");
        if (entry.checksum().map(Checksum::algorithm).orElse(Checksum.Algorithm.SHA256) == Checksum.Algorithm.SHA256) {
            return new FileHash(Optional.of(new SavableSha256()), sha1, threads);
        }
        sha1.update(("blob " + entry.size() + "\0").getBytes(StandardCharsets.US_ASCII));
        return new FileHash(Optional.empty(), sha1, threads);
    }

    /** Goes on from a kept state. */
    static FileHash of(SavableSha256 state, Executor threads) {
        return new FileHash(Optional.of(state), Signature.digest("SHA-1"), threads);
    }

    FileHash copy() throws InterruptedException {
        settle();
        try {
            return new FileHash(savable.map(SavableSha256::copy), (MessageDigest) other.clone(), threads);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's digests can be cloned", e);
        }
    }

    /** Adds bytes, of which the caller may do what it likes afterwards; waits where too many wait already. */
    synchronized void update(byte[] bytes, int length) throws InterruptedException {
        while (waiting.size() == MOST_WAITING && failure == null) {
            wait();
        }
        requireWell();
        ByteBuffer mine = spare.poll();
        if (mine == null || mine.capacity() < length) {
            mine = ByteBuffer.allocate(bytes.length);
        }
        mine.clear().put(bytes, 0, length).flip();
        if (!busy) {
            threads.execute(this::hash);
            busy = true;
        }
        waiting.add(mine);
    }

    private void hash() {
        try {
            for (ByteBuffer next = next(null); next != null; next = next(next)) {
                if (savable.isPresent()) {
                    savable.get().update(next.array(), next.arrayOffset(), next.limit());
                } else {
                    other.update(next.array(), next.arrayOffset(), next.limit());
                }
            }
        } catch (RuntimeException | Error e) { // whoever adds to it or waits for it throws it
            fail(e);
        }
    }

    private synchronized void fail(Throwable e) {
        failure = e;
        busy = false;
        notifyAll();
    }

    @GuardedBy("this")
    private void requireWell() {
        if (failure != null) {
            throw new IllegalStateException("the hash of a file was not computed to its end", failure);
        }
    }

    private synchronized @Nullable ByteBuffer next(@Nullable ByteBuffer done) {
        if (done != null) {
            spare.push(done);
        }
        ByteBuffer next = waiting.poll();
        busy = next != null;
        notifyAll();
        return next;
    }

    /** Waits until all that came is in the hash. */
    private synchronized void settle() throws InterruptedException {
        while (busy) {
            wait();
        }
        requireWell();
    }

    /** What can be kept of it. */
    Optional<byte[]> state() throws InterruptedException {
        settle();
        return savable.map(SavableSha256::state);
    }

    /** The raw hash; it is used up. */
    byte[] finish() throws InterruptedException {
        settle();
        return savable.isPresent() ? savable.get().finish() : other.digest();
    }
}
