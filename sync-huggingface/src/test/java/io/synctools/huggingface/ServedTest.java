package io.synctools.huggingface;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.serve.HubServer;
import io.synctools.serve.RunningHub;
import io.synctools.spi.RunContext;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that has core and this platform, and no other, serves what it mirrored. */
@Timeout(60)
class ServedTest {
    private static final String NAME = "models/acme/tiny";

    @TempDir
    Path folder;

    private static RunContext context(URI hub, Path cache) {
        return RunContext.of(SyncOptions.builder()
                .environment(Map.of("HF_ENDPOINT", hub.toString(), "HF_HUB_CACHE", cache.toString()))
                .build());
    }

    private static SyncReport.Item mirror(RunContext context) {
        SyncItem item = SyncItem.of(ArtifactRef.of("huggingface", NAME), ArtifactRef.of("huggingface-cache", NAME));
        return Syncer.builder()
                .context(context)
                .build()
                .run(SyncPlan.of("embedded", List.of(item)))
                .items()
                .get(0);
    }

    @Test
    void aProgramServesWhatItMirrored() throws IOException {
        HubRepository repository = HubRepository.of(
                NAME, List.of(HubFile.of("config.json", "{}"), HubFile.random("model.safetensors", 200_000, 7)));
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        try (Hub origin = Hub.start(Hub.Options.PLAIN, List.of(repository))) {
            RunContext context = context(origin.origin(), first);
            assertEquals(Outcome.COPIED, mirror(context).outcome());
            try (RunningHub hub = HubServer.over(List.of(new HuggingFaceCache(first, true, context)))
                    .start(0)) {
                URL config = URI.create(hub.uri() + "/acme/tiny/resolve/main/config.json")
                        .toURL();
                try (InputStream in = config.openStream()) {
                    assertEquals("{}", new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
                SyncReport.Item again = mirror(context(hub.uri(), second));
                assertEquals(Outcome.COPIED, again.outcome(), again::toString);
                URL other = URI.create(hub.uri() + "/api/v1/models/acme/tiny/revisions")
                        .toURL();
                assertEquals(404, ((HttpURLConnection) other.openConnection()).getResponseCode());
                assertTrue(hub.requests() > 3);
            }
        }
        Path snapshot = Path.of("models--acme--tiny/snapshots", repository.commit(), "model.safetensors");
        assertEquals(-1, Files.mismatch(first.resolve(snapshot), second.resolve(snapshot)));
    }
}
