package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Child processes that are ended by signals in the middle of a file. */
class SignalsTest {
    private static final int PART = 1 << 20;
    private static final int SIZE = 8 * PART;
    private static final Duration SECONDS = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Hub hub;

    @BeforeEach
    void start() throws IOException {
        HubFile file = HubFile.random("model.safetensors", SIZE, 3);
        hub = Hub.start(
                new Hub.Options(0, Duration.ZERO, 4 * PART),
                List.of(HubRepository.of("models/acme/big", List.of(file))));
        Files.writeString(folder.resolve("m.ini"), "acme/big\n");
        Files.writeString(folder.resolve("d.ini"), "# none\n");
    }

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    private Process child() throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                VllmGuiyang003.class.getName()));
        command.addAll(List.of("--models", "m.ini", "--datasets", "d.ini", "--modelscope-cache", "cache"));
        command.addAll(List.of("--report", "report.json", "--connections", "2", "--part-size", "1MiB"));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("MODELSCOPE_ENDPOINT", hub.origin().toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().remove("CI");
        return builder.start();
    }

    /** Until the child has fetched some parts and is busy with the next ones: two requests list, each part is two more. */
    private void awaitTheMiddle(Process child) throws IOException {
        long deadline = System.nanoTime() + SECONDS.toNanos();
        while (hub.requests() < 9) {
            assertTrue(System.nanoTime() < deadline, "the child never came to the middle of the file");
            assertTrue(child.isAlive(), () -> "the child ended early: " + output(child));
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static String output(Process child) {
        try (var reader = new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            return String.join("\n", reader.lines().toList());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static int end(Process child) throws InterruptedException {
        assertTrue(child.waitFor(SECONDS.toSeconds(), TimeUnit.SECONDS), "the child did not end");
        return child.exitValue();
    }

    private static boolean ignoredHere(int signal) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .anyMatch(mask -> (mask >> (signal - 1) & 1) == 1);
    }

    /** As {@code timeout} sends it: to its child, and then to its child's group. */
    private static void kill(String signal, Process child, int times) throws Exception {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        command.addAll(Collections.nCopies(times, Long.toString(child.pid())));
        assertEquals(0, new ProcessBuilder(command).start().waitFor());
    }

    @ParameterizedTest
    @CsvSource({"TERM,15,143,1", "TERM,15,143,2", "INT,2,130,1"})
    void anInterruptedRunReportsAndTheNextOneGoesOn(String name, int number, int status, int times) throws Exception {
        assumeFalse(ignoredHere(number), "skipped: SIG" + name + " is ignored here, and children inherit that");
        Process child = child();
        awaitTheMiddle(child);
        long began = System.nanoTime();
        kill(name, child, times);
        assertEquals(status, end(child), () -> output(child));
        assertTrue(
                System.nanoTime() - began < Duration.ofSeconds(10).toNanos(), "it took more than ten seconds to end");
        assertFalse(Files.exists(folder.resolve("cache/models/acme/big")));
        SyncReport report = SyncReport.read(folder.resolve("report.json"));
        assertEquals(status, report.exit());
        assertTrue(report.interrupted());
        goesOnFromThere(report.totals().bytesTransferred());
    }

    @Test
    void aSecondSignalAfterAWhileEndsTheProcessAtOnce() throws Exception {
        AtomicLong now = new AtomicLong();
        List<Integer> halted = new CopyOnWriteArrayList<>();
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread run = new Thread(() -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        run.start();
        try (Signals signals = new Signals(run, now::get, halted::add)) {
            Thread handler = new Thread(() -> signals.received(143));
            handler.start();
            assertTrue(interrupted.await(SECONDS.toSeconds(), TimeUnit.SECONDS));
            now.set(Duration.ofMillis(900).toNanos());
            signals.received(143);
            assertEquals(List.of(), halted, "it is the same signal, sent to the group as well");
            now.set(Duration.ofMillis(1100).toNanos());
            signals.received(130);
            assertEquals(List.of(130), halted);
            assertEquals(143, signals.status());
            signals.close();
            handler.join(SECONDS.toMillis());
            assertFalse(handler.isAlive(), "it waits although the run has ended");
        }
    }

    @Test
    void aKilledRunIsResumed() throws Exception {
        Process child = child();
        awaitTheMiddle(child);
        child.destroyForcibly();
        assertEquals(137, end(child));
        assertFalse(Files.exists(folder.resolve("cache/models/acme/big")));
        goesOnFromThere(2L * PART);
    }

    private void goesOnFromThere(long fetchedAtLeast) throws Exception {
        Process next = child();
        String said = output(next);
        assertEquals(0, end(next), said);
        SyncReport report = SyncReport.read(folder.resolve("report.json"));
        assertEquals(Outcome.COPIED, report.items().get(0).outcome());
        // One part per connection may come twice.
        assertTrue(
                report.totals().bytesTransferred() <= SIZE - fetchedAtLeast + 2L * PART,
                () -> report.totals().bytesTransferred() + " of " + SIZE + " came again after " + fetchedAtLeast);
        assertEquals(SIZE, Files.size(folder.resolve("cache/models/acme/big/model.safetensors")));
    }
}
