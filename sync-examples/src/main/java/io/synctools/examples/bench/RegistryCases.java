package io.synctools.examples.bench;

import static io.synctools.examples.bench.Contender.OURS;

import io.synctools.examples.hub.OciLayout;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A model from a hub into a real registry, beside skopeo, which needs it on a disk first. */
final class RegistryCases {
    private static final String SKOPEO = "skopeo copy";

    private RegistryCases() {}

    static List<Case> all() {
        return List.of(new Case(
                        "oci-1gib",
                        "one file of 1 GiB into a registry, no cap",
                        List.of(Goal.times(OURS, 1.25, SKOPEO)),
                        RegistryCases::stage)
                .upTo(3));
    }

    private static Case.Setting stage(BenchSetup place) throws IOException {
        HubFile file = place.largeFile("shard-0.safetensors", 1L << 30);
        HubRepository repository = HubRepository.of("models/bench/repo", List.of(file));
        Hub hub = Hub.start(Hub.Options.PLAIN, List.of(repository));
        Registry registry = Registry.start(place.folder().resolve("oci-registry"));
        Path layout = layout(place, file);
        Contender.Work ours = new Ours(place, hub, registry, file);
        Contender.Work copy =
                new Work(registry, file, List.of("sh", "-c", COPY, "sh", layout.toString(), target(registry)));
        Contender.Work fetchAndCopy = new Work(
                registry,
                file,
                List.of(
                        "sh",
                        "-c",
                        FETCH + COPY,
                        "sh",
                        layout.toString(),
                        target(registry),
                        hub.storageOf(repository, file).toString(),
                        layout.resolve("blobs/sha256").resolve(file.sha256()).toString()));
        return new Case.Setting(
                List.of(
                        Contender.ours(OURS, ours),
                        Contender.peer(SKOPEO, OURS, copy),
                        Contender.peer("curl, sha256sum and skopeo copy", OURS, fetchAndCopy)),
                hub::requests,
                hub::connections,
                List.of(hub, registry));
    }

    private static final String COPY =
            "skopeo --insecure-policy copy --quiet --dest-tls-verify=false \"oci:$1:latest\" \"docker://$2\"\n";

    /** Makes the layout's largest part. */
    private static final String FETCH = "set -eu\nrm -f \"$4\"\ncurl -sS --fail -o \"$4\" \"$3\"\nsha256sum \"$4\"\n";

    private static String target(Registry registry) {
        return registry.authority() + "/bench/models/bench/repo:latest";
    }

    /** What skopeo is to copy: the same bytes as the hub has. */
    private static Path layout(BenchSetup place, HubFile file) throws IOException {
        Path folder = place.folder().resolve("oci-layout");
        BenchSetup.delete(folder);
        OciLayout layout = new OciLayout(folder);
        String config = layout.put("{}".getBytes(StandardCharsets.UTF_8));
        String manifest = ("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                        + "\"config\":{\"mediaType\":\"application/vnd.cncf.model.config.v1+json\",\"digest\":\"%s\","
                        + "\"size\":2},\"layers\":[{\"mediaType\":\"application/vnd.cncf.model.weight.v1.raw\","
                        + "\"digest\":\"sha256:%s\",\"size\":%d}]}")
                .formatted(config, file.sha256(), file.size());
        layout.tag("latest", "application/vnd.oci.image.manifest.v1+json", manifest.getBytes(StandardCharsets.UTF_8));
        Path content = place.folder().resolve("content").resolve(file.path() + "-" + file.size());
        Files.copy(content, folder.resolve("blobs/sha256").resolve(file.sha256()));
        return folder;
    }

    /** A command that fills an empty registry. */
    private record Work(Registry registry, HubFile file, List<String> line) implements Contender.Work {
        @Override
        public List<String> command(Path into) {
            return line;
        }

        @Override
        public void before(Path into) throws IOException {
            registry.empty();
        }

        @Override
        public void check(Path into, String printed) throws IOException {
            Checking.file(file, registry.blob(file.sha256()));
        }
    }

    /** The flow {@code vllm-guiyang003}. */
    private record Ours(BenchSetup place, Hub hub, Registry registry, HubFile file) implements Contender.Work {
        @Override
        public List<String> command(Path into) throws IOException {
            return place.mirrorTo("oci://" + registry.authority() + "/bench");
        }

        @Override
        public Map<String, String> environment() {
            return Map.of("MODELSCOPE_ENDPOINT", hub.origin().toString());
        }

        @Override
        public void before(Path into) throws IOException {
            registry.empty();
        }

        @Override
        public void check(Path into, String printed) throws IOException {
            Checking.file(file, registry.blob(file.sha256()));
        }
    }
}
