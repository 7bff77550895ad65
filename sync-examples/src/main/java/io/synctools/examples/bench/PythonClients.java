package io.synctools.examples.bench;

import io.synctools.standin.Hub;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The hubs' official Python clients, where the caller says which Python has them.
 *
 * @param python the executable
 * @param versions of the packages that it has, by their names
 */
record PythonClients(String python, Map<String, String> versions) {
    static final String HUGGING_FACE = "huggingface_hub";
    static final String MODELSCOPE = "modelscope";

    /** Prints where each repository lies, a line each. */
    private static final String FETCH_HUGGING_FACE = """
            import sys
            from huggingface_hub import snapshot_download
            for name in sys.argv[2:]:
                print("at " + snapshot_download(name, cache_dir=sys.argv[1]))
            """;

    /** Newer ones take the address from the environment, older ones as an argument. */
    private static final String FETCH_MODELSCOPE = """
            import inspect, os, sys
            from modelscope import snapshot_download
            more = {}
            if "endpoint" in inspect.signature(snapshot_download).parameters:
                more["endpoint"] = os.environ["MODELSCOPE_ENDPOINT"]
            for name in sys.argv[2:]:
                print("at " + snapshot_download(name, cache_dir=sys.argv[1], **more))
            """;

    /** Looks which packages there are. */
    static PythonClients in(Optional<Path> python) throws InterruptedException {
        Map<String, String> versions = new TreeMap<>();
        if (python.isPresent()) {
            for (String name : List.of(HUGGING_FACE, MODELSCOPE)) {
                String script = "import %s; print(%s.__version__)".formatted(name, name);
                Programs.printed(List.of(python.get().toString(), "-c", script))
                        .flatMap(text -> text.lines().reduce((first, last) -> last))
                        .ifPresent(version -> versions.put(name, version));
            }
        }
        return new PythonClients(python.map(Path::toString).orElse(""), versions);
    }

    /** Which of them were looked for and are not there. */
    List<String> absent() {
        return List.of(HUGGING_FACE, MODELSCOPE).stream()
                .filter(name -> !versions.containsKey(name))
                .toList();
    }

    /** Fetch repositories into a cache, one after the other. */
    List<Contender> fetching(Hub hub, List<HubRepository> repositories) {
        List<Contender> found = new ArrayList<>();
        if (versions.containsKey(HUGGING_FACE)) {
            Map<String, String> environment = Map.of(
                    "HF_ENDPOINT", hub.origin().toString(),
                    "HF_HUB_DISABLE_XET", "1",
                    "HF_HUB_DISABLE_TELEMETRY", "1",
                    "HF_HUB_DISABLE_PROGRESS_BARS", "1");
            found.add(Contender.peer(
                    HUGGING_FACE,
                    Contender.OURS_FROM_HUGGING_FACE,
                    new Fetch(python, FETCH_HUGGING_FACE, repositories, environment)));
        }
        if (versions.containsKey(MODELSCOPE)) {
            Map<String, String> environment =
                    Map.of("MODELSCOPE_ENDPOINT", hub.origin().toString());
            found.add(Contender.peer(
                    MODELSCOPE, Contender.OURS, new Fetch(python, FETCH_MODELSCOPE, repositories, environment)));
        }
        return found;
    }

    /** What we want beside them: to be so many times as fast. */
    static List<Goal> goals(double times) {
        return List.of(
                Goal.times(Contender.OURS_FROM_HUGGING_FACE, 1 / times, HUGGING_FACE),
                Goal.times(Contender.OURS, 1 / times, MODELSCOPE));
    }

    private record Fetch(
            String python, String script, List<HubRepository> repositories, Map<String, String> environment)
            implements Contender.Work {
        @Override
        public List<String> command(Path into) {
            List<String> command = new ArrayList<>(
                    List.of(python, "-c", script, into.resolve("cache").toString()));
            repositories.forEach(repository -> command.add(repository.nameOnly()));
            return command;
        }

        @Override
        public void check(Path into, String printed) throws IOException {
            List<Path> folders = printed.lines()
                    .filter(line -> line.startsWith("at "))
                    .map(line -> Path.of(line.substring(3)))
                    .toList();
            if (folders.size() != repositories.size()) {
                throw new IOException("the client says where " + folders.size() + " repositories lie: " + printed);
            }
            for (int i = 0; i < folders.size(); i++) {
                Checking.folder(repositories.get(i), folders.get(i));
            }
        }
    }
}
