package io.synctools.examples.bench;

import static io.synctools.examples.bench.Contender.OURS;
import static io.synctools.examples.bench.Contender.OURS_FROM_HUGGING_FACE;

import io.synctools.standin.Hub;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long it takes to begin. */
final class StartCases {
    private StartCases() {}

    static List<Case> all() {
        return List.of(
                new Case("help", "./sync --help", List.of(Goal.seconds(OURS, 0.35)), StartCases::help),
                new Case(
                        "dry-run",
                        "./sync FLOW --dry-run, a list of 8 repositories that are up to date",
                        List.of(Goal.requests(OURS, 8), Goal.requests(OURS_FROM_HUGGING_FACE, 8)),
                        StartCases::preview));
    }

    private static Case.Setting help(BenchSetup place) {
        Contender.Work help = new Contender.Work() {
            @Override
            public List<String> command(Path into) {
                return List.of(place.launcher().toString(), "--help");
            }

            @Override
            public void check(Path into, String printed) throws IOException {
                if (!printed.contains("vllm-guiyang003")) {
                    throw new IOException("the help does not name the flows: " + printed);
                }
            }
        };
        return Case.Setting.alone(List.of(Contender.ours(OURS, help)));
    }

    private static Case.Setting preview(BenchSetup place) throws IOException {
        List<HubRepository> repositories = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            repositories.add(HubRepository.of("models/bench/repo" + i, place.smallFiles(5, 100)));
        }
        Hub hub = Hub.start(Hub.Options.PLAIN, repositories);
        return Case.Setting.at(
                List.of(hub),
                List.of(
                        Contender.ours(OURS, again(place, new OursFromModelScope(place, hub, repositories))),
                        Contender.ours(
                                OURS_FROM_HUGGING_FACE,
                                again(place, new OursFromHuggingFace(place, hub, repositories)))));
    }

    private static Contender.Work again(BenchSetup place, Contender.Work work) {
        Contender.Work again = place.again(work);
        return again.with("--dry-run", again::check);
    }
}
