package io.synctools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.SyncReport.Bytes;
import io.synctools.SyncReport.Entries;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import io.synctools.model.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncReportTest {
    @TempDir
    Path folder;

    private static Item model(Outcome outcome, List<Failure> failures) {
        return new Item(
                "modelscope:models/Qwen/Qwen2.5-7B-Instruct",
                "modelscope-cache:models/Qwen/Qwen2.5-7B-Instruct",
                Optional.of("models/Qwen/Qwen2___5-7B-Instruct"),
                "vllm-downloaded-models.ini:1",
                Optional.of("master"),
                "www.modelscope.cn",
                outcome,
                new Entries(14, 0, 14 - failures.size(), failures.size()),
                Optional.of(new Bytes(15_231_271_864L, 15_231_271_864L, 0, 15_231_271_864L)),
                15,
                151.2,
                failures,
                List.of("a note with \"quotes\" and 中文"),
                Optional.empty());
    }

    private static Item image() {
        return new Item(
                "docker:quay.io/ascend/cann",
                "docker:swr.cn-southwest-2.myhuaweicloud.com/base_image/ascend-ci/cann",
                Optional.empty(),
                "",
                Optional.empty(),
                "quay.io",
                Outcome.UP_TO_DATE,
                new Entries(100, 100, 0, 0),
                Optional.empty(),
                201,
                0.7,
                List.of(),
                List.of(),
                Optional.empty());
    }

    private static SyncReport report(int exit, Item... items) {
        return new SyncReport(
                "sync-tools 0.1.0",
                "vllm-guiyang003",
                exit,
                Instant.parse("2026-01-01T00:00:00Z"),
                Instant.parse("2026-01-01T00:10:00.123Z"),
                false,
                "0/1",
                Optional.of("linux-amd64-guiyang003"),
                List.of(items));
    }

    private static SyncReport failing() {
        return report(
                1,
                model(Outcome.FAILED, List.of(new Failure("config.json", FailureKind.CHECKSUM, "wrong bytes", true))),
                image());
    }

    @Test
    void isReadBackAsItWasWritten() throws IOException {
        Path file = folder.resolve("report.json");
        failing().write(file);

        assertEquals(failing(), SyncReport.read(file));
        try (var files = Files.list(folder)) {
            assertEquals(
                    Set.of("report.json"),
                    files.map(path -> path.getFileName().toString()).collect(Collectors.toSet()));
        }
    }

    @Test
    void aRunOfAPartNamesItsGlobs() throws IOException {
        SyncReport part = failing().withOnly(List.of("Qwen/*", "a \"b\"")).withExit(130);
        Path file = folder.resolve("part.json");
        part.write(file);

        assertEquals(part, SyncReport.read(file));
        assertEquals(List.of("Qwen/*", "a \"b\""), SyncReport.read(file).only());
        ReportSchema.assertValid(part);
        assertEquals(failing(), part.withOnly(List.of()).withExit(1));
    }

    @Test
    void theJsonFormIsTheContract() throws IOException {
        String expected = new String(
                java.util.Objects.requireNonNull(SyncReportTest.class.getResourceAsStream("report.json"))
                        .readAllBytes(),
                java.nio.charset.StandardCharsets.UTF_8);

        assertEquals(expected, failing().toJson());
    }

    @Test
    void fitsItsSchema() {
        ReportSchema.assertValid(failing());
        ReportSchema.assertValid(report(0, model(Outcome.COPIED, List.of())));
        ReportSchema.assertValid(report(0));
    }

    @Test
    void theSchemaRefusesWhatContradictsItself() {
        assertNotEquals(
                Set.of(),
                ReportSchema.faults(report(0, model(Outcome.FAILED, List.of())).toJson()));
        assertNotEquals(Set.of(), ReportSchema.faults(failing().withExit(0).toJson()));
        assertNotEquals(Set.of(), ReportSchema.faults(failing().withExit(7).toJson()));
        assertNotEquals(Set.of(), ReportSchema.faults(failing().toJson().replace("\"outcome\"", "\"result\"")));
        assertNotEquals(Set.of(), ReportSchema.faults(failing().toJson().replace("CHECKSUM", "BAD_LUCK")));
        assertNotEquals(
                Set.of(),
                ReportSchema.faults(
                        report(0, model(Outcome.WOULD_COPY, List.of())).toJson()));
    }

    @Test
    void theSchemaAllowsFieldsThatLaterVersionsAdd() {
        String more = failing().toJson().replaceFirst("\"flow\"", "\"cluster\" : \"x\", \"flow\"");

        assertEquals(Set.of(), ReportSchema.faults(more));
        assertTrue(more.contains("cluster"));
    }

    @Test
    void totalsAreSums() {
        SyncReport report = report(
                1,
                model(Outcome.COPIED, List.of()),
                model(Outcome.FAILED, List.of(new Failure("", FailureKind.DISK, "read-only", false))),
                model(Outcome.HELD_BY_ANOTHER, List.of(new Failure("", FailureKind.OTHER, "held", true))),
                image());

        assertEquals(new SyncReport.Totals(4, 1, 1, 0, 1, 1, 3 * 15_231_271_864L, 246), report.totals());
        assertFalse(report.interrupted());
    }

    @Test
    void whatIsNoReportIsNamed() throws IOException {
        Path file = folder.resolve("other.json");
        for (String text : List.of(
                "", "{", "[]", "{}", "{\"version\":2}", "{\"version\":1}", "null", "{\"version\":1,\"items\":[{}]}")) {
            Files.writeString(file, text);
            IOException refused = assertThrows(IOException.class, () -> SyncReport.read(file), text);
            assertTrue(refused.getMessage().contains("other.json"), refused::getMessage);
        }
        Files.writeString(file, "{\n  \"version\": 1,\n  oops\n}");
        assertTrue(assertThrows(IOException.class, () -> SyncReport.read(file))
                .getMessage()
                .endsWith(" in line 3"));
        for (String cut : List.of("{", "{\n  \"version\": 1", "{\n  \"version\": 1,\n", "{\"version\": 1, \"fl")) {
            Files.writeString(file, cut);
            String said =
                    assertThrows(IOException.class, () -> SyncReport.read(file)).getMessage();
            assertTrue(said.endsWith("other.json is not a report: it ends early"), said);
        }
        Files.write(file, new byte[] {'{', (byte) 0xff});
        assertTrue(assertThrows(IOException.class, () -> SyncReport.read(file))
                .getMessage()
                .endsWith("other.json is not a report: it is not UTF-8"));
    }

    @Test
    void whatIsReadEqualsWhatWasWrittenHoweverFineTheClock() throws IOException {
        Instant begun = Instant.parse("2026-01-01T00:00:00.123456789Z");
        SyncReport report = new SyncReport(
                "sync-tools 0.1.0",
                "flow",
                0,
                begun,
                begun.plusNanos(7_654_321),
                false,
                "0/1",
                Optional.of("runner"),
                List.of("o/*"),
                List.of(model(Outcome.COPIED, List.of()), image()));
        report.write(folder.resolve("report.json"));
        assertEquals(report, SyncReport.read(folder.resolve("report.json")));
    }
}
