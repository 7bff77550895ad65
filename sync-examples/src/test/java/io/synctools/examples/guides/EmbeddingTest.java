package io.synctools.examples.guides;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.PlanException;
import io.synctools.Sharding;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.PlannedShard;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.modelscope.ModelScopeOptions;
import io.synctools.spi.RunContext;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingTest {
    private static final HubRepository MODEL;

    static {
        try {
            MODEL = HubRepository.of("models/Qwen/Qwen2.5-7B-Instruct", List.of(HubFile.of("config.json", "{}")));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @TempDir
    Path folder;

    @Test
    void theReadmesProgramMirrors() throws IOException {
        try (Hub hub = Hub.start(Hub.Options.PLAIN, List.of(MODEL))) {
            SyncReport report =
                    Embedding.mirror(Map.of("MODELSCOPE_ENDPOINT", hub.origin().toString()), folder);
            assertEquals(Outcome.COPIED, report.items().get(0).outcome());
        }
        assertEquals("{}", Files.readString(folder.resolve("models/Qwen/Qwen2___5-7B-Instruct/config.json")));
    }

    @Test
    void theGuidesProgramMirrorsAListAndReports() throws IOException {
        Path list = Files.writeString(folder.resolve("models.ini"), "Qwen/Qwen2.5-7B-Instruct\nQwen/none\n");
        Path report = folder.resolve("report.json");
        try (Hub hub = Hub.start(Hub.Options.PLAIN, List.of(MODEL))) {
            Nightly nightly =
                    new Nightly(Map.of("MODELSCOPE_ENDPOINT", hub.origin().toString()), folder.resolve("cache"));
            SyncReport result = nightly.mirror(nightly.plan(list), report);
            assertEquals(1, result.exit());
            assertEquals(Outcome.COPIED, result.items().get(0).outcome());
            assertEquals(Outcome.FAILED, result.items().get(1).outcome());
        }
        assertEquals(2, SyncReport.read(report).items().size());
        assertTrue(Files.exists(folder.resolve("cache/models/Qwen/Qwen2___5-7B-Instruct/config.json")));
        Files.writeString(list, "Qwen\n");
        assertThrows(PlanException.class, () -> new Nightly(Map.of(), folder).plan(list));
    }

    @Test
    void theGuidesServiceGetsAFolder() throws Exception {
        ThreadFactory daemons = work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
        };
        String name = "Qwen/Qwen2.5-7B-Instruct";
        Hub hub = Hub.start(Hub.Options.PLAIN, List.of(MODEL));
        Map<String, String> environment =
                Map.of("MODELSCOPE_ENDPOINT", hub.origin().toString(), "MODELSCOPE_CACHE", folder.toString());
        try (Models models = new Models(environment, SSLContext.getDefault(), daemons)) {
            assertThrows(SyncException.class, () -> models.folderOffline(name));
            Path there = models.folder(name);
            assertEquals("{}", Files.readString(there.resolve("config.json")));
            hub.close();
            assertEquals(there, models.folderOffline(name));
        }
    }

    @Test
    void theGuidesSharesAreOfThePlan() throws IOException {
        Path list = Files.writeString(folder.resolve("models.ini"), "Qwen/Qwen2.5-7B-Instruct\n");
        try (Hub hub = Hub.start(Hub.Options.PLAIN, List.of(MODEL))) {
            Map<String, String> environment =
                    Map.of("MODELSCOPE_ENDPOINT", hub.origin().toString());
            SyncPlan plan = new Nightly(environment, folder).plan(list);
            RunContext context = RunContext.of(SyncOptions.builder()
                    .environment(environment)
                    .set(ModelScopeOptions.CACHE, folder)
                    .build());
            Syncer syncer = Syncer.builder().context(context).build();

            SyncReport survey = syncer.survey(plan);
            List<PlannedShard> shards = Sharding.balanced(plan, survey, 4);
            SyncReport report = syncer.run(plan.shard(shards.get(0)));

            assertEquals(4, shards.size());
            assertEquals(1, report.totals().copied(), report::toJson);
        }
    }
}
