package io.synctools.huggingface;

import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncOptions;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import io.synctools.testing.FileTargetContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;

class LocalDirContractTest extends FileTargetContract {
    @TempDir
    Path work;

    @Override
    protected Target<FileSource> target(RunContext context) {
        return new LocalDir(work, context);
    }

    @Override
    protected ArtifactRef destination(String name) {
        return ArtifactRef.of("local-dir", name);
    }

    @Override
    protected Map<String, byte[]> visible(ArtifactRef destination) throws IOException {
        Path folder = work.resolve(target(RunContext.of(SyncOptions.DEFAULTS)).path(destination));
        Map<String, byte[]> files = new TreeMap<>();
        for (String name : Mirror.files(folder)) {
            if (!name.startsWith(".cache/")) {
                files.put(name, Files.readAllBytes(folder.resolve(name)));
            }
        }
        return files;
    }

    @Override
    protected Object trace() throws IOException {
        return Mirror.trace(work);
    }
}
