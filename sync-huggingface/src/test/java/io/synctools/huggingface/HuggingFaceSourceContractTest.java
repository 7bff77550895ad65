package io.synctools.huggingface;

import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncOptions;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.testing.FaultHub;
import io.synctools.testing.FileSourceContract;
import io.synctools.testing.HubRepo;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class HuggingFaceSourceContractTest extends FileSourceContract {
    private static final String REPO = "datasets/acme/rows";

    private FaultHub hub;
    private FileSource source;

    @BeforeEach
    void start() throws IOException {
        hub = FaultHub.start();
        RunContext context = RunContext.of(SyncOptions.builder()
                .environment(Map.of("HF_ENDPOINT", hub.url()))
                .build());
        source = new HuggingFaceSource(context);
    }

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    @Override
    protected FileSource source() {
        return source;
    }

    @Override
    protected ArtifactRef repository(Map<String, byte[]> files) {
        HubRepo repo = HubRepo.of(REPO);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            boolean isLfs = file.getValue().length > 100;
            repo = isLfs ? repo.withLfs(file.getKey(), file.getValue()) : repo.with(file.getKey(), file.getValue());
        }
        hub.put(repo);
        return ArtifactRef.of("huggingface", REPO);
    }

    @Override
    protected ArtifactRef absent() {
        return ArtifactRef.of("huggingface", "models/acme/nothing");
    }
}
