package io.synctools.examples.bench;

import io.synctools.examples.hub.Hub;
import io.synctools.examples.hub.HubFile;
import io.synctools.examples.hub.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What people would use instead, where it is installed. */
final class Peers {
    private Peers() {}

    /** Everybody who can fetch a repository for the first time. */
    static List<Contender> fetching(Place place, Hub hub, HubRepository repository) throws IOException {
        List<Contender> found = new ArrayList<>();
        if (installed("curl")) {
            found.add(new Contender("curl", new Curl(place, hub, repository)));
        }
        if (installed("aria2c") && repository.files().size() <= 100) {
            found.add(new Contender("aria2c", new Aria2(place, hub, repository)));
        }
        found.addAll(hubClients(place, hub, repository));
        return found;
    }

    /** The hubs' own clients, which keep caches and see what is up to date. */
    static List<Contender> hubClients(Place place, Hub hub, HubRepository repository) throws IOException {
        Path client = place.folder().resolve("node_modules/@huggingface/hub/package.json");
        return installed("node") && Files.exists(client)
                ? List.of(new Contender("hub.js", new JavaScriptClient(place, hub, repository)))
                : List.of();
    }

    static boolean installed(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    /** 16 transfers at once; neither hashes nor syncs. */
    private record Curl(Place place, Hub hub, HubRepository repository) implements Contender.Work {
        @Override
        public List<String> command(Path into) throws IOException {
            StringBuilder config = new StringBuilder();
            for (HubFile file : repository.files()) {
                config.append("url = \"")
                        .append(hub.storageOf(repository, file))
                        .append("\"\n");
                config.append("output = \"").append(into.resolve(file.path())).append("\"\n");
            }
            String list = place.note("curl.txt", config.toString()).toString();
            return List.of(
                    "curl",
                    "-sS",
                    "--fail",
                    "--create-dirs",
                    "-Z",
                    "--parallel-immediate",
                    "--parallel-max",
                    "16",
                    "-K",
                    list);
        }

        @Override
        public void check(Path into) throws IOException {
            Checking.folder(repository, into);
        }
    }

    /** 16 connections for each file; hashes nothing. */
    private record Aria2(Place place, Hub hub, HubRepository repository) implements Contender.Work {
        @Override
        public List<String> command(Path into) throws IOException {
            StringBuilder list = new StringBuilder();
            for (HubFile file : repository.files()) {
                list.append(hub.storageOf(repository, file))
                        .append("\n  out=")
                        .append(file.path())
                        .append('\n');
            }
            return List.of(
                    "aria2c",
                    "-q",
                    "-x16",
                    "-s16",
                    "-k1M",
                    "-j16",
                    "--file-allocation=none",
                    "-d",
                    into.toString(),
                    "-i",
                    place.note("aria2.txt", list.toString()).toString());
        }

        @Override
        public void check(Path into) throws IOException {
            Checking.folder(repository, into);
        }
    }

    /** Hugging Face's own JavaScript client; checks no hash. */
    private record JavaScriptClient(Place place, Hub hub, HubRepository repository) implements Contender.Work {
        private static final String SCRIPT = """
                import { snapshotDownload } from "@huggingface/hub";
                const [hubUrl, name, cacheDir] = process.argv.slice(2);
                await snapshotDownload({ repo: { type: "model", name }, cacheDir, hubUrl });
                """;

        @Override
        public List<String> command(Path into) throws IOException {
            Path script = Files.writeString(place.folder().resolve("snapshot.mjs"), SCRIPT);
            String name = repository.name().substring(repository.name().indexOf('/') + 1);
            return List.of(
                    "node",
                    script.toString(),
                    hub.origin().toString(),
                    name,
                    into.resolve("cache").toString());
        }

        @Override
        public void check(Path into) throws IOException {
            Path folder = into.resolve("cache").resolve(repository.name().replace("/", "--"));
            Checking.folder(repository, folder.resolve("snapshots").resolve(repository.commit()));
        }
    }
}
