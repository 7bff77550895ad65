package io.synctools.examples.nfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A real NFS server and two clients of it, in a small machine of its own: the published contract of file targets with its
 * folders on NFS, and {@link TwoHosts}. Each test that was run there is a test here. Four machines run side by side, since
 * much of what happens in them is waiting.
 *
 * <p>{@code -Dnfs.only=method} runs one case of two hosts, {@code -Dnfs.options=nocto} mounts with more options.
 */
@Tag("nightly")
@Execution(ExecutionMode.CONCURRENT)
class NfsIT {
    private static final Path MACHINE = Path.of("src/test/nfs/machine").toAbsolutePath();
    private static final Path LOGS = Path.of("target/nfs").toAbsolutePath();
    private static final Path CLASSES = LOGS.resolve("classes.jsa");
    private static final String MODEL_SCOPE = "io.synctools.modelscope.ModelScopeContractTest$Cache";
    private static final String HUGGING_FACE = "io.synctools.huggingface.HuggingFaceCacheContractTest";
    private static final String LOCAL_DIR = "io.synctools.huggingface.LocalDirContractTest";
    private static final int NO_MACHINE = 75;

    /** What may take that long: a machine that translates every instruction, on one that has other work. */
    private static final int SECONDS = 3 * 3600;

    @BeforeAll
    static void prepare() throws IOException, InterruptedException {
        Files.createDirectories(LOGS);
        Path said = LOGS.resolve("prepare.txt");
        int prepared = run(said, List.of("sh", MACHINE.toString(), "prepare"));
        assumeTrue(prepared != NO_MACHINE, () -> text(said));
        assertEquals(0, prepared, () -> text(said));
        mapClasses();
    }

    private static void mapClasses() throws IOException, InterruptedException {
        Files.deleteIfExists(CLASSES);
        List<String> dump = new ArrayList<>(List.of(executable()));
        dump.addAll(options().subList(0, 3));
        dump.addAll(List.of("-XX:ArchiveClassesAtExit=" + CLASSES, "-jar", jar(), "warm-up"));
        Path said = LOGS.resolve("classes.txt");
        assertEquals(0, run(said, dump), () -> text(said));
    }

    @TestFactory
    Stream<DynamicTest> contractBy4_2() throws Exception {
        return inside("contract-4.2", contractOn(Nfs.V4_2));
    }

    @TestFactory
    Stream<DynamicTest> contractBy3() throws Exception {
        return inside("contract-3", contractOn(Nfs.V3));
    }

    @TestFactory
    Stream<DynamicTest> twoHostsBy4_2() throws Exception {
        return inside("hosts-4.2", twoHostsOn(Nfs.V4_2));
    }

    @TestFactory
    Stream<DynamicTest> twoHostsBy3() throws Exception {
        return inside("hosts-3", twoHostsOn(Nfs.V3));
    }

    private static List<String> contractOn(Nfs nfs) {
        return java(nfs, nfs.a(), MODEL_SCOPE, HUGGING_FACE, LOCAL_DIR);
    }

    private static List<String> twoHostsOn(Nfs nfs) {
        String only = System.getProperty("nfs.only", "");
        return java(nfs, Path.of("/tmp"), TwoHosts.class.getName() + (only.isEmpty() ? "" : "#" + only));
    }

    /** The command that runs test classes inside, with their temporary folders in a place of their own. */
    private static List<String> java(Nfs nfs, Path temporary, String... tests) {
        List<String> command = new ArrayList<>(List.of(executable(), "-Xmx512m", "-XX:+UseSerialGC"));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + temporary));
        command.addAll(List.of("-Dnfs=" + nfs, "-Dsync.jar=" + jar(), "-Dsync.java=" + String.join(" ", options())));
        List<String> classes = new ArrayList<>(List.of(System.getProperty("java.class.path")));
        for (String module : List.of("sync-modelscope", "sync-huggingface")) {
            classes.add(Path.of("..", module, "target", "test-classes")
                    .toAbsolutePath()
                    .normalize()
                    .toString());
        }
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classes), Guest.class.getName()));
        command.add(nfs.name());
        command.addAll(List.of(tests));
        return command;
    }

    private static String executable() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String jar() {
        return Path.of("target/lib/sync-examples.jar").toAbsolutePath().toString();
    }

    /** Of the command line: its classes are mapped, since to load them takes most of a minute there. */
    private static List<String> options() {
        return List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:SharedArchiveFile=" + CLASSES);
    }

    private static Stream<DynamicTest> inside(String name, List<String> command)
            throws IOException, InterruptedException {
        Path log = LOGS.resolve(name + ".txt");
        List<String> boot = new ArrayList<>(List.of("sh", MACHINE.toString(), "run", Integer.toString(SECONDS)));
        boot.addAll(command);
        int status = run(log, boot);
        List<String[]> lines = text(log)
                .lines()
                .filter(line -> line.startsWith(Guest.SAYS))
                .map(line -> line.split("\t", -1))
                .toList();
        DynamicTest ended = dynamicTest("the machine ran its tests", () -> {
            assertEquals(0, status, () -> text(log));
            assertEquals(false, lines.isEmpty(), () -> text(log));
        });
        Stream<DynamicTest> tests = lines.stream()
                .map(line -> dynamicTest(line[1], () -> {
                    assumeFalse(line[2].equals("ABORTED"), line[4]); // its own assumption does not hold
                    assertEquals("SUCCESSFUL", line[2], line[4] + "; " + log);
                }));
        return Stream.concat(Stream.of(ended), tests);
    }

    private static int run(Path output, List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("NFS_OPTIONS", System.getProperty("nfs.options", ""));
        return builder.start().waitFor();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return file + " cannot be read: " + e;
        }
    }
}
