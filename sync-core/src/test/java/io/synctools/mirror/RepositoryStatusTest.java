package io.synctools.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.file.FolderLayout;
import io.synctools.file.FolderReplica;
import io.synctools.file.Lease;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Listing;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryStatusTest {
    @TempDir
    Path root;

    private final FolderLayout layout = new FolderLayout() {
        @Override
        public Path folder() {
            return root.resolve("models/o/n");
        }

        @Override
        public Path state() {
            return root.resolve("models/.sync-tools/o/n");
        }

        @Override
        public Set<String> reserved() {
            return Set.of(".index");
        }

        @Override
        public String writeIndex(ArtifactRef pinned, Listing listing, Path stage) {
            return "";
        }
    };

    private LocalRepository repository() {
        return new FolderRepository(
                "test", "models/o/n", root, layout, layout.state().resolve("trash"));
    }

    private Path lease() {
        return FolderReplica.leaseIn(layout.state());
    }

    @Test
    void aHolderIsAliveWhileItsProcessIsHereAndDeadWhenItIsGone() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        String text;
        try (Lease held = Lease.take(
                lease(),
                RunContext.of(SyncOptions.builder().runUrl("https://ci/run/9").build()))) {
            held.confirm();
            RepositoryStatus.Held found =
                    RepositoryStatus.of(repository()).held().orElseThrow();
            assertEquals(RepositoryStatus.Life.ALIVE, found.life());
            assertEquals("https://ci/run/9", found.holder().run());
            assertEquals(ProcessHandle.current().pid(), found.holder().pid());
            text = Files.readString(lease());
        }
        assertTrue(RepositoryStatus.of(repository()).held().isEmpty());

        String pid = "\"pid\":" + ProcessHandle.current().pid();
        assertTrue(text.contains(pid), text);
        Files.writeString(lease(), text.replace(pid, "\"pid\":" + process.pid()));
        assertEquals(
                RepositoryStatus.Life.DEAD,
                RepositoryStatus.of(repository()).held().orElseThrow().life());
        Files.writeString(lease(), text.replaceAll("\"machine\":\"[^\"]*\"", "\"machine\":\"another\""));
        assertEquals(
                RepositoryStatus.Life.UNKNOWN,
                RepositoryStatus.of(repository()).held().orElseThrow().life());
    }

    @Test
    void whatIsHalfFetchedIsCounted() throws Exception {
        Path work = layout.state().resolve("work.dead");
        Files.createDirectories(work.resolve("staged/sub"));
        Files.writeString(work.resolve("staged/sub/whole.bin"), "12345");
        Files.createDirectories(work.resolve("parts/" + "ab".repeat(32) + ".run-1"));
        RepositoryStatus kept = RepositoryStatus.of(repository());
        assertEquals(1, kept.unfinished().files());
        assertEquals(5, kept.unfinished().bytes());
        assertEquals("ab".repeat(32), kept.unfinished().partials().get(0).content());
        assertEquals(List.of(), kept.revisions());
        assertEquals(5, kept.bytes());
    }

    @Test
    void jsonNamesTheHolder() throws IOException, InterruptedException {
        try (Lease held = Lease.take(lease(), RunContext.of(SyncOptions.DEFAULTS))) {
            held.confirm();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            new MirrorStatus(Instant.EPOCH, Map.of("test", root), List.of(RepositoryStatus.of(repository())))
                    .writeJson(out);
            String json = out.toString(StandardCharsets.UTF_8);
            assertTrue(json.contains("\"life\" : \"ALIVE\""), json);
            assertTrue(json.contains("\"taken\" : \"1970-01-01T00:00:00Z\""), json);
            assertTrue(json.contains("\"held\" : 1"), json);
        }
    }
}
