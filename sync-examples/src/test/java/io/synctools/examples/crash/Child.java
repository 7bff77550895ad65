package io.synctools.examples.crash;

import io.synctools.standin.Hub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link MirrorProcess} in a process of its own. */
final class Child implements AutoCloseable {
    private final Process process;
    private final Path output;

    /** One that dies at the n-th operation on its disk, or lives where n is 0, and waits for nobody. */
    Child(MirrorProcess.Layout layout, Hub hub, Path root, int dieAt) throws IOException, InterruptedException {
        this(layout, hub, root, dieAt, Duration.ZERO);
    }

    Child(MirrorProcess.Layout layout, Hub hub, Path root, int dieAt, Duration wait)
            throws IOException, InterruptedException {
        this(List.of(), SharedClasses.options(), layout, hub, root, dieAt, wait);
    }

    /** One that lives, from classes of its own. */
    Child(List<String> classes, MirrorProcess.Layout layout, Hub hub, Path root) throws IOException {
        this(List.of(), classes, layout, hub, root, 0, Duration.ZERO);
    }

    /** One that lives, started by another command, which gets its command line as arguments. */
    Child(List<String> by, String classPath, MirrorProcess.Layout layout, Hub hub, Path root) throws IOException {
        this(by, List.of("-cp", classPath), layout, hub, root, 0, Duration.ZERO);
    }

    private Child(
            List<String> by,
            List<String> classes,
            MirrorProcess.Layout layout,
            Hub hub,
            Path root,
            int dieAt,
            Duration wait)
            throws IOException {
        output = Files.createTempFile("child", ".txt");
        List<String> command = new ArrayList<>(by);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1")); // hashes slowly, starts fast: what counts here
        command.addAll(classes);
        command.addAll(List.of(
                MirrorProcess.class.getName(),
                layout.name(),
                hub.origin().toString(),
                root.toString(),
                Integer.toString(dieAt),
                wait.toString()));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** Waits for the end and returns the exit status. */
    int exit() throws InterruptedException, IOException {
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            throw new IOException("a child hangs: " + said());
        }
        return process.exitValue();
    }

    /** Sends a signal by name. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    boolean alive() {
        return process.isAlive();
    }

    String said() throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(output);
    }
}
