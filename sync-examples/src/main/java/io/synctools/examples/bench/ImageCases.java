package io.synctools.examples.bench;

import static io.synctools.examples.bench.Contender.OURS;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Images between two real registries, by the flow {@code images}. */
final class ImageCases {
    private static final Duration LATENCY = Duration.ofMillis(25);

    private ImageCases() {}

    static List<Case> all() {
        return List.of(
                new Case(
                        "100-tags",
                        "100 tags, none changed",
                        List.of(Goal.times(OURS, 2, "HEAD loop"), Goal.requests(OURS, 201)),
                        place -> unchanged(place, 100, Duration.ZERO)),
                new Case(
                        "100-tags-5ms",
                        "100 tags, none changed, 5 ms",
                        List.of(Goal.times(OURS, 2, "HEAD loop"), Goal.requests(OURS, 201)),
                        place -> unchanged(place, 100, Duration.ofMillis(5))),
                new Case(
                        "100-tags-25ms",
                        "100 tags, none changed, 25 ms",
                        List.of(Goal.times(OURS, 2, "HEAD loop"), Goal.requests(OURS, 201)),
                        place -> unchanged(place, 100, LATENCY)),
                new Case(
                                "1000-tags",
                                "1,000 tags, none changed",
                                List.of(Goal.requests(OURS, 2001)),
                                place -> unchanged(place, 1000, Duration.ZERO))
                        .upTo(3),
                new Case(
                                "40-repositories",
                                "1,000 tags of 40 repositories, none changed, 25 ms",
                                List.of(Goal.times(OURS, 1.2, "HEAD loop"), Goal.requests(OURS, 2040)),
                                ImageCases::many)
                        .upTo(3),
                new Case(
                                "40-new-tags",
                                "40 new tags of two platforms and 512 KiB each, 25 ms",
                                List.of(Goal.times(OURS, 0.2, "skopeo sync")),
                                ImageCases::fresh)
                        .upTo(3));
    }

    private static Case.Setting many(BenchSetup place) throws IOException {
        RegistryPair both = RegistryPair.start(place, LATENCY, 40, 25, 1);
        both.fillDestination();
        return new Case.Setting(looking(place, both), both::requests, both::connections, List.of(both));
    }

    private static List<Contender> looking(BenchSetup place, RegistryPair both) {
        return List.of(Contender.ours(OURS, new Ours(place, both)), ImagePeers.headLoop(place, both));
    }

    private static Case.Setting unchanged(BenchSetup place, int tags, Duration latency) throws IOException {
        RegistryPair both = RegistryPair.start(place, latency, tags, 20);
        both.fillDestination();
        List<Contender> contenders = new ArrayList<>(looking(place, both));
        if (latency.isZero() && tags <= 100) { // elsewhere these two take a minute each, and show nothing new
            contenders.add(ImagePeers.skopeoSync(both).once());
            contenders.add(ImagePeers.inspectLoop(both).once());
        }
        return new Case.Setting(contenders, both::requests, both::connections, List.of(both));
    }

    private static Case.Setting fresh(BenchSetup place) throws IOException {
        RegistryPair both = RegistryPair.start(place, LATENCY, 40, 40);
        List<Contender> contenders = new ArrayList<>();
        contenders.add(Contender.ours(OURS, new Ours(place, both)));
        contenders.add(ImagePeers.skopeoSync(both).once());
        return new Case.Setting(
                contenders.stream()
                        .map(each -> each.doing(each.work().after(into -> both.emptyDestination())))
                        .toList(),
                both::requests,
                both::connections,
                List.of(both));
    }

    /** A rule for each repository. What we remember between runs stays, as it does between jobs. */
    private record Ours(BenchSetup place, RegistryPair both) implements Contender.Work {
        @Override
        public List<String> command(Path into) throws IOException {
            List<String> rules = new ArrayList<>();
            for (int i = 0; i < both.sources().size(); i++) {
                rules.add("{\"src\": \"%s\", \"dest\": \"%s\"}"
                        .formatted(both.sources().get(i), both.destinations().get(i)));
            }
            return List.of(
                    place.launcher().toString(),
                    "images",
                    "--images",
                    place.note("images.json", "[" + String.join(",\n", rules) + "]\n")
                            .toString());
        }

        @Override
        public Map<String, String> environment() {
            return Map.of("HOME", place.folder().resolve("home").toString());
        }

        @Override
        public void check(Path into, String printed) throws IOException {
            both.check();
        }
    }
}
