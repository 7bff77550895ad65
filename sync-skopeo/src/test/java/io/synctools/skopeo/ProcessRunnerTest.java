package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.skopeo.CommandRunner.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProcessRunnerTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Path folder;
    private final ProcessRunner runner = ProcessRunner.ofTools();

    ProcessRunnerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void argumentsReachTheProgramAsTheyAre() throws Exception {
        Finished finished = runner.run(
                List.of("/usr/bin/printf", "%s|", "a b", "\"q\"", "$HOME `id` 'x'", "", "*"), Map.of(), "", LONG);
        assertEquals("a b|\"q\"|$HOME `id` 'x'||*|", finished.output());
        assertEquals(0, finished.exit());
    }

    @Test
    void theEnvironmentIsExactlyTheGivenOne() throws Exception {
        Finished finished = runner.run(List.of("/usr/bin/env"), Map.of("ONLY", "this one"), "", LONG);
        assertEquals("ONLY=this one\n", finished.output().replaceFirst("SYNC_TOOLS_CHILD=.*\n", ""));
    }

    @Test
    void inputStatusAndBothOutputsComeThrough() throws Exception {
        Finished finished = shell("read line; echo out $line; echo err >&2; exit 7", "secret\n", LONG);
        assertEquals(7, finished.exit());
        assertEquals("out secret\n", finished.output());
        assertEquals("err\n", finished.errors());
        assertFalse(finished.killed());
    }

    @Test
    void onlyTheEndOfALongOutputIsKept() throws Exception {
        Finished finished = shell("head -c 3000000 /dev/zero | tr '\\0' x; echo end", "", LONG);
        assertEquals(1 << 16, finished.output().length());
        assertTrue(finished.output().endsWith("xend\n"));
    }

    @Test
    void whatRunsTooLongIsKilledWithItsChildrenEvenIfItIsStopped() throws Exception {
        Path pids = folder.resolve("pids");
        Finished finished = shell(
                "trap '' TERM; sleep 1000 & echo $! > " + pids + "; echo $$ >> " + pids + "; kill -STOP $$",
                "",
                Duration.ofMillis(700));
        assertTrue(finished.killed());
        assertGone(pids);
    }

    @Test
    void anInterruptionEndsAProgramThatDoesNotWantTo() throws Exception {
        Path pids = folder.resolve("pids");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                shell(
                        "trap '' TERM; sleep 1000 & echo $! > " + pids + "; echo $$ >> " + pids + "; wait; wait",
                        "",
                        LONG);
            } catch (IOException | InterruptedException e) {
                thrown.set(e);
            }
        });
        thread.start();
        while (!Files.exists(pids) || Files.readAllLines(pids).size() < 2) {
            Thread.onSpinWait();
        }
        thread.interrupt();
        thread.join();
        assertEquals(InterruptedException.class, thrown.get().getClass());
        assertGone(pids);
    }

    @Test
    void aWrapperThatEndsAtOnceTakesWhatItStartedWithIt() throws Exception {
        Path pids = folder.resolve("pids");
        String wrapper = "sleep 1000 & echo $! > " + pids + "; echo $$ >> " + pids + "; ";
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                shell(wrapper + "wait", "", LONG); // ends at SIGTERM, its child does not hear of it
            } catch (IOException | InterruptedException e) {
                thrown.set(e);
            }
        });
        thread.start();
        while (!Files.exists(pids) || Files.readAllLines(pids).size() < 2) {
            Thread.onSpinWait();
        }
        thread.interrupt();
        thread.join();
        assertEquals(InterruptedException.class, thrown.get().getClass());
        assertGone(pids);
        Files.delete(pids);
        assertEquals(137, shell(wrapper + "kill -KILL $$", "", LONG).exit());
        assertGone(pids);
    }

    @Test
    void aGrandchildThatKeepsTheOutputOpenDoesNotHoldUsAndEndsToo() throws Exception {
        Path pids = folder.resolve("pids");
        Finished finished = shell("sleep 1000 & echo $! > " + pids + "; echo $$ >> " + pids + "; echo done", "", LONG);
        assertEquals("done\n", finished.output());
        assertGone(pids);
    }

    @Test
    void theAgentOfACredentialHelperGoesOn() throws Exception {
        Path pid = folder.resolve("pid");
        ProcessRunner.ofHelpers()
                .run(
                        List.of("/bin/sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $! > " + pid),
                        Map.of("PATH", "/usr/bin:/bin"),
                        "",
                        LONG);
        ProcessHandle agent =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        assertTrue(agent.isAlive());
        agent.destroyForcibly();
    }

    @Test
    void aProgramThatIsNotThereIsAnIOException() {
        assertThrows(IOException.class, () -> runner.run(List.of("/nowhere/x"), Map.of(), "", LONG));
    }

    private Finished shell(String script, String input, Duration limit) throws IOException, InterruptedException {
        return runner.run(List.of("/bin/sh", "-c", script), Map.of("PATH", "/usr/bin:/bin"), input, limit);
    }

    private static void assertGone(Path pids) throws IOException {
        List<String> all = Files.readAllLines(pids);
        assertEquals(2, all.size());
        for (String pid : all) {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(process -> process.onExit()
                    .orTimeout(3, java.util.concurrent.TimeUnit.SECONDS)
                    .join());
        }
    }
}
