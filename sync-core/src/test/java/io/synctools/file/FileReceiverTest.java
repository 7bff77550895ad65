package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.http.ItemMeter;
import io.synctools.internal.retry.StalledException;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.Progress;
import io.synctools.spi.RunContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FileReceiverTest {
    private static final int MIB = 1 << 20;
    private static final int PART = 2 * MIB;
    private static final int SMALL_PART = 4096;
    private static final int LARGE = 11 * MIB + 77;

    private final ScriptedSource source = new ScriptedSource();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong reused = new AtomicLong();
    private final Progress progress = new Progress() {
        @Override
        public void received(long bytes) {
            received.addAndGet(bytes);
        }

        @Override
        public void reused(long bytes) {
            reused.addAndGet(bytes);
        }
    };

    @TempDir
    Path folder;

    private Path parts;
    private Path destination;
    private Lease lease;

    @BeforeEach
    void lease() throws Exception {
        parts = folder.resolve("parts");
        destination = folder.resolve("file");
        lease = Lease.take(folder.resolve("lease"), RunContext.of(SyncOptions.DEFAULTS));
    }

    @AfterEach
    void giveUp() throws IOException {
        lease.close();
    }

    /** A run of its own: what earlier runs left belongs to the dead. */
    private static RunContext newRun() {
        RunContext context = RunContext.of(SyncOptions.builder().partSize(PART).build());
        context.shared(TimeSource.class, s -> new FakeTime());
        return context;
    }

    private void receive(RunContext context, Entry entry) throws Exception {
        FileReceiver.of(context)
                .receive(
                        new Delivery(source, ScriptedSource.PINNED, LocalBytes.NONE, parts, lease, Reservation.NONE),
                        entry,
                        destination,
                        progress);
    }

    private void assertNothingLeftOfIt() throws IOException {
        assertFalse(Files.exists(destination));
        try (var left = Files.list(parts)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8192, PART, PART + 1, LARGE})
    void everySizeArrivesWholeAndOnce(int size) throws Exception {
        Entry entry = source.put("f", size, 1);
        receive(newRun(), entry);
        assertArrayEquals(source.files.get("f"), Files.readAllBytes(destination));
        assertEquals(size, source.sent.get());
        assertEquals(size, received.get());
        try (var left = Files.list(parts)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void aLargeFileIsSyncedWhileItArrivesAndIsHashed() throws Exception {
        Thread caller = Thread.currentThread();
        List<Thread> syncedBy = new CopyOnWriteArrayList<>();
        List<Long> writtenBefore = new CopyOnWriteArrayList<>();
        AtomicLong written = new AtomicLong();
        RunContext context =
                RunContext.of(newRun().options().toBuilder().connections(1).build());
        context.shared(Disk.class, s -> new Disk() {
            @Override
            public void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
                int length = bytes.remaining();
                super.write(channel, bytes, position);
                written.addAndGet(length > 1000 ? length : 0); // data, not the journal
            }

            @Override
            public void sync(FileChannel channel) throws IOException {
                syncedBy.add(Thread.currentThread());
                writtenBefore.add(written.get());
                super.sync(channel);
            }
        });
        receive(context, source.put("f", LARGE, 1));

        int last =
                syncedBy.size() - 1; // after four of six parts, after the last unless its hash was quicker, at the end
        assertTrue(last == 1 || last == 2, () -> writtenBefore + " bytes");
        assertTrue(writtenBefore.get(0) < LARGE, () -> writtenBefore + " bytes");
        assertFalse(syncedBy.subList(0, last).contains(caller));
        assertSame(caller, syncedBy.get(last));
    }

    /** After a failed sync the kernel may hold pages as clean that never reached the disk, and no later sync tells. */
    @Test
    void whatADiskCouldNotSyncIsFetchedAnew() throws Exception {
        RunContext context =
                RunContext.of(newRun().options().toBuilder().connections(1).build());
        context.shared(Disk.class, s -> new Disk() {
            @Override
            public void sync(FileChannel channel) throws IOException {
                throw new IOException("Input/output error");
            }
        });
        Entry entry = source.put("f", LARGE, 1);
        assertThrows(IOException.class, () -> receive(context, entry));
        assertTrue(source.sent.get() >= 4 * PART);

        receive(newRun(), entry);
        assertArrayEquals(source.files.get("f"), Files.readAllBytes(destination));
        assertEquals(0, reused.get());
    }

    /** The one failure of a sync beside the transfer, told after the last byte was hashed, still keeps the file back. */
    @Test
    void aFileIsNotPublishedAfterASyncBesideItFailed() throws Exception {
        Thread caller = Thread.currentThread();
        AtomicLong written = new AtomicLong();
        AtomicInteger syncs = new AtomicInteger();
        RunContext context =
                RunContext.of(newRun().options().toBuilder().connections(2).build());
        context.shared(Disk.class, s -> new Disk() {
            @Override
            public void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
                int length = bytes.remaining();
                super.write(channel, bytes, position);
                written.addAndGet(length > 1000 ? length : 0); // data, not the journal
            }

            @Override
            public void sync(FileChannel channel) throws IOException {
                if (syncs.getAndIncrement() == 0) {
                    while (written.get() < LARGE - 1000 || caller.getState() != Thread.State.WAITING) {
                        Thread.onSpinWait();
                    }
                    throw new IOException("Input/output error");
                }
                super.sync(channel);
            }
        });
        Entry entry = source.put("f", LARGE, 1);

        assertThrows(IOException.class, () -> receive(context, entry));
        assertFalse(Files.exists(destination));
    }

    @Test
    void aServerThatIgnoresRangesSoonSendsTheRestInOneStream() throws Exception {
        Entry entry = source.put("f", 64 * SMALL_PART, 3);
        source.fault = (path, range, content) -> {
            ItemMeter.current().wasted(range.offset());
            return new ByteArrayInputStream(content);
        };
        ItemMeter meter = new ItemMeter();
        try (ItemMeter.Scope bound = meter.bind()) {
            receive(
                    RunContext.of(newRun().options().toBuilder()
                            .partSize(SMALL_PART)
                            .connections(2)
                            .build()),
                    entry);
        }

        assertArrayEquals(source.files.get("f"), Files.readAllBytes(destination));
        assertTrue(source.asked.size() < 24, () -> source.asked.size() + " streams");
        assertTrue(meter.wasted() < 4L * 64 * SMALL_PART, () -> meter.wasted() + " bytes wasted");
    }

    @ParameterizedTest
    @ValueSource(ints = {PART, LARGE})
    void aLinkThatBreaksAgainAndAgainStillFinishesAndNoByteComesTwice(int size) throws Exception {
        Entry entry = source.put("f", size, 2);
        source.fault = (path, range, content) ->
                ScriptedSource.breakingAfter(content, 300_000, new IOException("Connection reset"));
        receive(newRun(), entry);
        assertArrayEquals(source.files.get("f"), Files.readAllBytes(destination));
        assertEquals(size, source.sent.get());
    }

    @ParameterizedTest
    @ValueSource(ints = {PART, LARGE})
    void wrongBytesOnceAreThrownAwayAndFetchedAgain(int size) throws Exception {
        Entry entry = source.put("f", size, 3);
        AtomicInteger flips = new AtomicInteger(1);
        source.fault = (path, range, content) -> {
            if (range.offset() == 0 && flips.getAndDecrement() > 0) {
                content[100] ^= 1;
            }
            return new ByteArrayInputStream(content);
        };
        receive(newRun(), entry);
        assertArrayEquals(source.files.get("f"), Files.readAllBytes(destination));
        assertEquals(2L * size, source.sent.get());
    }

    @ParameterizedTest
    @ValueSource(ints = {PART, LARGE})
    void wrongBytesTwiceFailAndLeaveNothing(int size) throws Exception {
        Entry entry = source.put("f", size, 4);
        source.fault = (path, range, content) -> {
            content[0] ^= 1;
            return new ByteArrayInputStream(content);
        };
        SyncException e = assertThrows(SyncException.class, () -> receive(newRun(), entry));
        assertEquals(FailureKind.CHECKSUM, e.kind());
        assertTrue(e.retryable());
        assertNothingLeftOfIt();
    }

    @Test
    void theNextRunFetchesOnlyWhatIsMissing() throws Exception {
        Entry entry = source.put("f", LARGE, 5);
        source.fault = (path, range, content) -> {
            if (range.offset() >= 6L * MIB) {
                throw new SyncException(FailureKind.ACCESS, "no more today");
            }
            return new ByteArrayInputStream(content);
        };
        assertThrows(SyncException.class, () -> receive(newRun(), entry));
        long first = source.sent.get();
        source.fault = (path, range, content) -> new ByteArrayInputStream(content);
        receive(newRun(), entry);
        assertArrayEquals(source.files.get("f"), Files.readAllBytes(destination));
        assertEquals(LARGE, source.sent.get(), "all that came in the first run (" + first + ") is used");
        assertEquals(first, reused.get());
    }

    @Test
    void aJournalThatPromisesMoreThanIsThereCostsAFetchNotAWrongFile() throws Exception {
        Entry entry = source.put("f", LARGE, 6);
        Path left = parts.resolve(entry.checksum().orElseThrow().hex() + ".somebody-1");
        Files.createDirectories(left);
        try (RangeJournal journal = RangeJournal.open(new Disk(), left.resolve("journal"), LARGE, new Ranges())) {
            journal.append(0, 4L * MIB);
        }
        Files.write(left.resolve("data"), new byte[3 * MIB]);
        receive(newRun(), entry);
        assertArrayEquals(source.files.get("f"), Files.readAllBytes(destination));
    }

    @ParameterizedTest
    @ValueSource(ints = {PART, LARGE})
    void silenceUsesUpTheTriesHoweverManyBytesCame(int size) throws Exception {
        Entry entry = source.put("f", size, 7);
        source.fault = (path, range, content) ->
                ScriptedSource.breakingAfter(content, 1000, new StalledException("silent", true));
        RunContext context =
                RunContext.of(newRun().options().toBuilder().retries(0).build());
        SyncException e = assertThrows(SyncException.class, () -> receive(context, entry));
        assertEquals(FailureKind.TIMEOUT, e.kind());
        assertFalse(Files.exists(destination));
    }

    @ParameterizedTest
    @ValueSource(ints = {PART, LARGE})
    void aDiskThatFillsFailsTheFileAndGivesTheRoomBack(int size) throws Exception {
        Entry entry = source.put("f", size, 8);
        RunContext context = newRun();
        AtomicLong room = new AtomicLong(MIB);
        context.shared(Disk.class, s -> new Disk() {
            @Override
            public void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
                if (bytes.remaining() > 1000 && room.addAndGet(-bytes.remaining()) < 0) {
                    throw new IOException("No space left on device");
                }
                super.write(channel, bytes, position);
            }
        });
        SyncException e = assertThrows(SyncException.class, () -> receive(context, entry));
        assertEquals(FailureKind.NO_SPACE, e.kind());
        assertNothingLeftOfIt();
    }

    @ParameterizedTest
    @ValueSource(ints = {PART, LARGE})
    void anOwnerWithoutItsLeaseCannotPutTheFileInPlace(int size) throws Exception {
        Entry entry = source.put("f", size, 9);
        Files.delete(folder.resolve("lease"));
        assertThrows(HeldByAnotherException.class, lease::confirm);
        assertThrows(HeldByAnotherException.class, () -> receive(newRun(), entry));
        assertFalse(Files.exists(destination));
    }

    @Test
    void interruptionStopsAllThreadsOfAFileAndKeepsWhatCame() throws Exception {
        Entry entry = source.put("f", LARGE, 10);
        CountDownLatch stuck = new CountDownLatch(1);
        source.fault = (path, range, content) -> {
            if (range.offset() == 0) {
                return new ByteArrayInputStream(content);
            }
            stuck.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("cancelled");
        };
        Thread caller = Thread.currentThread();
        Thread interrupter = new Thread(() -> {
            try {
                stuck.await();
            } catch (InterruptedException e) {
                return;
            }
            caller.interrupt();
        });
        interrupter.start();
        assertThrows(InterruptedException.class, () -> receive(newRun(), entry));
        interrupter.join();
        assertFalse(Files.exists(destination));
        source.fault = (path, range, content) -> new ByteArrayInputStream(content);
        receive(newRun(), entry);
        assertArrayEquals(source.files.get("f"), Files.readAllBytes(destination));
    }

    @Test
    void contentIsComparedByHash() throws Exception {
        Entry entry = source.put("f", 100_000, 11);
        FileReceiver receiver = FileReceiver.of(newRun());
        Path file = folder.resolve("existing");
        assertFalse(receiver.hasContent(file, entry));
        byte[] content = source.files.get("f").clone();
        Files.write(file, content);
        assertTrue(receiver.hasContent(file, entry));
        content[99_999] ^= 1;
        Files.write(file, content);
        assertFalse(receiver.hasContent(file, entry));
        Files.write(file, new byte[99_999]);
        assertFalse(receiver.hasContent(file, entry));
        assertFalse(receiver.hasContent(folder, entry));
    }

    @Test
    void roomIsReservedAcrossItemsAndWhatIsThereNeedsNone() throws Exception {
        Entry entry = source.put("f", 10 * MIB, 12);
        RunContext context = newRun();
        context.shared(Disk.class, s -> new Disk() {
            @Override
            public long usableSpace(Path any) {
                return 15L * MIB;
            }
        });
        FileReceiver receiver = FileReceiver.of(context);
        Files.createDirectories(parts);
        Path otherParts = Files.createDirectories(folder.resolve("other"));
        Reservation first = receiver.reserve(parts, List.of(entry));
        SyncException e = assertThrows(SyncException.class, () -> receiver.reserve(otherParts, List.of(entry)));
        assertEquals(FailureKind.NO_SPACE, e.kind());
        assertTrue(e.getMessage().contains("10.0 MiB") && e.getMessage().contains("15.0 MiB"), e.getMessage());
        first.close();
        receiver.reserve(otherParts, List.of(entry)).close();
        Path left = Files.createDirectories(
                parts.resolve(entry.checksum().orElseThrow().hex() + ".x-1"));
        try (RangeJournal journal = RangeJournal.open(new Disk(), left.resolve("journal"), 10L * MIB, new Ranges())) {
            journal.append(0, 6L * MIB);
        }
        Reservation small = receiver.reserve(parts, List.of(entry));
        receiver.reserve(otherParts, List.of(source.put("g", 11 * MIB, 13))).close();
        small.close();
    }
}
