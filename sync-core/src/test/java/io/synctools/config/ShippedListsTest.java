package io.synctools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.synctools.model.SyncItem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The lists that the runners ship with hold what the pipelines before them held. */
class ShippedListsTest {
    private static final Path CONFIG = Path.of("../sync-examples/config");
    private static final Destinations STANDARD = Destinations.standard(Optional.empty());

    private static List<String> declared(ListKind kind, String file) {
        ListReading reading = new ListReader(STANDARD).read(kind, List.of(CONFIG.resolve(file)));
        assertEquals(List.of(), reading.faults());
        return reading.items().stream()
                .map(SyncItem::from)
                .map(Object::toString)
                .toList();
    }

    @Test
    void theRunnersListsHoldTheirNames() {
        assertEquals(
                List.of(
                        "modelscope:models/Qwen/Qwen2.5-7B-Instruct",
                        "modelscope:models/Qwen/Qwen2.5-14B-Instruct",
                        "modelscope:models/deepseek-ai/DeepSeek-V2",
                        "modelscope:models/baichuan-inc/Baichuan2-7B-Chat"),
                declared(ListKind.MODELS, "vllm-downloaded-models.ini"));
        assertEquals(
                List.of("modelscope:models/Qwen/Qwen2.5-7B-Instruct"),
                declared(ListKind.MODELS, "sglang-downloaded-models.ini"));
        for (String list : List.of("vllm-downloaded-datasets.ini", "sglang-downloaded-datasets.ini")) {
            assertEquals(
                    List.of("modelscope:datasets/mlfoundations-dev/cogito-v1-preview-llama-3B_eval_2e29"),
                    declared(ListKind.DATASETS, list));
        }
        assertEquals(
                List.of(
                        "huggingface:models/Qwen/Qwen2.5-0.5B-Instruct",
                        "huggingface:models/Qwen/Qwen2.5-VL-3B-Instruct",
                        "huggingface:models/Qwen/Qwen3-30B-A3B-Instruct-2507"),
                declared(ListKind.MODELS, "hk001-models.json"));
        assertEquals(
                List.of("huggingface:datasets/openai/gsm8k", "huggingface:datasets/hiyouga/geometry3k"),
                declared(ListKind.DATASETS, "hk001-datasets.json"));
    }

    @Test
    void noShippedListHasAFault() throws IOException {
        List<ListFile> files = Lint.readFolder(CONFIG);

        assertEquals(10, files.size());
        assertEquals(List.of(), new Lint(STANDARD).check(files));
    }
}
