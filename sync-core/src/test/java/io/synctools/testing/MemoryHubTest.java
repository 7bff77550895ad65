package io.synctools.testing;

import io.synctools.model.ArtifactRef;
import io.synctools.spi.FileSource;
import java.util.Map;

class MemoryHubTest extends FileSourceContract {
    private final MemoryHub hub = new MemoryHub();

    @Override
    protected FileSource source() {
        return hub;
    }

    @Override
    protected ArtifactRef repository(Map<String, byte[]> files) {
        hub.commit("models/o/n", files);
        return ArtifactRef.of("hub", "models/o/n");
    }

    @Override
    protected ArtifactRef absent() {
        return ArtifactRef.of("hub", "models/o/absent");
    }
}
