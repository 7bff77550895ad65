package io.synctools.examples.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks which programs there are, and of which version. */
final class Programs {
    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+[0-9A-Za-z.+-]*");

    private Programs() {}

    /** Whether a program is on the path. */
    static boolean installed(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    /** What a short command prints; empty where it can't be run or fails. */
    static Optional<String> printed(List<String> command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? Optional.of(text.trim()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // not there
        }
    }

    /** The program's name and the first thing in its words that looks like a version. */
    static Optional<String> version(List<String> command) throws InterruptedException {
        return printed(command)
                .map(VERSION::matcher)
                .filter(Matcher::find)
                .map(found -> command.get(0) + " " + found.group());
    }
}
