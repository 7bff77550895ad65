package io.synctools.examples.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What people would use instead to copy images, or only to look at them. */
final class ImagePeers {
    /** For every tag two processes that look, as the old jobs had, and where both differ one that copies. */
    private static final String LOOP = """
            set -eu
            children() { skopeo inspect --raw --tls-verify=false "docker://$1" | grep -o 'sha256:[0-9a-f]*' | sort; }
            skopeo list-tags --tls-verify=false "docker://$1" | sed -n 's/^ *"\\([^":]*\\)",\\{0,1\\}$/\\1/p' | while read -r tag; do
              from=$(children "$1:$tag")
              to=$(children "$2:$tag" 2>/dev/null) || :
              [ "$from" = "$to" ] || skopeo --insecure-policy copy --all --quiet --src-tls-verify=false \\
                --dest-tls-verify=false "docker://$1:$tag" "docker://$2:$tag"
            done
            """;

    private ImagePeers() {}

    /** One process, one tag after the other. */
    static Contender skopeoSync(RegistryPair both) {
        return contender(
                "skopeo sync",
                both,
                into -> List.of(
                        "skopeo",
                        "--insecure-policy",
                        "sync",
                        "--all",
                        "--src",
                        "docker",
                        "--dest",
                        "docker",
                        "--src-tls-verify=false",
                        "--dest-tls-verify=false",
                        both.from(),
                        both.to().substring(0, both.to().lastIndexOf('/'))));
    }

    /** A shell's loop over the tags. */
    static Contender inspectLoop(RegistryPair both) {
        return contender("inspect loop", both, into -> List.of("sh", "-c", LOOP, "sh", both.from(), both.to()));
    }

    /**
     * The least that a comparison takes: one process asks for every tag at the source, then for every tag at the destination,
     * one request after the other on one connection each.
     */
    static Contender headLoop(BenchSetup place, RegistryPair both) {
        Contender.Work work = new Contender.Work() {
            @Override
            public List<String> command(Path into) throws IOException {
                StringBuilder config = new StringBuilder();
                for (String repository : repositories(both)) {
                    String base = "http://" + repository.replaceFirst("/", "/v2/") + "/manifests/";
                    both.tags().forEach(tag -> config.append("url = \"")
                            .append(base)
                            .append(tag)
                            .append("\"\n"));
                }
                String list = place.note("heads.txt", config.toString()).toString();
                return List.of("curl", "-sS", "--fail", "--head", "-H", "Accept: " + Image.INDEX, "-K", list);
            }

            @Override
            public void check(Path into, String printed) throws IOException {
                List<String> seen = printed.lines()
                        .map(line -> line.split(":", 2))
                        .filter(header -> header[0].equalsIgnoreCase("Docker-Content-Digest"))
                        .map(header -> header[1].trim())
                        .toList();
                List<String> expected = repositories(both).stream()
                        .flatMap(repository -> both.digests().stream())
                        .toList();
                if (!seen.equals(expected)) {
                    throw new IOException("curl saw " + seen.size() + " digests, not those of the tags");
                }
            }
        };
        return Contender.peer("HEAD loop", Contender.OURS, work);
    }

    private static List<String> repositories(RegistryPair both) {
        return Stream.concat(both.sources().stream(), both.destinations().stream())
                .toList();
    }

    private interface Command {
        List<String> of(Path into) throws IOException;
    }

    private static Contender contender(String name, RegistryPair both, Command command) {
        Contender.Work work = new Contender.Work() {
            @Override
            public List<String> command(Path into) throws IOException {
                return command.of(into);
            }

            @Override
            public void check(Path into, String printed) throws IOException {
                both.check();
            }
        };
        return Contender.peer(name, Contender.OURS, work);
    }
}
