package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code verify}, {@code status} and {@code prune} on what real flows have left, in each layout. */
class MirrorToolsTest {
    private static final String OTHER = "models/acme/other";
    private static final String TINY = "models/acme/tiny.v1";

    @TempDir
    Path folder;

    private Hub hub;
    private Console console;

    /** A layout, and where the example repository lies in it. */
    private enum Layout {
        MODELSCOPE("modelscope", "ms/models/acme/tiny___v1", "modelscope-cache:" + TINY, ""),
        CACHE("huggingface", "hf/models--acme--tiny.v1", "huggingface-cache:" + TINY, "snapshots/"),
        LOCAL("huggingface", "local/" + TINY, "local-dir:" + TINY, "");

        private final String platform;
        private final String folder;
        private final String to;
        private final String prefix;

        Layout(String platform, String folder, String to, String prefix) {
            this.platform = platform;
            this.folder = folder;
            this.to = to;
            this.prefix = prefix;
        }

        List<String> option() {
            return this == CACHE ? List.of("--huggingface-layout", "cache") : List.of();
        }
    }

    @BeforeEach
    void start() throws IOException {
        hub = Hub.start(Hub.Options.PLAIN, List.of(tiny(1), other()));
        console = newConsole();
    }

    private Console newConsole() {
        return new Console(folder)
                .with("MODELSCOPE_ENDPOINT", hub.origin().toString())
                .with("HF_ENDPOINT", hub.origin().toString());
    }

    private static HubRepository tiny(long seed) throws IOException {
        return HubRepository.of(
                TINY,
                List.of(
                        HubFile.of("config.json", "{}"),
                        HubFile.of("sub/notes.txt", "some text"),
                        HubFile.random("model.safetensors", 300_000, seed)));
    }

    private static HubRepository other() throws IOException {
        return HubRepository.of(OTHER, List.of(HubFile.random("model.bin", 1000, 7)));
    }

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    private Path list(String name, Layout layout, String... models) throws IOException {
        List<Map<String, String>> entries = new ArrayList<>();
        for (String model : models) {
            entries.add(Map.of("platform", layout.platform, "organization", "acme", "model_name", model));
        }
        return Files.writeString(folder.resolve(name), Json.MAPPER.writeValueAsString(entries));
    }

    private List<String> roots() {
        return List.of(
                "--modelscope-cache",
                folder.resolve("ms").toString(),
                "--huggingface-cache",
                folder.resolve("hf").toString(),
                "--local-root",
                folder.resolve("local").toString());
    }

    private void makeRoots() throws IOException {
        for (String root : List.of("ms", "hf", "local")) {
            Files.createDirectories(folder.resolve(root));
        }
    }

    private int run(List<String> arguments) {
        console = newConsole();
        List<String> all = new ArrayList<>(arguments);
        all.addAll(roots());
        return console.run(all.toArray(String[]::new));
    }

    private void sync(Layout layout, String... more) throws IOException {
        makeRoots();
        List<String> arguments = new ArrayList<>(List.of(
                "hk001-models", "--models", folder.resolve("models.json").toString()));
        arguments.addAll(layout.option());
        arguments.addAll(List.of(more));
        assertEquals(0, run(arguments), console::out);
    }

    private int verify(String... more) {
        List<String> arguments = new ArrayList<>(List.of("verify"));
        arguments.addAll(List.of(more));
        return run(arguments);
    }

    private int prune(Path list, String... more) {
        List<String> arguments = new ArrayList<>(List.of("prune", "--keep-declared", list.toString()));
        arguments.addAll(List.of(more));
        return run(arguments);
    }

    /** The folder in which readers find the example's files. */
    private Path files(Layout layout) throws IOException {
        Path repository = folder.resolve(layout.folder);
        return layout == Layout.CACHE
                ? repository.resolve("snapshots").resolve(Files.readString(repository.resolve("refs/main")))
                : repository;
    }

    private String path(Layout layout, String file) throws IOException {
        return folder.resolve(layout.folder)
                .relativize(files(layout))
                .resolve(file)
                .toString();
    }

    private Map<String, String> everything() throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.filter(path -> !path.startsWith(folder.resolve("home")))
                    .toList()) {
                String name = folder.relativize(path).toString();
                if (Files.isSymbolicLink(path)) {
                    all.put(name, "-> " + Files.readSymbolicLink(path));
                } else {
                    all.put(name, Files.isDirectory(path) ? "folder" : Files.size(path) + " bytes");
                }
            }
        }
        return all;
    }

    private List<String> lines() {
        return console.out().lines().toList();
    }

    private void assertLastLine(String expected) {
        String last = lines().get(lines().size() - 1).replaceAll("in \\S+ \\(\\S+ GB/s\\)", "in T (R)");
        assertEquals(expected, last);
    }

    @ParameterizedTest
    @EnumSource
    void whatVerifyReportsIsWhatASyncWithVerifyRepairs(Layout layout) throws IOException {
        list("models.json", layout, "tiny.v1", "other");
        sync(layout);
        assertEquals(0, verify(), console::out);
        assertLastLine("2 items, 4 files, 294.0 KiB in T (R): 0 missing, 0 damaged, 0 foreign");

        Path model = files(layout).resolve("model.safetensors").toRealPath();
        byte[] bytes = Files.readAllBytes(model);
        bytes[150_000] ^= 1;
        Files.write(model, bytes);
        Files.delete(files(layout).resolve("config.json"));
        Files.writeString(files(layout).resolve("sub/mine.txt"), "not the hub's");
        assertEquals(1, verify(), console::out);
        List<String> findings = lines().subList(0, lines().size() - 1);
        assertEquals(3, findings.size(), console::out);
        assertEquals(
                "missing  " + layout.to + "  " + path(layout, "config.json") + ": it is not there", findings.get(0));
        assertTrue(
                findings.get(1)
                        .matches("damaged  \\Q" + layout.to + "  " + path(layout, "model.safetensors")
                                + "\\E: its sha256 is [0-9a-f]{64} instead of [0-9a-f]{64}"),
                findings.get(1));
        assertEquals(
                "foreign  " + layout.to + "  " + path(layout, "sub/mine.txt") + ": nobody published it here",
                findings.get(2));
        assertLastLine("2 items, 4 files, 294.0 KiB in T (R): 1 missing, 1 damaged, 1 foreign;"
                + " run the flow with --verify to repair what is missing or damaged");

        sync(layout, "--verify");
        assertEquals(0, verify(), console::out);
        assertLastLine("2 items, 4 files, 294.0 KiB in T (R): 0 missing, 0 damaged, 1 foreign");
        assertEquals(1, verify("--strict"));
        bytes[150_000] ^= 1;
        assertEquals(
                -1,
                java.util.Arrays.mismatch(
                        bytes, Files.readAllBytes(files(layout).resolve("model.safetensors"))));
        assertEquals("not the hub's", Files.readString(files(layout).resolve("sub/mine.txt")));
    }

    @ParameterizedTest
    @EnumSource
    void aFileOfAnotherLengthAndAnEmptyOneAreDamaged(Layout layout) throws IOException {
        list("models.json", layout, "tiny.v1");
        sync(layout);
        Files.writeString(files(layout).resolve("config.json").toRealPath(), "{ }");
        Files.write(files(layout).resolve("model.safetensors").toRealPath(), new byte[0]);
        assertEquals(1, verify(), console::out);
        assertTrue(console.out().contains("config.json: it has 3 bytes instead of 2\n"), console::out);
        assertTrue(console.out().contains("model.safetensors: it has 0 bytes instead of 300000\n"), console::out);
    }

    @ParameterizedTest
    @EnumSource
    void verifyOfAFlowSaysWhatItDeclaresAndNobodyPublished(Layout layout) throws IOException {
        list("models.json", layout, "tiny.v1");
        sync(layout);
        String declared = list("declared.json", layout, "tiny.v1", "other").toString();
        List<String> arguments = new ArrayList<>(List.of("hk001-models", "--models", declared));
        arguments.addAll(layout.option());
        assertEquals(1, verify(arguments.toArray(String[]::new)), console::out);
        assertEquals("missing  " + layout.to.replace("tiny.v1", "other") + "  it was never published", lines().get(0));
        assertLastLine("2 items, 3 files, 293.0 KiB in T (R): 1 missing, 0 damaged, 0 foreign;"
                + " run the flow with --verify to repair what is missing or damaged");
        arguments.addAll(List.of("--only", "acme/tiny*"));
        assertEquals(0, verify(arguments.toArray(String[]::new)), console::out);
    }

    @Test
    void verifyWritesAReport() throws IOException {
        list("models.json", Layout.LOCAL, "tiny.v1");
        sync(Layout.LOCAL);
        Files.delete(files(Layout.LOCAL).resolve("config.json"));
        Path report = folder.resolve("verify.json");
        assertEquals(1, verify("--report", report.toString()));
        JsonNode json = Json.MAPPER.readTree(report.toFile());
        assertEquals(1, json.path("exit").asInt());
        assertEquals(1, json.path("totals").path("missing").asInt());
        assertEquals(0, json.path("totals").path("damaged").asInt());
        JsonNode finding = json.path("items").path(0).path("findings").path(0);
        assertEquals("MISSING", finding.path("kind").asText());
        assertEquals("config.json", finding.path("path").asText());

        Path page = folder.resolve("page.html");
        Console console = newConsole();
        assertEquals(0, console.run("report", folder.toString(), "--html", page.toString()), console::err);
        assertTrue(console.out().contains("wrote " + page + " from 0 reports and 1 verification"), console::out);
        assertTrue(Files.readString(page).contains("1 mirrored item is not as published"));
    }

    @Test
    void aMistypedRootOrFlowIsNoEmptyMirror() {
        Console typed = newConsole();
        assertEquals(
                2, typed.run("verify", "--local-root", folder.resolve("none").toString()));
        assertTrue(typed.err().contains("there is no folder " + folder.resolve("none")), typed::err);
        assertEquals(2, newConsole().run("verify", "hk001-model"));
        assertEquals(2, newConsole().run("status", "--jsn"));
        assertEquals(2, newConsole().run("prune"));
    }

    @ParameterizedTest
    @EnumSource
    void statusTellsWhatWasPublished(Layout layout) throws IOException {
        list("models.json", layout, "tiny.v1");
        sync(layout);
        assertEquals(0, run(List.of("status")), console::err);
        assertTrue(lines().get(0).startsWith(layout.to + "  "), console::out);
        assertTrue(
                lines().get(1)
                        .matches(
                                "  published \\S+Z by sync-tools \\S+: " + layout.platform
                                        + ":models/acme/tiny\\.v1@(main|master) = \\S+, 3 files, 293.0 KiB, declared by models\\.json \\(.+\\)"),
                lines().get(1));
        assertTrue(lines().get(2).startsWith("1 item, 0 held, "), console::out);
        assertEquals(3, lines().size());

        assertEquals(0, run(List.of("status", "--json")), console::err);
        JsonNode json = Json.MAPPER.readTree(console.out());
        assertEquals(1, json.path("version").asInt());
        assertEquals(
                folder.resolve("hf").toString(),
                json.path("roots").path("huggingface-cache").asText());
        JsonNode item = json.path("items").path(0);
        assertEquals(layout.to, item.path("to").asText());
        assertEquals(
                folder.resolve(layout.folder).toString(), item.path("folder").asText());
        assertTrue(item.path("bytes").asLong() >= 300_011, item::toString);
        JsonNode published = item.path("revisions").path(0).path("published").path(0);
        assertEquals(3, published.path("files").asInt());
        assertEquals(300_011, published.path("bytes").asLong());
        assertTrue(item.path("holder").isMissingNode());
        assertEquals(1, json.path("totals").path("items").asInt());
    }

    @ParameterizedTest
    @EnumSource
    void pruneRemovesWholeWhatNoListDeclares(Layout layout) throws IOException {
        list("models.json", layout, "tiny.v1", "other");
        sync(layout);
        Path keep = list("keep.json", layout, "other");
        Map<String, String> before = everything();

        assertEquals(0, prune(keep), console::out);
        assertEquals("would remove " + layout.to + ", 293.0 KiB: no list declares it", lines().get(0));
        assertLastLine("1 repository and 0 revisions to remove, up to 293.0 KiB;"
                + " nothing was touched, add --apply to do it");
        assertEquals(before, everything(), "without --apply nothing is touched");

        assertEquals(0, prune(keep, "--apply"), console::out);
        assertEquals("removed " + layout.to + ", 293.0 KiB: no list declares it", lines().get(0));
        List<String> left = everything().keySet().stream()
                .filter(name -> name.contains("tiny") || name.contains("trash") || name.endsWith("lease"))
                .toList();
        assertEquals(List.of(), left);
        assertEquals(0, verify(), console::out);
        assertLastLine("1 item, 1 file, 1000 B in T (R): 0 missing, 0 damaged, 0 foreign");

        assertEquals(0, prune(keep, "--apply"), console::out);
        assertLastLine("0 repositories and 0 revisions removed, up to 0 B");
    }

    @ParameterizedTest
    @EnumSource
    void pruneRemovesNothingWhileSomethingDeclaredIsNotWhole(Layout layout) throws IOException {
        list("models.json", layout, "tiny.v1", "other");
        sync(layout);
        Path keep = list("keep.json", layout, "tiny.v1", "none");
        Map<String, String> before = everything();
        assertEquals(1, prune(keep, "--apply"), console::out);
        assertTrue(console.out().contains("models/acme/none"), console::out);
        assertEquals(before, everything());

        Path whole = list("keep.json", layout, "tiny.v1");
        Files.delete(files(layout).resolve("sub/notes.txt"));
        before = everything();
        assertEquals(1, prune(whole, "--apply"), console::out);
        assertTrue(console.out().contains("sub/notes.txt: it is not there"), console::out);
        assertEquals(1, prune(whole), console::out);
        assertEquals(before, everything());
    }

    @ParameterizedTest
    @EnumSource
    void pruneRemovesNothingBeyondMaxDeleteAndNothingYoungOrForeign(Layout layout) throws IOException {
        list("models.json", layout, "tiny.v1", "other");
        sync(layout);
        Path keep = list("keep.json", layout);
        Map<String, String> before = everything();
        assertEquals(2, prune(keep, "--apply"), "an empty list is more likely a mishap");
        assertEquals(1, prune(keep, "--apply", "--max-delete", "1"), console::out);
        assertTrue(console.out().contains("there are 2 removals, and --max-delete allows 1"), console::out);
        assertEquals(0, prune(keep, "--apply", "--max-delete", "2", "--older-than", "1d"), console::out);
        assertEquals(before, everything());

        assertEquals(0, prune(keep, "--apply", "--max-delete", "2"), console::out);
        assertTrue(everything().keySet().stream().noneMatch(name -> name.contains("acme")), () -> {
            try {
                return everything().toString();
            } catch (IOException e) {
                return e.toString();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotOursStaysUnlessForeign(Layout layout) throws IOException {
        list("models.json", layout, "other");
        sync(layout);
        Path theirs = folder.resolve(layout.folder);
        Path file = theirs.resolve(
                layout.prefix.isEmpty() ? "weights.bin" : "snapshots/" + "a".repeat(40) + "/weights.bin");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "theirs");
        Path keep = list("keep.json", layout, "other");
        assertEquals(0, prune(keep, "--apply"), console::out);
        assertTrue(console.out().contains("stays: no proof says that we published it"), console::out);
        assertTrue(Files.exists(file));
        assertEquals(0, verify(), console::out);
        assertTrue(console.out().contains("1 files that no proof of ours covers"), console::out);
        assertEquals(1, verify("--strict"), console::out);

        assertEquals(0, prune(keep, "--apply", "--foreign"), console::out);
        assertFalse(Files.exists(theirs, LinkOption.NOFOLLOW_LINKS));
    }
}
