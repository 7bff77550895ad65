package io.synctools.modelscope;

import io.synctools.internal.disk.NfsLitter;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncOptions;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import io.synctools.testing.Fault;
import io.synctools.testing.FaultHub;
import io.synctools.testing.FileSourceContract;
import io.synctools.testing.FileTargetContract;
import io.synctools.testing.HubRepo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** What every source and every target must do. */
class ModelScopeContractTest {

    @Nested
    class Models extends SourceOverHttp {
        Models() {
            super("models/org/model.1");
        }
    }

    @Nested
    class Datasets extends SourceOverHttp {
        Datasets() {
            super("datasets/org/data.1");
        }
    }

    abstract static class SourceOverHttp extends FileSourceContract {
        private final String name;
        private FaultHub hub;
        private ModelScopeSource source;

        SourceOverHttp(String name) {
            this.name = name;
        }

        @BeforeEach
        void startHub() throws IOException {
            hub = FaultHub.start();
            hub.inject(
                    request -> request.url().encodedPath().endsWith("/repo/files"),
                    FaultHub.always(),
                    Fault.listingCutTo(3000));
            source = new ModelScopeSource(RunContext.of(SyncOptions.builder()
                    .environment(Map.of("MODELSCOPE_ENDPOINT", hub.url()))
                    .build()));
        }

        @AfterEach
        void stopHub() {
            hub.close();
        }

        @Override
        protected FileSource source() {
            return source;
        }

        /** Files with "weights", "model" or "big" in their name are kept outside git, as on the real hub. */
        @Override
        protected ArtifactRef repository(Map<String, byte[]> files) {
            HubRepo repo = HubRepo.of(name);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                boolean large = file.getKey().matches(".*(weights|model|big).*");
                repo = large ? repo.withLfs(file.getKey(), file.getValue()) : repo.with(file.getKey(), file.getValue());
            }
            hub.put(repo);
            return ArtifactRef.of("modelscope", name);
        }

        @Override
        protected ArtifactRef absent() {
            return ArtifactRef.of("modelscope", name.replace("/org/", "/nobody/"));
        }
    }

    @Nested
    class Cache extends FileTargetContract {
        @TempDir
        Path root;

        @Override
        protected Target<FileSource> target(RunContext context) {
            return new ModelScopeCache(RunContext.of(context.options().toBuilder()
                    .set(ModelScopeOptions.CACHE, root.resolve("cache"))
                    .partSize(1 << 20)
                    .retries(0)
                    .build()));
        }

        @Override
        protected ArtifactRef destination(String name) {
            return ArtifactRef.of("modelscope-cache", name);
        }

        @Override
        protected Map<String, byte[]> visible(ArtifactRef destination) throws IOException {
            Path folder = root.resolve("cache")
                    .resolve(target(RunContext.of(SyncOptions.DEFAULTS)).path(destination));
            Map<String, byte[]> files = new TreeMap<>();
            for (Path file : filesBelow(folder)) {
                files.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
            files.keySet().removeAll(Set.of(".msc", ".mdl", ".mv"));
            return files;
        }

        @Override
        protected Object trace() throws IOException {
            Map<String, String> trace = new TreeMap<>();
            for (Path file : filesBelow(root)) {
                boolean isRenewed = file.endsWith("lease") || NfsLitter.is(file); // by whoever holds it
                trace.put(file.toString(), isRenewed ? "" : Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
            return trace;
        }

        private static List<Path> filesBelow(Path folder) throws IOException {
            if (!Files.exists(folder)) {
                return List.of();
            }
            try (Stream<Path> paths = Files.walk(folder)) {
                return paths.filter(Files::isRegularFile).toList();
            }
        }
    }
}
