package io.synctools.examples.bench;

import io.synctools.standin.Hub;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The flow {@code hk001-models} over a list of the given models, into the Hugging Face cache. */
record OursFromHuggingFace(BenchSetup place, Hub hub, List<HubRepository> repositories) implements Contender.Work {

    @Override
    public List<String> command(Path into) throws IOException {
        return List.of(
                place.launcher().toString(),
                "hk001-models",
                "--models",
                place.note("models.json", list()).toString(),
                "--huggingface-layout",
                "cache",
                "--huggingface-cache",
                into.resolve("cache").toString());
    }

    private String list() {
        return repositories.stream()
                .map(repository -> repository.name().split("/", -1))
                .map(name -> "{\"platform\": \"huggingface\", \"organization\": \"%s\", \"model_name\": \"%s\"}"
                        .formatted(name[1], name[2]))
                .collect(Collectors.joining(",\n", "[", "]\n"));
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("HF_ENDPOINT", hub.origin().toString());
    }

    @Override
    public void check(Path into, String printed) throws IOException {
        Checking.huggingFaceCache(repositories, into.resolve("cache"));
    }
}
