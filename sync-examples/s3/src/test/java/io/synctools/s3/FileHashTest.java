package io.synctools.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The hash that is computed beside the sending. */
@Timeout(30)
class FileHashTest {
    private static final int SIZE = 3_000_001;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final byte[] content = StoreRunTest.random(SIZE);
    private final Entry entry = Entry.file("a", SIZE, Checksum.sha256("0".repeat(64)));

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void isTheJdksThoughTheCallersBufferIsUsedAgain() throws Exception {
        FileHash hash = FileHash.of(entry, threads);
        add(hash, 0, SIZE);
        assertArrayEquals(MessageDigest.getInstance("SHA-256").digest(content), hash.finish());
    }

    @Test
    void goesBackToWhereACopyWasTakenAndOnFromAKeptState() throws Exception {
        int middle = 1_234_567;
        FileHash first = FileHash.of(entry, threads);
        add(first, 0, middle);
        add(first.copy(), middle, SIZE); // a part that failed

        SavableSha256 state = SavableSha256.from(first.state().orElseThrow()).orElseThrow();
        assertEquals(middle, state.length());
        FileHash next = FileHash.of(state, threads);
        add(next, middle, SIZE);
        assertArrayEquals(MessageDigest.getInstance("SHA-256").digest(content), next.finish());
    }

    @Test
    void isAGitBlobsIdWhereTheHubTellsThat() throws Exception {
        FileHash hash = FileHash.of(Entry.file("a", SIZE, Checksum.gitBlob("0".repeat(40))), threads);
        add(hash, 0, SIZE);
        MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
        sha1.update(("blob " + SIZE + "\0").getBytes(StandardCharsets.US_ASCII));
        assertArrayEquals(sha1.digest(content), hash.finish());
    }

    /** Hands each piece on, and counts for nothing. */
    private static final class Watched extends MessageDigest {
        private final Consumer<byte[]> pieces;

        Watched(Consumer<byte[]> pieces) {
            super("watched");
            this.pieces = pieces;
        }

        @Override
        protected void engineUpdate(byte input) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            pieces.accept(input);
        }

        @Override
        protected byte[] engineDigest() {
            return new byte[0];
        }

        @Override
        protected void engineReset() {}
    }

    @Test
    void piecesOfManyLengthsTakeNoMoreMemoryThanThoseThatWait() throws Exception {
        Set<byte[]> pieces = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        FileHash hash = new FileHash(Optional.empty(), new Watched(pieces::add), threads);
        byte[] buffer = new byte[2000];
        for (int length = 1; length <= buffer.length; length++) {
            hash.update(buffer, length);
        }
        hash.finish();
        assertTrue(pieces.size() <= 10, () -> pieces.size() + " pieces");
    }

    @Test
    void aHashThatEndsInTheMiddleHoldsNobodyUp() {
        MessageDigest failing = new Watched(piece -> {
            throw new IllegalStateException("as told");
        });
        FileHash hash = new FileHash(Optional.empty(), failing, threads);
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> add(hash, 0, SIZE));
        assertEquals("as told", Objects.requireNonNull(e.getCause()).getMessage());
        assertThrows(IllegalStateException.class, hash::finish);
    }

    @Test
    void whatNoThreadTakesIsNotLost() {
        threads.shutdown();
        FileHash hash = FileHash.of(entry, threads);
        assertThrows(RejectedExecutionException.class, () -> hash.update(new byte[1], 1));
        assertThrows(RejectedExecutionException.class, () -> hash.update(new byte[1], 1));
    }

    /** Pieces of many lengths, all from one buffer. */
    private void add(FileHash hash, int from, int to) throws InterruptedException {
        byte[] buffer = new byte[128 * 1024];
        Random random = new Random(from);
        for (int at = from; at < to; ) {
            int count = Math.min(to - at, random.nextInt(4) == 0 ? 1 + random.nextInt(buffer.length) : buffer.length);
            System.arraycopy(content, at, buffer, 0, count);
            hash.update(buffer, count);
            Arrays.fill(buffer, (byte) 0);
            at += count;
        }
    }
}
