package io.synctools.examples.bench;

import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Whether the hub is fast enough for us to measure its clients. */
final class HubSpeed {
    private static final int TRIES = 5;

    private HubSpeed() {}

    /** GB/s that curl gets on one connection and throws away: the best of some tries, each of 1 GiB. */
    static double measure(BenchSetup place) throws IOException, InterruptedException {
        HubFile file = place.largeFile("shard-0.safetensors", 1L << 30);
        HubRepository repository = HubRepository.of("models/bench/speed", List.of(file));
        try (Hub hub = Hub.start(Hub.Options.PLAIN, List.of(repository))) {
            List<String> command = List.of(
                    "curl",
                    "-sS",
                    "--fail",
                    "-o",
                    "/dev/null",
                    hub.storageOf(repository, file).toString());
            double best = Double.MAX_VALUE;
            for (int i = 0; i < TRIES; i++) {
                best = Math.min(
                        best,
                        new Stopwatch(place.folder()).run(command, Map.of()).wall());
            }
            return file.size() / 1e9 / best;
        }
    }
}
