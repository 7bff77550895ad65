package io.synctools.examples.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where and with what a benchmark ran. */
final class Machine {
    private static final List<List<String>> PROGRAMS = List.of(
            List.of("curl", "--version"),
            List.of("aria2c", "--version"),
            List.of("skopeo", "--version"),
            List.of("docker-registry", "--version"),
            List.of("nginx", "-v"));

    private Machine() {}

    /** Lines of text, each a fact. */
    static List<String> describe(BenchSetup place, double hubSpeed) throws IOException, InterruptedException {
        List<String> facts = new ArrayList<>();
        facts.add(LocalDate.now(java.time.ZoneOffset.UTC) + ", "
                + Runtime.getRuntime().availableProcessors() + " cores (" + cpu()
                + "); servers and clients share them");
        facts.add(String.format(
                Locale.ROOT, "the hub gives %.1f GB/s on one connection, to curl that throws it away", hubSpeed));
        facts.add(String.join("; ", versions(place)));
        List<String> absent = place.python().absent();
        if (!absent.isEmpty()) {
            facts.add("not run, because --python names none that has them: " + String.join(", ", absent));
        }
        return facts;
    }

    private static List<String> versions(BenchSetup place) throws InterruptedException {
        List<String> versions = new ArrayList<>();
        versions.add("Java " + System.getProperty("java.version"));
        for (List<String> command : PROGRAMS) {
            versions.add(Programs.version(command).orElse(command.get(0) + " is not installed"));
        }
        versions.add(
                place.javaScript().isEmpty()
                        ? "npm could not install @huggingface/hub"
                        : "@huggingface/hub " + JavaScriptClient.VERSION + " on "
                                + Programs.version(List.of("node", "--version")).orElse("node"));
        place.python().versions().forEach((name, version) -> versions.add(name + " " + version));
        return versions;
    }

    private static String cpu() throws IOException {
        Path facts = Path.of("/proc/cpuinfo");
        if (!Files.exists(facts)) {
            return System.getProperty("os.arch");
        }
        return Files.readAllLines(facts, StandardCharsets.UTF_8).stream()
                .filter(line -> line.startsWith("model name"))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .orElse(System.getProperty("os.arch"));
    }
}
