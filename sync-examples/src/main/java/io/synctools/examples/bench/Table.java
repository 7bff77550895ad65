package io.synctools.examples.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The results as a table in Markdown and as JSON. */
final class Table {
    private final int rounds;
    private final List<String> rows = new ArrayList<>();
    private final ArrayNode json = JsonNodeFactory.instance.arrayNode();

    Table(int rounds) {
        this.rounds = rounds;
    }

    void add(Case which, List<Score> scores) {
        String name = which.name() + ": " + which.about();
        String goal = which.goal();
        for (Score score : scores) {
            rows.add(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.2f | %.2f | %.2f | %.0f | %d | %d | %s |",
                    name,
                    score.contender(),
                    score.wall(),
                    score.ratio(),
                    score.cpu(),
                    score.memory(),
                    score.requests(),
                    score.connections(),
                    goal));
            ObjectNode row = json.addObject();
            row.put("case", which.name());
            row.put("contender", score.contender());
            row.put("seconds", score.wall());
            row.put("ratio", score.ratio());
            row.put("cpuSeconds", score.cpu());
            row.put("memoryMiB", score.memory());
            row.put("requests", score.requests());
            row.put("connections", score.connections());
            name = "";
            goal = "";
        }
    }

    void failed(Case which, String why) {
        rows.add("| " + which.name() + ": " + which.about() + " | failed: "
                + why.replace('\n', ' ').replace('|', '/') + " | | | | | | | " + which.goal() + " |");
        json.addObject().put("case", which.name()).put("failed", why);
    }

    /** Everything as one text. */
    String markdown() throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        text.append("Medians of ")
                .append(rounds)
                .append(" rounds after one that does not count. Whole processes, with the"
                        + " start of the JVM. \"ratio\" is our time over theirs in the same round: below 1 we are ahead. Memory is the"
                        + " highest peak of any run. Every result was checked, file by file. curl and aria2c neither hash nor sync;"
                        + " we do both.\n\n");
        text.append("| case | who | seconds | ratio | CPU s | MiB | requests | connections | goal |\n");
        text.append("|---|---|---|---|---|---|---|---|---|\n");
        rows.forEach(row -> text.append(row).append('\n'));
        return text.append('\n').append(machine()).toString();
    }

    JsonNode json() {
        return json;
    }

    private static String machine() throws IOException, InterruptedException {
        List<String> versions = new ArrayList<>();
        versions.add("Java " + System.getProperty("java.version"));
        for (List<String> command : List.of(
                List.of("curl", "--version"),
                List.of("aria2c", "--version"),
                List.of("node", "--version"),
                List.of("skopeo", "--version"))) {
            if (Peers.installed(command.get(0))) {
                versions.add(firstLine(command));
            }
        }
        String cpu = Files.readAllLines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8).stream()
                .filter(line -> line.startsWith("model name"))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .orElse("unknown CPU");
        return Runtime.getRuntime().availableProcessors() + " cores (" + cpu + "), server and clients share them. "
                + String.join("; ", versions) + ".\n";
    }

    private static String firstLine(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor(10, TimeUnit.SECONDS);
        String line = text.lines().findFirst().orElse("");
        return line.length() > 40 ? line.substring(0, 40) : (command.get(0).equals("node") ? "node " : "") + line;
    }
}
