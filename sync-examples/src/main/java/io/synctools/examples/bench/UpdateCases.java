package io.synctools.examples.bench;

import static io.synctools.examples.bench.Contender.OURS;
import static io.synctools.examples.bench.Contender.OURS_FROM_HUGGING_FACE;

import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a hub's repositories cost that little or nothing has changed in, and listings by themselves. */
final class UpdateCases {
    private static final int LISTED = 270_000;

    private UpdateCases() {}

    static List<Case> all() {
        return List.of(
                new Case(
                                "1-changed",
                                "a new commit with 1 of 2,000 files changed, 20 ms",
                                List.of(Goal.requests(OURS, 6), Goal.requests(OURS_FROM_HUGGING_FACE, 10)),
                                UpdateCases::changed)
                        .upTo(3),
                new Case(
                        "200-unchanged",
                        "200 repositories of 20 files, all up to date, 20 ms",
                        List.of(
                                Goal.seconds(OURS, 1.5),
                                Goal.requests(OURS, 200),
                                Goal.seconds(OURS_FROM_HUGGING_FACE, 1.5),
                                Goal.requests(OURS_FROM_HUGGING_FACE, 200)),
                        place -> unchanged(place, FileCases.LATE, 200, 20)),
                new Case(
                                "10000-unchanged",
                                "one repository of 10,000 files, up to date",
                                List.of(Goal.requests(OURS, 1), Goal.requests(OURS_FROM_HUGGING_FACE, 1)),
                                place -> unchanged(place, Hub.Options.PLAIN, 1, 10_000))
                        .upTo(3),
                new Case(
                                "270000-listed",
                                "a preview of a new repository of 270,000 files: for ModelScope a dataset, for Hugging Face a model",
                                List.of(),
                                UpdateCases::listed)
                        .upTo(2));
    }

    private static Case.Setting changed(BenchSetup place) throws IOException {
        List<HubFile> files = place.smallFiles(2000, 8192);
        HubRepository before = HubRepository.of("models/bench/repo", files);
        List<HubFile> moved = new ArrayList<>(files);
        moved.set(1000, HubFile.random(files.get(1000).path(), 8192, -1));
        HubRepository after = HubRepository.of("models/bench/repo", moved);
        Hub hub = Hub.start(FileCases.LATE, List.of(before));
        List<Contender> contenders = new ArrayList<>();
        for (Contender each : clients(place, hub, List.of(after))) {
            Contender.Work work = each.work();
            contenders.add(each.doing(work.after(into -> {
                hub.put(before);
                new Stopwatch(place.folder()).run(work.command(into), work.environment());
                hub.put(after);
            })));
        }
        return Case.Setting.at(List.of(hub), contenders);
    }

    private static Case.Setting unchanged(BenchSetup place, Hub.Options options, int count, int filesEach)
            throws IOException {
        List<HubRepository> repositories = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            repositories.add(HubRepository.of("models/bench/repo" + i, place.smallFiles(filesEach, 100)));
        }
        Hub hub = Hub.start(options, repositories);
        List<Contender> contenders = clients(place, hub, repositories).stream()
                .map(each -> each.doing(place.again(each.work())))
                .toList();
        return Case.Setting.at(List.of(hub), contenders);
    }

    /** We from both hubs, and the hubs' own clients. */
    private static List<Contender> clients(BenchSetup place, Hub hub, List<HubRepository> repositories) {
        List<Contender> clients = new ArrayList<>();
        clients.add(Contender.ours(OURS, new OursFromModelScope(place, hub, repositories)));
        clients.add(Contender.ours(OURS_FROM_HUGGING_FACE, new OursFromHuggingFace(place, hub, repositories)));
        clients.addAll(Peers.hubClients(place, hub, repositories));
        return clients;
    }

    private static Case.Setting listed(BenchSetup place) throws IOException {
        List<HubFile> files = new ArrayList<>();
        HubFile same = HubFile.random("x", 100, 1);
        for (int i = 0; i < LISTED; i++) {
            String path = String.format(Locale.ROOT, "data/%03d/%06d.json", i % 500, i);
            files.add(new HubFile(path, same.size(), same.sha256(), same.gitBlob(), same.content()));
        }
        HubRepository dataset = HubRepository.of("datasets/bench/listed", files);
        HubRepository model = HubRepository.of("models/bench/listed", files);
        Hub hub = Hub.start(Hub.Options.PLAIN, List.of(dataset, model));
        List<Contender> contenders = new ArrayList<>();
        contenders.add(Contender.ours(OURS, preview(new OursFromModelScope(place, hub, List.of(dataset)))));
        contenders.add(
                Contender.ours(OURS_FROM_HUGGING_FACE, preview(new OursFromHuggingFace(place, hub, List.of(model)))));
        place.javaScript().ifPresent(client -> contenders.add(client.listing(hub, model)));
        return Case.Setting.at(List.of(hub), contenders);
    }

    private static Contender.Work preview(Contender.Work work) {
        return work.with("--dry-run", (into, printed) -> {
            try (var left = Files.list(into)) {
                if (left.findAny().isPresent()) {
                    throw new IOException("a preview wrote below " + into);
                }
            }
            if (!printed.contains(String.format(Locale.ROOT, "%,d", LISTED))
                    && !printed.contains(String.valueOf(LISTED))) {
                throw new IOException("a preview saw other files than " + LISTED + ": " + printed);
            }
        });
    }
}
