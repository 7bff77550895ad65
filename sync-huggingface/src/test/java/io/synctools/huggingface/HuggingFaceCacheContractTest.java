package io.synctools.huggingface;

import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncOptions;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import io.synctools.testing.FileTargetContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceCacheContractTest extends FileTargetContract {
    @TempDir
    Path work;

    @Override
    protected Target<FileSource> target(RunContext context) {
        return new HuggingFaceCache(work, true, context);
    }

    @Override
    protected ArtifactRef destination(String name) {
        return ArtifactRef.of("huggingface-cache", name);
    }

    /** What a client finds offline: the snapshot that the branch names. */
    @Override
    protected Map<String, byte[]> visible(ArtifactRef destination) throws IOException {
        Path repo = work.resolve(target(RunContext.of(SyncOptions.DEFAULTS)).path(destination));
        Path ref = repo.resolve("refs/main");
        if (!Files.exists(ref)) {
            return Map.of();
        }
        Path snapshot = repo.resolve("snapshots").resolve(Files.readString(ref, StandardCharsets.US_ASCII));
        Map<String, byte[]> files = new TreeMap<>();
        for (String name : Mirror.files(snapshot)) {
            files.put(name, Files.readAllBytes(snapshot.resolve(name)));
        }
        return files;
    }

    @Override
    protected Object trace() throws IOException {
        return Mirror.trace(work);
    }
}
