package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchTest {
    @TempDir
    Path folder;

    @Test
    void helpListsEachFlowAndToolOnOneLine() {
        Console console = new Console(folder);
        assertEquals(0, console.run());
        assertEquals(0, console.run("--help"));
        for (Flows.Named flow : Flows.ALL) {
            assertEquals(
                    2,
                    console.out()
                            .lines()
                            .filter(line -> line.startsWith("  " + flow.name() + " "))
                            .count(),
                    flow.name());
        }
        assertTrue(console.out().contains("\n  quickstart "));
        assertFalse(console.out().contains("\n  hub "));
        assertTrue(console.out().lines().allMatch(line -> line.length() <= 120));
    }

    @Test
    void anUnknownNameGetsASuggestion() {
        Console console = new Console(folder);
        assertEquals(2, console.run("vlm-guiyang003"));
        assertEquals(
                "sync: there is no flow or tool \"vlm-guiyang003\"; did you mean vllm-guiyang003?\nSee ./sync --help\n",
                console.err());
        assertEquals("", console.out());
    }

    @Test
    void planPrintsWhatIsDeclaredAndContactsNobody() {
        Console console = new Console(folder).with("HF_ENDPOINT", "http://127.0.0.1:1");
        assertEquals(0, console.run("plan", "hk001-datasets", "--only", "openai/*"), console::err);
        assertEquals("""
                hk001-datasets: 1 item
                  huggingface:datasets/openai/gsm8k -> local-dir:datasets/openai/gsm8k  (hk001-datasets.json:2)
                """, console.out());
        assertEquals(2, console.run("plan", "nothing"));
        assertEquals(2, console.run("plan"));
    }

    @Test
    void helpOfAFlowNamesItsOptionsWithTheirDefaults() {
        Console console = new Console(folder);
        assertEquals(0, console.run("images", "--help"));
        assertTrue(console.out().contains("--part-size=SIZE"));
        assertTrue(console.out().contains("(default: 16MiB)"));
    }
}
