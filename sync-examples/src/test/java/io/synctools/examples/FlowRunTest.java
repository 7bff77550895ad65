package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.internal.json.Json;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of flows in this process, against a hub over real HTTP. */
class FlowRunTest {
    @TempDir
    Path folder;

    private Hub hub;
    private Console console;

    @BeforeEach
    void start() throws IOException {
        hub = Hub.start(
                Hub.Options.PLAIN,
                List.of(
                        HubRepository.of(
                                "models/acme/tiny.v1",
                                List.of(
                                        HubFile.of("config.json", "{}"),
                                        HubFile.random("model.safetensors", 300_000, 1))),
                        HubRepository.of("datasets/acme/rows", List.of(HubFile.of("a.csv", "1\n")))));
        console = new Console(folder)
                .with("MODELSCOPE_ENDPOINT", hub.origin().toString())
                .with("HF_ENDPOINT", hub.origin().toString());
    }

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private String[] vllm(String... more) throws IOException {
        List<String> arguments = Stream.concat(
                        Stream.of(
                                "vllm-guiyang003",
                                "--models",
                                write("m.ini", "acme/tiny.v1\n").toString(),
                                "--datasets",
                                write("d.ini", "acme/rows\n").toString(),
                                "--modelscope-cache",
                                folder.resolve("cache").toString()),
                        Stream.of(more))
                .toList();
        return arguments.toArray(String[]::new);
    }

    private static Set<String> problems(Path report) throws IOException {
        try (var schema = Syncer.class.getResourceAsStream("report.schema.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(schema)
                    .validate(Json.MAPPER.readTree(report.toFile()))
                    .stream()
                    .map(Object::toString)
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void aRunMirrorsAndTheNextOneFindsNothingToDo() throws IOException {
        Path report = folder.resolve("report.json");
        assertEquals(0, console.run(vllm("--report", report.toString())), console::err);
        assertTrue(console.out().contains("acme/tiny.v1: 2 of 2 to fetch, 293.0 KiB"), console::out);
        assertTrue(console.out().contains("vllm-guiyang003: all that is declared is there"), console::out);
        assertTrue(console.out().contains("2 items: 2 copied; 293.0 KiB received, "), console::out);
        assertEquals("{}", Files.readString(folder.resolve("cache/models/acme/tiny___v1/config.json")));
        assertEquals(Set.of(), problems(report));
        assertEquals(2, SyncReport.read(report).totals().copied());
        assertEquals(Optional.empty(), SyncReport.read(report).items().get(0).declaredRevision());

        long before = hub.requests();
        assertEquals(0, console.run(vllm("--report", report.toString())), console::err);
        assertEquals(2, SyncReport.read(report).totals().upToDate());
        assertTrue(hub.requests() - before <= 3, () -> hub.requests() - before + " requests for two that were there");
    }

    @Test
    void aDryRunWritesNotEvenAFolder() throws IOException {
        assertEquals(0, console.run(vllm("--dry-run")), console::err);
        assertTrue(console.out().contains("vllm-guiyang003: dry run, nothing was written"), console::out);
        assertTrue(console.out().contains("to copy     modelscope:models/acme/tiny.v1"), console::out);
        assertFalse(Files.exists(folder.resolve("cache")));
        assertFalse(Files.exists(folder.resolve("home")));
    }

    @Test
    void aDryRunOfTheOtherHubNeedsNoMoreThanWhatAHubOffers() throws IOException {
        String list = write(
                        "d.json",
                        "[{\"platform\": \"huggingface\", \"organization\": \"acme\", \"dataset_name\": \"rows\"}]")
                .toString();
        Path local = folder.resolve("local");

        int status = console.run("hk001-datasets", "--datasets", list, "--local-root", local.toString(), "--dry-run");

        assertEquals(0, status, () -> console.out() + console.err());
        assertTrue(console.out().contains("to copy     huggingface:datasets/acme/rows"), console::out);
        assertFalse(Files.exists(local));
    }

    @Test
    void withoutAHomeThatIsThereARootHasToBeNamed() throws IOException {
        String list = write("m.ini", "acme/tiny.v1\n").toString();
        String none = write("d.ini", "").toString();
        console.with("HOME", "/nonexistent");

        assertEquals(2, console.run("vllm-guiyang003", "--models", list, "--datasets", none));
        assertTrue(console.err().contains("HOME, /nonexistent, is not a folder, so there is no place"), console::err);
        assertTrue(console.err().contains("give --modelscope-cache"), console::err);
        assertEquals(0, hub.requests());
        assertFalse(Files.exists(Path.of("/nonexistent")));

        String cache = folder.resolve("cache").toString();
        assertEquals(
                0,
                console.run("vllm-guiyang003", "--models", list, "--datasets", none, "--modelscope-cache", cache),
                console::err);
        assertEquals(0, console.run("verify", "--modelscope-cache", cache), console::err);
        assertEquals(0, console.run("status", "--modelscope-cache", cache), console::err);
    }

    @Test
    void imagesNeedNoHome() throws IOException {
        String rules = write("images.json", "[{\"src\": \"a.example/x\", \"dest\": \"b.example/x\"}]")
                .toString();
        console.with("HOME", "");

        assertEquals(0, console.run("plan", "images", "--images", rules), console::err);
        console.with("HOME", "/nonexistent").with("PATH", "/nonexistent");
        console.run("images", "--images", rules);
        assertFalse(console.err().contains("HOME"), console::err);
    }

    @Test
    void aRootInQuotesOrAnAddressIsRefusedWithThePathThatWasMeant() throws IOException {
        for (String root : List.of("file:///data/cache", "\"/data/cache\"")) {
            assertEquals(2, console.run("vllm-guiyang003", "--modelscope-cache", root));
            assertTrue(console.err().contains("write /data/cache"), console::err);
        }
        console.with("MODELSCOPE_CACHE", "\"/data/cache\"");
        assertEquals(2, console.run("vllm-guiyang003"));
        assertTrue(console.err().contains("MODELSCOPE_CACHE is in quotes"), console::err);
        assertEquals(0, hub.requests());
    }

    @Test
    void anotherTargetThanADiskIsNamedByAUrlThatIsCheckedBeforeAnythingIsContacted() throws IOException {
        for (String[] wrong : new String[][] {
            {"quay.io/team", "--to \"quay.io/team\" is not the address of a target"},
            {"nowhere://quay.io/team", "no target for models and datasets is called \"nowhere\""},
            {"docker://quay.io/team", "no target for models and datasets is called \"docker\""},
            {"local-dir:///data", "no target for models and datasets is called \"local-dir\""},
            {"oci://quay.io/../team", "is not the address of a target"},
            {"oci://user:hunter2@quay.io/team", "--to: leave the login out of the address"}
        }) {
            assertEquals(2, console.run("vllm-guiyang003", "--to", wrong[0]), console::out);
            assertTrue(console.err().contains(wrong[1]), console::err);
            assertFalse(console.err().contains("hunter2"), console::err);
        }
        assertEquals(0, hub.requests());
    }

    @Test
    void whatMeansSomethingOnADiskOnlyIsRefusedBesideAnotherTarget() throws IOException {
        for (List<String> more : List.of(
                List.of("--modelscope-cache", folder.toString()),
                List.of("--huggingface-cache", folder.toString()),
                List.of("--local-root", folder.toString()),
                List.of("--adopt", folder.toString()),
                List.of("--huggingface-layout", "cache"))) {
            List<String> arguments = new ArrayList<>(List.of("hk001-models", "--to", "oci://127.0.0.1:1/team"));
            arguments.addAll(more);
            assertEquals(2, console.run(arguments.toArray(String[]::new)), console::out);
            assertTrue(console.err().contains("where " + more.get(0) + " means nothing"), console::err);
        }
    }

    @Test
    void theFormOfAModelInARegistryIsRefusedElsewhere() throws IOException {
        for (List<String> more : List.of(List.<String>of(), List.of("--to", "s3://bucket/prefix"))) {
            List<String> arguments = new ArrayList<>(List.of("hk001-models", "--oci-form", "image"));
            arguments.addAll(more);
            assertEquals(2, console.run(arguments.toArray(String[]::new)), console::out);
            assertTrue(console.err().contains("name one by --to oci://HOST/NAMESPACE"), console::err);
        }
    }

    @Test
    void whatIsNotThereIsNamedAndTheRestIsThere() throws IOException {
        Path report = folder.resolve("report.json");
        String[] arguments = vllm("--report", report.toString());
        write("m.ini", "acme/tiny.v1\nacme/none\n");
        assertEquals(1, console.run(arguments), console::err);
        assertTrue(console.out().contains("vllm-guiyang003: 1 of 3 items is not there"), console::out);
        assertTrue(console.out().contains("modelscope:models/acme/none  (m.ini:2)\n    NOT_FOUND: "), console::out);
        assertTrue(Files.exists(folder.resolve("cache/models/acme/tiny___v1/model.safetensors")));
        assertFalse(Files.exists(folder.resolve("cache/models/acme/none")));
        assertEquals(Set.of(), problems(report));
        assertEquals(1, SyncReport.read(report).exit());
    }

    @Test
    void threeFaultsOfAListAreAllToldAndNobodyIsContacted() throws IOException {
        String[] arguments = vllm();
        write("m.ini", "acme/tiny.v1\nacme\n# fine\nhttps://www.modelscope.cn/models/acme/tiny\nacme/acme/tiny\n");
        assertEquals(2, console.run(arguments));
        List<String> lines = console.err().lines().toList();
        assertEquals(3, lines.size(), console::err);
        String file = folder.resolve("m.ini").toString();
        for (int i = 0; i < 3; i++) {
            String place = file + ":" + List.of(2, 4, 5).get(i) + ":1: error: ";
            assertTrue(lines.get(i).startsWith(place), lines.get(i));
        }
        assertEquals(0, hub.connections());
        assertEquals("", console.out());
        assertFalse(Files.exists(folder.resolve("cache")));
    }

    @Test
    void faultsAreAnnotatedOnGitHub() throws IOException {
        String[] arguments = vllm();
        write("m.ini", "acme\n");
        assertEquals(2, console.with("GITHUB_ACTIONS", "true").run(arguments));
        String file = folder.resolve("m.ini").toString();
        assertTrue(console.out().startsWith("::error file=" + file + ",line=1,col=1::"), console::out);
    }

    @Test
    void aRunOnGitHubAppendsToTheStepsSummary() throws IOException {
        Path summary = write("summary.md", "before\n");
        String[] arguments = vllm();
        write("m.ini", "acme/none\n");
        console.with("GITHUB_ACTIONS", "true").with("GITHUB_STEP_SUMMARY", summary.toString());
        assertEquals(1, console.run(arguments));
        String text = Files.readString(summary);
        assertTrue(text.startsWith("before\n### vllm-guiyang003\n\n| not there | declared at |"), text);
        assertTrue(text.contains("| modelscope:models/acme/none | m.ini:1 | NOT_FOUND: "), text);
        assertTrue(text.contains("| will not help |"), text);
        assertTrue(text.contains("<summary>1 copied</summary>"), text);
        assertTrue(text.contains("| modelscope:datasets/acme/rows | 2 B | "), text);
        assertTrue(
                console.out()
                        .contains(
                                "::error file=" + folder.resolve("m.ini")
                                        + ",line=1,title=vllm-guiyang003%3A modelscope%3Amodels/acme/none is not there::NOT_FOUND: "),
                console::out);
    }

    @Test
    void anInterruptedRunReportsItselfAsTheSignalAsks() throws IOException {
        Path report = folder.resolve("report.json");
        Thread.currentThread().interrupt();
        assertEquals(143, console.interruptedBy(143).run(vllm("--report", report.toString())), console::err);
        assertFalse(Thread.interrupted());
        assertEquals(143, SyncReport.read(report).exit());
        assertEquals(Set.of(), problems(report));
        assertTrue(console.out().contains("since the run was interrupted"), console::out);
    }

    @Test
    void onlyAndShardChooseItems() throws IOException {
        Path report = folder.resolve("report.json");
        assertEquals(0, console.run(vllm("--report", report.toString(), "--only", "*/rows")), console::err);
        assertEquals(
                List.of("modelscope:datasets/acme/rows"),
                SyncReport.read(report).items().stream()
                        .map(SyncReport.Item::from)
                        .toList());
        assertEquals(List.of("*/rows"), SyncReport.read(report).only());
        long all = 0;
        for (String shard : List.of("0/2", "1/2")) {
            assertEquals(0, console.run(vllm("--report", report.toString(), "--shard", shard)), console::err);
            assertEquals(shard, SyncReport.read(report).shard());
            assertEquals(List.of(), SyncReport.read(report).only());
            all += SyncReport.read(report).totals().items();
        }
        assertEquals(2, all);
    }

    @Test
    void theShardOfAJobComesFromItsIndexAndCount() throws IOException {
        Path report = folder.resolve("report.json");
        console.with("JOB_COMPLETION_INDEX", "1");
        assertEquals(2, console.run(vllm()));
        assertTrue(console.err().contains("only the index is set"), console::err);
        assertEquals(0, hub.connections());
        console.with("JOB_COMPLETION_COUNT", "2");
        assertEquals(0, console.run(vllm("--report", report.toString())), console::err);
        assertEquals("1/2", SyncReport.read(report).shard());
    }

    @Test
    void quietSaysNothingWhereAllIsWell() throws IOException {
        assertEquals(0, console.run(vllm("--quiet")), console::err);
        assertEquals("", console.out());
        String[] arguments = vllm("--quiet");
        write("m.ini", "acme/none\n");
        assertEquals(1, console.run(arguments));
        assertTrue(console.out().startsWith("vllm-guiyang003: 1 of 2 items is not there\n"), console::out);
    }

    @Test
    void hk001TakesEachEntryFromItsHubToItsLayout() throws IOException {
        Path list = write("models.json", """
                [{"platform": "HuggingFace", "organization": "acme", "model_name": "tiny.v1"},
                 {"platform": "modelscope", "organization": "acme", "model_name": "tiny.v1"},
                 {"platform": "huggingface", "organization": "acme", "model_name": "tiny.v1",
                  "local_dir": "~/elsewhere", "allow_patterns": "*.json"}]
                """);
        assertEquals(
                0,
                console.run(
                        "hk001-models",
                        "--models",
                        list.toString(),
                        "--modelscope-cache",
                        folder.resolve("ms").toString(),
                        "--local-root",
                        folder.resolve("root").toString()),
                console::err);
        assertEquals("{}", Files.readString(folder.resolve("root/models/acme/tiny.v1/config.json")));
        assertEquals("{}", Files.readString(folder.resolve("ms/models/acme/tiny___v1/config.json")));
        assertEquals("{}", Files.readString(folder.resolve("home/elsewhere/config.json")));
        assertFalse(Files.exists(folder.resolve("home/elsewhere/model.safetensors")));
        assertEquals(
                0,
                console.run(
                        "hk001-datasets",
                        "--datasets",
                        write(
                                        "datasets.json",
                                        "[{\"platform\": \"huggingface\", \"organization\": \"acme\", \"dataset_name\": \"rows\"}]")
                                .toString(),
                        "--huggingface-layout",
                        "cache",
                        "--huggingface-cache",
                        folder.resolve("hf").toString()),
                console::err);
        Path repository = folder.resolve("hf/datasets--acme--rows");
        String commit = Files.readString(repository.resolve("refs/main"));
        assertEquals("1\n", Files.readString(repository.resolve("snapshots/" + commit + "/a.csv")));
    }

    @Test
    void whatAProjectDeclaresGoesWhereItsReadersLook() throws IOException {
        Path projects = Files.createDirectories(folder.resolve("p/projects"));
        Files.writeString(folder.resolve("p/projects-clusters.json"), "{\"one\":{\"clusters\":[\"a\"]}}");
        Files.writeString(
                projects.resolve("one.json"),
                "{\"models\":[{\"platform\":\"modelscope\",\"organization\":\"acme\",\"model_name\":\"tiny.v1\"}],"
                        + "\"datasets\":[{\"platform\":\"huggingface\",\"organization\":\"acme\","
                        + "\"dataset_name\":\"rows\"}]}");
        String[] run = {"project", "one", "--projects", folder.resolve("p").toString()};

        assertEquals(0, console.run(run), console::err);
        assertTrue(Files.exists(folder.resolve("home/.cache/modelscope/hub/models/acme/tiny___v1/config.json")));
        assertTrue(Files.exists(folder.resolve("home/.cache/huggingface/hub/datasets--acme--rows/refs/main")));
        assertEquals(
                0,
                console.run(
                        "verify",
                        "project",
                        "one",
                        "--projects",
                        folder.resolve("p").toString()),
                console::err);
    }

    @Test
    void theReportSaysWhichRevisionTheListDeclares() throws IOException {
        Path report = folder.resolve("report.json");
        String list = write("m.ini", "acme/tiny.v1 = master\n").toString();
        String none = write("d.ini", "").toString();
        String cache = folder.resolve("cache").toString();

        console.run(
                "vllm-guiyang003",
                "--models",
                list,
                "--datasets",
                none,
                "--modelscope-cache",
                cache,
                "--report",
                report.toString());

        assertEquals(Set.of(), problems(report));
        assertEquals(
                Optional.of("master"), SyncReport.read(report).items().get(0).declaredRevision());
    }

    @Test
    void shippedListsAreJudgedFlowByFlowAndFilesTogether() throws IOException {
        assertEquals(0, console.run("lint"), console::out);
        String one = write("one-models.ini", "a/b\n").toString();
        String other = write("other-models.ini", "a/b = v2\n").toString();
        assertEquals(0, console.run("lint", one), console::out);
        assertEquals(2, console.run("lint", one, other), console::out);
    }

    @Test
    void whatLiesInAnyFolderIsAdoptedByItsChecksum() throws IOException {
        assertEquals(0, console.run(vllm()), console::err);
        Path heap = Files.createDirectories(folder.resolve("heap/of/old"));
        Files.move(folder.resolve("cache/models/acme/tiny___v1/model.safetensors"), heap.resolve("w-00001.bin"));
        byte[] wrong = Files.readAllBytes(heap.resolve("w-00001.bin"));
        wrong[9]++;
        Files.write(heap.resolve("model.safetensors"), wrong);
        Path report = folder.resolve("report.json");
        String list = folder.resolve("m.ini").toString();

        for (String layout : List.of("--modelscope-cache", "--huggingface-cache")) {
            String flow = layout.equals("--modelscope-cache") ? "vllm-guiyang003" : "hk001-models";
            String models = flow.startsWith("vllm")
                    ? list
                    : write(
                                    "hf.json",
                                    "[{\"platform\":\"huggingface\",\"organization\":\"acme\",\"model_name\":\"tiny.v1\"}]")
                            .toString();
            List<String> arguments = new ArrayList<>(List.of(
                    flow,
                    "--models",
                    models,
                    layout,
                    folder.resolve("new" + layout).toString(),
                    "--adopt",
                    folder.resolve("heap").toString(),
                    "--report",
                    report.toString()));
            arguments.addAll(
                    flow.startsWith("vllm")
                            ? List.of("--datasets", folder.resolve("d.ini").toString())
                            : List.of("--huggingface-layout", "cache"));
            assertEquals(0, console.run(arguments.toArray(String[]::new)), console::err);
            SyncReport.Item item = SyncReport.read(report).items().get(0);
            assertEquals(300_000, item.bytes().orElseThrow().reused(), item::toString);
            assertEquals(2, item.bytes().orElseThrow().transferred(), item::toString);
        }
        assertEquals(2, console.run(vllm("--adopt", "/nonexistent")));
        assertTrue(console.err().contains("--adopt /nonexistent: there is no such folder"), console::err);
    }
}
