package io.synctools.examples;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A process that stands in a guide's folder and runs what {@code ./sync} there hands over, one command after the other, so
 * that Java starts once and not for every command. Questions and answers go through named pipes.
 */
final class GuideServer {
    private GuideServer() {}

    /** Arguments: folder of the pipes, folder of the shipped lists, options that each image flow gets. */
    public static void main(String[] args) throws IOException {
        Path pipes = Path.of(args[0]);
        while (true) {
            List<String> question = Files.readAllLines(pipes.resolve("ask")).stream()
                    .map(line -> new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8))
                    .toList();
            if (question.isEmpty()) {
                return;
            }
            int status;
            try (OutputStream err = Files.newOutputStream(pipes.resolve("err"));
                    OutputStream out = Files.newOutputStream(pipes.resolve("out"))) {
                Shell shell = new Shell(
                        environment(question.get(0)),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false,
                        Path.of(args[1]),
                        Path.of("target"),
                        () -> 0);
                status = Launch.run(shell, arguments(question.subList(1, question.size()), args));
            }
            Files.writeString(pipes.resolve("status"), status + "\n");
        }
    }

    private static Map<String, String> environment(String lines) {
        Map<String, String> environment = new LinkedHashMap<>();
        lines.lines().filter(line -> line.matches("\\w+=.*")).forEach(line -> {
            int equals = line.indexOf('=');
            environment.put(line.substring(0, equals), line.substring(equals + 1));
        });
        return environment;
    }

    /** Image flows reach registries of ours under the names that the guide says. */
    private static List<String> arguments(List<String> given, String[] args) {
        List<String> all = new ArrayList<>(given);
        boolean runs = !given.isEmpty() && given.get(0).startsWith("images") && !given.contains("--help");
        for (int i = 2; runs && i < args.length; i++) {
            all.addAll(List.of("--registry", args[i]));
        }
        return all;
    }
}
