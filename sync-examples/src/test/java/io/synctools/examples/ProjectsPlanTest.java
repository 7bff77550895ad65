package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which projects a push selects, in real repositories with the histories that pushes leave. */
class ProjectsPlanTest {
    private static final String ZEROS = "0".repeat(40);

    @TempDir
    Path temporary;

    private Path repository;
    private Console console;

    @BeforeEach
    void commitTwoProjects() throws Exception {
        repository = Files.createDirectory(temporary.resolve("repository"));
        git("init", "-q", "-b", "main");
        clusters(Map.of("one", List.of("a", "b"), "two", List.of("a")));
        project("one", "m1");
        project("two", "m2");
        write("src/Main.java", "class Main {}");
        write("lists/hk001-models.json", "[]");
        commit();
    }

    private String git(String... arguments) throws Exception {
        return gitIn(repository, arguments);
    }

    private static String gitIn(Path folder, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("GIT_"));
        for (String who : List.of("AUTHOR", "COMMITTER")) {
            environment.put("GIT_" + who + "_NAME", "somebody");
            environment.put("GIT_" + who + "_EMAIL", "somebody@example.org");
        }
        environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
        environment.put("GIT_CONFIG_SYSTEM", "/dev/null");
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said.strip();
    }

    private void write(String path, String content) throws IOException {
        Path file = repository.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void clusters(Map<String, List<String>> clusters) throws IOException {
        write(
                "lists/projects-clusters.json",
                new TreeMap<>(clusters)
                        .entrySet().stream()
                                .map(one -> "\"" + one.getKey() + "\": {\"clusters\": [\""
                                        + String.join("\", \"", one.getValue()) + "\"]}")
                                .collect(Collectors.joining(",\n", "{", "}")));
    }

    private static String lists(String model) {
        return "{\"models\": [{\"platform\": \"modelscope\", \"organization\": \"o\", \"model_name\": \"" + model
                + "\"}]}";
    }

    private void project(String name, String model) throws IOException {
        write("lists/projects/" + name + ".json", lists(model));
    }

    private String commit() throws Exception {
        git("add", "-A");
        git("commit", "-q", "-m", "change");
        return git("rev-parse", "HEAD");
    }

    private int run(Path folder, String... options) {
        List<String> arguments = new ArrayList<>(List.of("plan", "--projects", folder.toString()));
        arguments.addAll(Arrays.asList(options));
        console = new Console(temporary);
        return console.run(arguments.toArray(String[]::new));
    }

    /** The pairs of the matrix as {@code project:cluster}. */
    private List<String> plan(String... options) throws IOException {
        return planIn(repository.resolve("lists"), options);
    }

    private List<String> planIn(Path folder, String... options) throws IOException {
        assertEquals(0, run(folder, options), () -> console.err());
        assertEquals(1, console.out().lines().count(), "one line, for an output of Actions");
        List<String> pairs = new ArrayList<>();
        for (JsonNode job : Json.MAPPER.readTree(console.out())) {
            assertEquals(2, job.size());
            pairs.add(job.get("project").textValue() + ":" + job.get("cluster").textValue());
        }
        return pairs;
    }

    private void assertAllSelected(String why, String... options) throws IOException {
        assertEquals(List.of("one:a", "one:b", "two:a"), plan(options));
        assertTrue(console.err().contains(why + "; all projects are selected"), console::err);
    }

    @Test
    void allOrOneProjectWithItsClusters() throws Exception {
        assertEquals(List.of("one:a", "one:b", "two:a"), plan());
        assertEquals(
                "[{\"project\":\"one\",\"cluster\":\"a\"},{\"project\":\"one\",\"cluster\":\"b\"},"
                        + "{\"project\":\"two\",\"cluster\":\"a\"}]\n",
                console.out());
        assertEquals("", console.err());
        assertEquals(List.of("two:a"), plan("--project", "two"));
        assertEquals(2, run(repository.resolve("lists"), "--project", "three"));
        assertTrue(console.err().contains("there is no project \"three\""), console::err);
        assertEquals(2, run(temporary.resolve("nothing")));
    }

    @Test
    void nothingChangedIsAnEmptyMatrix() throws Exception {
        assertEquals(List.of(), plan("--changed-since", "HEAD"));
        assertEquals("[]\n", console.out());
        assertEquals("", console.err());
    }

    @Test
    void aPushOfSeveralCommitsSelectsWhatAnyOfThemChanged() throws Exception {
        String before = git("rev-parse", "HEAD");
        project("two", "m2-new");
        commit();
        project("one", "m1-passing");
        commit();
        project("one", "m1");
        write("lists/hk001-models.json", "[ ]");
        commit();
        assertEquals(List.of("two:a"), plan("--changed-since", before));
        assertEquals(List.of(), plan("--changed-since", before, "--project", "one"));
        assertEquals(List.of("two:a"), plan("--changed-since", before, "--project", "two"));
    }

    @Test
    void aChangeOfItsClustersSelectsTheProject() throws Exception {
        String before = git("rev-parse", "HEAD");
        clusters(Map.of("one", List.of("b", "a"), "two", List.of("a", "c")));
        commit();
        write("lists/notes.txt", "a second commit, in which no list changed");
        commit();
        assertEquals(List.of("two:a", "two:c"), plan("--changed-since", before));
    }

    @Test
    void aReformattedFileSelectsNothing() throws Exception {
        String before = git("rev-parse", "HEAD");
        write("lists/projects/one.json", lists("m1").replace("{", "{\r\n\t").replace(":", " : ") + "\r\n");
        write(
                "lists/projects-clusters.json",
                "{\"two\":{\"clusters\":[\"a\"]},\n\n\n\"one\":{\"clusters\":[\"b\",\"a\"]}}");
        commit();
        assertEquals(List.of(), plan("--changed-since", before));
    }

    @Test
    void aRenamedProjectIsANewOneAndADeletedOneIsNotNamed() throws Exception {
        String before = git("rev-parse", "HEAD");
        git("mv", "lists/projects/one.json", "lists/projects/uno.json");
        clusters(Map.of("uno", List.of("a", "b"), "two", List.of("a")));
        String renamed = commit();
        assertEquals(List.of("uno:a", "uno:b"), plan("--changed-since", before));

        git("rm", "-q", "lists/projects/uno.json");
        clusters(Map.of("two", List.of("a")));
        commit();
        assertEquals(List.of(), plan("--changed-since", renamed));
        assertEquals(List.of(), plan("--changed-since", before));
    }

    @Test
    void aProjectWithoutClustersIsNotPlannedAndClustersWithoutAProjectAreRefused() throws Exception {
        String before = git("rev-parse", "HEAD");
        project("three", "m3");
        commit();
        assertEquals(List.of(), plan("--changed-since", before));
        assertTrue(console.err().contains("three.json:1:1: warning: no cluster mirrors this project"), console::err);

        clusters(Map.of("one", List.of("a"), "two", List.of("a"), "twoo", List.of("a")));
        commit();
        assertEquals(2, run(repository.resolve("lists"), "--changed-since", before));
        assertEquals("", console.out());
        assertTrue(
                console.err().contains("the project \"twoo\" has no file projects/twoo.json; did you mean \"two\"?"),
                console::err);
    }

    @Test
    void aBrokenProjectStopsThePlanButNotThatOfAnotherOne() throws Exception {
        write("lists/projects/one.json", "{\"models\": [,]}");
        assertEquals(2, run(repository.resolve("lists")));
        assertTrue(console.err().contains("one.json:1:13: error: "), console::err);
        assertEquals(List.of("two:a"), plan("--project", "two"));
    }

    @Test
    void aMendedProjectIsSelected() throws Exception {
        write("lists/projects/one.json", "{\"models\": [,]}");
        String broken = commit();
        project("one", "m1");
        commit();
        assertEquals(List.of("one:a", "one:b"), plan("--changed-since", broken));
    }

    @ParameterizedTest
    @ValueSource(strings = {"src/Main.java", ".github/workflows/sync.yml", "lists.json"})
    void aChangeOutsideOfTheFolderSelectsAll(String path) throws Exception {
        String before = git("rev-parse", "HEAD");
        write(path, "new");
        commit();
        project("two", "m2-new");
        commit();
        assertAllSelected("\"" + path + "\" changed", "--changed-since", before);
    }

    @Test
    void theFolderMayBeTheTopOfTheRepository() throws Exception {
        Path top = Files.createDirectory(temporary.resolve("top"));
        repository = top;
        git("init", "-q");
        write("projects-clusters.json", "{\"one\": {\"clusters\": [\"a\"]}}");
        write("projects/one.json", lists("m1"));
        String first = commit();
        assertEquals(List.of(), planIn(top, "--changed-since", first));
        write("projects/one.json", lists("m2"));
        String second = commit();
        assertEquals(List.of("one:a"), planIn(top, "--changed-since", first));
        write(".github/workflows/x.yml", "on: push");
        commit();
        assertEquals(List.of("one:a"), planIn(top, "--changed-since", second));
        assertTrue(console.err().contains("x.yml\" changed"), console::err);
    }

    @Test
    void aNewBranchAPushByForceAndAShallowCloneSelectAll() throws Exception {
        assertAllSelected("Needed a single revision)", "--changed-since", ZEROS);

        project("one", "thrown-away");
        String thrownAway = commit();
        git("reset", "-q", "--hard", "HEAD~1");
        project("two", "m2");
        write("lists/notes.txt", "x");
        String kept = commit();
        Path clone = temporary.resolve("clone");
        gitIn(temporary, "clone", "-q", "--no-local", repository.toString(), clone.toString());
        Path lists = clone.resolve("lists");
        assertEquals(List.of("one:a", "one:b", "two:a"), planIn(lists, "--changed-since", thrownAway));
        assertTrue(console.err().contains("git cannot compare with \"" + thrownAway + "\" ("), console::err);

        String before = git("rev-parse", kept + "~1");
        Path shallow = temporary.resolve("shallow");
        gitIn(temporary, "clone", "-q", "--depth", "1", "--no-local", repository.toString(), shallow.toString());
        assertEquals(List.of("one:a", "one:b", "two:a"), planIn(shallow.resolve("lists"), "--changed-since", before));
        assertEquals(List.of(), planIn(lists, "--changed-since", before), "the whole clone knows better");
    }

    @Test
    void aRevisionThatIsNoneSelectsAll() throws Exception {
        for (String revision : List.of(
                "",
                " ",
                "no-such-branch",
                "-",
                "--output=pwned",
                "--upload-pack=touch pwned",
                "$(touch pwned)",
                "HEAD:lists",
                "HEAD\nHEAD",
                "main..main",
                "^main")) {
            assertAllSelected(")", "--changed-since=" + revision);
            assertTrue(console.err().startsWith("sync: git cannot compare with \""), console::err);
            assertEquals(1, console.err().lines().count(), "no line of a revision's own");
        }
        assertEquals(2, run(repository.resolve("lists"), "--changed-since", "--project"));
        try (var all = Files.walk(repository)) {
            assertTrue(all.noneMatch(path -> path.endsWith("pwned")));
        }
    }

    @Test
    void outsideOfARepositoryAllAreSelected() throws Exception {
        Path copy = Files.createDirectory(temporary.resolve("copy"));
        Files.createDirectory(copy.resolve("projects"));
        for (String name : List.of("projects-clusters.json", "projects/one.json", "projects/two.json")) {
            Files.copy(repository.resolve("lists").resolve(name), copy.resolve(name));
        }
        assertEquals(List.of("one:a", "one:b", "two:a"), planIn(copy, "--changed-since", "HEAD"));
        assertTrue(console.err().contains("not a git repository"), console::err);
    }

    /** In a job's container the checkout belongs to another user; git refuses such a repository unless told not to. */
    @Test
    void aRepositoryOfSomebodyElseIsRead() throws Exception {
        String before = git("rev-parse", "HEAD");
        project("two", "m2-new");
        commit();
        try (var all = Files.walk(repository)) {
            for (Path path : all.toList()) {
                Files.setAttribute(path, "unix:uid", 12345, LinkOption.NOFOLLOW_LINKS);
            }
        } catch (FileSystemException e) {
            assumeTrue(false, "skipped: only root can give files away");
        }
        AssertionError refused = assertThrows(AssertionError.class, () -> git("rev-parse", "HEAD"));
        assertTrue(refused.getMessage().contains("dubious ownership"), refused::getMessage);
        assertEquals(List.of("two:a"), plan("--changed-since", before));
    }

    @Test
    void whatTheRepositorysConfigurationNamesIsNotStarted() throws Exception {
        String before = git("rev-parse", "HEAD");
        Path trap = Files.writeString(temporary.resolve("trap"), "#!/bin/sh\ntouch '" + temporary + "/pwned'\n");
        assertTrue(trap.toFile().setExecutable(true));
        write(".gitattributes", "*.json filter=trap diff=trap");
        commit();
        for (String name :
                List.of("core.fsmonitor", "core.pager", "diff.external", "filter.trap.smudge", "diff.trap.textconv")) {
            git("config", name, trap.toString());
        }
        project("two", "m2-new");
        assertEquals(List.of("one:a", "one:b", "two:a"), plan("--changed-since", before));
        assertTrue(Files.notExists(temporary.resolve("pwned")));
    }

    @Test
    void morePairsThanJobsShareThem() throws Exception {
        Map<String, List<String>> many = IntStream.range(0, 200)
                .boxed()
                .collect(Collectors.toMap(
                        i -> String.format("p%03d", i), i -> i < 150 ? List.of("big", "small") : List.of("big")));
        clusters(many);
        for (String name : many.keySet()) {
            project(name, "m");
        }
        List<String> jobs = plan();
        assertTrue(jobs.size() <= ProjectJobs.MOST && jobs.size() > ProjectJobs.MOST / 2, jobs.size() + " jobs");
        List<String> pairs = jobs.stream()
                .flatMap(job -> Arrays.stream(job.substring(0, job.indexOf(':')).split(" "))
                        .map(name -> name + job.substring(job.indexOf(':'))))
                .sorted()
                .toList();
        List<String> expected = many.entrySet().stream()
                .flatMap(one -> one.getValue().stream().map(cluster -> one.getKey() + ":" + cluster))
                .sorted()
                .toList();
        assertEquals(expected, pairs);
        assertTrue(jobs.stream().allMatch(job -> job.split(" ").length <= 2), "evenly");
    }
}
