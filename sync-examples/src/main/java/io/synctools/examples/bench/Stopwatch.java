package io.synctools.examples.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs one process to its end and measures it with GNU time, which sees what Java cannot: its memory and CPU. */
final class Stopwatch {

    /**
     * What one process took, those that it started and waited for included.
     *
     * @param wall seconds from start to end, the process's own start included
     * @param cpu seconds of CPU, user and system
     * @param memory peak resident MiB, of the one that took most
     * @param printed what it printed
     */
    record Reading(double wall, double cpu, double memory, String printed) {}

    private static final int MINUTES = 10;

    private final Path folder;

    /** @param folder for what processes print */
    Stopwatch(Path folder) {
        this.folder = folder;
    }

    /**
     * Runs a command.
     *
     * @throws IOException if it fails or takes too long; what it printed last is in the message
     */
    Reading run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        Path reading = folder.resolve("time.txt");
        List<String> timed = new ArrayList<>(List.of("time", "-q", "-f", "%U %S %M", "-o", reading.toString()));
        timed.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(timed)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(environment);
        long begin = System.nanoTime();
        Process process = builder.start();
        boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        double wall = (System.nanoTime() - begin) / 1e9;
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        if (!ended || process.exitValue() != 0) {
            throw new IOException(shortened(command) + (ended ? " ended with " + process.exitValue() : " hung") + ":\n"
                    + printed.substring(Math.max(0, printed.length() - 3000)));
        }
        List<String> fields =
                List.of(Files.readString(reading, StandardCharsets.UTF_8).trim().split(" ", -1));
        double cpu = Double.parseDouble(fields.get(0)) + Double.parseDouble(fields.get(1));
        return new Reading(wall, cpu, Double.parseDouble(fields.get(2)) / 1024, printed);
    }

    private static String shortened(List<String> command) {
        String line = String.join(" ", command);
        return line.length() > 300 ? line.substring(0, 300) + " ..." : line;
    }
}
