package io.synctools.examples.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.examples.hub.ChunkDialect;
import io.synctools.examples.hub.ChunkShelf;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that fetches a large file by chunks, and is killed half-way by SIGKILL. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ChunksKilledIT {
    private static final int SIZE = 6 << 20;
    private static final long LARGEST_CHUNK = 128 * 1024;
    /** So slow that next to nothing is under way when the process is killed. */
    private static final Hub.Options SLOW = new Hub.Options(0, Duration.ZERO, 256 << 10);

    @TempDir
    Path root;

    @Test
    void theNextRunFetchesTheRestAndAtMostOneChunkForEachConnectionTwice() throws Exception {
        byte[] bytes = new byte[SIZE];
        new Random(5).nextBytes(bytes);
        Path content = Files.write(root.resolve("content"), bytes);
        HubFile file = HubFile.of("model.safetensors", content);
        ChunkShelf shelf = new ChunkShelf(root.resolve("xorbs"));
        shelf.add(file, content);
        try (Hub hub = ChunkDialect.start(SLOW, List.of(HubRepository.of(MirrorProcess.NAME, List.of(file))), shelf)) {
            assertEquals(0, fetch(hub, "whole"));
            long whole = hub.bytes();
            long begun = hub.bytes();
            try (Child child = child(hub, "killed")) {
                while (hub.bytes() - begun < whole / 2 && child.alive()) {
                    LockSupport.parkNanos(1_000_000);
                }
                child.signal("KILL");
                assertEquals(137, child.exit(), child.said());
            }
            long sent = hub.bytes() - begun;
            assertTrue(sent < whole * 3 / 4, sent + " of " + whole + " bytes before the kill");

            assertEquals(0, fetch(hub, "killed"));

            long twice = hub.bytes() - begun - whole;
            System.out.println("killed after " + sent + " of " + whole + " bytes; " + twice + " more came than else");
            assertTrue(twice <= MirrorProcess.CONNECTIONS * LARGEST_CHUNK, twice + " bytes came twice");
        }
        Path blob = root.resolve("killed/" + MirrorProcess.NAME.replace("/", "--") + "/blobs")
                .resolve(file.sha256());
        assertEquals(file.sha256(), HubFile.of("blob", blob).sha256());
    }

    private int fetch(Hub hub, String disk) throws Exception {
        try (Child child = child(hub, disk)) {
            return child.exit();
        }
    }

    private Child child(Hub hub, String disk) throws IOException {
        List<String> inParts = List.of("env", "JAVA_TOOL_OPTIONS=-Dcrash.part=" + SIZE / 3);
        String classPath = System.getProperty("java.class.path");
        return new Child(
                inParts, classPath, MirrorProcess.Layout.HUGGINGFACE, hub, Files.createDirectories(root.resolve(disk)));
    }
}
