package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.file.Disk;
import io.synctools.internal.retry.TimeSource;
import io.synctools.skopeo.DigestLedger.Written;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestLedgerTest {
    private static final ImageRepository CANN = ImageRepository.parse("quay.io/ascend/cann");
    private static final Written ONE = new Written("docker.io/a/b", "sha256:1", "sha256:2");
    private static final Written TWO = new Written("docker.io/a/b", "sha256:3", "sha256:4");

    private final Path folder;
    private final Path file;
    private final PassedTime time = new PassedTime();

    DigestLedgerTest(@TempDir Path temporary) {
        folder = temporary.resolve("cache");
        file = folder.resolve("ledger.json");
    }

    @Test
    void remembersAcrossRuns() throws Exception {
        DigestLedger ledger = ledger();
        ledger.remember(CANN, "v1", ONE);
        ledger.rememberRefusal(CANN, Manifest.OCI_INDEX);
        ledger.save();
        DigestLedger next = ledger();
        assertEquals(Optional.of(ONE), next.written(CANN, "v1"));
        assertEquals(Optional.empty(), next.written(CANN, "v2"));
        assertTrue(next.refuses(CANN, Manifest.OCI_INDEX));
        assertFalse(next.refuses(CANN, Manifest.OCI_MANIFEST));
        assertTrue(
                next.refuses(ImageRepository.parse("quay.io/other/name"), Manifest.OCI_INDEX), "it is the host's way");
    }

    @Test
    void readsAndLearnsNothingOnDiskUntilSaved() {
        DigestLedger ledger = ledger();
        ledger.remember(CANN, "v1", ONE);
        assertEquals(Optional.of(ONE), ledger.written(CANN, "v1"));
        assertFalse(Files.exists(folder));
    }

    @Test
    void savingNothingNewTouchesNothing() throws Exception {
        DigestLedger ledger = ledger();
        ledger.remember(CANN, "v1", ONE);
        ledger.save();
        Files.delete(file);
        ledger.remember(CANN, "v1", ONE);
        ledger.save();
        assertFalse(Files.exists(file));
    }

    @Test
    void twoProcessesDoNotLoseEachOthersKnowledge() throws Exception {
        DigestLedger first = ledger();
        DigestLedger second = ledger();
        first.remember(CANN, "v1", ONE);
        second.remember(CANN, "v2", TWO);
        first.save();
        second.save();
        assertEquals(Optional.of(ONE), ledger().written(CANN, "v1"));
        assertEquals(Optional.of(TWO), ledger().written(CANN, "v2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"version\":3,\"tags\":{}}",
                "{\"version\":2,\"tags\":{\"a\":[\"x\"]}}",
                "{\"version\":2,\"tags\":{\"a\":[\"x\",\"y\",\"z\"]",
                "{\"version\":2,\"tags\":{\"a\":[{},\"y\",\"z\"]}}"
            })
    void aDamagedFileIsSetAsideAndCostsWorkOnly(String text) throws Exception {
        Files.createDirectories(folder);
        Files.writeString(file, text);
        DigestLedger ledger = ledger();
        assertEquals(Optional.empty(), ledger.written(CANN, "v1"));
        assertEquals(text, Files.readString(file), "reading changes nothing");
        ledger.remember(CANN, "v1", ONE);
        ledger.save();
        assertEquals(text, Files.readString(folder.resolve("ledger.json.damaged")));
        assertEquals(Optional.of(ONE), ledger().written(CANN, "v1"));
    }

    @Test
    void theOldestAreForgottenBeyondTheBound() throws Exception {
        DigestLedger ledger = new DigestLedger(file, new Disk(), time, 3);
        IntStream.range(0, 4).forEach(i -> ledger.remember(CANN, "v" + i, ONE));
        ledger.save();
        ledger.remember(CANN, "v1", TWO);
        ledger.remember(CANN, "v4", TWO);
        ledger.save();
        DigestLedger next = ledger();
        assertEquals(
                List.of(false, true, false, true, true),
                IntStream.range(0, 5)
                        .mapToObj(i -> next.written(CANN, "v" + i).isPresent())
                        .toList());
    }

    @Test
    void leavesNoTemporaryFile() throws IOException {
        DigestLedger ledger = ledger();
        ledger.remember(CANN, "v1", ONE);
        ledger.save();
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of("ledger.json", "ledger.json.lock"),
                    files.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    private DigestLedger ledger() {
        return new DigestLedger(file, new Disk(), time);
    }

    @Test
    void whatAnEarlierVersionLearntUncheckedIsLookedAtAgain() throws Exception {
        Files.createDirectories(folder);
        Files.writeString(
                file,
                "{\"version\":1,\"refused\":[\"quay.io x\"],\"tags\":{\"quay.io/ascend/cann:v1\":[\"docker.io/a/b\","
                        + "\"sha256:1\",\"sha256:2\"],\"quay.io/ascend/cann:v2\":[\"docker.io/a/b\",\"sha256:3\","
                        + "\"sha256:3\"]}}");
        DigestLedger ledger = ledger();
        assertEquals(Optional.empty(), ledger.written(CANN, "v1"));
        assertEquals(Optional.of(new Written("docker.io/a/b", "sha256:3", "sha256:3")), ledger.written(CANN, "v2"));
        assertTrue(ledger.refuses(CANN, "x"));
    }

    @Test
    void aDiskThatFailsIsNotTakenForADamagedFile() throws Exception {
        Files.createDirectories(file); // reading a folder is an input/output error, also for root
        DigestLedger ledger = ledger();
        assertEquals(Optional.empty(), ledger.written(CANN, "v1"));
        ledger.remember(CANN, "v1", ONE);
        assertThrows(IOException.class, ledger::save);
        assertTrue(Files.isDirectory(file), "left as it was");
        assertFalse(Files.exists(folder.resolve("ledger.json.damaged")));
        Files.delete(file);
        ledger.save();
        assertEquals(Optional.of(ONE), ledger().written(CANN, "v1"));
    }

    @Test
    @Timeout(60)
    void aLockThatAnotherProcessHoldsIsWaitedForAWhileOnly() throws Exception {
        DigestLedger ledger = ledger();
        ledger.remember(CANN, "v1", ONE);
        Files.createDirectories(folder);
        try (Holder holder = Holder.of(folder.resolve("ledger.json.lock"))) {
            IOException busy = assertThrows(IOException.class, ledger::save);
            assertTrue(String.valueOf(busy.getMessage()).contains("another process holds its lock"), busy::toString);
            assertEquals(Optional.of(ONE), ledger.written(CANN, "v1"), "and nothing is forgotten");
        }
        ledger.save();
        assertEquals(Optional.of(ONE), ledger().written(CANN, "v1"));
    }

    @Test
    @Timeout(60)
    void whileItWaitsForThatLockNobodyWaitsForIt() throws Exception {
        AtomicReference<DigestLedger> waiting = new AtomicReference<>();
        AtomicInteger reads = new AtomicInteger();
        TimeSource watched = new TimeSource() {
            @Override
            public long nanos() {
                return time.nanos();
            }

            @Override
            public Instant now() {
                return time.now();
            }

            @Override
            public void sleep(Duration pause) {
                time.pass(pause);
                Optional<Written> read = CompletableFuture.supplyAsync(
                                () -> waiting.get().written(CANN, "v1"))
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join();
                assertEquals(Optional.of(ONE), read);
                reads.incrementAndGet();
            }
        };
        DigestLedger ledger = new DigestLedger(file, new Disk(), watched);
        waiting.set(ledger);
        ledger.remember(CANN, "v1", ONE);
        Files.createDirectories(folder);
        try (Holder holder = Holder.of(folder.resolve("ledger.json.lock"))) {
            assertThrows(IOException.class, ledger::save);
        }
        assertTrue(reads.get() > 1 && reads.get() <= 101, reads + " looks in 10 s");
    }

    /** Another process that locks a file until it is closed. */
    private record Holder(Process process) implements AutoCloseable {
        static Holder of(Path file) throws IOException {
            Path program = Files.writeString(
                    file.resolveSibling("Hold.java"),
                    "public class Hold { public static void main(String[] a) throws Exception {"
                            + " var c = java.nio.channels.FileChannel.open(java.nio.file.Path.of(a[0]),"
                            + " java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE);"
                            + " c.lock(); System.out.println(\"held\"); System.in.read(); } }");
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Process process = new ProcessBuilder(java, program.toString(), file.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertEquals("held", process.inputReader().readLine());
            return new Holder(process);
        }

        @Override
        public void close() {
            process.destroyForcibly();
            process.onExit().join();
        }
    }
}
