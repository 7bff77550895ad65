package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.retry.TimeSource;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.testing.FaultyFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {
    private final FakeTime time = new FakeTime();
    private final RunContext context = withTime(RunContext.of(SyncOptions.DEFAULTS));

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void place() {
        file = folder.resolve("state/lease");
    }

    private RunContext withTime(RunContext fresh) {
        fresh.shared(TimeSource.class, s -> time);
        return fresh;
    }

    private static Holder elsewhere(long beat) {
        return new Holder("their-nonce", "node-7", "another machine", 42, 1, "https://ci/run/9", "2026-01-01", beat);
    }

    private void write(Holder holder) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, holder.toBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFreeLeaseIsTakenAndGivenUp() throws Exception {
        try (Lease lease = Lease.take(file, context)) {
            lease.confirm();
            assertEquals(lease.nonce(), Holder.read(file).orElseThrow().nonce());
        }
        assertFalse(Files.exists(file));
        try (var left = Files.list(file.getParent())) {
            assertEquals(0, left.count(), "nothing is left behind");
        }
    }

    @Test
    void aLivingHolderElsewhereIsSeenByItsBeatAndNamed() {
        AtomicLong beat = new AtomicLong();
        write(elsewhere(0));
        time.whileSleeping = () -> write(elsewhere(beat.incrementAndGet()));
        HeldByAnotherException e = assertThrows(HeldByAnotherException.class, () -> Lease.take(file, context));
        assertTrue(e.getMessage().contains("node-7"), e.getMessage());
        assertTrue(e.getMessage().contains("https://ci/run/9"), e.getMessage());
        assertTrue(time.passed().compareTo(Duration.ofSeconds(5)) < 0, "without the option it does not wait");
    }

    @Test
    void waitIsBounded() {
        AtomicLong beat = new AtomicLong();
        write(elsewhere(0));
        time.whileSleeping = () -> write(elsewhere(beat.incrementAndGet()));
        RunContext patient = withTime(RunContext.of(
                SyncOptions.builder().waitFor(Duration.ofMinutes(5)).build()));
        assertThrows(HeldByAnotherException.class, () -> Lease.take(file, patient));
        assertTrue(time.passed().compareTo(Duration.ofMinutes(5)) >= 0);
        assertTrue(time.passed().compareTo(Duration.ofMinutes(6)) < 0);
    }

    @Test
    void aHolderElsewhereThatIsSilentForAMinuteOfOurClockIsTakenOver() throws Exception {
        write(elsewhere(5));
        // Its clock and its time stamps are an hour off, in both directions; nothing looks at them.
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(3600)));
        try (Lease lease = Lease.take(file, context)) {
            lease.confirm();
            assertTrue(time.passed().compareTo(Lease.SILENCE) >= 0, "not earlier");
            assertTrue(time.passed().compareTo(Lease.SILENCE.plusSeconds(2)) < 0, "not later");
        }
    }

    @Test
    void aHolderThatSleptForLessThanAMinuteIsNotTakenOver() {
        AtomicLong slept = new AtomicLong();
        write(elsewhere(0));
        RunContext patient = withTime(RunContext.of(
                SyncOptions.builder().waitFor(Duration.ofMinutes(10)).build()));
        time.whileSleeping = () -> write(elsewhere(slept.incrementAndGet() / 100)); // beats every 50 s
        assertThrows(HeldByAnotherException.class, () -> Lease.take(file, patient));
    }

    @Test
    void aHolderWhoseProcessIsGoneFromThisMachineIsTakenOverAtOnce() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        Holder self = Holder.self("");
        write(new Holder("dead", self.host(), self.machine(), process.pid(), 7, "", "", 3));
        Lease.take(file, context).close();
        assertEquals(Duration.ZERO, time.passed());
    }

    @Test
    void aProcessNumberThatCameAgainIsNotTheHolder() throws Exception {
        Holder self = Holder.self("");
        write(new Holder("dead", self.host(), self.machine(), self.pid(), self.started() - 1, "", "", 3));
        Lease.take(file, context).close();
        assertEquals(Duration.ZERO, time.passed());
    }

    @Test
    void anOwnerWhoseLeaseWasTakenOverNoticesAndLeavesTheNewOneAlone() throws Exception {
        Lease paused = Lease.take(file, context);
        paused.ensureHeld();
        write(elsewhere(1));
        time.sleep(Duration.ofMinutes(10));
        assertThrows(HeldByAnotherException.class, paused::ensureHeld);
        assertThrows(HeldByAnotherException.class, paused::confirm);
        paused.close();
        assertEquals("their-nonce", Holder.read(file).orElseThrow().nonce(), "closing must not delete it");
    }

    @Test
    void aDeletedLeaseIsLost() throws Exception {
        Lease lease = Lease.take(file, context);
        Files.delete(file);
        assertThrows(HeldByAnotherException.class, lease::confirm);
        assertDoesNotThrow(lease::close);
    }

    @Test
    void aDamagedLeaseCostsAMinuteNotAPerson() throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"nonce\":");
        Lease.take(file, context).close();
        assertTrue(time.passed().compareTo(Lease.SILENCE) >= 0);
    }

    @Test
    void theBeatIsWrittenInPlace() throws IOException {
        Files.createDirectories(file.getParent());
        byte[] first = elsewhere(1).toBytes();
        byte[] later = elsewhere(123_456).toBytes();
        assertEquals(first.length, later.length);
        Files.write(file, first);
        try (var channel = java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
            channel.write(
                    java.nio.ByteBuffer.wrap(
                            Holder.beatText(123_456).getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
                    Holder.beatOffset(first.length));
        }
        assertEquals(elsewhere(123_456), Holder.read(file).orElseThrow());
    }

    /** Counts operations of the disk, and may do something before each. */
    private Path watched(AtomicLong looks, FaultyFileSystem.Fault fault) {
        return FaultyFileSystem.path(folder, (operation, path) -> {
                    looks.incrementAndGet();
                    fault.before(operation, path);
                })
                .resolve("state/lease");
    }

    @Test
    void aLinkThatLeadsNowhereIsNobodysLease() throws Exception {
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, Path.of("nowhere"));
        AtomicLong looks = new AtomicLong();
        try (Lease lease = Lease.take(watched(looks, (operation, path) -> {}), context)) {
            lease.confirm();
            assertTrue(time.passed().compareTo(Lease.SILENCE) <= 0, "a minute at most");
            assertTrue(looks.get() < 1000, "looked " + looks + " times");
        }
    }

    @Test
    void aLeaseThatTheServerDeniesAndListsIsGivenUpAfterAMinuteWithoutHurry() {
        AtomicLong looks = new AtomicLong();
        Path denied = watched(looks, (operation, path) -> {
            if (operation.equals("link")) {
                throw new FileAlreadyExistsException(path.toString());
            }
        });
        IOException e = assertThrows(IOException.class, () -> Lease.take(denied, context));
        assertTrue(String.valueOf(e.getMessage()).contains("can neither be made nor read"), e.getMessage());
        assertTrue(time.passed().compareTo(Lease.SILENCE) >= 0, "not earlier");
        assertTrue(time.passed().compareTo(Lease.SILENCE.plusSeconds(2)) < 0, "not later");
        assertTrue(looks.get() < 60 * 50 * 10, "looked " + looks + " times in a minute");
    }

    @Test
    void aLeaseThatComesAndGoesIsWaitedForNoLongerThanAsked() {
        AtomicLong looks = new AtomicLong();
        AtomicLong sleeps = new AtomicLong();
        write(elsewhere(0));
        time.whileSleeping = () -> {
            try {
                if (sleeps.incrementAndGet() % 2 == 0) {
                    write(elsewhere(sleeps.get()));
                } else {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        Path odd = watched(looks, (operation, path) -> {
            if (operation.equals("link")) {
                throw new FileAlreadyExistsException(path.toString());
            }
        });
        RunContext patient = withTime(RunContext.of(
                SyncOptions.builder().waitFor(Duration.ofMinutes(5)).build()));
        assertThrows(HeldByAnotherException.class, () -> Lease.take(odd, patient));
        assertTrue(time.passed().compareTo(Duration.ofMinutes(6)) < 0);
        assertTrue(looks.get() < 6 * 60 * 50 * 10, "looked " + looks + " times in " + time.passed());
    }

    @Test
    void aLeaseWhoseCreationAnswerWasLostIsRecognisedAsOurs() throws Exception {
        Path lossy = watched(new AtomicLong(), (operation, path) -> {
            if (operation.equals("link") && !Files.exists(file)) {
                Files.createLink(file, temporary());
                throw new FileSystemException(path.toString(), null, "Connection timed out");
            }
        });
        try (Lease lease = Lease.take(lossy, context)) {
            assertEquals(Duration.ZERO, time.passed(), "it waits for nobody");
            assertEquals(lease.nonce(), Holder.read(file).orElseThrow().nonce());
            lease.confirm();
        }
        assertFalse(Files.exists(file));
    }

    @Test
    void whereTakingItFailsAfterAllItIsGivenUp() throws Exception {
        Path lossy = watched(new AtomicLong(), (operation, path) -> {
            if (operation.equals("link") && !Files.exists(file)) {
                Files.createLink(file, temporary());
                throw new IOException("something else");
            }
        });
        assertThrows(IOException.class, () -> Lease.take(lossy, context));
        assertFalse(Files.exists(file), "else the next try would wait for ourselves");
    }

    private Path temporary() throws IOException {
        try (var files = Files.list(file.getParent())) {
            return files.filter(path -> path.toString().endsWith(".tmp"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    @Timeout(60)
    void theWaitForAHolderCanBeInterrupted() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        RunContext patient =
                RunContext.of(SyncOptions.builder().waitFor(Duration.ofHours(1)).build());
        try (Lease holder = Lease.take(file, RunContext.of(SyncOptions.DEFAULTS))) {
            FutureTask<Lease> late = new FutureTask<>(() -> Lease.take(file, patient, who -> waiting.countDown()));
            Thread thread = new Thread(late);
            thread.start();
            assertTrue(waiting.await(30, TimeUnit.SECONDS));
            thread.interrupt();
            ExecutionException e = assertThrows(ExecutionException.class, late::get);
            assertInstanceOf(InterruptedException.class, e.getCause());
            holder.confirm();
            try (var left = Files.list(file.getParent())) {
                assertEquals(1, left.count(), "the holder's alone");
            }
        }
    }

    @Test
    void whoLeavesMayRemoveTheFolderWhileTheNextOneComes() throws Exception {
        Path folders = file.resolveSibling("made").resolve("for");
        CountDownLatch done = new CountDownLatch(1);
        FutureTask<Integer> leaving = new FutureTask<>(() -> {
            int left = 0;
            for (; done.getCount() > 0; left++) {
                FoldersMade.removeIfEmpty(folders);
                FoldersMade.removeIfEmpty(folders.resolveSibling(""));
            }
            return left;
        });
        new Thread(leaving).start();
        try {
            for (int taken = 0; taken < 200; taken++) {
                Lease.take(folders.resolve("lease"), context).close();
            }
        } finally {
            done.countDown();
        }
        assertTrue(leaving.get(20, TimeUnit.SECONDS) > 0);
    }
}
