package io.synctools.examples.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubTest {
    private final OkHttpClient client =
            new OkHttpClient.Builder().followRedirects(false).build();

    @TempDir
    Path folder;

    private Hub hub;

    @BeforeEach
    void start() throws IOException {
        Path model = Files.createDirectories(folder.resolve("models/acme/tiny.v1"));
        Files.writeString(model.resolve("config.json"), "{}");
        Files.createDirectory(model.resolve("sub dir"));
        Files.writeString(model.resolve("sub dir/ä.txt"), "0123456789");
        Files.writeString(model.resolve("model.safetensors"), "weights");
        Path dataset = Files.createDirectories(folder.resolve("datasets/acme/rows"));
        Files.writeString(dataset.resolve("a.csv"), "1\n");
        Files.writeString(dataset.resolve("b.csv"), "2\n");
        hub = Hub.start(Hub.Options.PLAIN, HubRepository.allBelow(folder));
    }

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    private Response get(String path, String... headers) throws IOException {
        Request.Builder request = new Request.Builder().url(path.startsWith("http") ? path : hub.origin() + path);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.newCall(request.build()).execute();
    }

    private JsonNode json(String path) throws IOException {
        try (Response response = get(path)) {
            assertEquals(200, response.code(), path);
            return Json.MAPPER.readTree(response.body().string());
        }
    }

    private static List<String> texts(JsonNode array, String field) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.get(field).asText()));
        return texts;
    }

    @Test
    void tellsAboutTheFilesThatTheJavaScriptClientNames() throws IOException {
        RequestBody body = RequestBody.create(
                "{\"paths\":[\"sub dir/ä.txt\",\"absent\",\"model.safetensors\"],\"expand\":true}",
                MediaType.get("application/json"));
        Request request = new Request.Builder()
                .url(hub.origin() + "/api/models/acme/tiny.v1/paths-info/main")
                .post(body)
                .build();
        try (Response response = client.newCall(request).execute()) {
            JsonNode found = Json.MAPPER.readTree(response.body().string());
            assertEquals(List.of("sub dir/ä.txt", "model.safetensors"), texts(found, "path"));
            assertEquals(7, found.get(1).get("lfs").get("size").asInt());
        }
    }

    @Test
    void listsAModelAsModelScopeDoes() throws IOException {
        JsonNode answer = json("/api/v1/models/acme/tiny.v1/repo/files?Revision=master&Recursive=True");
        assertEquals(200, answer.get("Code").asInt());
        JsonNode files = answer.get("Data").get("Files");
        assertEquals(List.of("config.json", "model.safetensors", "sub dir/ä.txt"), texts(files, "Path"));
        assertEquals(
                "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
                files.get(0).get("Sha256").asText());
        try (Response response = get("/api/v1/models/acme/none/repo/files?Revision=master")) {
            assertEquals(404, response.code());
            assertEquals(
                    10010205001L,
                    Json.MAPPER.readTree(response.body().string()).get("Code").asLong());
        }
        try (Response response = get("/api/v1/models/acme/tiny.v1/repo/files?Revision=v9")) {
            assertEquals(404, response.code());
        }
    }

    @Test
    void pagesADatasetAsModelScopeDoes() throws IOException {
        String id = json("/api/v1/datasets/acme/rows").get("Data").get("Id").asText();
        for (String name : List.of(id, "acme/rows")) {
            String tree = "/api/v1/datasets/" + name + "/repo/tree?Revision=master&PageSize=1&PageNumber=";
            assertEquals(List.of("a.csv"), texts(json(tree + 1).get("Data").get("Files"), "Path"));
            assertEquals(List.of("b.csv"), texts(json(tree + 2).get("Data").get("Files"), "Path"));
            assertEquals(List.of(), texts(json(tree + 3).get("Data").get("Files"), "Path"));
        }
    }

    @Test
    void servesRangesOfFiles() throws IOException {
        String file = "/api/v1/models/acme/tiny.v1/repo?Revision=master&FilePath=sub+dir%2F%C3%A4.txt";
        try (Response response = get(file, "Range", "bytes=2-4")) {
            assertEquals(206, response.code());
            assertEquals("bytes 2-4/10", response.header("Content-Range"));
            assertEquals("234", response.body().string());
        }
        try (Response response = get(file, "Range", "bytes=7-")) {
            assertEquals("789", response.body().string());
        }
        try (Response response = get(file, "Range", "bytes=10-")) {
            assertEquals(416, response.code());
            assertEquals("bytes */10", response.header("Content-Range"));
        }
        try (Response response = get(file)) {
            assertEquals(200, response.code());
            assertEquals("0123456789", response.body().string());
        }
        assertEquals(4, hub.requests());
        assertEquals(1, hub.connections());
    }

    @Test
    void sendsBigFilesFromASecondOrigin() throws IOException {
        for (String path : List.of(
                "/api/v1/models/acme/tiny.v1/repo?Revision=master&FilePath=model.safetensors",
                "/acme/tiny.v1/resolve/main/model.safetensors")) {
            try (Response response = get(path)) {
                assertEquals(302, response.code());
                String location = response.header("Location");
                assertTrue(location.startsWith("http://127.0.0.1:"), location);
                assertTrue(!location.startsWith(hub.origin().toString()), location);
                try (Response file = get(location, "Range", "bytes=1-")) {
                    assertEquals("eights", file.body().string());
                }
            }
        }
    }

    @Test
    void describesAndListsAsHuggingFaceDoes() throws IOException {
        String commit = json("/api/models/acme/tiny.v1").get("sha").asText();
        assertTrue(commit.matches("[0-9a-f]{40}"));
        assertEquals(
                commit,
                json("/api/models/acme/tiny.v1/revision/" + commit).get("sha").asText());
        JsonNode tree = json("/api/models/acme/tiny.v1/tree/main?recursive=true");
        assertEquals(List.of("config.json", "model.safetensors", "sub dir", "sub dir/ä.txt"), texts(tree, "path"));
        // git hash-object on a file that holds {}
        assertEquals(
                "9e26dfeeb6e641a33dae4961196235bdb965b21b",
                tree.get(0).get("oid").asText());
        assertEquals(7, tree.get(1).get("lfs").get("size").asInt());
        try (Response response = get("/api/models/acme/tiny.v1/tree/v9?recursive=true")) {
            assertEquals(404, response.code());
            assertEquals("RevisionNotFound", response.header("X-Error-Code"));
        }
        try (Response response = get("/datasets/acme/rows/resolve/main/a.csv")) {
            assertEquals("1\n", response.body().string());
            assertTrue(response.header("X-Repo-Commit").matches("[0-9a-f]{40}"));
        }
    }

    @Test
    void pagesLongTreesWithLinks() throws IOException {
        List<HubFile> files = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            files.add(HubFile.random("f%04d".formatted(i), 8, i));
        }
        hub.put(HubRepository.of("models/acme/many", files));
        List<String> paths = new ArrayList<>();
        String next = "/api/models/acme/many/tree/main?recursive=true";
        int pages = 0;
        while (next != null) {
            try (Response response = get(next)) {
                paths.addAll(texts(Json.MAPPER.readTree(response.body().string()), "path"));
                String link = response.header("Link");
                next = link == null ? null : link.substring(1, link.indexOf('>'));
                pages++;
            }
        }
        assertEquals(3, pages);
        assertEquals(files.stream().map(HubFile::path).toList(), paths);
    }

    @Test
    void movesOnWhenARepositoryIsReplaced() throws IOException {
        String before = json("/api/models/acme/tiny.v1").get("sha").asText();
        hub.put(HubRepository.of("models/acme/tiny.v1", List.of(HubFile.of("config.json", "{\"a\":1}"))));
        assertNotEquals(before, json("/api/models/acme/tiny.v1").get("sha").asText());
    }

    @Test
    void aCapHoldsForEachConnectionAndLatencyForEachRequest() throws IOException {
        HubFile file = HubFile.random("blob", 200_000, 7);
        Hub.Options slow = new Hub.Options(0, Duration.ofMillis(50), 1_000_000);
        try (Hub capped = Hub.start(slow, List.of(HubRepository.of("models/acme/blob", List.of(file))))) {
            long began = System.nanoTime();
            byte[] got;
            try (Response response = get(capped.origin() + "/acme/blob/resolve/main/blob")) {
                got = response.body().bytes();
            }
            long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
            assertEquals(200_000, got.length);
            assertTrue(millis >= 50 + 180, () -> "took only " + millis + " ms");
            assertArrayEquals(bytes(file), got);
        }
    }

    private static byte[] bytes(HubFile file) {
        return file.content().inMemory().orElseThrow();
    }
}
