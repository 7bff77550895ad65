package io.synctools.huggingface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.huggingface.FakeHub.File;
import io.synctools.huggingface.xet.Chunks;
import io.synctools.huggingface.xet.FakeStore;
import io.synctools.model.SyncOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the hub's own uploader puts into the chunk store we read from it, and so does the hub's own reader. */
class XetClientIT {
    private static HubClient client;

    @TempDir
    Path work;

    private FakeHub hub;
    private FakeStore store;

    @BeforeAll
    static void install() throws Exception {
        client = HubClient.install();
    }

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
        store = new FakeStore();
        hub.store = store;
    }

    @AfterEach
    void stop() {
        assertEquals(List.of(), store.leaked);
        hub.close();
        store.close();
    }

    private Mirror mirror() {
        return new Mirror(hub, work.resolve("hub"), work.resolve("root"))
                .option(HuggingFaceOptions.XET, HuggingFaceOptions.Xet.AUTO);
    }

    private String upload(String branch, File... files) throws Exception {
        Path folder = Files.createDirectories(work.resolve("upload"));
        List<String> arguments = new ArrayList<>(List.of(
                "upload",
                folder.toString(),
                "model",
                "acme/tiny",
                branch,
                hub.url().replaceAll("/$", "")));
        for (File file : files) {
            Files.write(folder.resolve(file.path()), file.content());
            arguments.add(file.path());
        }
        client.run(arguments.toArray(String[]::new));
        return hub.commit("models/acme/tiny", branch, files);
    }

    @Test
    void whatTheHubsClientUploadedWeMirrorByChunksAndItReadsTheSame() throws Exception {
        byte[] noise = new byte[700_000];
        new Random(2).nextBytes(noise);
        File weights = File.lfs("model.safetensors", Chunks.weights(9_000_000, 1));
        File random = File.lfs("noise.bin", noise);
        File zeros = File.lfs("zeros.bin", new byte[1_000_000]);
        File text =
                File.lfs("text.json", "{\"layer\": [1, 2, 3]}\n".repeat(40_000).getBytes("UTF-8"));
        File one = File.lfs("one.bin", new byte[] {7});
        File[] all = {weights, random, zeros, text, one};
        String commit = upload("main", all);
        store.requests.clear();
        hub.requests.clear();

        SyncReport.Item item =
                mirror().option(SyncOptions.PART_SIZE, 1048576L).runOne(Mirror.toCache("models/acme/tiny", ""));

        assertEquals(Outcome.COPIED, item.outcome(), item.failures().toString());
        assertEquals(0, hub.count("/resolve/"));
        assertEquals(1, hub.count("/xet-read-token/"));
        long cuts = Stream.of(all)
                .mapToLong(file -> Math.round(file.content().length / 1048576.0))
                .sum();
        long asked = store.count("/reconstructions/");
        assertTrue(asked >= all.length && asked <= all.length + cuts, () -> asked + " reconstructions");
        for (File file : all) {
            Path mirrored = work.resolve("hub/models--acme--tiny/snapshots/" + commit + "/" + file.path());
            assertArrayEquals(file.content(), Files.readAllBytes(mirrored), file.path());
        }
        Path read = Files.createDirectories(work.resolve("read"));
        List<String> arguments = new ArrayList<>(List.of(
                "read", read.toString(), "model", "acme/tiny", "main", hub.url().replaceAll("/$", "")));
        Stream.of(all).forEach(file -> arguments.add(file.path()));
        client.run(arguments.toArray(String[]::new));
        for (File file : all) {
            assertArrayEquals(file.content(), Files.readAllBytes(read.resolve(file.path())), file.path());
        }
        assertTrue(hub.count("/resolve/") >= all.length, "the hub's client took another way");
    }

    @Test
    void ofAnUpdateByTheHubsClientOnlyWhatChangedTravels() throws Exception {
        byte[] before = Chunks.weights(30_000_000, 1);
        upload("main", File.lfs("model.safetensors", before));
        SyncReport.Item first = mirror().runOne(Mirror.toCache("models/acme/tiny", ""));
        assertEquals(Outcome.COPIED, first.outcome(), first.failures().toString());
        byte[] after = new byte[before.length + 1024];
        System.arraycopy(before, 0, after, 0, 15_000_000);
        System.arraycopy(before, 15_000_000, after, 15_001_024, 15_000_000);
        String commit = upload("main", File.lfs("model.safetensors", after));

        SyncReport.Item second = mirror().runOne(Mirror.toCache("models/acme/tiny", ""));

        assertEquals(Outcome.COPIED, second.outcome(), second.failures().toString());
        Path mirrored = work.resolve("hub/models--acme--tiny/snapshots/" + commit + "/model.safetensors");
        assertArrayEquals(after, Files.readAllBytes(mirrored));
        long travelled = second.bytes().orElseThrow().transferred();
        assertTrue(travelled < 1_000_000, travelled + " bytes");
        assertEquals(0, hub.count("/resolve/"));
    }
}
