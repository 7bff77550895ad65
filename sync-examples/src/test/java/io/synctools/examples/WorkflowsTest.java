package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The workflow files by our own rules; that the rules can be broken; and what the scripts in them do. */
class WorkflowsTest {
    private static final String FLOW_FILE = "sync-flow.yml";

    @TempDir
    Path folder;

    private record Ended(int status, String out) {}

    /** Runs a script as a job's container does, with a {@code ./sync} that prints its arguments and fails for "bad". */
    private Ended run(String script, Map<String, String> environment) throws Exception {
        Path sync = folder.resolve("sync");
        Files.writeString(
                sync,
                "#!/bin/sh\nprintf '<%s>' \"$@\"; echo\n"
                        + "case \"$*\" in *bad*) exit 1 ;; plan*) echo '[]' ;; esac\n"
                        + "for report; do :; done; case $report in reports/*) echo '{}' >\"$report\" ;; esac\n");
        assertTrue(sync.toFile().setExecutable(true));
        ProcessBuilder builder = new ProcessBuilder("sh", "-e", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out);
    }

    private static Map<String, String> mirror(String flow, String projects, String only) {
        return Map.of(
                "FLOW",
                flow,
                "PROJECTS",
                projects,
                "ROOTS",
                "--local-root /mnt/m",
                "ONLY",
                only,
                "DRY_RUN",
                "false",
                "VERIFY",
                "true");
    }

    @Test
    void theRepositorysWorkflowsKeepEveryRule() throws IOException {
        Map<String, String> texts = Workflows.texts();
        assertEquals(List.of(), new Workflows(texts).faults());
        assertTrue(texts.keySet()
                .containsAll(List.of(
                        "vllm-sync-models-datasets.yml",
                        "sglang-innersourse-sync-models-datasets.yml",
                        "sglang-opensourse-sync-models-datasets.yml",
                        "hk001-sync-models.yml",
                        "hk001-sync-datasets.yml",
                        "sync-images.yml",
                        "sync-image-list.yml",
                        "sync-projects.yml",
                        "test.yml")));
    }

    @Test
    void everyImageFlowHasItsJob() throws IOException {
        String images = Workflows.texts().get("sync-images.yml");
        for (Flows.Named flow : Flows.ALL) {
            if (flow.name().startsWith("images-")) {
                assertTrue(images.contains("          - " + flow.name() + "\n"), flow.name());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vllm-sync-models-datasets.yml | config/vllm-downloaded-models.ini | config/vllm-models.ini | no file is called",
                "sync-images.yml | Images*.java | images/*.java | no file is called",
                "sync-image-list.yml | config/images.json | config/image.json | no file is called",
                "sync-image-list.yml | vars.SYNC_ENABLED | vars.ENABLED | a fork runs it",
                "sync-image-list.yml | group: sync-image-list | group: sync-images | shares the group sync-images",
                "sync-image-list.yml | ./sync plan images | ./sync plans images | ./sync does not know plans",
                "sync-projects.yml | config/projects/** | projects/** | no file is called",
                "sglang-innersourse-sync-models-datasets.yml | group: sync-sglang01 | group: sync-guiyang003 | shares the group sync-guiyang003",
                "sglang-innersourse-sync-models-datasets.yml | group: sync-sglang01 | group: sync-sglang | the group of that disk is sync-sglang01",
                "hk001-sync-models.yml | group: sync-hk001-models | group: sync-hk001-models-${{ github.ref }} | names the ref",
                "sync-images.yml | cancel-in-progress: false | cancel-in-progress: true | cancels what runs",
                "sync-images.yml | concurrency: | concurrency2: | no concurrency group",
                "vllm-sync-models-datasets.yml | flow: vllm-guiyang003 | flow: vllm-guiyang03 | there is no flow vllm-guiyang03",
                "sync-images.yml | - images-quay-to-ap-southeast1 | - images-quay-to-ap | there is no flow images-quay-to-ap",
                "vllm-sync-models-datasets.yml | runner: linux-amd64-vllm | runner: linux-amd64-sglang | runs on linux-amd64-vllm-guiyang003",
                "sync-flow.yml | vars.SYNC_ENABLED | vars.ENABLED | a fork runs it",
                "sync-projects.yml | vars.SYNC_ENABLED | vars.ENABLED | a fork runs it",
                "test.yml | vars.SYNC_ENABLED | vars.ENABLED | a fork runs it",
                "sync-flow.yml | set -- $ROOTS | set -- ${{ inputs.roots }} | hand it over by env",
                "sync-flow.yml | timeout-minutes: 4320 | timeout-minutes: 9999 | no timeout-minutes",
                "sync-images.yml | timeout-minutes: 330 | name: x | no timeout-minutes",
                "test.yml | ./sync test | ./sync tests | ./sync does not know tests",
                "sync-flow.yml | ./sync notify | ./sync notiffy | ./sync does not know notiffy",
                "sync-flow.yml | options: --user root | options: --init | may not write to the workspace",
                "sync-flow.yml | path: target/maven | path: ~/.m2/repository | not in the home of a container's job",
                "test.yml | persist-credentials: false | fetch-depth: 1 | keeps the token",
                "sync-images.yml | fail-fast: false | fail-fast: true | stops the others",
                "sync-images.yml | contents: read | contents: write | permissions",
                "sync-flow.yml | continue-on-error: true | shell: sh | a notification may fail the job",
                "sync-images.yml | if-no-files-found: warn | if-no-files-found: error | report of a failed run is lost",
                "hk001-sync-models.yml | workflows/sync-flow.yml | workflows/sync-flows.yml | sync-flows.yml is not there",
                "hk001-sync-models.yml | dry_run: ${{ | dryrun: ${{ | takes no dryrun",
                "hk001-sync-models.yml | roots: ${{ | only: ${{ | needs roots"
            })
    void aBrokenRuleIsSeen(String file, String right, String wrong, String fault) throws IOException {
        Map<String, String> texts = new HashMap<>(Workflows.texts());
        String text = texts.get(file);
        assertTrue(text.contains(right), () -> file + " has no " + right);
        // The last copy of a job's own "only:" would stand twice; it is taken out with what is replaced.
        texts.put(
                file, text.replace("      only: ${{ inputs.only || '' }}\n", "").replace(right, wrong));
        String faults = String.join("\n", new Workflows(texts).faults());
        assertTrue(faults.contains(fault), () -> "seen: " + faults);
        assertTrue(faults.contains(file), faults);
    }

    @Test
    void everyScriptIsOneThatAShellUnderstands() throws Exception {
        Map<String, String> scripts = new Workflows(Workflows.texts()).scripts();
        assertTrue(scripts.size() >= 7, scripts.keySet()::toString);
        for (Map.Entry<String, String> one : scripts.entrySet()) {
            Process shell = new ProcessBuilder("sh", "-n", "-c", one.getValue()).start();
            assertEquals(0, shell.waitFor(), one.getKey());
        }
    }

    @Test
    void theMirrorStepHandsItsInputsOverAsTheyAre() throws Exception {
        String script = new Workflows(Workflows.texts()).script(FLOW_FILE, "sync", "Mirror");
        Ended one = run(script, mirror("hk001-models", "", "$(touch pwned) *"));
        assertEquals(
                "<hk001-models><--local-root></mnt/m><--only><$(touch pwned) *><--verify><--report><reports/hk001-models.json>\n",
                one.out());
        assertEquals(0, one.status());
        assertTrue(Files.notExists(folder.resolve("pwned")));
    }

    @Test
    void oneProjectThatFailsDoesNotStopTheNextAndTheJobFails() throws Exception {
        Workflows workflows = new Workflows(Workflows.texts());
        Ended several = run(workflows.script(FLOW_FILE, "sync", "Mirror"), mirror("project", "bad good", ""));
        assertEquals(
                List.of("<project><bad><--projects>", "<project><good><--projects>"),
                several.out()
                        .lines()
                        .map(line -> line.substring(0, line.indexOf("<sync-")))
                        .toList());
        assertEquals(1, several.status());

        Ended told = run(workflows.script(FLOW_FILE, "sync", "Notify"), Map.of("NAMES", "bad good"));
        assertEquals(1, told.status(), "the stand-in fails for \"bad\"");
        assertTrue(
                told.out().startsWith("<notify><--report><reports/bad.json><--previous><last/bad.json>"), told.out());
    }

    @ParameterizedTest
    @CsvSource({"sync-flow.yml, NAMES", "sync-images.yml, FLOW"})
    void whatTheNextRunComparesWithIsLeftToNotify(String file, String variable) throws Exception {
        String script = new Workflows(Workflows.texts()).script(file, "sync", "Notify");
        Ended first = run(script, Map.of(variable, "good"));
        assertEquals(0, first.status(), first.out());
        assertEquals("<notify><--report><reports/good.json><--previous><last/good.json>\n", first.out());
        assertTrue(Files.isDirectory(folder.resolve("last")));

        Files.createDirectory(folder.resolve("reports"));
        Files.writeString(folder.resolve("reports/good.json"), "this run");
        Files.writeString(folder.resolve("last/good.json"), "the run that was told last");
        assertEquals(0, run(script, Map.of(variable, "good")).status());
        assertEquals("the run that was told last", Files.readString(folder.resolve("last/good.json")));
    }

    /** So that an hourly job of a few requests does not begin with a build. */
    @Test
    void aReleaseIsTakenInsteadOfABuildAndOneThatIsDamagedIsNot() throws Exception {
        Path dist = Files.createDirectory(folder.resolve("dist"));
        Path zip = dist.resolve("sync-tools-9.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("sync-tools-9/lib/sync-examples.jar"));
            out.write(1);
        }
        String right =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(zip)));
        Path checksum = Files.writeString(dist.resolve("sync-tools-9.zip.sha256"), right + "  sync-tools-9.zip\n");
        String script = new Workflows(Workflows.texts()).script("sync-images.yml", "sync", "Take a release");
        Path environment = folder.resolve("environment");
        Map<String, String> given = Map.of("RELEASE", zip.toUri().toString(), "GITHUB_ENV", environment.toString());
        Ended taken = run(script, given);
        assertEquals(0, taken.status(), taken.out());
        Path home = Path.of(Files.readString(environment).strip().replaceFirst("^SYNC_HOME=", ""));
        assertTrue(Files.exists(home.resolve("lib/sync-examples.jar")), home::toString);

        Files.delete(environment);
        Files.writeString(checksum, right.replaceFirst("^..", "00") + "  sync-tools-9.zip\n");
        assertNotEquals(0, run(script, given).status());
        assertTrue(Files.notExists(environment));
    }

    @Test
    void aListIsDividedAndEachJobTakesItsShare() throws Exception {
        Workflows workflows = new Workflows(Workflows.texts());
        Path output = folder.resolve("output");
        Map<String, String> plan = new HashMap<>(Map.of(
                "GITHUB_OUTPUT", output.toString(),
                "RUNNER_TEMP", folder.toString(),
                "LIST", "my list.json",
                "SHARES", "3",
                "ONLY", "",
                "SYNC_REGISTRY_AUTH", ""));
        String planning = workflows.script("sync-image-list.yml", "plan", "Plan");
        assertEquals(0, run(planning, plan).status());
        assertEquals("matrix=<plan><images><--images><my list.json><--matrix><3>\n[]\n", Files.readString(output));
        assertTrue(Files.notExists(folder.resolve("auth.json")));
        plan.put("LIST", "bad.json");
        assertEquals(0, run(planning, plan).status(), "what cannot be sized is for its share's job to tell");

        Map<String, String> mirror = Map.of(
                "RUNNER_TEMP", folder.toString(),
                "LIST", "l.json",
                "SHARE", "{\"shard\":\"1/3\",\"items\":[]}",
                "INDEX", "1",
                "ONLY", "a/*",
                "DRY_RUN", "true",
                "SYNC_REGISTRY_AUTH", "{\"auths\":{}}");
        Ended job = run(workflows.script("sync-image-list.yml", "sync", "Mirror"), mirror);
        assertEquals(
                "<images><--images><l.json><--shard><{\"shard\":\"1/3\",\"items\":[]}><--only><a/*><--dry-run>"
                        + "<--report><reports/share-1.json>\n",
                job.out());
        Path logins = folder.resolve("auth.json");
        assertEquals("{\"auths\":{}}", Files.readString(logins));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(logins)));
    }

    @Test
    void aPushIsComparedWithTheCommitBeforeIt() throws Exception {
        String script = new Workflows(Workflows.texts()).script("sync-projects.yml", "plan", "Plan");
        Map<String, String> environment = new HashMap<>(Map.of(
                "GITHUB_OUTPUT",
                folder.resolve("output").toString(),
                "BEFORE",
                "-x",
                "PROJECT",
                "",
                "GITHUB_EVENT_NAME",
                "push"));
        assertEquals(0, run(script, environment).status());
        assertEquals(
                "matrix=<plan><--projects><sync-examples/config><--changed-since=-x>\n[]\n",
                Files.readString(folder.resolve("output")));
        environment.putAll(Map.of("GITHUB_EVENT_NAME", "workflow_dispatch", "PROJECT", "chat-demo"));
        assertEquals(0, run(script, environment).status());
        assertTrue(Files.readString(folder.resolve("output"))
                .contains("<plan><--projects><sync-examples/config><--project><chat-demo>\n"));
        environment.put("PROJECT", "bad");
        assertEquals(1, run(script, environment).status());
        assertEquals(
                4L,
                Files.readString(folder.resolve("output")).lines().collect(Collectors.counting()),
                "a plan that failed is no matrix");
    }
}
