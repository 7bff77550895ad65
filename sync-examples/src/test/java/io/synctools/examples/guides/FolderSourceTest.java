package io.synctools.examples.guides;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.synctools.Outcome;
import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.huggingface.HuggingFaceOptions;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.FileSource;
import io.synctools.testing.FileSourceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSourceTest extends FileSourceContract {
    @TempDir
    Path root;

    @Override
    protected FileSource source() {
        return new FolderSource(root);
    }

    @Override
    protected ArtifactRef repository(Map<String, byte[]> files) throws IOException {
        Path folder = Files.createDirectories(root.resolve("team/demo"));
        try (Stream<Path> old = Files.walk(folder)) {
            for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
        return ArtifactRef.of("folder", "team/demo");
    }

    @Override
    protected ArtifactRef absent() {
        return ArtifactRef.of("folder", "team/absent");
    }

    @Test
    void theEngineMirrorsFromIt(@TempDir Path mirror) throws IOException {
        repository(Map.of("config.json", "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        Map<String, String> environment = Map.of("FOLDER_ROOT", root.toString());

        SyncOptions options = SyncOptions.builder()
                .environment(environment)
                .set(HuggingFaceOptions.LOCAL_ROOT, mirror)
                .build();
        Platforms platforms = Platforms.builder()
                .discover()
                .source(new FolderSourceProvider())
                .build();
        Syncer syncer = Syncer.builder().options(options).platforms(platforms).build();
        SyncItem item = SyncItem.of(ArtifactRef.of("folder", "team/demo"), ArtifactRef.of("local-dir", "team/demo"));
        SyncReport report = syncer.run(SyncPlan.of("from-a-folder", List.of(item)));

        assertEquals(Outcome.COPIED, report.items().get(0).outcome(), report::toJson);
        assertEquals("{}", Files.readString(mirror.resolve("team/demo/config.json")));
        assertEquals(0, report.exit());
    }
}
