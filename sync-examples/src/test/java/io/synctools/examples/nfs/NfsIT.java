package io.synctools.examples.nfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * A real NFS server and two clients of it, in a small machine of its own: the published contract of file targets with its
 * folders on NFS, and {@link TwoHosts}. Each test that was run there is a test here.
 *
 * <p>{@code -Dnfs.only='method(types)'} runs one case of two hosts, {@code -Dnfs.options=nocto} mounts with more options.
 */
@Tag("nightly")
class NfsIT {
    private static final Path MACHINE = Path.of("src/test/nfs/machine").toAbsolutePath();
    private static final Path LOG = Path.of("target/nfs/log.txt").toAbsolutePath();
    private static final String MODEL_SCOPE = "io.synctools.modelscope.ModelScopeContractTest$Cache";
    private static final String HUGGING_FACE = "io.synctools.huggingface.HuggingFaceCacheContractTest";
    private static final String LOCAL_DIR = "io.synctools.huggingface.LocalDirContractTest";
    private static final int NO_MACHINE = 75;

    /** What may take that long: a machine that translates every instruction, on one that has other work. */
    private static final int SECONDS = 3 * 3600;

    @TestFactory
    Stream<DynamicTest> contractBy4_2() throws Exception {
        return inside(onMount(Nfs.V4_2));
    }

    @TestFactory
    Stream<DynamicTest> contractBy3() throws Exception {
        return inside(onMount(Nfs.V3));
    }

    @TestFactory
    Stream<DynamicTest> twoHosts() throws Exception {
        String only = System.getProperty("nfs.only", "");
        return inside(java("/tmp", "nfs", TwoHosts.class.getName() + (only.isEmpty() ? "" : "#" + only)));
    }

    private static List<String> onMount(Nfs nfs) {
        return java(nfs.a().toString(), nfs.name(), MODEL_SCOPE, HUGGING_FACE, LOCAL_DIR);
    }

    /** The command that runs test classes inside, with their temporary folders in a place of their own. */
    private static List<String> java(String temporary, String... arguments) {
        List<String> command = new ArrayList<>(List.of(executable(), "-Xmx512m", "-XX:+UseSerialGC"));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + temporary));
        command.addAll(List.of("-Dsync.jar=" + jar(), "-Dsync.java=" + String.join(" ", options())));
        List<String> classes = new ArrayList<>(List.of(System.getProperty("java.class.path")));
        for (String module : List.of("sync-modelscope", "sync-huggingface")) {
            classes.add(Path.of("..", module, "target", "test-classes")
                    .toAbsolutePath()
                    .normalize()
                    .toString());
        }
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classes), Guest.class.getName()));
        command.addAll(List.of(arguments));
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
        Path archive = LOG.resolveSibling("classes.jsa");
        return List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:SharedArchiveFile=" + archive);
    }

    private static Stream<DynamicTest> inside(List<String> command) throws IOException, InterruptedException {
        Files.createDirectories(LOG.getParent());
        Path said = LOG.resolveSibling("prepare.txt");
        int prepared = run(said, List.of("sh", MACHINE.toString(), "prepare"));
        assumeTrue(prepared != NO_MACHINE, () -> text(said));
        assertEquals(0, prepared, () -> text(said));
        archive();
        List<String> boot = new ArrayList<>(List.of("sh", MACHINE.toString(), "run", Integer.toString(SECONDS)));
        boot.addAll(command);
        int status = run(LOG, boot);
        List<String[]> lines = text(LOG)
                .lines()
                .filter(line -> line.startsWith(Guest.SAYS))
                .map(line -> line.split("\t", -1))
                .toList();
        DynamicTest ended = dynamicTest("the machine ran its tests", () -> {
            assertEquals(0, status, () -> text(LOG));
            assertEquals(false, lines.isEmpty(), () -> text(LOG));
        });
        Stream<DynamicTest> tests = lines.stream()
                .map(line -> dynamicTest(line[1], () -> assertEquals("SUCCESSFUL", line[2], line[4] + "; " + LOG)));
        return Stream.concat(Stream.of(ended), tests);
    }

    private static void archive() throws IOException, InterruptedException {
        Path archive = LOG.resolveSibling("classes.jsa");
        Files.deleteIfExists(archive);
        List<String> dump = new ArrayList<>(List.of(executable()));
        dump.addAll(options().subList(0, 3));
        dump.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "-jar", jar(), "warm-up"));
        Path said = LOG.resolveSibling("archive.txt");
        assertEquals(0, run(said, dump), () -> text(said));
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
