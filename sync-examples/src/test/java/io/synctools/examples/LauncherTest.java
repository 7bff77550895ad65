package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher in a small tree of its own, on a machine that has only the tools in one folder; Maven and Java are scripts. */
class LauncherTest {
    private static final List<String> SYSTEM = List.of(
            "sh",
            "cat",
            "cp",
            "date",
            "dirname",
            "env",
            "find",
            "flock",
            "head",
            "id",
            "locale",
            "ls",
            "mkdir",
            "mktemp",
            "mv",
            "readlink",
            "rm",
            "sed",
            "sort",
            "tail",
            "touch");

    @TempDir
    Path temporary;

    private Path tree;
    private Path bin;
    private Path home;

    private record Ended(int status, List<String> out, String err) {}

    @BeforeEach
    void layOut() throws IOException {
        tree = Files.createDirectories(temporary.resolve("a tree"));
        bin = Files.createDirectory(temporary.resolve("bin"));
        home = Files.createDirectory(temporary.resolve("home"));
        Files.copy(Path.of("..", "sync"), tree.resolve("sync"));
        assertTrue(tree.resolve("sync").toFile().setExecutable(true));
        Files.writeString(tree.resolve("pom.xml"), "<project/>");
        Files.createDirectories(tree.resolve("sync-core/src/main"));
        Files.writeString(tree.resolve("sync-core/pom.xml"), "<project/>");
        Files.writeString(tree.resolve("sync-core/src/main/A.java"), "class A {}");
        Instant before = Instant.now().minusSeconds(60);
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.toList()) {
                Files.setLastModifiedTime(path, FileTime.from(before));
            }
        }
        for (String tool : SYSTEM) {
            script(tool, "exec " + system(tool) + " \"$@\"");
        }
        script("javac", "echo javac 17.0.15");
        script("java", "printf '%s\\n' \"$@\" \"LC_ALL=${LC_ALL:-}\" \"HOME=$HOME\"");
        script(
                "mvn",
                "echo \"$@\" >>mvn.log; mkdir -p sync-examples/target/lib; "
                        + "echo jar >sync-examples/target/lib/sync-examples.jar");
    }

    private static Path system(String tool) {
        return Stream.of("/usr/bin", "/bin")
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    private void script(String name, String text) throws IOException {
        Path file = bin.resolve(name);
        Files.deleteIfExists(file); // never write through a link, which could lead to the machine's own tool
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Process start(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(temporary.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());
        builder.environment().put("HOME", home.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private Ended run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(tree.resolve("sync").toString()));
        command.addAll(List.of(arguments));
        return end(start(command, environment));
    }

    private static Ended end(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        List<String> out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out, err);
    }

    private List<String> builds() throws IOException {
        Path log = tree.resolve("mvn.log");
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh", "dash", "busybox sh", "bash"})
    void firstUseBuildsAndTheSecondDoesNot(String shell) throws Exception {
        List<String> command = new ArrayList<>(List.of(shell.split(" ")));
        assumeTrue(
                Stream.of("/usr/bin", "/bin").anyMatch(folder -> Files.isExecutable(Path.of(folder, command.get(0)))),
                () -> "skipped: there is no " + shell + " on this machine");
        command.set(0, system(command.get(0)).toString());
        command.addAll(List.of(tree.resolve("sync").toString(), "vllm-guiyang003", "--only", "a b*"));
        Ended first = end(start(command, Map.of()));
        assertEquals(0, first.status(), first.err());
        assertEquals("sync: building (first use, or sources have changed)\n", first.err());
        int at = first.out().indexOf("vllm-guiyang003");
        assertEquals(List.of("vllm-guiyang003", "--only", "a b*"), first.out().subList(at, at + 3));
        assertTrue(first.out().contains("-Duser.home=" + home));
        assertTrue(first.out().contains("-Dsync.config=" + tree + "/sync-examples/config"), first.out()::toString);
        Ended second = end(start(command, Map.of()));
        assertEquals("", second.err());
        assertEquals(1, builds().size());
    }

    @Test
    void aChangedSourceIsBuiltAgainAndTheOldBuildStaysForThoseWhoRunIt() throws Exception {
        Path before = Path.of(jar(run(Map.of())));
        Files.setLastModifiedTime(
                tree.resolve("sync-core/src/main/A.java"),
                FileTime.from(Instant.now().plusSeconds(60)));
        Path after = Path.of(jar(run(Map.of())));
        assertEquals(2, builds().size());
        assertFalse(after.equals(before));
        assertTrue(Files.exists(before));
        assertTrue(Files.exists(after));
    }

    private static String jar(Ended ended) {
        return ended.out().get(ended.out().indexOf("-jar") + 1);
    }

    @Test
    void aRemovedSourceIsNoticed() throws Exception {
        run(Map.of());
        Files.delete(tree.resolve("sync-core/src/main/A.java"));
        Files.setLastModifiedTime(
                tree.resolve("sync-core/src/main"), FileTime.from(Instant.now().plusSeconds(60)));
        run(Map.of());
        assertEquals(2, builds().size());
    }

    @Test
    void twoAtOnceBuildOnce() throws Exception {
        new ProcessBuilder("mkfifo", tree.resolve("go").toString()).start().waitFor();
        script(
                "mvn",
                "echo \"$@\" >>mvn.log; read -r go <go; mkdir -p sync-examples/target/lib; "
                        + "echo jar >sync-examples/target/lib/sync-examples.jar");
        List<String> command = List.of(tree.resolve("sync").toString());
        Process first = start(command, Map.of());
        try (BufferedReader err =
                new BufferedReader(new InputStreamReader(first.getErrorStream(), StandardCharsets.UTF_8))) {
            assertTrue(err.readLine().contains("building"));
            Process second = start(command, Map.of());
            try (BufferedReader waiting =
                    new BufferedReader(new InputStreamReader(second.getErrorStream(), StandardCharsets.UTF_8))) {
                assertEquals("sync: another build is running; waiting for it", waiting.readLine());
                Files.writeString(tree.resolve("go"), "\n");
                assertEquals(0, first.waitFor());
                assertEquals(0, second.waitFor());
            }
        }
        assertEquals(1, builds().size());
    }

    @Test
    void aFailingBuildShowsItsEndAndIsNotUsed() throws Exception {
        script("mvn", "echo '[ERROR] A.java: no semicolon'; exit 1");
        Ended ended = run(Map.of(), "quickstart");
        assertEquals(2, ended.status());
        assertEquals(List.of(), ended.out());
        assertTrue(ended.err().contains("[ERROR] A.java: no semicolon"), ended.err());
        assertTrue(ended.err().contains("the build failed; all of it is in " + tree + "/target/app/build.log"));
        assertEquals(2, run(Map.of()).status());
    }

    @Test
    void worksThroughLinks() throws Exception {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), Path.of("a tree", "sync"));
        Path linkOfLink = Files.createSymbolicLink(temporary.resolve("link of link"), link);
        Ended ended = end(start(List.of(linkOfLink.toString(), "lint"), Map.of()));
        assertEquals(0, ended.status(), ended.err());
        assertTrue(jar(ended).startsWith(tree + "/target/app/"));
    }

    @Test
    void aHomeThatIsNotThereIsReplacedForTheBuildAlone() throws Exception {
        script(
                "mvn",
                "echo \"$MAVEN_OPTS\" >>mvn.log; mkdir -p sync-examples/target/lib; "
                        + "echo jar >sync-examples/target/lib/sync-examples.jar");

        Ended ended = run(Map.of("HOME", "/nonexistent"));

        assertEquals(0, ended.status(), ended.err());
        String used = Files.readString(tree.resolve("mvn.log")).strip().replaceFirst("^-Duser.home=", "");
        assertTrue(ended.err().contains("sync: HOME is not a writable folder; building with " + used), ended.err());
        assertEquals("HOME=/nonexistent", ended.out().get(ended.out().size() - 1));
        Files.delete(Path.of(used));
    }

    @Test
    void theLocaleIsAlwaysUtf8() throws Exception {
        assertTrue(run(Map.of("LANG", "C")).out().contains("LC_ALL=C.UTF-8"));
        assertTrue(run(Map.of("LANG", "xx_YY.UTF-8")).out().contains("LC_ALL=C.UTF-8"));
        assertTrue(run(Map.of("LANG", "C.UTF-8")).out().contains("LC_ALL="));
    }

    @Test
    void anUnpackedReleaseIsNotBuilt() throws Exception {
        Path release = Files.createDirectory(temporary.resolve("release"));
        Files.createDirectories(release.resolve("lib"));
        Files.writeString(release.resolve("lib/sync-examples.jar"), "jar");
        Ended byVariable = run(Map.of("SYNC_HOME", release.toString()), "lint");
        assertEquals(release + "/lib/sync-examples.jar", jar(byVariable));
        assertTrue(byVariable.out().contains("-Dsync.config=" + release + "/config"));
        Files.createDirectory(release.resolve("bin"));
        Files.copy(tree.resolve("sync"), release.resolve("bin/sync"));
        Ended fromInside = end(start(List.of(release.resolve("bin/sync").toString()), Map.of()));
        assertEquals(
                release.resolve("lib/sync-examples.jar").toRealPath(),
                Path.of(jar(fromInside)).toRealPath());
        assertEquals(List.of(), builds());
        Ended wrong = run(Map.of("SYNC_HOME", "/nonexistent"), "lint");
        assertEquals(2, wrong.status());
        assertTrue(wrong.err().contains("/nonexistent is not an unpacked release"), wrong.err());
    }

    @Test
    void rootOnAFreshMachineGetsWhatIsMissing() throws Exception {
        Files.delete(bin.resolve("mvn"));
        script("id", "echo 0");
        script("apt-cache", "[ \"$2\" = openjdk-17-jdk-headless ]");
        script(
                "apt-get",
                "echo \"$@\" >>'" + tree + "/apt.log'\n[ \"$1\" = update ] || {\n"
                        + "printf '#!/bin/sh\\nmkdir -p sync-examples/target/lib; echo jar >sync-examples/target/lib/sync-examples.jar\\n' "
                        + ">'" + bin + "/mvn'\n/bin/chmod +x '" + bin + "/mvn'; }");
        Ended ended = run(Map.of());
        assertEquals(0, ended.status(), ended.err());
        assertTrue(ended.err().startsWith("sync: installing maven\n"), ended.err());
        assertEquals(
                List.of("update -qq", "install -y --no-install-recommends maven"),
                Files.readAllLines(tree.resolve("apt.log")));
    }

    @Test
    void othersAreToldTheOneCommand() throws Exception {
        script("id", "[ \"$1\" != -u ] || echo 1000");
        script("sudo", "exit 1");
        script("apt-get", "echo called >>'" + tree + "/apt.log'");
        Ended ended = run(Map.of(), "images-quay-to-cn-southwest2");
        assertEquals(2, ended.status());
        assertTrue(
                ended.err()
                        .contains(
                                "missing: skopeo. Run this, then try again: "
                                        + "sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends skopeo"),
                ended.err());
        assertFalse(Files.exists(tree.resolve("apt.log")));
        assertEquals(List.of(), builds());
    }

    @Test
    void aJdkThatIsTooOldIsNamed() throws Exception {
        script("id", "[ \"$1\" != -u ] || echo 1000");
        script("javac", "echo javac 1.8.0_402");
        Ended ended = run(Map.of());
        assertEquals(2, ended.status());
        assertTrue(ended.err().contains("missing: jdk (jdk: 17 or later)"), ended.err());
    }

    private void everyTestToolBut(String... missing) throws IOException {
        for (String tool : List.of("skopeo", "docker-registry", "node", "npm", "python3", "git")) {
            if (!List.of(missing).contains(tool)) {
                script(tool, "");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"apt-get", "dnf", "apk", "no package manager"})
    void testsDoNotFailForWantOfABrowserWhereItCannotBeInstalled(String manager) throws Exception {
        everyTestToolBut();
        script("id", "[ \"$1\" != -u ] || echo 1000");
        if (!manager.startsWith("no ")) {
            script(manager, "exit 0");
        }
        Ended ended = run(Map.of(), "test");
        assertEquals(0, ended.status(), ended.err());
        assertEquals(List.of("-B -ntp -T 2 verify"), builds());

        Files.delete(bin.resolve("git"));
        Ended without = run(Map.of(), "test");
        assertEquals(2, without.status());
        assertTrue(without.err().contains("missing: git"), without.err());
        assertFalse(without.err().contains("chromium"), without.err());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rootGetsABrowserFromDnfWhereItIsPackaged(boolean packaged) throws Exception {
        everyTestToolBut("git");
        script("id", "echo 0");
        script(
                "dnf",
                "[ \"$*\" != '-q list chromium' ] || exit " + (packaged ? 0 : 1) + "\necho \"$@\" >>'" + tree
                        + "/dnf.log'");
        Ended ended = run(Map.of(), "test");
        assertEquals(0, ended.status(), ended.err());
        assertEquals(
                List.of("install -y" + (packaged ? " chromium" : "") + " git"),
                Files.readAllLines(tree.resolve("dnf.log")).stream()
                        .filter(line -> line.startsWith("install"))
                        .toList());
        assertEquals(List.of("-B -ntp -T 2 verify"), builds());
    }

    @Test
    void testRunsTheWholeBuildWithItsArguments() throws Exception {
        for (String tool : List.of("skopeo", "docker-registry", "node", "npm", "python3", "chromium", "git")) {
            script(tool, "");
        }
        Ended ended = run(Map.of(), "test", "-Dtest=FooTest");
        assertEquals(0, ended.status(), ended.err());
        assertEquals(List.of("-B -ntp -T 2 verify -Dtest=FooTest"), builds());
    }
}
