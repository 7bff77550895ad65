package io.synctools.report;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Bytes;
import io.synctools.SyncReport.Entries;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import io.synctools.model.FailureKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Ten days of five runners, as their reports would tell: what a page of a real deployment has to show. */
final class Fleet {
    static final Instant NOW = Instant.parse("2026-03-11T10:30:00Z");

    private static final int ROUNDS = 40;
    private static final long GIB = 1L << 30;
    private static final List<String> MODELS = List.of(
            "Qwen/Qwen2.5-7B-Instruct",
            "Qwen/Qwen3-235B-A22B-Instruct-2507",
            "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B-with-a-name-that-goes-on-and-on",
            "deepseek-ai/DeepSeek-V3.1",
            "LLM-Research/Llama-3.3-70B-Instruct",
            "ZhipuAI/GLM-4.5-Air",
            "moonshotai/Kimi-K2-Instruct",
            "OpenGVLab/InternVL3-8B",
            "BAAI/bge-m3",
            "iic/gte_Qwen2-7B-instruct",
            "Shanghai_AI_Laboratory/internlm3-8b-instruct",
            "google/gemma-3-27b-it");
    private static final List<String> IMAGES = List.of("cann", "vllm-ascend", "sglang", "verl");

    private Fleet() {}

    static List<SyncReport> reports() {
        List<SyncReport> all = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            all.add(files("vllm-guiyang003", "vllm-downloaded-models.ini", 12, round));
            all.add(files("sglang-guiyang004", "sglang-downloaded-models.ini", 9, round));
            all.add(files("sglang-sglang01", "sglang-downloaded-models.ini", 9, round));
            all.add(files("hk001-models", "hk001-models.json", 6, round));
            all.add(images(round));
        }
        return all;
    }

    private static SyncReport files(String flow, String list, int models, int round) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < models; i++) {
            boolean isNew = round == 0 || (i + 5 * flow.length() + round) % 37 == 0;
            String host = flow.startsWith("hk") ? "huggingface.co" : "www.modelscope.cn";
            items.add(item(flow, list, i, isNew ? Outcome.COPIED : Outcome.UP_TO_DATE, host, failure(flow, i, round)));
        }
        return report(flow, round, items);
    }

    private static Optional<Failure> failure(String flow, int item, int round) {
        if (flow.equals("vllm-guiyang003") && item == 2 && round > 36) {
            return Optional.of(new Failure(
                    "model-00007-of-00008.safetensors",
                    FailureKind.CHECKSUM,
                    "sha256 is 91b073d4c1f4c6a9e4e3e3f8d1a1b0a66d6bb2ab5a4b7bb4ff0b0dbd40cbe2aa instead of"
                            + " 84a93138b1b2f7ab1c0dd0f7c1d31f6b4c3a9d17c2a3a5b3a6f1b1fd5a4c5d9e; it was fetched again"
                            + " once, with the same result",
                    true));
        }
        if (flow.equals("sglang-sglang01") && item == 4) {
            return Optional.of(new Failure(
                    "",
                    FailureKind.ACCESS,
                    "www.modelscope.cn: 403 for LLM-Research/Llama-3.3-70B-Instruct; accept its licence on the hub, or"
                            + " set MODELSCOPE_API_TOKEN to a token that may read it",
                    false));
        }
        if (flow.equals("sglang-guiyang004") && item == 6 && round == ROUNDS - 1) {
            return Optional.of(
                    new Failure("", FailureKind.OTHER, "host gy-npu-07, process 4121, works on it since 08:12", true));
        }
        if (flow.equals("hk001-models") && (item == 1 || item == 3) && round == ROUNDS - 1) {
            return Optional.of(new Failure(
                    "", FailureKind.UNAVAILABLE, "huggingface.co: 503; gave up after 6 tries in 2 min", true));
        }
        if (flow.equals("hk001-models") && (item == 1 || item == 3) && round % 9 > 5) {
            return Optional.of(new Failure(
                    "config.json", FailureKind.RATE_LIMITED, "huggingface.co asks for a pause of 12 min (429)", true));
        }
        return Optional.empty();
    }

    private static Item item(
            String flow, String list, int index, Outcome outcome, String host, Optional<Failure> failure) {
        String name = MODELS.get(index);
        boolean held =
                failure.map(Failure::kind).filter(FailureKind.OTHER::equals).isPresent();
        long total = (14 + 23L * index * index) * GIB;
        long moved = outcome == Outcome.COPIED ? total : 0;
        return new Item(
                "modelscope:models/" + name,
                "modelscope-cache:models/" + name,
                Optional.of("models/" + name),
                list + ":" + (index + 3),
                Optional.of("master"),
                host,
                failure.isEmpty() ? outcome : held ? Outcome.HELD_BY_ANOTHER : Outcome.FAILED,
                failure.map(Failure::kind)
                                .filter(FailureKind.UNAVAILABLE::equals)
                                .isPresent()
                        ? new Entries(0, 0, 0, 0)
                        : new Entries(14, moved == 0 ? 14 : 0, moved == 0 ? 0 : 14, failure.isPresent() ? 1 : 0),
                Optional.of(new Bytes(total, moved, 0, moved)),
                moved == 0 ? 1 : 15 + 60L * index,
                moved / 200e6,
                failure.stream().toList(),
                List.of(),
                Optional.empty());
    }

    private static SyncReport images(int round) {
        List<Item> items = new ArrayList<>();
        for (String image : IMAGES) {
            List<Failure> failures = new ArrayList<>();
            for (int tag = 0; image.equals("verl") && tag < (round > 38 ? 7 : 0); tag++) {
                failures.add(new Failure(
                        "8.3.rc" + tag + "-910b-ubuntu22.04-py3.11",
                        FailureKind.UNAVAILABLE,
                        "swr.cn-southwest-2.myhuaweicloud.com: 503 for a layer, six times in 2 min",
                        true));
            }
            items.add(new Item(
                    "docker:quay.io/ascend/" + image,
                    "docker:swr.cn-southwest-2.myhuaweicloud.com/base_image/ascend-ci/" + image,
                    Optional.empty(),
                    "",
                    Optional.empty(),
                    "quay.io",
                    failures.isEmpty() ? Outcome.UP_TO_DATE : Outcome.FAILED,
                    new Entries(120, 120, 0, failures.size()),
                    Optional.empty(),
                    241,
                    3,
                    failures,
                    List.of("quay.io: " + (100 - round) + " of 100 pulls left in 6 h"),
                    Optional.empty()));
        }
        return report("images-quay-to-cn-southwest2", round, items);
    }

    private static SyncReport report(String flow, int round, List<Item> items) {
        boolean well = items.stream().allMatch(Item::well);
        Instant started = NOW.minusSeconds(6L * 3600 * (ROUNDS - round) - 11 * 60L * flow.length());
        long moved = items.stream()
                .mapToLong(item -> item.bytes().map(Bytes::transferred).orElse(0L))
                .sum();
        return new SyncReport(
                "sync-tools 0.1.0",
                flow,
                well ? 0 : 1,
                started,
                started.plusSeconds(20 + moved / 400_000_000),
                false,
                "0/1",
                flow.startsWith("images")
                        ? Optional.empty()
                        : Optional.of("linux-amd64-" + flow.replace("-models", "")),
                items);
    }
}
