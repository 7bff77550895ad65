package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.retry.TimeSource;
import io.synctools.model.HeldByAnotherException;
import io.synctools.spi.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {
    private final FakeTime time = new FakeTime();
    private final Settings settings = withTime(Settings.of(Map.of()));

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void place() {
        file = folder.resolve("state/lease");
    }

    private Settings withTime(Settings fresh) {
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
        try (Lease lease = Lease.take(file, settings)) {
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
        HeldByAnotherException e = assertThrows(HeldByAnotherException.class, () -> Lease.take(file, settings));
        assertTrue(e.getMessage().contains("node-7"), e.getMessage());
        assertTrue(e.getMessage().contains("https://ci/run/9"), e.getMessage());
        assertTrue(time.passed().compareTo(Duration.ofSeconds(5)) < 0, "without the option it does not wait");
    }

    @Test
    void waitIsBounded() {
        AtomicLong beat = new AtomicLong();
        write(elsewhere(0));
        time.whileSleeping = () -> write(elsewhere(beat.incrementAndGet()));
        Settings patient = withTime(Settings.of(Map.of()).with("wait", "PT5M"));
        assertThrows(HeldByAnotherException.class, () -> Lease.take(file, patient));
        assertTrue(time.passed().compareTo(Duration.ofMinutes(5)) >= 0);
        assertTrue(time.passed().compareTo(Duration.ofMinutes(6)) < 0);
    }

    @Test
    void aHolderElsewhereThatIsSilentForAMinuteOfOurClockIsTakenOver() throws Exception {
        write(elsewhere(5));
        // Its clock and its time stamps are an hour off, in both directions; nothing looks at them.
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(3600)));
        try (Lease lease = Lease.take(file, settings)) {
            lease.confirm();
            assertTrue(time.passed().compareTo(Lease.SILENCE) >= 0, "not earlier");
            assertTrue(time.passed().compareTo(Lease.SILENCE.plusSeconds(2)) < 0, "not later");
        }
    }

    @Test
    void aHolderThatSleptForLessThanAMinuteIsNotTakenOver() {
        AtomicLong slept = new AtomicLong();
        write(elsewhere(0));
        Settings patient = withTime(Settings.of(Map.of()).with("wait", "PT10M"));
        time.whileSleeping = () -> write(elsewhere(slept.incrementAndGet() / 100)); // beats every 50 s
        assertThrows(HeldByAnotherException.class, () -> Lease.take(file, patient));
    }

    @Test
    void aHolderWhoseProcessIsGoneFromThisMachineIsTakenOverAtOnce() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        Holder self = Holder.self("");
        write(new Holder("dead", self.host(), self.machine(), process.pid(), 7, "", "", 3));
        Lease.take(file, settings).close();
        assertEquals(Duration.ZERO, time.passed());
    }

    @Test
    void aProcessNumberThatCameAgainIsNotTheHolder() throws Exception {
        Holder self = Holder.self("");
        write(new Holder("dead", self.host(), self.machine(), self.pid(), self.started() - 1, "", "", 3));
        Lease.take(file, settings).close();
        assertEquals(Duration.ZERO, time.passed());
    }

    @Test
    void anOwnerWhoseLeaseWasTakenOverNoticesAndLeavesTheNewOneAlone() throws Exception {
        Lease paused = Lease.take(file, settings);
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
        Lease lease = Lease.take(file, settings);
        Files.delete(file);
        assertThrows(HeldByAnotherException.class, lease::confirm);
        assertDoesNotThrow(lease::close);
    }

    @Test
    void aDamagedLeaseCostsAMinuteNotAPerson() throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"nonce\":");
        Lease.take(file, settings).close();
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
}
