package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.SyncReport;
import io.synctools.examples.hub.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
    private static final List<String> FLOWS = List.of("vllm-guiyang003", "hk001-models", "hk001-datasets");

    private static final String IMAGES = "images-docker-hub-to-quay";

    @TempDir
    Path folder;

    private SyncReport.Totals totals(String flow) throws IOException {
        return SyncReport.read(folder.resolve("target/quickstart/" + flow + ".json"))
                .totals();
    }

    @Test
    void mirrorsThenFindsNothingToDoThenTheOneThatChangedThenStartsOver() throws IOException {
        Path quickstart = folder.resolve("target/quickstart");
        String path = System.getenv("PATH");
        Console first = new Console(folder)
                .with("PATH", path)
                .with("HF_TOKEN", "of-another-hub")
                .with("HTTP_PROXY", "http://127.0.0.1:1");
        assertEquals(0, first.run("quickstart"), () -> first.out() + first.err());
        assertTrue(first.out().contains("All of it is in " + quickstart), first::out);
        for (String flow : FLOWS) {
            assertTrue(first.out().contains(flow + ": all that is declared is there"), first::out);
            assertEquals(totals(flow).items(), totals(flow).copied());
        }
        assertTrue(Files.exists(quickstart.resolve("modelscope/models/Qwen/Qwen2___5-7B-Instruct/docs/说明.md")));
        assertTrue(Files.exists(quickstart.resolve("local/models/Qwen/Qwen2.5-0.5B-Instruct/config.json")));
        assertTrue(Files.isDirectory(quickstart.resolve("huggingface/datasets--openai--gsm8k/snapshots")));
        assertFalse(Files.exists(folder.resolve("home")));

        boolean images = !first.out().contains("skopeo is not installed");
        OciLayout mirrored = new OciLayout(quickstart.resolve("registries/quay.io/ascend/sglang"));
        if (images) {
            OciLayout source = new OciLayout(quickstart.resolve("registries/docker.io/lmsysorg/sglang"));
            assertEquals(1, totals(IMAGES).copied());
            assertEquals(Set.of("v0.5.6-cann8.3.rc1", "main-CANN"), Set.copyOf(mirrored.tags()));
            assertEquals(source.digest("main-CANN"), mirrored.digest("main-CANN"));
        }

        assertEquals(0, new Console(folder).with("PATH", path).run("quickstart"));
        if (images) {
            assertEquals(1, totals(IMAGES).upToDate());
        }
        assertFalse(Files.exists(folder.resolve("home")), "neither ledger nor logins of whoever runs it");
        for (String flow : FLOWS) {
            assertEquals(totals(flow).items(), totals(flow).upToDate());
            assertEquals(0, totals(flow).bytesTransferred());
        }

        Path served = quickstart.resolve("hub/models/deepseek-ai/DeepSeek-V2/config.json");
        Files.writeString(served, "{\"changed\": true}\n", StandardOpenOption.TRUNCATE_EXISTING);
        Console withoutSkopeo = new Console(folder);
        assertEquals(0, withoutSkopeo.run("quickstart"));
        assertTrue(withoutSkopeo.out().contains("skopeo is not installed: the images are left out"));
        assertEquals(1, totals("vllm-guiyang003").copied());
        assertEquals(Files.size(served), totals("vllm-guiyang003").bytesTransferred());

        assertEquals(0, new Console(folder).run("quickstart", "--fresh"));
        assertEquals(totals("hk001-models").items(), totals("hk001-models").copied());
    }

    @Test
    void whatFailedIsSaidWithItsReasonAndTheOthersAreShownAllTheSame() throws IOException {
        Path quickstart = folder.resolve("target/quickstart");
        Path inTheWay = quickstart.resolve("local/models/Qwen/Qwen2.5-0.5B-Instruct/config.json/mine.txt");
        Files.createDirectories(inTheWay.getParent());
        Files.writeString(inTheWay, "mine");
        Path file = Files.writeString(quickstart.resolve("huggingface"), "not a folder");
        Console console = new Console(folder);
        assertEquals(2, console.run("quickstart"), () -> console.out() + console.err());
        String out = console.out();
        assertTrue(out.contains("vllm-guiyang003: all that is declared is there"), out);
        assertTrue(out.contains("Not all went well:"), () -> out + console.err());
        String end = out.substring(out.indexOf("Not all went well:"));
        assertEquals(
                "Not all went well:\n"
                        + "  hk001-models: 1 of 3 items is not there\n"
                        + "    huggingface:models/Qwen/Qwen2.5-0.5B-Instruct  (hk001-models.json:2)\n"
                        + "      DISK: " + inTheWay.getParent()
                        + " is a folder, but the repository has a file there; move it away (" + inTheWay
                        + " was not published by this tool)\n"
                        + "      Trying again will not help before this is mended.\n",
                end.substring(0, end.indexOf("  3 items: ")),
                out);
        assertTrue(
                end.contains("  hk001-datasets could not begin: --huggingface-cache " + file + ": " + file
                        + " is not a folder"),
                out);
        assertTrue(
                end.contains("What is there is in " + quickstart + "; mend what the lines name\nand run it again"),
                out);
        assertFalse(out.contains("nothing is left to do"), out);
        assertEquals("mine", Files.readString(inTheWay));

        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        Files.delete(file);
        Console next = new Console(folder);
        assertEquals(0, next.run("quickstart"), () -> next.out() + next.err());
        assertTrue(next.out().contains("Run it again: nothing is left to do."), next::out);
    }
}
