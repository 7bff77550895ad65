package io.synctools.examples.bench;

import io.synctools.standin.Hub;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The flow {@code vllm-guiyang003} over a list of the given repositories. */
record OursFromModelScope(BenchSetup place, List<HubRepository> repositories, Map<String, String> environment)
        implements Contender.Work {

    OursFromModelScope(BenchSetup place, Hub hub, List<HubRepository> repositories) {
        this(place, repositories, Map.of("MODELSCOPE_ENDPOINT", hub.origin().toString()));
    }

    @Override
    public List<String> command(Path into) throws IOException {
        return List.of(
                place.launcher().toString(),
                "vllm-guiyang003",
                "--models",
                place.note("models.ini", list("models")).toString(),
                "--datasets",
                place.note("datasets.ini", list("datasets")).toString(),
                "--modelscope-cache",
                into.resolve("cache").toString());
    }

    private String list(String kind) {
        return repositories.stream()
                .map(HubRepository::name)
                .filter(name -> name.startsWith(kind + "/"))
                .map(name -> name.substring(kind.length() + 1) + "\n")
                .collect(Collectors.joining());
    }

    @Override
    public void check(Path into, String printed) throws IOException {
        for (HubRepository repository : repositories) {
            Checking.folder(repository, into.resolve("cache").resolve(repository.name()));
        }
    }
}
