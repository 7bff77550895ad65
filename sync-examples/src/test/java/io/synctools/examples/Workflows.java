package io.synctools.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The workflow files of the repository, and what is wrong with them by rules that no general checker knows. */
final class Workflows {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path FOLDER = ROOT.resolve(".github/workflows");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final String TEST = "test.yml";
    private static final String LOCAL = "./.github/workflows/";
    private static final String SWITCH = "vars.SYNC_ENABLED == 'true'";
    private static final Pattern SYNC = Pattern.compile("\\./sync\\s+(\\S+)");

    /** Where each flow runs and which disk it fills, as the outward contract has it. */
    private static final Map<String, List<String>> RUNNER_AND_GROUP = Map.of(
            "vllm-guiyang003", List.of("linux-amd64-vllm-guiyang003", "sync-guiyang003"),
            "sglang-sglang01", List.of("linux-amd64-sglang-sglang01", "sync-sglang01"),
            "sglang-guiyang004", List.of("linux-amd64-sglang-guiyang004", "sync-guiyang004"),
            "hk001-models", List.of("linux-aarch64-sync-hk001", "sync-hk001-models"),
            "hk001-datasets", List.of("linux-aarch64-sync-hk001", "sync-hk001-datasets"));

    private static final Set<String> FLOWS =
            Flows.ALL.stream().map(Flows.Named::name).collect(Collectors.toSet());
    private static final Set<String> TOOLS = Stream.concat(
                    Stream.of("test"), Tools.ALL.stream().map(Tools.Named::name))
            .collect(Collectors.toSet());

    /** The labels of our own runners. */
    static final Set<String> LABELS =
            RUNNER_AND_GROUP.values().stream().map(pair -> pair.get(0)).collect(Collectors.toSet());

    private final Map<String, JsonNode> files = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    /** Reads workflows, given by the names of their files. */
    Workflows(Map<String, String> texts) throws IOException {
        for (Map.Entry<String, String> one : texts.entrySet()) {
            files.put(one.getKey(), YAML.readTree(one.getValue()));
        }
    }

    /** The texts of the repository's workflow files by their names. */
    static Map<String, String> texts() throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        try (Stream<Path> all = Files.list(FOLDER)) {
            for (Path file :
                    all.filter(one -> one.toString().endsWith(".yml")).sorted().toList()) {
                texts.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return texts;
    }

    /** The script of a step. */
    String script(String file, String job, String step) {
        for (JsonNode one : files.get(file).path("jobs").path(job).path("steps")) {
            if (one.path("name").asText().equals(step)) {
                return one.path("run").asText();
            }
        }
        throw new IllegalArgumentException(file + " has no step \"" + step + "\" in " + job);
    }

    /** All scripts, by where they stand. */
    Map<String, String> scripts() {
        Map<String, String> scripts = new LinkedHashMap<>();
        files.forEach((file, workflow) ->
                each(workflow.path("jobs"), (name, job) -> job.path("steps").forEach(step -> {
                    if (step.has("run")) {
                        scripts.put(
                                file + ": " + name + ": " + step.path("name").asText(),
                                step.path("run").asText());
                    }
                })));
        return scripts;
    }

    /** What is wrong, as {@code file: what}. */
    List<String> faults() throws IOException {
        faults.clear();
        checkGroups();
        for (Map.Entry<String, JsonNode> one : files.entrySet()) {
            checkPaths(one.getKey(), one.getValue());
            checkCaller(one.getKey(), one.getValue());
            if (!one.getValue().path("permissions").toString().equals("{\"contents\":\"read\"}")) {
                fault(one.getKey(), "permissions are more than to read contents");
            }
            each(one.getValue().path("jobs"), (name, job) -> checkJob(one.getKey(), one.getValue(), job));
        }
        scripts().forEach(this::checkScript);
        return List.copyOf(faults);
    }

    private void fault(String file, String what) {
        faults.add(file + ": " + what);
    }

    private interface Use {
        void of(String name, JsonNode value);
    }

    private static void each(JsonNode object, Use use) {
        object.fieldNames().forEachRemaining(name -> use.of(name, object.get(name)));
    }

    private void checkGroups() {
        Map<String, String> owners = new TreeMap<>();
        files.forEach((file, workflow) -> {
            if (workflow.path("on").has("workflow_call")) {
                return; // runs in its caller's group
            }
            String group = workflow.path("concurrency").path("group").asText();
            String fixed = group.replaceFirst("-?\\$\\{\\{.*", "");
            boolean isTest = file.equals(TEST);
            String other = owners.putIfAbsent(fixed, file);
            if (group.isEmpty()) {
                fault(file, "no concurrency group");
            } else if (other != null) {
                fault(file, "shares the group " + fixed + " with " + other);
            }
            if (group.contains("github.ref") != isTest) {
                fault(file, "the group names the ref");
            }
            if (workflow.path("concurrency").path("cancel-in-progress").asBoolean(true) != isTest) {
                fault(file, "a start cancels what runs");
            }
        });
    }

    private void checkPaths(String file, JsonNode workflow) throws IOException {
        List<Path> all = files();
        for (String event : List.of("push", "pull_request")) {
            for (JsonNode pattern : workflow.path("on").path(event).path("paths")) {
                PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern.asText());
                if (all.stream().noneMatch(matcher::matches)) {
                    fault(file, "no file is called " + pattern.asText());
                }
            }
        }
    }

    private static List<Path> files() throws IOException {
        List<Path> all = new ArrayList<>();
        for (String folder : List.of(".github", "sync-examples/config", "sync-examples/src/main")) {
            try (Stream<Path> inside = Files.walk(ROOT.resolve(folder))) {
                inside.filter(Files::isRegularFile).map(ROOT::relativize).forEach(all::add);
            }
        }
        return all;
    }

    /** Jobs that call another file: it exists, takes what it is given, and the flow runs where it belongs. */
    private void checkCaller(String file, JsonNode workflow) {
        each(workflow.path("jobs"), (name, job) -> {
            String uses = job.path("uses").asText();
            if (uses.isEmpty()) {
                return;
            }
            JsonNode called = files.get(uses.startsWith(LOCAL) ? uses.substring(LOCAL.length()) : "");
            if (called == null) {
                fault(file, uses + " is not there");
                return;
            }
            JsonNode inputs = called.path("on").path("workflow_call").path("inputs");
            each(job.path("with"), (input, value) -> {
                if (!inputs.has(input)) {
                    fault(file, uses + " takes no " + input);
                }
            });
            each(inputs, (input, declared) -> {
                if (declared.path("required").asBoolean() && !job.path("with").has(input)) {
                    fault(file, uses + " needs " + input);
                }
            });
            checkFlow(file, workflow, job.path("with"));
        });
    }

    private void checkFlow(String file, JsonNode workflow, JsonNode given) {
        String flow = given.path("flow").asText();
        if (!FLOWS.contains(flow)) {
            fault(file, "there is no flow " + flow);
        } else if (RUNNER_AND_GROUP.containsKey(flow)) {
            String runner = RUNNER_AND_GROUP.get(flow).get(0);
            String group = RUNNER_AND_GROUP.get(flow).get(1);
            if (!given.path("runner").asText().equals(runner)) {
                fault(file, flow + " runs on " + runner);
            }
            if (!workflow.path("concurrency").path("group").asText().equals(group)) {
                fault(file, "the group of that disk is " + group);
            }
        }
    }

    private void checkJob(String file, JsonNode workflow, JsonNode job) {
        boolean waits = workflow.path("jobs").has(job.path("needs").asText());
        if (!job.path("if").asText().contains(SWITCH) && !waits && !job.has("uses")) {
            fault(file, "a fork runs it");
        }
        job.path("strategy").path("matrix").path("flow").forEach(flow -> {
            if (!FLOWS.contains(flow.asText())) {
                fault(file, "there is no flow " + flow.asText());
            }
        });
        if (job.has("strategy") && job.path("strategy").path("fail-fast").asBoolean(true)) {
            fault(file, "one failing job stops the others");
        }
        if (job.has("uses")) {
            return;
        }
        int minutes = job.path("timeout-minutes").asInt();
        if (minutes < 1 || minutes > 5 * 24 * 60) {
            fault(file, "no timeout-minutes that Actions takes");
        }
        boolean contained = job.has("container");
        if (contained && !job.path("container").path("options").asText().contains("--user root")) {
            fault(file, "the image's user may not write to the workspace");
        }
        for (JsonNode step : job.path("steps")) {
            checkNotification(file, step);
            if (contained && step.path("with").path("path").asText().contains("~/.m2")) {
                fault(file, "Maven's folder is not in the home of a container's job");
            }
            String uses = step.path("uses").asText();
            if (uses.startsWith("actions/checkout@")
                    && step.path("with").path("persist-credentials").asBoolean(true)) {
                fault(file, "the checkout keeps the token");
            }
            if (uses.startsWith("actions/upload-artifact@")
                    && !(step.path("if").asText().contains("!cancelled()")
                            && step.path("with")
                                    .path("if-no-files-found")
                                    .asText()
                                    .equals("warn"))) {
                fault(file, "the report of a failed run is lost");
            }
        }
    }

    /** Whatever becomes of a notification, it is no failure of the job. */
    private void checkNotification(String file, JsonNode step) {
        if (step.path("run").asText().contains("./sync notify")
                && !(step.path("continue-on-error").asBoolean()
                        && step.path("if").asText().contains("!cancelled()"))) {
            fault(file, "a notification may fail the job, or is not sent for a failed one");
        }
    }

    private void checkScript(String where, String script) {
        if (script.contains("${{")) {
            fault(where, "an expression inside of a script; hand it over by env");
        }
        Matcher calls = SYNC.matcher(script);
        while (calls.find()) {
            String name = calls.group(1);
            if (!name.equals("\"$FLOW\"") && !FLOWS.contains(name) && !TOOLS.contains(name)) {
                fault(where, "./sync does not know " + name);
            }
        }
    }
}
