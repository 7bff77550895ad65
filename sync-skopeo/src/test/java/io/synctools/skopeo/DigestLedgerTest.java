package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.file.Disk;
import io.synctools.skopeo.DigestLedger.Written;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestLedgerTest {
    private static final Repository CANN = Repository.parse("quay.io/ascend/cann");
    private static final Written ONE = new Written("docker.io/a/b", "sha256:1", "sha256:2");
    private static final Written TWO = new Written("docker.io/a/b", "sha256:3", "sha256:4");

    private final Path folder;
    private final Path file;

    DigestLedgerTest(@TempDir Path temporary) {
        folder = temporary.resolve("cache");
        file = folder.resolve("ledger.json");
    }

    @Test
    void remembersAcrossRuns() throws Exception {
        DigestLedger ledger = ledger();
        ledger.remember(CANN, "v1", ONE);
        ledger.rememberRefusal(CANN, Manifest.OCI_INDEX);
        ledger.save();
        DigestLedger next = ledger();
        assertEquals(Optional.of(ONE), next.written(CANN, "v1"));
        assertEquals(Optional.empty(), next.written(CANN, "v2"));
        assertTrue(next.refuses(CANN, Manifest.OCI_INDEX));
        assertFalse(next.refuses(CANN, Manifest.OCI_MANIFEST));
        assertTrue(next.refuses(Repository.parse("quay.io/other/name"), Manifest.OCI_INDEX), "it is the host's way");
    }

    @Test
    void readsAndLearnsNothingOnDiskUntilSaved() {
        DigestLedger ledger = ledger();
        ledger.remember(CANN, "v1", ONE);
        assertEquals(Optional.of(ONE), ledger.written(CANN, "v1"));
        assertFalse(Files.exists(folder));
    }

    @Test
    void savingNothingNewTouchesNothing() throws Exception {
        DigestLedger ledger = ledger();
        ledger.remember(CANN, "v1", ONE);
        ledger.save();
        Files.delete(file);
        ledger.remember(CANN, "v1", ONE);
        ledger.save();
        assertFalse(Files.exists(file));
    }

    @Test
    void twoProcessesDoNotLoseEachOthersKnowledge() throws Exception {
        DigestLedger first = ledger();
        DigestLedger second = ledger();
        first.remember(CANN, "v1", ONE);
        second.remember(CANN, "v2", TWO);
        first.save();
        second.save();
        assertEquals(Optional.of(ONE), ledger().written(CANN, "v1"));
        assertEquals(Optional.of(TWO), ledger().written(CANN, "v2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"version\":2,\"tags\":{}}",
                "{\"version\":1,\"tags\":{\"a\":[\"x\"]}}",
                "{\"version\":1,\"tags\":{\"a\":[\"x\",\"y\",\"z\"]",
                "{\"version\":1,\"tags\":{\"a\":[{},\"y\",\"z\"]}}"
            })
    void aDamagedFileIsSetAsideAndCostsWorkOnly(String text) throws Exception {
        Files.createDirectories(folder);
        Files.writeString(file, text);
        DigestLedger ledger = ledger();
        assertEquals(Optional.empty(), ledger.written(CANN, "v1"));
        assertEquals(text, Files.readString(file), "reading changes nothing");
        ledger.remember(CANN, "v1", ONE);
        ledger.save();
        assertEquals(text, Files.readString(folder.resolve("ledger.json.damaged")));
        assertEquals(Optional.of(ONE), ledger().written(CANN, "v1"));
    }

    @Test
    void theOldestAreForgottenBeyondTheBound() throws Exception {
        DigestLedger ledger = new DigestLedger(file, new Disk(), 3);
        IntStream.range(0, 4).forEach(i -> ledger.remember(CANN, "v" + i, ONE));
        ledger.save();
        ledger.remember(CANN, "v1", TWO);
        ledger.remember(CANN, "v4", TWO);
        ledger.save();
        DigestLedger next = ledger();
        assertEquals(
                List.of(false, true, false, true, true),
                IntStream.range(0, 5)
                        .mapToObj(i -> next.written(CANN, "v" + i).isPresent())
                        .toList());
    }

    @Test
    void leavesNoTemporaryFile() throws IOException {
        DigestLedger ledger = ledger();
        ledger.remember(CANN, "v1", ONE);
        ledger.save();
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of("ledger.json", "ledger.json.lock"),
                    files.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    private DigestLedger ledger() {
        return new DigestLedger(file, new Disk());
    }
}
