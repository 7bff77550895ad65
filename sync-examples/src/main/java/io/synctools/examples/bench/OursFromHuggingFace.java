package io.synctools.examples.bench;

import io.synctools.examples.hub.Hub;
import io.synctools.examples.hub.HubRepository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The flow {@code hk001-models} over a list of one model, into the Hugging Face cache. */
record OursFromHuggingFace(Place place, Hub hub, HubRepository repository) implements Contender.Work {

    @Override
    public List<String> command(Path into) throws IOException {
        List<String> name = List.of(repository.name().split("/", -1));
        String list = "[{\"platform\": \"huggingface\", \"organization\": \"%s\", \"model_name\": \"%s\"}]\n"
                .formatted(name.get(1), name.get(2));
        return List.of(
                place.launcher().toString(),
                "hk001-models",
                "--models",
                place.note("models.json", list).toString(),
                "--huggingface-layout",
                "cache",
                "--huggingface-cache",
                into.resolve("cache").toString());
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("HF_ENDPOINT", hub.origin().toString());
    }

    @Override
    public void check(Path into) throws IOException {
        Path folder = into.resolve("cache").resolve(repository.name().replace("/", "--"));
        Checking.folder(repository, folder.resolve("snapshots").resolve(repository.commit()));
    }
}
