package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.examples.Guide.Block;
import io.synctools.examples.GuideShell.Ended;
import io.synctools.model.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What README and the guides say is so. Blocks of {@code sh} are run, page by page, and a block of {@code text} after one is
 * what it printed; blocks of {@code java} are excerpts of programs that are tested.
 */
class GuidesTest {
    /** Commands that are tried elsewhere: this very build, and the quickstart by a test of its own. */
    private static final Set<String> ELSEWHERE = Set.of("./sync test", "./sync quickstart");

    /** Commands that need a cluster, a registry of one's own or a release; the first word of each line. */
    private static final Set<String> NOT_RUNNABLE = Set.of(
            "docs/hf-mirror.md: ./sync", // the real mirror
            "docs/hf-mirror.md: export",
            "docs/registries-and-object-stores.md: ./sync", // ToRegistryIT and ToStoreIT do the same
            "docs/registries-and-object-stores.md: export",
            "docs/running-on-many-machines.md: ./sync", // reports of a cluster's pods
            "docs/running-on-many-machines.md: argo",
            "docs/running-on-many-machines.md: docker",
            "docs/running-on-many-machines.md: kubectl",
            "docs/running-on-many-machines.md: mvn",
            "docs/serving.md: ./sync", // two machines; ServeTest and RestartIT do the same on one
            "docs/serving.md: MODELSCOPE_ENDPOINT=http://10.0.0.7:8080");

    private static final Pattern RUNS_ELSEWHERE = Pattern.compile("(?m)^(\\./sync (?:test|quickstart))\\b.*\n");

    @TempDir
    static Path folder;

    private static GuideShell shell;

    @BeforeAll
    static void open() throws Exception {
        shell = new GuideShell(folder);
    }

    @AfterAll
    static void close() throws IOException {
        shell.close();
    }

    static List<String> pages() throws IOException {
        return Guide.names();
    }

    static List<String> followed() throws IOException {
        return Guide.followed();
    }

    @ParameterizedTest
    @MethodSource("followed")
    void everyCommandDoesWhatThePageSays(String page) throws Exception {
        shell.begin();
        String printed = "";
        for (Block block : Guide.read(page).blocks()) {
            if (block.language().equals("sh")) {
                Ended ended = shell.run(RUNS_ELSEWHERE.matcher(block.text()).replaceAll(""));
                assertEquals(0, ended.status(), () -> page + "\n" + block.text() + "\n" + ended.printed());
                printed = ended.printed();
            } else if (block.language().equals("text")) {
                assertPrinted(page, block.text(), printed);
            }
        }
    }

    /** Each line stands in the output, in this order; {@code …} is anything. */
    private static void assertPrinted(String page, String shown, String printed) {
        List<String> lines = new ArrayList<>(printed.lines().toList());
        for (String line : shown.lines().toList()) {
            Pattern pattern = Pattern.compile(
                    Stream.of(line.strip().split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
            while (!lines.isEmpty() && !pattern.matcher(lines.get(0).strip()).matches()) {
                lines.remove(0);
            }
            assertTrue(!lines.isEmpty(), () -> page + " shows, but no command prints:\n" + line + "\n\n" + printed);
        }
    }

    @Test
    void whatIsNotRunHereIsKnown() throws IOException {
        Set<String> elsewhere = new TreeSet<>();
        Set<String> exempt = new TreeSet<>();
        for (String page : followed()) {
            for (Block block : Guide.read(page).blocks()) {
                if (block.language().equals("sh")) {
                    RUNS_ELSEWHERE.matcher(block.text()).results().forEach(found -> elsewhere.add(found.group(1)));
                }
                if (block.language().equals("console")) {
                    block.text().lines().forEach(line -> exempt.add(page + ": " + line.split(" ", 2)[0]));
                }
                assertTrue(
                        Set.of("sh", "text", "java", "json", "xml", "yaml", "ini", "console", "scala", "python")
                                .contains(block.language()),
                        () -> page + " has a block whose language is \"" + block.language() + "\"");
            }
        }
        assertEquals(new TreeSet<>(ELSEWHERE), elsewhere);
        assertEquals(new TreeSet<>(NOT_RUNNABLE), exempt);
    }

    @ParameterizedTest
    @MethodSource("followed")
    void bothLanguagesShowTheSame(String page) throws IOException {
        Guide english = Guide.read(page);
        Guide chinese = english.twin().orElseThrow(() -> new AssertionError(page + " has no Chinese twin"));
        assertEquals(code(english), code(chinese));
        assertEquals(headings(english), headings(chinese), "number of headings");
        assertTrue(english.text().contains("](" + fileName(chinese) + ")"), page + " does not link its twin");
        assertTrue(chinese.text().contains("](" + fileName(english) + ")"), page + "'s twin does not link back");
    }

    private static String fileName(Guide guide) {
        return Path.of(guide.name()).getFileName().toString();
    }

    private static long headings(Guide guide) {
        return guide.text().lines().filter(line -> line.matches("#+ .*")).count();
    }

    /** Blocks without what shells and Java take for comments, which are translated. */
    private static List<Block> code(Guide guide) {
        return guide.blocks().stream()
                .map(block -> new Block(
                        block.language(),
                        block.text().replaceAll("(?m) +(#|//) .*$", "").replaceAll("(?m)^ *(#|//) .*\n", "")))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyProgramIsTested(String page) throws IOException {
        List<String> sources = new ArrayList<>();
        for (Path place : List.of(Path.of("src/test"), Path.of("spark"))) {
            try (Stream<Path> files = Files.exists(place) ? Files.walk(place) : Stream.<Path>empty()) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    sources.add(flat(Files.readString(file)));
                }
            }
        }
        for (Block block : Guide.read(page).blocks()) {
            if (block.language().equals("java")) {
                assertTrue(
                        sources.stream().anyMatch(source -> source.contains(flat(block.text()))),
                        () -> "no test holds this program of " + page + ":\n" + block.text());
            }
        }
    }

    /** Without imports, comments and indentation. */
    private static String flat(String program) {
        return program.replaceAll("(?m)^import .*\n", "")
                .replaceAll("(?m)^ *//.*\n", "")
                .replaceAll("\\s+", " ")
                .strip();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsSomewhere(String page) throws IOException {
        Path place = Guide.ROOT.resolve(page).resolveSibling("");
        Pattern.compile("\\]\\(([^)#]+)(?:#[^)]*)?\\)")
                .matcher(Guide.read(page).text())
                .results()
                .map(found -> found.group(1))
                .filter(target -> !target.startsWith("http"))
                .forEach(target -> assertTrue(Files.exists(place.resolve(target)), page + " links to " + target));
    }

    @Test
    void everyKindOfFailureIsExplained() throws IOException {
        String page = Guide.read("docs/troubleshooting.md").text();
        for (FailureKind kind : FailureKind.values()) {
            if (kind != FailureKind.OTHER) {
                assertTrue(page.contains("\n| `" + kind + "` | "), () -> kind + " is not explained");
            }
        }
    }

    /** Commands for developers are not run, but each {@code ./sync …} among them is understood. */
    @Test
    void commandsForDevelopersAreUnderstood() throws IOException {
        List<String> commands = Pattern.compile("(?m)^(?:\\w+=\\S+ )*\\./sync ([^#\n]*)")
                .matcher(Guide.read("CONTRIBUTING.md").text())
                .results()
                .map(found -> found.group(1).strip())
                .filter(command -> !command.matches("test( .*)?"))
                .toList();
        assertTrue(!commands.isEmpty());
        for (String command : commands) {
            List<String> words = List.of(command.split(" +", -1));
            boolean flow = Flows.ALL.stream().anyMatch(one -> one.name().equals(words.get(0)));
            String[] arguments = (flow
                            ? Stream.concat(Stream.of("plan"), words.stream())
                            : Stream.concat(words.stream(), Stream.of("--help")))
                    .toArray(String[]::new);
            Console console = new Console(folder);
            assertEquals(0, console.run(arguments), () -> command + ": " + console.err());
        }
    }
}
