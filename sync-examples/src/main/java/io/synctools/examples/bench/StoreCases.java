package io.synctools.examples.bench;

import static io.synctools.examples.bench.Contender.OURS;

import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A model from a hub into an object store, beside the client that everybody has for it, which needs it on a disk first. */
final class StoreCases {
    private static final String BOTO = "boto3 upload_file";

    /** Debian's Python, for which its boto3 is, or one that has its own. */
    private static final String UPLOAD = """
            set -eu
            python=/usr/bin/python3
            "$python" -c 'import boto3' 2>/dev/null || python=python3
            "$python" -c 'import boto3, os, sys
            store = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1")
            store.upload_file(sys.argv[1], "bench", "uploaded")' "$1"
            """;

    private static final String FETCH = "set -eu\nrm -f \"$1\"\ncurl -sS --fail -o \"$1\" \"$2\"\nsha256sum \"$1\"\n";

    private StoreCases() {}

    static List<Case> all() {
        return List.of(new Case(
                        "s3-1gib",
                        "one file of 1 GiB into an object store, no cap",
                        List.of(Goal.times(OURS, 1.25, BOTO)),
                        StoreCases::stage)
                .upTo(3));
    }

    private static Case.Setting stage(BenchSetup place) throws IOException {
        HubFile file = place.largeFile("shard-0.safetensors", 1L << 30);
        HubRepository repository = HubRepository.of("models/bench/repo", List.of(file));
        Hub hub = Hub.start(Hub.Options.PLAIN, List.of(repository));
        Store store = Store.start(Store.classes(place), place.folder().resolve("store"));
        Path local = place.folder().resolve("content").resolve(file.path() + "-" + file.size());
        Path fetched = place.folder().resolve("fetched");
        Contender.Work upload = new Work(store, file, Map.of(), List.of("sh", "-c", UPLOAD, "sh", local.toString()));
        Contender.Work both = new Work(
                store,
                file,
                Map.of(),
                List.of(
                        "sh",
                        "-c",
                        FETCH + UPLOAD,
                        "sh",
                        fetched.toString(),
                        hub.storageOf(repository, file).toString()));
        List<String> ours = place.mirrorTo("s3://" + Store.BUCKET + "/mirror");
        return new Case.Setting(
                List.of(
                        Contender.ours(
                                OURS,
                                new Work(
                                        store,
                                        file,
                                        Map.of(
                                                "MODELSCOPE_ENDPOINT",
                                                hub.origin().toString()),
                                        ours)),
                        Contender.peer(BOTO, OURS, upload),
                        Contender.peer("curl, sha256sum and boto3", OURS, both)),
                hub::requests,
                hub::connections,
                List.of(hub, store));
    }

    /** A command that fills an empty bucket. */
    private record Work(Store store, HubFile file, Map<String, String> variables, List<String> line)
            implements Contender.Work {
        @Override
        public List<String> command(Path into) {
            return line;
        }

        @Override
        public Map<String, String> environment() {
            Map<String, String> all = new HashMap<>(store.environment());
            all.putAll(variables);
            return all;
        }

        @Override
        public void before(Path into) throws IOException {
            store.empty();
        }

        /** Objects are files at their keys. */
        @Override
        public void check(Path into, String printed) throws IOException {
            try (Stream<Path> files = Files.walk(store.bucket())) {
                List<Path> large = files.filter(Files::isRegularFile)
                        .filter(path -> path.toFile().length() == file.size())
                        .toList();
                if (large.size() != 1) {
                    throw new IOException("the store has " + large.size() + " objects of that size");
                }
                Checking.file(file, large.get(0));
            }
        }
    }
}
