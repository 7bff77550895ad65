package io.synctools.examples.bench;

import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What people would use instead to fetch files, where it is installed. */
final class Peers {
    /** The least that shell tools need for what we do. */
    static final String CURL_AND_ALL = "curl+hash+sync";

    /** With as many transfers as somebody found best for a distance. */
    static final String CURL_64 = "curl, 64 at once";

    /** Over HTTP/2, with as many streams as a server allows. */
    static final String CURL_HTTP_2 = "curl, HTTP/2, 100 at once";

    /** With 16 connections for each of 5 files. */
    static final String ARIA2_80 = "aria2c, 80 at once";

    private static final int MANY = 100;
    private static final int VERY_MANY = 5000;

    private Peers() {}

    /** Everybody who can fetch a repository for the first time. */
    static List<Contender> fetching(BenchSetup place, Hub hub, HubRepository repository) {
        List<Contender> found = new ArrayList<>();
        if (Programs.installed("curl")) {
            Curl curl = new Curl(place, hub, repository, 16);
            found.add(Contender.peer("curl", Contender.OURS, curl));
            if (!hub.isCapped() && Programs.installed("openssl")) {
                found.add(Contender.peer(CURL_AND_ALL, Contender.OURS, new CurlHashSync(curl)));
            }
        }
        if (Programs.installed("aria2c") && repository.files().size() <= 100) {
            found.add(Contender.peer("aria2c", Contender.OURS, new Aria2(place, hub, repository, 16, "1M")));
        }
        found.addAll(hubClients(place, hub, List.of(repository)));
        return found;
    }

    /** Who is as fast over a distance as somebody who knows it has made them. */
    static List<Contender> tuned(BenchSetup place, Hub hub, HubRepository repository) {
        List<Contender> found = new ArrayList<>();
        if (Programs.installed("curl") && !hub.isCapped()) {
            found.add(Contender.peer(CURL_64, Contender.OURS, new Curl(place, hub, repository, 64)));
        }
        if (Programs.installed("aria2c") && hub.isCapped()) {
            found.add(Contender.peer(ARIA2_80, Contender.OURS, new Aria2(place, hub, repository, 5, "2M")));
        }
        return found;
    }

    /** The same for a hub behind a front that speaks TLS and HTTP/2. */
    static Contender overTls(BenchSetup place, Hub hub, HubRepository repository, String front, Path trusted) {
        return Contender.peer(
                CURL_HTTP_2,
                Contender.OURS,
                new Curl(place, hub, repository, 100, front, List.of("--http2", "--cacert", trusted.toString())));
    }

    /** The hubs' own clients, which keep caches. The JavaScript client asks thrice for every file, one after the other. */
    static List<Contender> hubClients(BenchSetup place, Hub hub, List<HubRepository> repositories) {
        List<Contender> found = new ArrayList<>();
        int files = repositories.stream()
                .mapToInt(repository -> repository.files().size())
                .sum();
        boolean endless = files > (hub.isCapped() ? 1 : hub.isPrompt() ? VERY_MANY : MANY);
        place.javaScript()
                .filter(client -> !endless)
                .ifPresent(client -> found.add(client.fetching(hub, repositories)));
        found.addAll(place.python().fetching(hub, repositories));
        return found;
    }

    /** So many transfers at once from the hub's own addresses, as people write them down; neither hashes nor syncs. */
    private record Curl(
            BenchSetup place, Hub hub, HubRepository repository, int atOnce, String front, List<String> more)
            implements Contender.Work {
        Curl(BenchSetup place, Hub hub, HubRepository repository, int atOnce) {
            this(place, hub, repository, atOnce, hub.origin().toString(), List.of());
        }

        @Override
        public List<String> command(Path into) throws IOException {
            StringBuilder config = new StringBuilder();
            for (HubFile file : repository.files()) {
                config.append("url = \"")
                        .append(hub.addressOf(repository, file)
                                .toString()
                                .replace(hub.origin().toString(), front))
                        .append("\"\n");
                config.append("output = \"").append(into.resolve(file.path())).append("\"\n");
            }
            String list = place.note("curl.txt", config.toString()).toString();
            List<String> command = new ArrayList<>(List.of(
                    "curl",
                    "-sSL",
                    "--fail",
                    "--create-dirs",
                    "-Z",
                    "--parallel-immediate",
                    "--parallel-max",
                    Integer.toString(atOnce),
                    "-K",
                    list));
            command.addAll(more);
            return command;
        }

        @Override
        public void check(Path into, String printed) throws IOException {
            Checking.folder(repository, into);
        }
    }

    /** The same, then everything hashed by OpenSSL, which is faster than sha256sum, and synced. */
    private record CurlHashSync(Curl curl) implements Contender.Work {
        @Override
        public List<String> command(Path into) throws IOException {
            String script = "folder=$1; shift; \"$@\" && find \"$folder\" -type f -exec openssl dgst -sha256 {} +"
                    + " && find \"$folder\" -type f -exec sync {} +";
            List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh", into.toString()));
            command.addAll(curl.command(into));
            return command;
        }

        @Override
        public void check(Path into, String printed) throws IOException {
            curl.check(into, printed);
        }
    }

    /** 16 connections for each of so many files at once, from the hub's own addresses; hashes nothing. */
    private record Aria2(BenchSetup place, Hub hub, HubRepository repository, int files, String piece)
            implements Contender.Work {
        @Override
        public List<String> command(Path into) throws IOException {
            StringBuilder list = new StringBuilder();
            for (HubFile file : repository.files()) {
                list.append(hub.addressOf(repository, file))
                        .append("\n  out=")
                        .append(file.path())
                        .append('\n');
            }
            return List.of(
                    "aria2c",
                    "-q",
                    "-x16",
                    "-s16",
                    "-k" + piece,
                    "-j" + files,
                    "--file-allocation=none",
                    "-d",
                    into.toString(),
                    "-i",
                    place.note("aria2.txt", list.toString()).toString());
        }

        @Override
        public void check(Path into, String printed) throws IOException {
            Checking.folder(repository, into);
        }
    }
}
