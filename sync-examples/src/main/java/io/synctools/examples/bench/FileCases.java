package io.synctools.examples.bench;

import io.synctools.examples.hub.Hub;
import io.synctools.examples.hub.HubFile;
import io.synctools.examples.hub.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Files from a hub: large and small, with and without latency and caps, new, changed and unchanged. */
final class FileCases {
    private static final int MIB = 1 << 20;
    private static final Hub.Options PLAIN = Hub.Options.PLAIN;
    private static final Hub.Options LATE = new Hub.Options(0, Duration.ofMillis(20), 0);
    private static final Hub.Options CAPPED = new Hub.Options(0, Duration.ofMillis(50), 20L * MIB);

    private FileCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        cases.add(fetch(
                "1gib",
                "one file of 1 GiB, no cap",
                "<= 1.1 x curl",
                PLAIN,
                place -> List.of(place.largeFile("weights.safetensors", 1L << 30))));
        cases.add(fetch(
                "512mib-capped",
                "one file of 512 MiB, 20 MiB/s per connection, 50 ms",
                "<= 1.1 x aria2c",
                CAPPED,
                place -> List.of(place.largeFile("weights.safetensors", 512L * MIB))));
        cases.add(fetch(
                "8x64mib-capped",
                "8 files of 64 MiB, 20 MiB/s per connection, 50 ms",
                "",
                CAPPED,
                place -> many(place, 8, 64)));
        cases.add(fetch(
                "2000-small", "2,000 files of 8 KiB, 20 ms", "<= 1.1 x curl -Z", LATE, place -> small(2000, 8192)));
        cases.add(fetch("2000-small-0ms", "2,000 files of 8 KiB, no latency", "", PLAIN, place -> small(2000, 8192)));
        cases.add(fetch("20000-tiny", "20,000 files of 1 KiB, no latency", "", PLAIN, place -> small(20_000, 1024)));
        cases.add(fetch("mixed", "4 files of 256 MiB and 300 of 8 KiB, 20 ms", "", LATE, place -> {
            List<HubFile> files = new ArrayList<>(many(place, 4, 256));
            files.addAll(small(300, 8192));
            return files;
        }));
        for (int scale : new int[] {1, 4, 16}) {
            cases.add(fetch(
                    "scale-x" + scale,
                    500 * scale + " files of 8 KiB, no latency",
                    "time linear, memory flat",
                    PLAIN,
                    place -> small(500 * scale, 8192)));
        }
        cases.add(new Case(
                "1-changed", "a new commit with 1 of 2,000 files changed, 20 ms", "<= 6 requests", FileCases::changed));
        cases.add(new Case(
                "200-unchanged",
                "200 repositories, all up to date, 20 ms",
                "<= 1.5 s, 200 requests",
                place -> unchanged(place, LATE, 200, 5)));
        cases.add(new Case(
                "10000-unchanged",
                "one repository of 10,000 files, up to date",
                "1 request",
                place -> unchanged(place, PLAIN, 1, 10_000)));
        cases.add(new Case(
                "270000-listed", "a preview of a new repository of 270,000 files", "<= 128 MiB", FileCases::listed));
        return cases;
    }

    private interface Content {
        List<HubFile> make(Place place) throws IOException;
    }

    private static List<HubFile> many(Place place, int count, int mebibytes) throws IOException {
        List<HubFile> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(place.largeFile("shard-" + i + ".safetensors", (long) mebibytes * MIB));
        }
        return files;
    }

    private static List<HubFile> small(int count, int size) throws IOException {
        List<HubFile> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(HubFile.random(String.format(java.util.Locale.ROOT, "data/%02d/%05d.json", i % 40, i), size, i));
        }
        return files;
    }

    private static Case fetch(String name, String about, String goal, Hub.Options options, Content files) {
        return new Case(name, about, goal, place -> {
            HubRepository repository = HubRepository.of("models/bench/repo", files.make(place));
            Hub hub = Hub.start(options, List.of(repository));
            List<Contender> contenders = new ArrayList<>();
            contenders.add(new Contender(Contender.OURS, new OursFromModelScope(place, hub, List.of(repository))));
            contenders.add(new Contender("sync-hf", new OursFromHuggingFace(place, hub, repository)));
            contenders.addAll(Peers.fetching(place, hub, repository));
            return setting(contenders, hub);
        });
    }

    private static Case.Setting setting(List<Contender> contenders, Hub hub) {
        return new Case.Setting(contenders, hub::requests, hub::connections, List.of(hub));
    }

    private static Case.Setting changed(Place place) throws IOException {
        List<HubFile> files = small(2000, 8192);
        HubRepository before = HubRepository.of("models/bench/repo", files);
        List<HubFile> moved = new ArrayList<>(files);
        moved.set(1000, HubFile.random(files.get(1000).path(), 8192, -1));
        HubRepository after = HubRepository.of("models/bench/repo", moved);
        Hub hub = Hub.start(LATE, List.of(before));
        List<Contender> contenders = new ArrayList<>();
        contenders.add(new Contender(
                Contender.OURS,
                new AfterAChange(place, hub, new OursFromModelScope(place, hub, List.of(after)), before, after)));
        contenders.add(new Contender(
                "sync-hf", new AfterAChange(place, hub, new OursFromHuggingFace(place, hub, after), before, after)));
        for (Contender peer : Peers.hubClients(place, hub, after)) {
            contenders.add(new Contender(peer.name(), new AfterAChange(place, hub, peer.work(), before, after)));
        }
        return setting(contenders, hub);
    }

    private static Case.Setting unchanged(Place place, Hub.Options options, int count, int filesEach)
            throws IOException {
        List<HubRepository> repositories = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            repositories.add(HubRepository.of("models/bench/repo" + i, small(filesEach, 100)));
        }
        Hub hub = Hub.start(options, repositories);
        List<Contender> contenders = new ArrayList<>();
        contenders.add(
                new Contender(Contender.OURS, new Again(place, new OursFromModelScope(place, hub, repositories))));
        if (count == 1) {
            contenders.add(new Contender(
                    "sync-hf", new Again(place, new OursFromHuggingFace(place, hub, repositories.get(0)))));
            for (Contender peer : Peers.hubClients(place, hub, repositories.get(0))) {
                contenders.add(new Contender(peer.name(), new Again(place, peer.work())));
            }
        }
        return setting(contenders, hub);
    }

    private static Case.Setting listed(Place place) throws IOException {
        List<HubFile> files = new ArrayList<>();
        HubFile same = HubFile.random("x", 100, 1);
        for (int i = 0; i < 270_000; i++) {
            files.add(new HubFile(
                    String.format(java.util.Locale.ROOT, "data/%03d/%06d.json", i % 500, i),
                    same.size(),
                    same.sha256(),
                    same.gitBlob(),
                    same.content()));
        }
        HubRepository repository = HubRepository.of("datasets/bench/listed", files);
        Hub hub = Hub.start(PLAIN, List.of(repository));
        Contender.Work ours = new OursFromModelScope(place, hub, List.of(repository));
        Contender.Work preview = new Contender.Work() {
            @Override
            public List<String> command(Path into) throws IOException {
                List<String> command = new ArrayList<>(ours.command(into));
                command.add("--dry-run");
                return command;
            }

            @Override
            public Map<String, String> environment() {
                return ours.environment();
            }

            @Override
            public void check(Path into) throws IOException {
                try (var left = Files.list(into)) {
                    if (left.findAny().isPresent()) {
                        throw new IOException("a preview wrote below " + into);
                    }
                }
            }
        };
        return setting(List.of(new Contender(Contender.OURS, preview)), hub);
    }

    /** The work done a second time: nothing is left to do. */
    private record Again(Place place, Contender.Work work) implements Contender.Work {
        @Override
        public void before(Path into) throws IOException, InterruptedException {
            new Stopwatch(place.folder()).run(work.command(into), work.environment());
        }

        @Override
        public List<String> command(Path into) throws IOException {
            return work.command(into);
        }

        @Override
        public Map<String, String> environment() {
            return work.environment();
        }

        @Override
        public void check(Path into) throws IOException {
            work.check(into);
        }
    }

    /** The work after the hub moved on. */
    private record AfterAChange(Place place, Hub hub, Contender.Work work, HubRepository old, HubRepository now)
            implements Contender.Work {
        @Override
        public void before(Path into) throws IOException, InterruptedException {
            hub.put(old);
            new Stopwatch(place.folder()).run(work.command(into), work.environment());
            hub.put(now);
        }

        @Override
        public List<String> command(Path into) throws IOException {
            return work.command(into);
        }

        @Override
        public Map<String, String> environment() {
            return work.environment();
        }

        @Override
        public void check(Path into) throws IOException {
            work.check(into);
        }
    }
}
