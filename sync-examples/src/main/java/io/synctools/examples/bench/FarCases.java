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
import java.util.Map;

/** A hub as far away as it is for most users, and with what others do there when somebody has tuned them by hand. */
final class FarCases {
    private static final Duration FAR = Duration.ofMillis(200);
    private static final long MIB = 1 << 20;

    private FarCases() {}

    static List<Case> all() {
        return List.of(
                new Case(
                                "2000-small-200ms",
                                "2,000 files of 8 KiB, 200 ms",
                                List.of(
                                        Goal.times(OURS, 1.15, Peers.CURL_64),
                                        Goal.times(OURS_FROM_HUGGING_FACE, 1.15, Peers.CURL_64)),
                                place -> fetch(place, new Hub.Options(0, FAR, 0), place.smallFiles(2000, 8192)))
                        .upTo(3),
                new Case(
                                "2000-small-tls-200ms",
                                "2,000 files of 8 KiB over TLS and HTTP/2, 200 ms",
                                List.of(Goal.times(OURS, 1.15, Peers.CURL_HTTP_2)),
                                FarCases::overTls)
                        .upTo(3),
                new Case(
                                "20x32mib-200ms",
                                "20 files of 32 MiB, 4 MiB/s for each connection, 200 ms",
                                List.of(
                                        Goal.times(OURS, 1.1, Peers.ARIA2_80),
                                        Goal.times(OURS_FROM_HUGGING_FACE, 1.1, Peers.ARIA2_80)),
                                place -> fetch(place, new Hub.Options(0, FAR, 4 * MIB), large(place, 20, 32)))
                        .upTo(3),
                new Case(
                                "200-unchanged-200ms",
                                "200 repositories of 20 files, all up to date, 200 ms",
                                List.of(Goal.requests(OURS, 200), Goal.requests(OURS_FROM_HUGGING_FACE, 200)),
                                FarCases::unchanged)
                        .upTo(3));
    }

    private static List<HubFile> large(BenchSetup place, int count, int mebibytes) throws IOException {
        List<HubFile> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(place.largeFile("shard-" + i + ".safetensors", mebibytes * MIB));
        }
        return files;
    }

    private static Case.Setting fetch(BenchSetup place, Hub.Options options, List<HubFile> files) throws IOException {
        HubRepository repository = HubRepository.of("models/bench/repo", files);
        Hub hub = Hub.start(options, List.of(repository));
        List<Contender> contenders = new ArrayList<>(ours(place, hub, List.of(repository)));
        contenders.addAll(Peers.tuned(place, hub, repository));
        return Case.Setting.at(List.of(hub), contenders);
    }

    /** nginx is in front of the hub, which is as far away as before. */
    private static Case.Setting overTls(BenchSetup place) throws IOException, InterruptedException {
        HubRepository repository = HubRepository.of("models/bench/repo", place.smallFiles(2000, 8192));
        Hub hub = Hub.start(new Hub.Options(0, FAR, 0), List.of(repository));
        if (!Programs.installed("nginx") || !Programs.installed("openssl")) {
            return Case.Setting.at(List.of(hub), List.of());
        }
        Served.Certificate certificate = Served.Certificate.make(place);
        Served front = Served.inFrontOf(hub, place, certificate);
        String trusted = certificate.chain().toString();
        return new Case.Setting(
                List.of(
                        Contender.ours(
                                OURS,
                                new OursFromModelScope(
                                        place,
                                        List.of(repository),
                                        Map.of("MODELSCOPE_ENDPOINT", front.address(), "SSL_CERT_FILE", trusted))),
                        Peers.overTls(place, hub, repository, front.address(), certificate.chain())),
                hub::requests,
                hub::connections,
                List.of(hub, front));
    }

    private static Case.Setting unchanged(BenchSetup place) throws IOException {
        List<HubRepository> repositories = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            repositories.add(HubRepository.of("models/bench/repo" + i, place.smallFiles(20, 100)));
        }
        Hub hub = Hub.start(new Hub.Options(0, FAR, 0), repositories);
        List<Contender> contenders = ours(place, hub, repositories).stream()
                .map(each -> each.doing(place.again(each.work())))
                .toList();
        return Case.Setting.at(List.of(hub), contenders);
    }

    private static List<Contender> ours(BenchSetup place, Hub hub, List<HubRepository> repositories) {
        return List.of(
                Contender.ours(OURS, new OursFromModelScope(place, hub, repositories)),
                Contender.ours(OURS_FROM_HUGGING_FACE, new OursFromHuggingFace(place, hub, repositories)));
    }
}
