package io.synctools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.synctools.SyncReport.Bytes;
import io.synctools.SyncReport.Entries;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.NameFilter;
import io.synctools.model.Place;
import io.synctools.model.Shard;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.model.TagPatterns;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlanPrinterTest {

    @Test
    void printsWhatIsDeclared() throws IOException {
        SyncPlan plan = SyncPlan.builder("hk001-models")
                .add(item("modelscope", "modelscope-cache", "models/Qwen/Qwen2.5-7B-Instruct", "", "a.json", 2))
                .add(item("modelscope", "modelscope-cache", "models/Qwen/Qwen2.5-7B-Instruct", "", "b.json", 9))
                .add(item("huggingface", "local-dir", "models/Qwen/Qwen2.5-0.5B-Instruct", "v1.0", "a.json", 3))
                .add(new SyncItem(
                        ArtifactRef.of("docker", "quay.io/ascend/cann"),
                        ArtifactRef.of("docker", "swr.cn-southwest-2.myhuaweicloud.com/ascend-ci/cann"),
                        new Cann(),
                        Place.NONE))
                .add(new SyncItem(
                        ArtifactRef.of("docker", "quay.io/ascend/vllm"),
                        ArtifactRef.of("docker", "swr.cn-southwest-2.myhuaweicloud.com/ascend-ci/vllm"),
                        TagPatterns.all().withReferrers(),
                        Place.NONE))
                .build();

        assertEquals(golden("declared.txt"), PlanPrinter.declared(plan));
    }

    @Test
    void printsAnEmptyShare() {
        SyncPlan plan = SyncPlan.of("hk001-models", List.of()).shard(new Shard(1, 4));

        assertEquals(
                "hk001-models: 0 items, shard 1/4\nhk001-models: nothing is declared, so there is nothing to do\n",
                PlanPrinter.declared(plan));
    }

    @Test
    void printsAPreviewWithBytes() throws IOException {
        SyncReport report = new SyncReport(
                "sync-tools 0.1.0",
                "hk001-models",
                1,
                Instant.EPOCH,
                Instant.EPOCH,
                true,
                "0/1",
                List.of(
                        result("Qwen/new", Outcome.WOULD_COPY, new Entries(14, 0, 0, 0), 15_231_271_864L, List.of()),
                        result("Qwen/changed", Outcome.WOULD_COPY, new Entries(2000, 1999, 0, 0), 8192, List.of()),
                        result("Qwen/same", Outcome.UP_TO_DATE, new Entries(5, 5, 0, 0), 0, List.of()),
                        result(
                                "Qwen/gated",
                                Outcome.FAILED,
                                new Entries(0, 0, 0, 0),
                                0,
                                List.of(new Failure(
                                        "",
                                        FailureKind.ACCESS,
                                        "huggingface.co: 403 for Qwen/gated;\nopen https://huggingface.co/Qwen/gated",
                                        false))),
                        new Item(
                                "docker:quay.io/ascend/cann",
                                "docker:swr.example/ascend-ci/cann",
                                Optional.empty(),
                                "",
                                Optional.empty(),
                                "quay.io",
                                Outcome.WOULD_COPY,
                                new Entries(100, 99, 0, 0),
                                Optional.empty(),
                                201,
                                1,
                                List.of(),
                                List.of("8.0: left out, the source does not list it any more"),
                                Optional.empty())));

        assertEquals(golden("preview.txt"), PlanPrinter.preview(report));
    }

    @Test
    void sizesAreForPeople() {
        assertEquals("0 B", PlanPrinter.size(0));
        assertEquals("1023 B", PlanPrinter.size(1023));
        assertEquals("1.0 KiB", PlanPrinter.size(1024));
        assertEquals("1.0 MiB", PlanPrinter.size(1024 * 1024 - 1));
        assertEquals("14.2 GiB", PlanPrinter.size(15_231_271_864L));
        assertEquals("1.1 TiB", PlanPrinter.size(1_200_000_000_000L));
        assertEquals("8192.0 PiB", PlanPrinter.size(Long.MAX_VALUE));
    }

    private static SyncItem item(String from, String to, String name, String revision, String list, int line) {
        return new SyncItem(
                ArtifactRef.of(from, name, revision),
                ArtifactRef.of(to, name),
                NameFilter.ALL,
                new Place("config/" + list, line, 5));
    }

    private static Item result(String name, Outcome outcome, Entries entries, long missing, List<Failure> failures) {
        return new Item(
                "huggingface:models/" + name,
                "local-dir:models/" + name,
                Optional.of("models/" + name),
                "hk001-models.json:3",
                Optional.of("0123456789012345678901234567890123456789"),
                "huggingface.co",
                outcome,
                entries,
                Optional.of(new Bytes(16_000_000_000L, missing, 0, 0)),
                2,
                0.5,
                failures,
                List.of(),
                Optional.empty());
    }

    private static String golden(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(PlanPrinterTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static final class Cann implements NameFilter {
        @Override
        public boolean accepts(String name) {
            return name.contains("cann");
        }

        @Override
        public String text() {
            return "tag_filter=cann";
        }
    }
}
