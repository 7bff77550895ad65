package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lint --online} against one server that is both hubs and a registry. */
class LintOnlineTest {
    private static final String MISSING_AT_MODELSCOPE = "{\"Code\":10010205001,\"Message\":\"record not found\"}";
    private static final String NO_ACCESS_AT_MODELSCOPE = "{\"Code\":10010200001,\"Message\":\"no access\"}";
    private static final String FILES = "{\"Code\":200,\"Success\":true,\"Data\":{\"Files\":[]}}";

    @TempDir
    Path folder;

    private final MockWebServer hub = new MockWebServer();
    private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
    private final Map<String, MockResponse> answers = new HashMap<>();
    private final ConcurrentLinkedQueue<MockResponse> first = new ConcurrentLinkedQueue<>();
    private Console console;

    @BeforeEach
    void start() throws IOException {
        hub.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                asked.add(request.getUrl().encodedPath());
                MockResponse before = first.poll();
                return before != null
                        ? before
                        : answers.getOrDefault(request.getUrl().encodedPath(), response(404, "{}"));
            }
        });
        hub.start();
        there(
                "/api/models/Qwen/Qwen2.5-7B-Instruct/revision/main",
                "{\"sha\":\"" + "a".repeat(40) + "\",\"gated\":false}");
        there("/api/v1/models/Qwen/Qwen2.5-7B-Instruct/repo/files", FILES);
        there("/api/v1/datasets/openai/gsm8k", "{\"Code\":200,\"Success\":true,\"Data\":{\"Id\":7}}");
        there("/v2/ascend/cann/tags/list", "{\"name\":\"ascend/cann\",\"tags\":[\"8.0\"]}");
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private static MockResponse response(int status, String body, String... headers) {
        MockResponse.Builder response = new MockResponse.Builder().code(status).body(body);
        for (int i = 0; i < headers.length; i += 2) {
            response.addHeader(headers[i], headers[i + 1]);
        }
        return response.build();
    }

    private void there(String path, String body) {
        answers.put(path, response(200, body));
    }

    private int lint(String... arguments) {
        return lint(Map.of(), arguments);
    }

    private int lint(Map<String, String> environment, String... arguments) {
        String address = hub.url("/").toString();
        console = new Console(folder).with("HF_ENDPOINT", address).with("MODELSCOPE_ENDPOINT", address);
        environment.forEach(console::with);
        List<String> all = new ArrayList<>(List.of("lint", "--online"));
        all.addAll(List.of(arguments));
        return console.run(all.toArray(String[]::new));
    }

    private String models(String... entries) throws IOException {
        return Files.writeString(folder.resolve("models.ini"), String.join("\n", entries) + "\n")
                .toString();
    }

    @Test
    void eachThingIsAskedAboutOnceAndWellIsSilent() throws Exception {
        String models = models("Qwen/Qwen2.5-7B-Instruct", "[huggingface]", "Qwen/Qwen2.5-7B-Instruct");
        String again = Files.writeString(folder.resolve("more-models.ini"), "Qwen/Qwen2.5-7B-Instruct\n")
                .toString();
        String datasets = Files.writeString(folder.resolve("datasets.ini"), "openai/gsm8k\n")
                .toString();
        String registry = hub.getHostName().equals("localhost") ? "localhost" : "127.0.0.1";
        String images = Files.writeString(
                        folder.resolve("images.json"),
                        "[{\"src\": \"" + registry + ":" + hub.getPort()
                                + "/ascend/cann\", \"dest\": \"quay.io/x/cann\"}]")
                .toString();
        assertEquals(0, lint(models, again, datasets, images), () -> console.out() + console.err());
        assertTrue(console.out().lines().allMatch(line -> line.contains("warning: ")), console::out);
        assertEquals(
                List.of(
                        "/api/models/Qwen/Qwen2.5-7B-Instruct/revision/main",
                        "/api/v1/datasets/openai/gsm8k",
                        "/api/v1/models/Qwen/Qwen2.5-7B-Instruct/repo/files",
                        "/v2/ascend/cann/tags/list"),
                asked.stream().sorted().toList());
    }

    @Test
    void aNameThatNobodyKnowsIsAnErrorAtItsPlaceWithTheNearestKnownOne() throws Exception {
        answers.put("/api/v1/models/Qwen/Qwen2.5-7B-Instrct/repo/files", response(404, MISSING_AT_MODELSCOPE));
        answers.put("/api/v1/models/deepseek-ai/Qwen2.5-7B-Instruct/repo/files", response(404, MISSING_AT_MODELSCOPE));
        answers.put(
                "/api/models/Qwen/Qwen2.5-7B-Instuct/revision/main",
                response(401, "{}", "X-Error-Code", "RepoNotFound"));
        String models = models(
                "Qwen/Qwen2.5-7B-Instruct",
                "Qwen/Qwen2.5-7B-Instrct",
                "  deepseek-ai/Qwen2.5-7B-Instruct",
                "[huggingface]",
                "Qwen/Qwen2.5-7B-Instruct",
                "Qwen/Qwen2.5-7B-Instuct");
        assertEquals(1, lint(models), console::err);
        List<String> errors =
                console.out().lines().filter(line -> line.contains(": error: ")).toList();
        assertEquals(3, errors.size(), console::out);
        assertTrue(errors.get(0).startsWith(models + ":2:1: error: "), errors.get(0));
        assertTrue(errors.get(0).contains("there is no model Qwen/Qwen2.5-7B-Instrct"), errors.get(0));
        assertTrue(errors.get(0).endsWith("; did you mean \"Qwen/Qwen2.5-7B-Instruct\"?"), errors.get(0));
        assertTrue(errors.get(1).startsWith(models + ":3:3: error: "), errors.get(1));
        assertTrue(errors.get(1).endsWith("; did you mean \"Qwen/Qwen2.5-7B-Instruct\"?"), errors.get(1));
        assertTrue(errors.get(2).startsWith(models + ":6:1: error: "), errors.get(2));
        assertTrue(errors.get(2).contains("does not exist or is private"), errors.get(2));
        assertTrue(errors.get(2).contains("HF_TOKEN"), errors.get(2));
    }

    @Test
    void gatedAndPrivateAreToldApartWithTheVariableToSet() throws Exception {
        there("/api/models/meta-llama/Llama-3.1-8B/revision/main", "{\"sha\":\"x\",\"gated\":\"manual\"}");
        answers.put("/api/v1/models/acme/secret/repo/files", response(404, NO_ACCESS_AT_MODELSCOPE));
        String models = models("acme/secret", "[huggingface]", "meta-llama/Llama-3.1-8B");
        assertEquals(1, lint(models), console::err);
        List<String> lines = console.out().lines().toList();
        assertTrue(lines.get(0).contains("no access to model acme/secret"), lines.get(0));
        assertTrue(lines.get(0).contains("set MODELSCOPE_API_TOKEN"), lines.get(0));
        assertTrue(lines.get(1).contains("meta-llama/Llama-3.1-8B@main is gated"), lines.get(1));
        assertTrue(lines.get(1).contains("HF_TOKEN"), lines.get(1));
        assertEquals(2, asked.size());

        Map<String, String> token = Map.of("HF_TOKEN", "hf_0123456789");
        answers.put("/api/models/meta-llama/Llama-3.1-8B/auth-check", response(403, "{}", "X-Error-Code", "GatedRepo"));
        assertEquals(1, lint(token, models));
        assertTrue(console.out().contains("(the present one has no access)"), console::out);
        there("/api/models/meta-llama/Llama-3.1-8B/auth-check", "");
        assertEquals(1, lint(token, models));
        assertEquals(1, console.out().lines().count(), console::out);
        answers.remove("/api/models/meta-llama/Llama-3.1-8B/auth-check");
        assertEquals(1, lint(token, models));
        assertEquals(1, console.out().lines().count(), "a mirror that does not know the question");
    }

    @Test
    void revisionsAndProjectsAreAskedAboutToo() throws Exception {
        answers.put(
                "/api/models/Qwen/Qwen2.5-7B-Instruct/revision/v9",
                response(404, "{}", "X-Error-Code", "RevisionNotFound"));
        Files.createDirectory(folder.resolve("projects"));
        Files.writeString(folder.resolve("projects-clusters.json"), "{\"one\": {\"clusters\": [\"a\"]}}");
        Files.writeString(folder.resolve("projects/one.json"), """
                {"models": [
                  {"platform": "huggingface", "organization": "Qwen", "model_name": "Qwen2.5-7B-Instruct", "revision": "v9"},
                  {"platform": "huggingface", "organization": "Qwen", "model_name": "Qwen2.5-7B-Instruct", "local_dir": "other"}
                ]}
                """);
        String clusters = folder.resolve("projects-clusters.json").toString();
        assertEquals(1, lint("--format", "json", clusters), console::err);
        JsonNode faults = Json.MAPPER.readTree(console.out());
        assertEquals(1, faults.size());
        assertEquals(
                folder.resolve("projects/one.json").toString(),
                faults.get(0).get("file").asText());
        assertEquals(2, faults.get(0).get("line").asInt());
        assertEquals("error", faults.get(0).get("severity").asText());
        assertTrue(faults.get(0).get("message").asText().contains("no such revision"), console::out);
        assertFalse(faults.get(0).get("message").asText().contains("did you mean"), "the name is right");

        assertEquals(1, lint(Map.of("GITHUB_ACTIONS", "true"), clusters));
        assertTrue(console.out().startsWith("::error file=" + folder.resolve("projects/one.json") + ",line=2,col="));
    }

    @Test
    void faultsOfBothKindsAreToldAtOnceAndThoseOfTheFileDecide() throws Exception {
        answers.put("/api/v1/models/a/b/repo/files", response(404, MISSING_AT_MODELSCOPE));
        String models = models("a/b", "no-organization");
        assertEquals(2, lint(models));
        assertEquals(
                List.of(models + ":1:1: error:", models + ":2:1: error:"),
                console.out()
                        .lines()
                        .map(line -> line.substring(0, line.indexOf("error:") + 6))
                        .toList());
    }

    @Test
    void aHubThatAsksToWaitIsWaitedFor() throws Exception {
        first.add(response(429, ""));
        assertEquals(0, lint(models("Qwen/Qwen2.5-7B-Instruct")), () -> console.out());
        assertEquals(2, asked.size());
    }

    @Test
    void aRegistryThatHidesARepositorySaysWhichVariablesToSet() throws Exception {
        answers.put("/v2/ascend/hidden/tags/list", response(401, "{}"));
        String host = "127.0.0.1:" + hub.getPort();
        String images = Files.writeString(
                        folder.resolve("images.json"),
                        "[{\"src\": \"" + host + "/ascend/hidden\", \"dest\": \"quay.io/x/y\"},\n" + "{\"src\": \""
                                + host + "/ascend/none\", \"dest\": \"quay.io/x/z\"}]")
                .toString();
        assertEquals(1, lint(images));
        List<String> lines = console.out().lines().toList();
        assertEquals(2, lines.size(), console::out);
        assertTrue(lines.get(0).contains("a login is needed"), lines.get(0));
        assertTrue(lines.get(0).contains("_127_0_0_1_" + hub.getPort() + "_USER"), lines.get(0));
        assertTrue(lines.get(1).contains("/ascend/none does not exist"), lines.get(1));
    }
}
