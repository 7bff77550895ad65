package io.synctools.huggingface;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.testing.Fault;
import io.synctools.testing.FaultHub;
import io.synctools.testing.HubRepo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The folder of one artifact, for programs that want no more. */
@Timeout(60)
class ResolveTest {
    private static final ArtifactRef MODEL = ArtifactRef.parse("huggingface:models/o/n");

    @TempDir
    Path folder;

    private FaultHub hub;
    private HubRepo repo;

    @BeforeEach
    void start() throws IOException {
        hub = FaultHub.start();
        repo = HubRepo.of("models/o/n").with("config.json", "{}").withLfs("sub/model.bin", new byte[100_000]);
        hub.put(repo);
    }

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    private Syncer syncer(boolean verify) {
        return Syncer.builder()
                .options(SyncOptions.builder()
                        .verify(verify)
                        .retries(0)
                        .environment(Map.of(
                                "HF_ENDPOINT",
                                hub.url(),
                                "HF_HUB_CACHE",
                                folder.resolve("hf").toString()))
                        .set(HuggingFaceOptions.LOCAL_ROOT, folder.resolve("local"))
                        .build())
                .build();
    }

    private ArtifactRef local() {
        return ArtifactRef.of("local-dir", folder.resolve("mine").toString());
    }

    /** Every name with its kind, length and time. */
    private Map<String, String> disk() throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                found.put(
                        path.toString(),
                        Files.readAttributes(path, "size,lastModifiedTime,fileKey", LinkOption.NOFOLLOW_LINKS)
                                .toString());
            }
        }
        return found;
    }

    @Test
    void whatIsNotThereIsMirroredAndWhatIsThereCostsOneRequestAndNoWrite() throws Exception {
        try (Syncer syncer = syncer(false)) {
            Path first = syncer.resolve(MODEL);

            assertEquals(
                    folder.resolve("hf/models--o--n/snapshots").resolve(repo.commit()),
                    first,
                    "as the hub's own client says");
            assertEquals("{}", Files.readString(first.resolve("config.json")));
            assertEquals(100_000, Files.size(first.resolve("sub/model.bin")));
            int requests = hub.requests().size();
            Map<String, String> before = disk();

            assertEquals(first, syncer.resolve(MODEL));
            assertEquals(requests + 1, hub.requests().size());
            assertEquals(before, disk());
        }
    }

    @Test
    void aDestinationOfOnesOwnIsThatFolder() throws Exception {
        try (Syncer syncer = syncer(false)) {
            assertEquals(folder.resolve("mine"), syncer.resolve(MODEL, local()));
            assertEquals(folder.resolve("mine"), syncer.resolveOffline(MODEL, local()));
        }
        assertEquals("{}", Files.readString(folder.resolve("mine/config.json")));
    }

    @Test
    void offlineItIsThereWithoutARequestOrAnError() throws Exception {
        try (Syncer syncer = syncer(true)) { // which bytes are, is the verifier's question
            SyncException absent = assertThrows(SyncException.class, () -> syncer.resolveOffline(MODEL));
            assertEquals(FailureKind.NOT_FOUND, absent.kind());
            assertTrue(absent.getMessage().contains("huggingface:models/o/n"), absent.getMessage());
            assertTrue(absent.getMessage().contains("huggingface-cache:models--o--n"), absent.getMessage());
            assertEquals(List.of(), hub.requests());

            Path there = syncer.resolve(MODEL);
            int requests = hub.requests().size();
            hub.close();
            Map<String, String> before = disk();

            assertEquals(there, syncer.resolveOffline(MODEL));
            assertEquals(there, syncer.resolveOffline(ArtifactRef.parse("huggingface:models/o/n@main")));
            assertEquals(
                    there,
                    syncer.resolveOffline(ArtifactRef.parse("huggingface:models/o/n@" + repo.commit())),
                    "its commit");
            assertEquals(requests, hub.requests().size());
            assertEquals(before, disk());
            assertThrows(
                    SyncException.class,
                    () -> syncer.resolveOffline(ArtifactRef.parse("huggingface:models/o/n@other")));
            Files.delete(there.resolve("config.json"));
            assertThrows(SyncException.class, () -> syncer.resolveOffline(MODEL), "not whole");
        }
    }

    @Test
    void whatFailsIsThrownAsItsReportWouldTellIt() {
        hub.inject(FaultHub.bytesOf("sub/model.bin"), FaultHub.always(), Fault.wrongByte(7));
        try (Syncer syncer = syncer(false)) {
            SyncException wrong = assertThrows(SyncException.class, () -> syncer.resolve(MODEL));
            assertEquals(FailureKind.CHECKSUM, wrong.kind());
            assertTrue(wrong.getMessage().contains("sub/model.bin"), wrong.getMessage());
            SyncException absent = assertThrows(
                    SyncException.class, () -> syncer.resolve(ArtifactRef.parse("huggingface:models/o/no")));
            assertEquals(FailureKind.NOT_FOUND, absent.kind());
        }
        assertFalse(Files.exists(folder.resolve("hf/models--o--n/snapshots").resolve(repo.commit())));
    }

    @Test
    void manyThreadsThatWantTheSameGetItAndItTravelsOnce() throws Exception {
        try (Syncer syncer = syncer(false)) {
            List<FutureTask<Path>> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                FutureTask<Path> one = new FutureTask<>(() -> syncer.resolve(MODEL));
                all.add(one);
                new Thread(one).start();
            }
            for (FutureTask<Path> one : all) {
                assertTrue(Files.exists(one.get(50, TimeUnit.SECONDS).resolve("config.json")));
            }
        }
        assertEquals(
                1,
                hub.requests().stream()
                        .filter(FaultHub.bytesOf("sub/model.bin"))
                        .count());
    }

    @Test
    void anInterruptedThreadIsToldSo() {
        try (Syncer syncer = syncer(false)) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> syncer.resolve(MODEL));
            assertFalse(Thread.currentThread().isInterrupted());
        }
    }

    @Test
    void whatIsNoFolderIsRefusedBeforeAnybodyIsAsked() {
        try (Syncer syncer = syncer(false)) {
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class, () -> syncer.resolve(ArtifactRef.parse("hugingface:models/o/n")));
            assertTrue(e.getMessage().contains("huggingface"), e.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> ArtifactRef.parse("models/o/n"));
        assertThrows(IllegalArgumentException.class, () -> ArtifactRef.parse("huggingface:models/o/n@"));
        assertThrows(IllegalArgumentException.class, () -> ArtifactRef.parse("https://huggingface.co/o/n"));
        assertEquals(List.of(), hub.requests());
    }
}
