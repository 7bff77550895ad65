package io.synctools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.file.Disk;
import io.synctools.file.Proof;
import io.synctools.model.ArtifactRef;
import io.synctools.model.NameFilter;
import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptReportsTest {
    @TempDir
    private Path folder;

    @Test
    void brokenReportsAreNamedAndOtherFilesAreNot() throws Exception {
        Reports.of("flow", "0/1", 0, Reports.there("o/a")).write(folder.resolve("good.json"));
        Files.writeString(folder.resolve("other.json"), "{\"a\": 1}");
        Files.writeString(folder.resolve("cut.json"), "{\"version\": 1, \"strict\": false, \"items\": [");
        Files.writeString(
                folder.resolve("odd.json"), "{\"version\": 1, \"strict\": false, \"items\": [], \"finished\": \"x\"}");
        KeptReports kept = KeptReports.read(folder);
        assertEquals(1, kept.reports().size());
        assertEquals(0, kept.verifications().size());
        assertEquals(2, kept.skipped().size(), kept::toString);
        assertTrue(kept.skipped().get(0).contains("cut.json is not a report: it ends early"), kept::toString);
    }

    @Test
    void foreignFilesAreFaultsOnlyWhereTheVerificationWasStrict() throws Exception {
        String text = """
                {"version": 1, "finished": "2026-03-01T10:00:00Z", "strict": false, "items": [{
                  "to": "modelscope-cache:models/o/a", "folder": "/m", "findings": [
                    {"kind": "FOREIGN", "path": "x", "detail": "d"},
                    {"kind": "MISSING", "path": "y", "detail": "d"}]}]}
                """;
        Files.writeString(folder.resolve("verify.json"), text);
        assertEquals(1, faults());
        Files.writeString(folder.resolve("verify.json"), text.replace("false", "true"));
        assertEquals(2, faults());
    }

    private int faults() throws Exception {
        Verification verification = KeptReports.read(folder).verifications().get(0);
        assertEquals("", verification.runner());
        return verification.items().get(0).faults().size();
    }

    @Test
    void theProofsOfAMirrorBelowTheFolderAreNoReports() throws Exception {
        Reports.of("flow", "0/1", 0, Reports.there("o/a")).write(folder.resolve("good.json"));
        ArtifactRef pinned = ArtifactRef.of("modelscope", "models/o/a").pinned("master", "sha256:1");
        SyncItem item = new SyncItem(
                ArtifactRef.of("modelscope", "models/o/a"),
                ArtifactRef.of("modelscope-cache", "models/o/a"),
                NameFilter.ALL,
                new Place("config/list.ini", 1, 1),
                "flow");
        Proof.of(pinned, item, List.of(), "")
                .write(Disk.of(RunContext.of(SyncOptions.DEFAULTS)), folder.resolve("proof.json"), folder, List.of());
        KeptReports kept = KeptReports.read(folder);
        assertEquals(List.of(), kept.skipped());
        assertEquals(1, kept.reports().size());
    }
}
