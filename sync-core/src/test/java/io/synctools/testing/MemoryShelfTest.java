package io.synctools.testing;

import io.synctools.model.ArtifactRef;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import java.util.List;
import java.util.Map;

class MemoryShelfTest extends FileTargetContract {
    private final MemoryShelf shelf = new MemoryShelf();

    @Override
    protected Target<FileSource> target(RunContext context) {
        return shelf;
    }

    @Override
    protected ArtifactRef destination(String name) {
        return ArtifactRef.of("shelf", name);
    }

    @Override
    protected Map<String, byte[]> visible(ArtifactRef destination) {
        return shelf.files(destination.name());
    }

    @Override
    protected Object trace() {
        return List.of(shelf.files("models/org/name-1.5"), shelf.staged("models/org/name-1.5"));
    }
}
