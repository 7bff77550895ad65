package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this mirror holds already, in whatever layout and of whatever hub, does not travel again. */
class ReuseTest {
    private static final int WEIGHTS = 300_000;
    private static final int CONFIG = 2;

    @TempDir
    Path folder;

    private Hub hub;
    private Console console;
    private Path report;

    @BeforeEach
    void start() throws IOException {
        hub = Hub.start(
                Hub.Options.PLAIN,
                List.of(HubRepository.of(
                        "models/acme/tiny.v1",
                        List.of(HubFile.of("config.json", "{}"), HubFile.random("model.safetensors", WEIGHTS, 1)))));
        console = new Console(folder)
                .with("MODELSCOPE_ENDPOINT", hub.origin().toString())
                .with("HF_ENDPOINT", hub.origin().toString());
        report = folder.resolve("report.json");
    }

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    /** Mirrors the model from one hub into one layout, with the roots of all three given; returns the line of the report. */
    private SyncReport.Item mirror(String platform, String layout, String... more) throws IOException {
        Path list = Files.writeString(
                folder.resolve("models.json"),
                "[{\"platform\": \"" + platform + "\", \"organization\": \"acme\", \"model_name\": \"tiny.v1\"}]");
        List<String> arguments = new ArrayList<>(List.of(
                "hk001-models",
                "--models",
                list.toString(),
                "--modelscope-cache",
                folder.resolve("ms").toString(),
                "--huggingface-cache",
                folder.resolve("hf").toString(),
                "--local-root",
                folder.resolve("local").toString(),
                "--huggingface-layout",
                layout,
                "--report",
                report.toString()));
        arguments.addAll(List.of(more));
        assertEquals(0, console.run(arguments.toArray(String[]::new)), () -> console.out() + console.err());
        return SyncReport.read(report).items().get(0);
    }

    private Path inModelScopeCache() {
        return folder.resolve("ms/models/acme/tiny___v1/model.safetensors");
    }

    private Path inLocalDir() {
        return folder.resolve("local/models/acme/tiny.v1/model.safetensors");
    }

    private Path inHuggingFaceCache() throws IOException {
        try (var snapshots = Files.list(folder.resolve("hf/models--acme--tiny.v1/snapshots"))) {
            return snapshots
                    .findFirst()
                    .orElseThrow()
                    .resolve("model.safetensors")
                    .toRealPath();
        }
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino");
    }

    private static void assertReused(SyncReport.Item item, int transferred) {
        assertReused(item, WEIGHTS, transferred);
    }

    private static void assertReused(SyncReport.Item item, int reused, int transferred) {
        SyncReport.Bytes bytes = item.bytes().orElseThrow();
        assertEquals(reused, bytes.reused(), item::toString);
        assertEquals(transferred, bytes.transferred(), item::toString);
        assertEquals(Outcome.COPIED, item.outcome());
    }

    @Test
    void whatOneClientsCacheHoldsIsAHardLinkInTheOther() throws IOException {
        mirror("modelscope", "cache");
        assertReused(mirror("huggingface", "cache"), CONFIG);
        assertEquals(inode(inModelScopeCache()), inode(inHuggingFaceCache()));
        assertEquals(Outcome.UP_TO_DATE, mirror("huggingface", "cache").outcome());
        assertEquals(Outcome.UP_TO_DATE, mirror("modelscope", "cache").outcome());
    }

    @Test
    void theOtherWayRoundToo() throws IOException {
        mirror("huggingface", "cache");
        assertReused(mirror("modelscope", "cache"), CONFIG);
        assertEquals(inode(inModelScopeCache()), inode(inHuggingFaceCache()));
    }

    @Test
    void toAndFromALocalDirItIsACopySincePeopleEditThere() throws IOException {
        mirror("modelscope", "cache");
        assertReused(mirror("huggingface", "local-dir"), CONFIG);
        assertNotEquals(inode(inModelScopeCache()), inode(inLocalDir()));
        Files.delete(inModelScopeCache());

        assertReused(mirror("huggingface", "cache"), WEIGHTS + CONFIG, 0); // of one hub, so are all checksums
        assertNotEquals(inode(inLocalDir()), inode(inHuggingFaceCache()));
    }

    @Test
    void aDryRunTellsWhatIsHereAndTheRoomItTakes() throws IOException {
        mirror("modelscope", "cache");
        SyncReport.Item linked = mirror("huggingface", "cache", "--dry-run");
        assertEquals(
                List.of("1 file, 293.0 KiB, lies on this machine already and need not be fetched:"
                        + " 293.0 KiB as hard links, which take no room, 0 B as copies"),
                linked.notes());
        SyncReport.Item copied = mirror("huggingface", "local-dir", "--dry-run");
        assertEquals(
                List.of("1 file, 293.0 KiB, lies on this machine already and need not be fetched:"
                        + " 0 B as hard links, which take no room, 293.0 KiB as copies"),
                copied.notes());
        assertFalse(Files.exists(folder.resolve("hf")));
    }

    @Test
    void whatIsDamagedThereIsFetchedAndStaysAsItIs() throws IOException {
        mirror("modelscope", "cache");
        byte[] right = Files.readAllBytes(inModelScopeCache());
        byte[] damaged = right.clone();
        damaged[77] ^= 1;
        Files.write(inModelScopeCache(), damaged);

        SyncReport.Item item = mirror("huggingface", "cache");

        assertEquals(0, item.bytes().orElseThrow().reused(), item::toString);
        assertEquals(WEIGHTS + CONFIG, item.bytes().orElseThrow().transferred());
        assertTrue(Arrays.equals(right, Files.readAllBytes(inHuggingFaceCache())));
        assertTrue(Arrays.equals(damaged, Files.readAllBytes(inModelScopeCache())));
    }

    @Test
    void aRunThatVerifiesRepairsALinkedFileInOnePlaceWithoutTouchingTheOther() throws IOException {
        mirror("modelscope", "cache");
        mirror("huggingface", "cache");
        byte[] damaged = Files.readAllBytes(inModelScopeCache());
        damaged[77] ^= 1;
        Files.write(inModelScopeCache(), damaged); // both names are one file

        SyncReport.Item item = mirror("modelscope", "cache", "--verify");

        assertEquals(WEIGHTS, item.bytes().orElseThrow().transferred(), item::toString);
        assertTrue(Arrays.equals(damaged, Files.readAllBytes(inHuggingFaceCache())));
        assertReused(mirror("huggingface", "cache", "--verify"), 0);
    }
}
