package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.synctools.config.ListKind;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        for (Tools.Named tool : Tools.ALL) {
            assertTrue(console.out().contains("\n  " + tool.name() + " "), tool.name());
            assertTrue(console.out().contains(tool.example() + "\n"), tool.name());
        }
        assertTrue(console.out().lines().allMatch(line -> line.length() <= 110), console::out);
    }

    @Test
    void theHelpOfAFlowShowsNoListThatItRefuses() {
        for (Flows.Named flow : Flows.ALL) {
            Console help = new Console(folder);
            assertEquals(0, help.run(flow.name(), "--help"));
            for (ListKind kind : List.of(ListKind.MODELS, ListKind.DATASETS, ListKind.IMAGES)) {
                Console given = new Console(folder);
                List<String> arguments = new ArrayList<>(List.of("plan", flow.name()));
                arguments.addAll(
                        flow.name().equals("project") ? List.of("chat-demo", "--projects", "config") : List.of());
                String list = "config/"
                        + (kind == ListKind.MODELS
                                ? "hk001-models"
                                : kind == ListKind.DATASETS ? "hk001-datasets" : "images")
                        + ".json";
                arguments.addAll(List.of("--" + kind.label(), list));
                boolean taken = given.run(arguments.toArray(String[]::new)) == 0;
                assertEquals(taken, help.out().contains("--" + kind.label() + "="), flow.name() + " --" + kind.label());
            }
        }
    }

    @Test
    void completionKnowsFlowsToolsAndOptions() throws Exception {
        Console console = new Console(folder);
        assertEquals(0, console.run("completion", "bash"), console::err);
        Path script = Files.writeString(folder.resolve("completion"), console.out());
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "skipped: there is no bash here");
        String asking =
                "source " + script + "; COMP_WORDS=(./sync sta); COMP_CWORD=1; _complete_sync; echo ${COMPREPLY[@]};"
                        + " COMP_WORDS=(./sync vllm-guiyang003 --dry); COMP_CWORD=2; COMPREPLY=(); _complete_sync;"
                        + " echo ${COMPREPLY[@]}";
        Process bash = new ProcessBuilder("/bin/bash", "-c", asking)
                .redirectError(ProcessBuilder.Redirect.DISCARD) // it is not asked by a real terminal
                .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("status\n--dry-run\n", said);
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hk001 | ; did you mean hk001-models or hk001-datasets?",
                "guiyang003 | ; did you mean vllm-guiyang003?",
                "Vllm_Guiyang003 | ; did you mean vllm-guiyang003?",
                "quikstart | ; did you mean quickstart?",
                "sync | ''",
                "mirror | ''",
                "download | ''",
                "run | ''"
            })
    void onlyNearNamesAreSuggested(String typed, String hint) {
        Console console = new Console(folder);
        assertEquals(2, console.run(typed));
        assertEquals(
                "sync: there is no flow or tool \"" + typed + "\"" + hint + "\nSee ./sync --help\n", console.err());
    }

    @Test
    void pathsThatCannotBeWrittenAreRefusedBeforeAnythingIsDone() throws IOException {
        String reports = Files.createDirectory(folder.resolve("reports")).toString();
        String nowhere = folder.resolve("nowhere/file").toString();
        for (List<String> arguments : List.of(
                List.of("verify", "--report", nowhere),
                List.of("report", reports, "--html", nowhere),
                List.of("report", reports, "--junit", reports),
                List.of("report", "merge", reports, "--report", nowhere),
                List.of("bench", "help", "--json", nowhere),
                List.of("status", "--local-root", "/dev/null"),
                List.of("prune", "--modelscope-cache", "/dev/null/x", "--keep-declared", "config/hk001-models.json"),
                List.of("hub", "/dev/null"))) {
            Console console = new Console(folder);
            assertEquals(2, console.run(arguments.toArray(String[]::new)), () -> arguments + console.err());
            assertTrue(console.err().matches("(?s).*(there is no folder|is a folder|is not a folder).*"), console::err);
            assertEquals("", console.out());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hub", "serve"})
    void aPortWhereNobodyMayListenIsSaidAsOne(String tool) throws IOException {
        String hub = Files.createDirectories(folder.resolve("hub")).toString();
        List<String> arguments = tool.equals("hub") ? List.of("hub", hub) : List.of("serve", "--modelscope-cache", hub);
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            for (String port : List.of(Integer.toString(other.getLocalPort()), "99999", "http")) {
                Console console = new Console(folder);
                List<String> all = new ArrayList<>(arguments);
                all.addAll(List.of("--port", port));
                assertEquals(2, console.run(all.toArray(String[]::new)), console::err);
                assertTrue(console.err().contains("--port"), console::err);
                assertTrue(console.err().contains(port), console::err);
                assertFalse(console.err().contains("Exception"), console::err);
                assertEquals("", console.out());
            }
        }
    }

    @Test
    void serveNamesTheOptionsThatLetOthersIn() throws IOException {
        String root = Files.createDirectories(folder.resolve("hub")).toString();
        Console console = new Console(folder);
        assertEquals(2, console.run("serve", "--modelscope-cache", root, "--bind", "0.0.0.0"));
        assertEquals(
                "sync: whoever reaches 0.0.0.0 could read everything: give --token-file, or --open if that is meant\n",
                console.err());
    }

    @Test
    void withoutReportsJUnitDoesNotShowThatNothingFailed() throws IOException {
        String reports = Files.createDirectory(folder.resolve("reports")).toString();
        Path junit = folder.resolve("junit.xml");
        Console console = new Console(folder);
        assertEquals(2, console.run("report", reports, "--junit", junit.toString()));
        assertTrue(console.err().contains("there is no report of a run"), console::err);
        assertFalse(Files.exists(junit));
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
    void theHelpFitsATerminalOf80Columns() {
        Console console = new Console(folder);
        assertEquals(0, console.run("--help"));
        assertEquals(
                List.of(),
                console.out().lines().filter(line -> line.length() > 80).toList());
    }

    @Test
    void helpOfAFlowNamesItsOptionsWithTheirDefaults() {
        Console console = new Console(folder);
        assertEquals(0, console.run("hk001-models", "--help"));
        assertTrue(console.out().contains("--part-size=SIZE"));
        assertTrue(console.out().contains("(default: 16MiB)"));
    }

    @Test
    void aHomeThatEndsWithTheJobIsAnErrorInAJob() throws IOException {
        String models = Files.writeString(
                        folder.resolve("models.json"),
                        "[{\"platform\": \"huggingface\", \"organization\": \"a\", \"model_name\": \"b\",\n"
                                + "  \"local_dir\": \"~/b\"}]")
                .toString();
        assertEquals(0, new Console(folder).run("lint", models), "at home it is where one looks");
        Console machine = new Console(folder).with("GITHUB_ACTIONS", "true");
        assertEquals(0, machine.run("lint", models), "a job on the machine itself has a home that stays");
        String ofAFlow =
                Files.copy(Path.of(models), folder.resolve("hk001-models.json")).toString();
        Console flow = new Console(folder).with("GITHUB_ACTIONS", "true");
        assertEquals(2, flow.run("lint", ofAFlow), "that flow's job mounts its disk in a container");
        Console job = new Console(folder).with("GITHUB_ACTIONS", "true").with("HOME", "/github/home");
        assertEquals(2, job.run("lint", models, "--format", "text"));
        assertTrue(
                job.out().startsWith(models + ":2:16: error: \"local_dir\" lies in the home of the job's container"),
                job::out);
    }

    @Test
    void lintFindsAllFaultsOfAllFiles() throws IOException {
        Path models = Files.writeString(folder.resolve("models.ini"), "a/b\nc\n");
        Path rules = Files.writeString(folder.resolve("images.json"), "[{\"src\": \"quay.io/a/b\"},]");
        Console console = new Console(folder);
        assertEquals(2, console.run("lint", models.toString(), rules.toString()));
        assertEquals(
                List.of(models + ":2:1: error:", rules + ":1:2: error:", rules + ":1:25: error:"),
                console.out()
                        .lines()
                        .map(line -> line.substring(0, line.indexOf("error:") + 6))
                        .toList(),
                console::out);
        assertEquals(0, new Console(folder).run("lint"));
        Console json = new Console(folder);
        assertEquals(2, json.run("lint", "--format", "json", models.toString()));
        assertEquals(2, Json.MAPPER.readTree(json.out()).get(0).get("line").asInt());
    }

    @Test
    void aProjectIsPlannedThoughAnotherOneIsBroken() throws IOException {
        Files.createDirectory(folder.resolve("projects"));
        Files.writeString(
                folder.resolve("projects-clusters.json"),
                "{\"good\": {\"clusters\": [\"runner\"]}, \"bad\": {\"clusters\": [\"runner\"]}}");
        Files.writeString(
                folder.resolve("projects/good.json"),
                "{\"models\": [{\"platform\": \"modelscope\", \"organization\": \"a\", \"model_name\": \"b\"}]}");
        Files.writeString(folder.resolve("projects/bad.json"), "{");
        Console console = new Console(folder);
        assertEquals(0, console.run("plan", "project", "good", "--projects", folder.toString()), console::err);
        assertEquals("""
                project good: 1 item
                  modelscope:models/a/b -> modelscope-cache:models/a/b  (good.json:1)
                """, console.out());
        assertEquals(2, console.run("plan", "project", "bad", "--projects", folder.toString()));
        assertTrue(console.err().contains("bad.json:1:"), console::err);
        assertEquals(2, console.run("plan", "project", "other", "--projects", folder.toString()));
        assertTrue(console.err().contains("there is no project \"other\""), console::err);
        Files.writeString(folder.resolve("projects/other.json"), "{}");
        assertEquals(2, console.run("plan", "project", "other", "--projects", folder.toString()));
        assertTrue(console.err().contains("no cluster mirrors the project \"other\"; add it to "), console::err);
        assertEquals(2, console.run("plan", "project"));
        assertEquals(2, console.run("plan", "vllm-guiyang003", "--projects", folder.toString()));
    }

    @Test
    void theWarmUpRunsItsFlows() {
        Console console = new Console(folder);
        assertEquals(0, console.run("warm-up"), () -> console.out() + console.err());
        assertTrue(console.out().contains("2 items: 2 copied"), console::out);
        assertTrue(console.out().contains("2 items: 2 up to date"), console::out);
    }
}
