package io.synctools.examples.bench;

import static io.synctools.examples.bench.Contender.OURS;

import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What is served from a mirror, beside nginx with the same files. Whoever reads is the same curl. */
final class ServedCases {
    private static final String NGINX = "nginx";
    private static final String FIRST_BYTE = "sync first byte";
    private static final String NAME = "models/bench/served";
    private static final int MIB = 1 << 20;
    private static final int IDLE = 200;

    /** 0.8 times the bytes in a second. */
    private static final double NEARLY = 1.25;

    private ServedCases() {}

    static List<Case> all() {
        return List.of(
                reading(
                        "serve-1gib",
                        "1 GiB to one curl",
                        NEARLY,
                        place -> List.of(place.largeFile("shard.safetensors", 1024L * MIB)),
                        new Reading(1, 1, 0)),
                reading(
                                "serve-1gib-x16",
                                "1 GiB to each of 16 connections",
                                NEARLY,
                                place -> List.of(place.largeFile("shard.safetensors", 1024L * MIB)),
                                new Reading(16, 16, 0))
                        .upTo(1),
                reading(
                        "serve-2000-small",
                        "2,000 files of 8 KiB, 16 at a time",
                        1.3,
                        place -> place.smallFiles(2000, 8192),
                        new Reading(1, 16, 0)),
                reading(
                                "serve-264",
                                "64 MiB to each of 64 connections, beside 200 that are idle",
                                NEARLY,
                                place -> List.of(place.largeFile("shard.safetensors", 64L * MIB)),
                                new Reading(64, 64, IDLE))
                        .upTo(3),
                new Case(
                                "serve-listing",
                                "a listing of 6,250 files in pages, x4, x16",
                                List.of(
                                        Goal.growth(List.of("sync x1", "sync x4", "sync x16")),
                                        Goal.seconds(FIRST_BYTE, 0.05)),
                                ServedCases::listing)
                        .upTo(3),
                new Case(
                        "serve-start",
                        "./sync serve over 500 repositories, to the page that names them",
                        List.of(Goal.seconds(OURS, 1)),
                        ServedCases::start));
    }

    private interface Content {
        List<HubFile> make(BenchSetup place) throws IOException;
    }

    /**
     * How curl reads.
     *
     * @param times each file
     * @param atOnce transfers at once
     * @param idle connections that were answered once, and are open meanwhile
     */
    private record Reading(int times, int atOnce, int idle) {}

    private static Case reading(String name, String about, double most, Content content, Reading reading) {
        return new Case(name, about, List.of(Goal.times(OURS, most, NGINX)), place -> {
            HubRepository repository = HubRepository.of(NAME, content.make(place));
            Path cache = mirror(place, List.of(repository));
            List<Served> servers = new ArrayList<>();
            List<Contender> contenders = new ArrayList<>();
            Served ours = Served.sync(place, cache);
            servers.add(ours);
            contenders.add(Contender.ours(
                    OURS, new Curl(place, ours, repository, reading, path -> "/bench/served/resolve/main/" + path)));
            if (Programs.installed(NGINX)) {
                Served peer = Served.nginx(place, snapshot(cache, repository));
                servers.add(peer);
                contenders.add(
                        Contender.peer(NGINX, OURS, new Curl(place, peer, repository, reading, path -> "/" + path)));
            }
            return new Case.Setting(contenders, () -> 0, () -> 0, servers);
        });
    }

    /** A Hugging Face cache that has the repositories. */
    private static Path mirror(BenchSetup place, List<HubRepository> repositories)
            throws IOException, InterruptedException {
        Path into = place.emptyRun();
        try (Hub hub = Hub.start(Hub.Options.PLAIN, repositories)) {
            OursFromHuggingFace work = new OursFromHuggingFace(place, hub, repositories);
            new Stopwatch(place.folder()).run(work.command(into), work.environment());
        }
        return into.resolve("cache");
    }

    private static Path snapshot(Path cache, HubRepository repository) {
        return cache.resolve(repository.name().replace("/", "--"))
                .resolve("snapshots")
                .resolve(repository.commit());
    }

    /** Files from a server, thrown away where they are read several times. CPU and memory are the server's. */
    private static final class Curl implements Contender.Work {
        private final BenchSetup place;
        private final Served server;
        private final HubRepository repository;
        private final Reading reading;
        private final UnaryOperator<String> addresses;
        private final List<Socket> idle = new ArrayList<>();
        private double cpu;

        Curl(
                BenchSetup place,
                Served server,
                HubRepository repository,
                Reading reading,
                UnaryOperator<String> addresses) {
            this.place = place;
            this.server = server;
            this.repository = repository;
            this.reading = reading;
            this.addresses = addresses;
        }

        @Override
        public void before(Path into) throws IOException {
            URI address = URI.create(server.address());
            String request =
                    "GET " + addresses.apply("none") + " HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\n\r\n";
            while (idle.size() < reading.idle()) {
                Socket one = new Socket(InetAddress.getLoopbackAddress(), address.getPort());
                one.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                if (one.getInputStream().read() < 0) {
                    throw new IOException(address + " closes connections");
                }
                idle.add(one);
            }
            cpu = server.cpu();
        }

        @Override
        public List<String> command(Path into) throws IOException {
            StringBuilder config = new StringBuilder();
            for (int i = 0; i < reading.times(); i++) {
                for (HubFile file : repository.files()) {
                    config.append("url = \"")
                            .append(server.address())
                            .append(addresses.apply(file.path()))
                            .append("\"\noutput = \"")
                            .append(reading.times() == 1 ? into.resolve(file.path()) : "/dev/null")
                            .append("\"\n");
                }
            }
            List<String> command = new ArrayList<>(List.of("curl", "-sS", "--fail", "--create-dirs"));
            if (reading.atOnce() > 1) {
                command.addAll(List.of("-Z", "--parallel-immediate", "--parallel-max", "" + reading.atOnce()));
                command.addAll(List.of("-w", "%{size_download}\\n"));
            }
            command.addAll(
                    List.of("-K", place.note("curl.txt", config.toString()).toString()));
            return command;
        }

        @Override
        public Stopwatch.Reading measured(Stopwatch.Reading ofCurl) throws IOException {
            return new Stopwatch.Reading(ofCurl.wall(), server.cpu() - cpu, server.memory(), ofCurl.printed());
        }

        @Override
        public void check(Path into, String printed) throws IOException {
            for (Socket one : idle) {
                one.close();
            }
            idle.clear();
            if (reading.times() == 1) {
                Checking.folder(repository, into);
                return;
            }
            long bytes = printed.lines()
                    .filter(line -> line.matches("\\d+"))
                    .mapToLong(Long::parseLong)
                    .sum();
            long all = reading.times()
                    * repository.files().stream().mapToLong(HubFile::size).sum();
            if (bytes != all) {
                throw new IOException("curl got " + bytes + " of " + all + " bytes");
            }
        }
    }

    private static Case.Setting listing(BenchSetup place) throws IOException, InterruptedException {
        List<Served> servers = new ArrayList<>();
        List<Contender> contenders = new ArrayList<>();
        for (int step : List.of(1, 4, 16)) {
            HubRepository repository = HubRepository.of(NAME, place.smallFiles(6250 * step, 16));
            Served server = Served.sync(place, mirror(place, List.of(repository)));
            servers.add(server);
            List<String> pages = pages(server.address() + "/api/models/bench/served/tree/main?recursive=true");
            contenders.add(Contender.ours(
                    "sync x" + step,
                    new Pages(place, server, pages, repository.files().size(), false)));
            if (step == 16) {
                contenders.add(Contender.ours(
                        FIRST_BYTE,
                        new Pages(place, server, pages, repository.files().size(), true)));
            }
        }
        return new Case.Setting(contenders, () -> 0, () -> 0, servers);
    }

    /** The addresses of all pages, each of which names the next. */
    private static List<String> pages(String first) throws IOException {
        List<String> pages = new ArrayList<>();
        for (Optional<String> page = Optional.of(first); page.isPresent(); ) {
            pages.add(page.get());
            HttpURLConnection asked =
                    (HttpURLConnection) URI.create(page.get()).toURL().openConnection();
            asked.getInputStream().readAllBytes();
            page = Optional.ofNullable(asked.getHeaderField("Link"))
                    .map(link -> link.substring(link.indexOf('<') + 1, link.indexOf('>')));
        }
        return pages;
    }

    /**
     * All pages of a listing, one after the other.
     *
     * @param isFirstByte whether the time is that of the page whose first byte came latest
     */
    private record Pages(BenchSetup place, Served server, List<String> pages, int files, boolean isFirstByte)
            implements Contender.Work {
        @Override
        public List<String> command(Path into) throws IOException {
            StringBuilder config = new StringBuilder();
            for (int i = 0; i < pages.size(); i++) {
                config.append("url = \"").append(pages.get(i)).append("\"\noutput = \"");
                config.append(into.resolve("page" + i)).append("\"\n");
            }
            return List.of(
                    "curl",
                    "-sS",
                    "--fail",
                    "-w",
                    "%{time_starttransfer}\\n",
                    "-K",
                    place.note("curl.txt", config.toString()).toString());
        }

        @Override
        public Stopwatch.Reading measured(Stopwatch.Reading ofCurl) throws IOException {
            double latest = ofCurl.printed()
                    .lines()
                    .filter(line -> line.matches("\\d+\\.\\d+"))
                    .mapToDouble(Double::parseDouble)
                    .max()
                    .orElseThrow(() -> new IOException("curl printed no times: " + ofCurl.printed()));
            return new Stopwatch.Reading(
                    isFirstByte ? latest : ofCurl.wall(), ofCurl.cpu(), server.memory(), ofCurl.printed());
        }

        @Override
        public void check(Path into, String printed) throws IOException {
            int found = 0;
            for (int i = 0; i < pages.size(); i++) {
                found += Files.readString(into.resolve("page" + i)).split("\"type\":\"file\"", -1).length - 1;
            }
            if (found != files) {
                throw new IOException("the pages name " + found + " of " + files + " files");
            }
        }
    }

    private static Case.Setting start(BenchSetup place) throws IOException, InterruptedException {
        List<HubRepository> repositories = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            repositories.add(HubRepository.of(
                    String.format(Locale.ROOT, "models/bench/served%03d", i), place.smallFiles(1, 16)));
        }
        Path cache = mirror(place, repositories);
        String script = "mkfifo \"$1/out\" && { \"$2\" serve --huggingface-cache \"$3\" >\"$1/out\" 2>&1 & }"
                + " && exec 3<\"$1/out\" && read -r line <&3 && eval \"$line\""
                + " && curl -sS --fail -o \"$1/page.html\" \"$HF_ENDPOINT/\"; kill -9 $!; wait; test -s \"$1/page.html\"";
        Contender.Work work = new Contender.Work() {
            @Override
            public List<String> command(Path into) {
                return List.of(
                        "sh",
                        "-c",
                        script,
                        "sh",
                        into.toString(),
                        place.launcher().toString(),
                        cache.toString());
            }

            @Override
            public void check(Path into, String printed) throws IOException {
                String page = Files.readString(into.resolve("page.html"));
                for (HubRepository each : repositories) {
                    if (!page.contains(each.name().substring("models/".length()))) {
                        throw new IOException("the page does not name " + each.name());
                    }
                }
            }
        };
        return Case.Setting.alone(List.of(Contender.ours(OURS, work)));
    }
}
