package io.synctools.modelscope;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.Outcome;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that mirrors a repository and is killed with SIGKILL in mid-file, and the runs after it. */
class KilledMirrorIT {
    private static final String ID = "o/big.model";
    private static final String LIST = "/api/v1/models/" + ID + "/repo/files?Revision=master&Recursive=True";
    private static final String FILE = "/api/v1/models/" + ID + "/repo?Revision=master&FilePath=";
    private static final int SIZE = 16 * MirrorMain.PART + 12_345;

    @TempDir
    Path root;

    private HubScript hub;

    @BeforeEach
    void startHub() throws IOException {
        hub = new HubScript();
    }

    @AfterEach
    void stopHub() {
        hub.close();
    }

    private static byte[] random(int seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** The hub moves on to a big file and a small one. */
    private MeteredFile publish(byte[] big, String small) {
        MeteredFile metered = new MeteredFile(big);
        byte[] config = small.getBytes(StandardCharsets.UTF_8);
        hub.on(
                LIST,
                HubScript.files(
                        HubScript.file("config.json", config.length, HubScript.sha256(config), small),
                        HubScript.file("model.bin", big.length, HubScript.sha256(big), small)));
        hub.on(
                FILE + "config.json",
                new mockwebserver3.MockResponse.Builder().body(small).build());
        hub.on(FILE + "model.bin", metered::answer);
        return metered;
    }

    private ChildJvm child() throws IOException {
        return ChildJvm.start(MirrorMain.class, "96m", hub.url(), root.toString(), "models/" + ID);
    }

    private void runUntilSilentAndKill(MeteredFile file, long bytes) throws Exception {
        file.silentAfter(bytes);
        try (ChildJvm child = child()) {
            file.awaitSilence();
            child.kill();
            assertEquals(137, child.exit());
        } finally {
            file.speak();
        }
    }

    private JsonNode runToTheEnd() throws Exception {
        try (ChildJvm child = child()) {
            JsonNode report = Json.MAPPER.readTree(child.output());
            assertEquals(0, child.exit(), report.toPrettyString());
            return report.path("items").path(0);
        }
    }

    private Path folder() {
        return root.resolve("models/o/big___model");
    }

    @Test
    void aKilledRunIsFinishedByTheNextAndFetchesAtMostOnePartPerConnectionTwice() throws Exception {
        byte[] big = random(1, SIZE);
        MeteredFile file = publish(big, "v1");
        runUntilSilentAndKill(file, 5 * MirrorMain.PART + 100_000);
        assertFalse(Files.exists(root.resolve("models/o"), LinkOption.NOFOLLOW_LINKS), "half a model is visible");
        runUntilSilentAndKill(file, 6 * MirrorMain.PART + 7);
        assertFalse(Files.exists(root.resolve("models/o"), LinkOption.NOFOLLOW_LINKS), "half a model is visible");

        JsonNode item = runToTheEnd();
        assertEquals("COPIED", item.path("outcome").asText());
        assertArrayEquals(big, Files.readAllBytes(folder().resolve("model.bin")));
        assertTrue(Files.exists(folder().resolve(".msc")));
        long wasted = file.sent() - SIZE;
        long allowed = 2L * MirrorMain.CONNECTIONS * MirrorMain.PART;
        assertTrue(wasted <= allowed, wasted + " bytes came twice, more than " + allowed + " after two kills");
        assertEquals("UP_TO_DATE", runToTheEnd().path("outcome").asText());
        assertEquals(SIZE + wasted, file.sent());
    }

    @Test
    void aKilledUpdateLeavesTheOldModelWholeUntilTheNewOneIsThere() throws Exception {
        byte[] old = random(2, 3 * MirrorMain.PART);
        publish(old, "v1");
        assertEquals(
                Outcome.COPIED,
                MirrorMain.mirror(MirrorMain.context(hub.url(), root.toString()), "models/" + ID)
                        .items()
                        .get(0)
                        .outcome());
        byte[] index = Files.readAllBytes(folder().resolve(".msc"));

        byte[] big = random(3, SIZE);
        MeteredFile file = publish(big, "v2");
        runUntilSilentAndKill(file, 9 * MirrorMain.PART + 1);
        assertArrayEquals(old, Files.readAllBytes(folder().resolve("model.bin")));
        assertEquals("v1", Files.readString(folder().resolve("config.json")));
        assertArrayEquals(index, Files.readAllBytes(folder().resolve(".msc")));

        assertEquals("COPIED", runToTheEnd().path("outcome").asText());
        assertArrayEquals(big, Files.readAllBytes(folder().resolve("model.bin")));
        assertEquals("v2", Files.readString(folder().resolve("config.json")));
        assertTrue(file.sent() <= SIZE + (long) MirrorMain.CONNECTIONS * MirrorMain.PART, file.sent() + " bytes sent");
    }

    @Test
    void theNextRunMayFindThatTheHubMovedOn() throws Exception {
        runUntilSilentAndKill(publish(random(4, SIZE), "v1"), 4 * MirrorMain.PART);
        byte[] big = random(5, SIZE);
        publish(big, "v2");
        assertEquals("COPIED", runToTheEnd().path("outcome").asText());
        assertArrayEquals(big, Files.readAllBytes(folder().resolve("model.bin")));
        assertEquals("v2", Files.readString(folder().resolve("config.json")));
    }
}
