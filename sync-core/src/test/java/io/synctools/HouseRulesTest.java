package io.synctools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the code of all modules keeps to, read from its text: who may make a thread, how a disk is asked, and names. */
class HouseRulesTest {
    private static final Pattern MAKES_A_THREAD = Pattern.compile(
            "\\bnew Thread\\(|\\bnew ForkJoinPool\\b|\\bnew Timer\\(|ThreadPoolExecutor\\(|\\bExecutors\\.new"
                    + "|\\.parallelStream\\(\\)|\\.parallel\\(\\)|\\bCompletableFuture\\.(run|supply)Async"
                    + "|\\bextends (Thread|TimerTask)\\b");

    /** Programs have threads of their own: the display's clock, a hub for tests, measurements. */
    private static final Set<String> PROGRAMS = Set.of(
            "io/synctools/examples/Ticker.java",
            "io/synctools/standin/HubRepository.java",
            "io/synctools/examples/bench/Door.java",
            "io/synctools/examples/bench/Registry.java",
            "io/synctools/examples/bench/Store.java");

    @Test
    void onlyOneClassMakesThreads() throws IOException {
        List<String> found = linesWith(MAKES_A_THREAD);
        found.removeIf(line -> PROGRAMS.stream().anyMatch(line::startsWith));
        assertTrue(
                found.stream().anyMatch(line -> line.contains("new ThreadPoolExecutor(")),
                "the search finds something");
        assertEquals(
                List.of(),
                found.stream()
                        .filter(line -> !line.startsWith("io/synctools/internal/threads/Threads.java:"))
                        .toList());
    }

    @Test
    void roomIsAskedOfThePathAndNotOfItsMount() throws IOException {
        assertEquals(List.of(), linesWith(Pattern.compile("\\bgetFileStore\\(")));
        assertEquals(
                List.of("io/synctools/file/Disk.java"),
                linesWith(Pattern.compile("\\bgetUsableSpace\\(")).stream()
                        .map(line -> line.replaceFirst(":.*", ""))
                        .toList());
    }

    @Test
    void noTwoTypesHaveOneName() throws IOException {
        Map<String, List<String>> byName = new TreeMap<>();
        try (Stream<Path> all = Files.walk(Path.of("").toAbsolutePath().resolveSibling(""))) {
            all.map(Path::toString)
                    .filter(path -> path.contains("/src/") && path.endsWith(".java") && !path.endsWith("-info.java"))
                    .filter(path -> !path.contains("/target/"))
                    .sorted()
                    .forEach(path -> byName.computeIfAbsent(
                                    path.substring(path.lastIndexOf('/') + 1), name -> new ArrayList<>())
                            .add(path));
        }
        assertTrue(byName.containsKey("HouseRulesTest.java"), "the search finds something");
        byName.values().removeIf(paths -> paths.size() == 1);
        assertEquals(Map.of(), byName);
    }

    /** The lines of code, without comments, in which something occurs, with their files. */
    private static List<String> linesWith(Pattern pattern) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> modules = Files.list(Path.of("").toAbsolutePath().resolveSibling(""))) {
            modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .forEach(code -> find(code, pattern, found));
        }
        return found;
    }

    private static void find(Path code, Pattern pattern, List<String> found) {
        try (Stream<Path> files = Files.walk(code)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                for (String line : Files.readAllLines(file)) {
                    boolean isComment =
                            line.strip().startsWith("*") || line.strip().startsWith("/");
                    if (!isComment && pattern.matcher(line).find()) {
                        found.add(code.relativize(file) + ": " + line.strip());
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
