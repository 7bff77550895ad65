package io.synctools.examples.guides;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.testing.FileSourceContract;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SumsSourceTest extends FileSourceContract {
    private final Map<String, byte[]> served = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final MockWebServer server = new MockWebServer();

    private SumsSource source;

    @BeforeEach
    void start() throws IOException {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return answer(request);
            }
        });
        server.start();
        source = new SumsSource(base(), RunContext.of(SyncOptions.DEFAULTS));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private URI base() {
        return URI.create("http://127.0.0.1:" + server.getPort() + "/sums/");
    }

    private MockResponse answer(RecordedRequest request) {
        requests.incrementAndGet();
        byte[] body = served.get(request.getUrl().uri().getPath());
        MockResponse.Builder answer = new MockResponse.Builder();
        if (body == null) {
            return answer.code(404).build();
        }
        return request.getMethod().equals("HEAD")
                ? answer.setHeader("Content-Length", body.length).build()
                : answer.body(new Buffer().write(body)).build();
    }

    @Override
    protected FileSource source() {
        return source;
    }

    @Override
    protected ArtifactRef repository(Map<String, byte[]> files) throws Exception {
        served.clear();
        StringBuilder sums = new StringBuilder();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(file.getValue());
            sums.append(HexFormat.of().formatHex(hash))
                    .append("  ")
                    .append(file.getKey())
                    .append('\n');
            served.put("/sums/team/demo/" + file.getKey(), file.getValue());
        }
        served.put("/sums/team/demo/SHA256SUMS", sums.toString().getBytes(StandardCharsets.UTF_8));
        return ArtifactRef.of("sums", "team/demo");
    }

    @Override
    protected ArtifactRef absent() {
        return ArtifactRef.of("sums", "team/absent");
    }

    @Test
    void reportsCountItsRequestsAndNameItsHost(@TempDir Path archives) throws Exception {
        ArtifactRef from = repository(Map.of("a.txt", new byte[] {1}, "b.txt", new byte[] {2, 3}));
        RunContext context = RunContext.of(
                SyncOptions.builder().set(ArchiveTargetProvider.ROOT, archives).build());
        Platforms platforms = Platforms.builder()
                .source("sums", new SumsSource(base(), context))
                .target(new ArchiveTargetProvider())
                .build();
        try (Syncer syncer =
                Syncer.builder().context(context).platforms(platforms).build()) {
            SyncItem item = SyncItem.of(from, ArtifactRef.of("archive", "team/demo"));
            SyncReport report = syncer.run(SyncPlan.of("sums", List.of(item)));

            assertEquals(0, report.exit(), report::toJson);
            assertEquals(requests.get(), report.items().get(0).requests());
            assertEquals(base().getAuthority(), report.items().get(0).host());
        }
        context.close();
    }
}
