package io.synctools.examples.bench;

import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The same work once, four times and sixteen times: what it costs must grow no faster than the work. */
final class ScaleCases {
    private static final List<Integer> STEPS = List.of(1, 4, 16);

    private ScaleCases() {}

    static List<Case> all() {
        return List.of(
                scale(
                        "scale-files",
                        "500 files of 8 KiB, x4, x16",
                        (place, step) ->
                                List.of(HubRepository.of("models/bench/repo", place.smallFiles(500 * step, 8192)))),
                scale(
                        "scale-bytes",
                        "one file of 64 MiB, x4, x16",
                        (place, step) -> List.of(HubRepository.of(
                                "models/bench/repo",
                                List.of(place.largeFile("weights.safetensors", (64L << 20) * step))))),
                scale("scale-repositories", "25 repositories of 20 files, x4, x16", (place, step) -> {
                    List<HubRepository> repositories = new ArrayList<>();
                    List<HubFile> files = place.smallFiles(20, 1024);
                    for (int i = 0; i < 25 * step; i++) {
                        repositories.add(HubRepository.of("models/bench/repo" + i, files));
                    }
                    return repositories;
                }));
    }

    private interface Work {
        List<HubRepository> make(BenchSetup place, int step) throws IOException;
    }

    private static Case scale(String name, String about, Work work) {
        List<String> names = STEPS.stream().map(ScaleCases::name).toList();
        return new Case(name, about, List.of(Goal.growth(names)), place -> {
                    List<Hub> hubs = new ArrayList<>();
                    List<Contender> contenders = new ArrayList<>();
                    for (int step : STEPS) {
                        List<HubRepository> repositories = work.make(place, step);
                        Hub hub = Hub.start(Hub.Options.PLAIN, repositories);
                        hubs.add(hub);
                        contenders.add(Contender.ours(name(step), new OursFromModelScope(place, hub, repositories)));
                    }
                    return Case.Setting.at(hubs, contenders);
                })
                .upTo(3);
    }

    private static String name(int step) {
        return Contender.OURS + " x" + step;
    }
}
