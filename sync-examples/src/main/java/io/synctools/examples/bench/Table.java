package io.synctools.examples.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The results as JSON, and as tables in Markdown made from it. Used by one thread. */
final class Table {
    private static final String METHOD = """
            Medians over the rounds. Whole processes, with the start of the JVM; runs alternate. "x" is the time of ours that
            does the same over theirs, round by round, and of these the median: below 1 we are ahead. `sync` is we from
            ModelScope or between registries, `sync-hf` we from Hugging Face. Memory is the highest peak of any run. Every
            result was checked, file by file, tag by tag. curl, aria2c and hub.js neither hash nor sync to disk; we do both, as
            does curl+hash+sync. Who takes many times as long as the others has 1 round without a warm-up. hub.js asks three times for each file, one
            after the other, over one connection; it is left out where that alone takes half a minute or more and shows nothing new.

            """;

    private final List<String> order;
    private final ObjectNode root = JsonNodeFactory.instance.objectNode();
    private final ObjectNode cases;

    /**
     * @param order of the cases
     * @param earlier results, of which those stay that are not replaced
     */
    Table(List<String> order, Optional<JsonNode> earlier) {
        this.order = order;
        root.putArray("machine");
        this.cases = root.putObject("cases");
        earlier.ifPresent(
                json -> json.path("cases").properties().forEach(each -> cases.set(each.getKey(), each.getValue())));
    }

    /** Where it runs. */
    void machine(List<String> facts) {
        ArrayNode lines = root.putArray("machine");
        facts.forEach(lines::add);
    }

    /** What a case brought. */
    void add(Case which, Scores scores) {
        ObjectNode result = cases.putObject(which.name()).put("about", which.about());
        ArrayNode contenders = result.putArray("contenders");
        for (Contender contender : scores.contenders()) {
            scores.of(contender.name()).ifPresent(score -> {
                ObjectNode row = contenders.addObject().put("name", contender.name());
                row.put("rounds", score.rounds()).put("seconds", score.wall());
                row.put("cpuSeconds", score.cpu()).put("memoryMiB", score.memory());
                row.put("requests", score.requests()).put("connections", score.connections());
                if (!contender.isOurs()) {
                    scores.ratio(contender.rival(), contender.name()).ifPresent(ratio -> row.put("ratio", ratio));
                }
            });
        }
        ArrayNode goals = result.putArray("goals");
        for (Goal goal : Bench.goals(which, scores)) {
            goal.judge(scores).ifPresent(verdict -> goals.addObject()
                    .put("goal", goal.text())
                    .put("measured", verdict.measured())
                    .put("met", verdict.met()));
        }
    }

    /** A case that did not come to its end, or whose results were wrong. */
    void failed(Case which, String why) {
        cases.putObject(which.name()).put("about", which.about()).put("failed", why);
    }

    JsonNode json() {
        return root;
    }

    /** The goals that were not reached, a line each. */
    List<String> missed() {
        List<String> missed = new ArrayList<>();
        for (String name : order) {
            for (JsonNode goal : cases.path(name).path("goals")) {
                if (!goal.path("met").asBoolean()) {
                    missed.add(name + ": " + goal.path("goal").asText() + ", was "
                            + goal.path("measured").asText());
                }
            }
        }
        return missed;
    }

    /** Everything as one text. */
    String markdown() {
        StringBuilder text = new StringBuilder(METHOD);
        text.append("| case | who | rounds | seconds | x | CPU s | MiB | requests | connections |\n");
        text.append("|---|---|---|---|---|---|---|---|---|\n");
        StringBuilder goals = new StringBuilder("| case | goal | measured | |\n|---|---|---|---|\n");
        for (String name : order) {
            JsonNode result = cases.path(name);
            if (result.has("failed")) {
                text.append(row(
                        titled(name, result),
                        "failed: " + oneLine(result.path("failed").asText()),
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        ""));
            }
            String title = titled(name, result);
            for (JsonNode contender : result.path("contenders")) {
                text.append(contender(title, contender));
                title = "";
            }
            title = name;
            for (JsonNode goal : result.path("goals")) {
                goals.append(row(
                        title,
                        goal.path("goal").asText(),
                        goal.path("measured").asText(),
                        goal.path("met").asBoolean() ? "met" : "**missed**"));
                title = "";
            }
        }
        text.append('\n').append(goals).append('\n');
        root.path("machine")
                .forEach(fact -> text.append("- ").append(fact.asText()).append('\n'));
        return text.toString();
    }

    private static String titled(String name, JsonNode result) {
        return name + ": " + result.path("about").asText();
    }

    private static String contender(String title, JsonNode json) {
        return row(
                title,
                json.path("name").asText(),
                json.path("rounds").asText(),
                decimals(json.path("seconds"), 2),
                json.has("ratio") ? decimals(json.path("ratio"), 2) : "",
                decimals(json.path("cpuSeconds"), 2),
                decimals(json.path("memoryMiB"), 0),
                json.path("requests").asText(),
                json.path("connections").asText());
    }

    private static String decimals(JsonNode number, int places) {
        return String.format(Locale.ROOT, "%." + places + "f", number.asDouble());
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String oneLine(String text) {
        return text.replace('\n', ' ').replace('|', '/');
    }
}
