package io.synctools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.synctools.model.ArtifactRef;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownNamesTest {
    private static final KnownNames KNOWN = new KnownNames(List.of(
            ArtifactRef.of("modelscope", "models/Qwen/Qwen2.5-7B-Instruct"),
            ArtifactRef.of("modelscope", "models/LLM-Research/Meta-Llama-3-8B"),
            ArtifactRef.of("huggingface", "datasets/openai/gsm8k"),
            ArtifactRef.of("docker", "quay.io/ascend/cann")));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "modelscope | models/Qwen/Qwen2.5-7B-Instrct | ; did you mean \"Qwen/Qwen2.5-7B-Instruct\"?",
                "modelscope | models/LLM-Research/Meta-Llana-3-8B | ; did you mean \"LLM-Research/Meta-Llama-3-8B\"?",
                "modelscope | models/deepseek-ai/Qwen2.5-7B-Instruct | ; did you mean \"Qwen/Qwen2.5-7B-Instruct\"?",
                "huggingface | models/openai/gsm8k | ; there is a dataset of that name: move the entry to the list of datasets",
                "huggingface | models/Qwen/Qwen2.5-7B-Instruct | ; did you mean modelscope:models/Qwen/Qwen2.5-7B-Instruct?",
                "docker | quay.io/ascend/can | ; did you mean \"ascend/cann\"?",
                "modelscope | models/nobody/Something-Else | ''"
            })
    void theNearestNameThatIsThereIsSuggested(String scheme, String name, String hint) {
        assertEquals(hint, KNOWN.hint(ArtifactRef.of(scheme, name)));
    }
}
