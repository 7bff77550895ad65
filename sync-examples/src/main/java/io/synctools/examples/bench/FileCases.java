package io.synctools.examples.bench;

import static io.synctools.examples.bench.Contender.OURS;
import static io.synctools.examples.bench.Contender.OURS_FROM_HUGGING_FACE;

import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** New files from a hub: large and small, with and without latency and caps. */
final class FileCases {
    private static final int MIB = 1 << 20;
    static final Hub.Options LATE = new Hub.Options(0, Duration.ofMillis(20), 0);
    private static final Hub.Options CAPPED = new Hub.Options(0, Duration.ofMillis(50), 20L * MIB);

    /** Beside the Python clients: ahead, by far where there are many small files, and further still where each connection is capped. */
    private static final double AHEAD = 1;

    private static final double FAR_AHEAD = 4;
    private static final double MANY_TIMES = 10;

    private FileCases() {}

    static List<Case> all() {
        return List.of(
                fetch(
                                "1gib",
                                "one file of 1 GiB, no cap",
                                goals(AHEAD, Goal.times(OURS, 1.1, "curl"), Goal.times(OURS, 1, Peers.CURL_AND_ALL)),
                                Hub.Options.PLAIN,
                                place -> large(place, 1, 1024))
                        .upTo(3),
                fetch(
                                "512mib-capped",
                                "one file of 512 MiB, 20 MiB/s for each connection, 50 ms",
                                goals(
                                        MANY_TIMES,
                                        Goal.times(OURS, 1.1, "aria2c"),
                                        Goal.times(OURS_FROM_HUGGING_FACE, 1.25, "aria2c")),
                                CAPPED,
                                place -> large(place, 1, 512))
                        .upTo(3),
                fetch(
                                "8x64mib-capped",
                                "8 files of 64 MiB, 20 MiB/s for each connection, 50 ms",
                                goals(AHEAD),
                                CAPPED,
                                place -> large(place, 8, 64))
                        .upTo(3),
                fetch(
                        "2000-small",
                        "2,000 files of 8 KiB, 20 ms",
                        goals(
                                FAR_AHEAD,
                                Goal.times(OURS, 1.1, "curl"),
                                Goal.times(OURS, 1, Peers.CURL_AND_ALL),
                                Goal.times(OURS_FROM_HUGGING_FACE, 1.25, "curl")),
                        LATE,
                        place -> place.smallFiles(2000, 8192)),
                fetch(
                                "2000-small-0ms",
                                "2,000 files of 8 KiB, no latency",
                                goals(FAR_AHEAD),
                                Hub.Options.PLAIN,
                                place -> place.smallFiles(2000, 8192))
                        .upTo(3),
                fetch(
                                "20000-tiny",
                                "20,000 files of 1 KiB, no latency",
                                goals(FAR_AHEAD),
                                Hub.Options.PLAIN,
                                place -> place.smallFiles(20_000, 1024))
                        .upTo(1),
                fetch("mixed", "4 files of 256 MiB and 300 of 8 KiB, 20 ms", goals(AHEAD), LATE, place -> Stream.concat(
                                        large(place, 4, 256).stream(), place.smallFiles(300, 8192).stream())
                                .toList())
                        .upTo(3));
    }

    private interface Content {
        List<HubFile> make(BenchSetup place) throws IOException;
    }

    private static List<Goal> goals(double timesPython, Goal... more) {
        return Stream.concat(Stream.of(more), PythonClients.goals(timesPython).stream())
                .toList();
    }

    private static List<HubFile> large(BenchSetup place, int count, int mebibytes) throws IOException {
        List<HubFile> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(place.largeFile("shard-" + i + ".safetensors", (long) mebibytes * MIB));
        }
        return files;
    }

    private static Case fetch(String name, String about, List<Goal> goals, Hub.Options options, Content files) {
        return new Case(name, about, goals, place -> {
            HubRepository repository = HubRepository.of("models/bench/repo", files.make(place));
            Hub hub = Hub.start(options, List.of(repository));
            List<Contender> contenders = new ArrayList<>();
            contenders.add(Contender.ours(OURS, new OursFromModelScope(place, hub, List.of(repository))));
            contenders.add(
                    Contender.ours(OURS_FROM_HUGGING_FACE, new OursFromHuggingFace(place, hub, List.of(repository))));
            for (Contender peer : Peers.fetching(place, hub, repository)) {
                boolean slow = isSlow(peer.name(), options, repository);
                contenders.add(slow ? peer.once() : peer);
            }
            return Case.Setting.at(List.of(hub), contenders);
        });
    }

    /** Who takes long has one round: with few connections that are capped, file by file, or 20,000 of them to be checked. */
    private static boolean isSlow(String peer, Hub.Options options, HubRepository repository) {
        int files = repository.files().size();
        boolean capped = options.bytesPerSecond() > 0;
        return switch (peer) {
            case JavaScriptClient.NAME -> capped || files > 100;
            case "aria2c" -> false;
            default -> (capped && files == 1) || files > 2000;
        };
    }
}
