package io.synctools.examples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.examples.serve.Site.Layout;
import io.synctools.internal.json.Json;
import io.synctools.serve.RunningHub;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** While snapshots follow each other, readers get the bytes of one of them under its checksum, never those of another. */
class TornPublicationTest {
    private static final String NAME = "models/acme/tiny";
    private static final int FILES = 40;
    private static final int PUBLICATIONS = Boolean.getBoolean("nightly") ? 300 : 12;

    private final OkHttpClient client = new OkHttpClient();
    private final AtomicInteger read = new AtomicInteger();

    @TempDir
    Path folder;

    /** Files of one size, whatever the snapshot: only their content tells them apart. */
    private static HubRepository snapshot(int number) throws IOException {
        List<HubFile> files = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            files.add(HubFile.of("data/%02d.txt".formatted(i), "file %02d of snapshot %05d".formatted(i, number)));
        }
        return HubRepository.of(NAME, files);
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void readersGetOneOrTheOther(Layout layout) throws Exception {
        Site site = new Site(folder);
        ExecutorService readers = Executors.newFixedThreadPool(2);
        AtomicBoolean going = new AtomicBoolean(true);
        try (Hub origin = Hub.start(Hub.Options.PLAIN, List.of(snapshot(0)));
                RunningHub hub = site.server().start(0)) {
            assertEquals(0, site.mirror(origin.origin(), layout, NAME).exit());
            List<Future<?>> ends = new ArrayList<>();
            for (int reader = 0; reader < 2; reader++) {
                ends.add(readers.submit(() -> {
                    while (going.get()) {
                        readAll(hub, layout);
                    }
                    return null;
                }));
            }
            for (int i = 1; i <= PUBLICATIONS; i++) {
                origin.put(snapshot(i));
                assertEquals(0, site.mirror(origin.origin(), layout, NAME).exit());
            }
            going.set(false);
            for (Future<?> end : ends) {
                end.get();
            }
            assertTrue(read.get() > FILES, "somebody read meanwhile: " + read);
        } finally {
            going.set(false);
            readers.shutdownNow();
        }
    }

    private void readAll(RunningHub hub, Layout layout) throws IOException {
        boolean isModelScope = layout.branch().equals("master");
        String listing = isModelScope
                ? "/api/v1/models/acme/tiny/repo/files?Revision=master&Recursive=True"
                : "/api/models/acme/tiny/tree/main?recursive=true";
        List<JsonNode> files = new ArrayList<>();
        String commit;
        try (Response response = get(hub, listing)) {
            JsonNode answer = Json.MAPPER.readTree(response.body().string());
            (isModelScope ? answer.at("/Data/Files") : answer).forEach(row -> {
                if (!row.path("type").asText().equals("directory")) {
                    files.add(row);
                }
            });
            commit = response.header("X-Repo-Commit", "");
        }
        assertEquals(FILES, files.size());
        for (JsonNode file : files) {
            String path = file.path(isModelScope ? "Path" : "path").asText();
            String address = isModelScope
                    ? "/api/v1/models/acme/tiny/repo?Revision=master&FilePath=" + path
                    : "/acme/tiny/resolve/" + commit + "/" + path;
            try (Response response = get(hub, address)) {
                String text = response.body().string();
                if (response.code() == 404 && !isModelScope) {
                    return; // that commit was replaced
                }
                assertEquals(200, response.code(), address);
                String tag = response.header("ETag", "").replace("\"", "");
                HubFile came = HubFile.of(path, text);
                assertEquals(tag, isModelScope ? came.sha256() : came.gitBlob(), () -> address + ": " + text);
                if (!isModelScope) {
                    assertEquals(file.path("oid").asText(), tag, "what is listed is what comes");
                }
                read.incrementAndGet();
            }
        }
    }

    private Response get(RunningHub hub, String address) throws IOException {
        return client.newCall(new Request.Builder().url(hub.uri() + address).build())
                .execute();
    }
}
