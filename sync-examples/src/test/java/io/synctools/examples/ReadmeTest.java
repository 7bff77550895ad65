package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.examples.hub.Hub;
import io.synctools.examples.hub.HubFile;
import io.synctools.examples.hub.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README says is so. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..");

    @TempDir
    Path folder;

    private static String block(String text, String language) {
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(text);
        assertTrue(block.find(), "no block of " + language);
        return block.group(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "README.zh-CN.md"})
    void theProgramIsTheOneThatIsTested(String readme) throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/synctools/examples/Embedding.java"));
        int begin = source.indexOf("        ArtifactRef from");
        String body = source.substring(begin, source.indexOf("        return report;"))
                .stripTrailing()
                .replaceAll("(?m)^        ", "");
        String shown = block(Files.readString(ROOT.resolve(readme)), "java");
        assertEquals(body, shown.replaceAll("(?m)^import .*\n", "").strip());
    }

    @Test
    void theProgramMirrors() throws IOException {
        HubRepository model =
                HubRepository.of("models/Qwen/Qwen2.5-7B-Instruct", List.of(HubFile.of("config.json", "{}")));
        try (Hub hub = Hub.start(Hub.Options.PLAIN, List.of(model))) {
            Map<String, String> environment =
                    Map.of("MODELSCOPE_ENDPOINT", hub.origin().toString());
            assertEquals(
                    Outcome.COPIED,
                    Embedding.mirror(environment, folder.toString())
                            .items()
                            .get(0)
                            .outcome());
        }
        assertEquals("{}", Files.readString(folder.resolve("models/Qwen/Qwen2___5-7B-Instruct/config.json")));
    }

    /** Every {@code ./sync …} in a shell block parses: flows are planned with those options, tools print their help. */
    @ParameterizedTest
    @ValueSource(strings = {"README.md", "README.zh-CN.md", "CONTRIBUTING.md"})
    void everyCommandIsUnderstood(String page) throws IOException {
        List<String> commands = Pattern.compile("(?m)^(?:\\w+=\\S+ )*\\./sync ([^#\n]*)")
                .matcher(Files.readString(ROOT.resolve(page)))
                .results()
                .map(found -> found.group(1).strip())
                .toList();
        assertTrue(!commands.isEmpty());
        for (String command : commands) {
            List<String> words = List.of(command.split(" +", -1));
            if (words.get(0).isEmpty() || words.get(0).equals("test")) {
                continue; // the list of all, and the launcher's own
            }
            boolean flow = Flows.ALL.stream().anyMatch(one -> one.name().equals(words.get(0)));
            String[] arguments = (flow
                            ? Stream.concat(Stream.of("plan"), words.stream())
                            : Stream.concat(words.stream(), Stream.of("--help")))
                    .toArray(String[]::new);
            Console console = new Console(folder);
            assertEquals(0, console.run(arguments), () -> command + ": " + console.err());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "README.zh-CN.md", "CONTRIBUTING.md"})
    void everyLinkLeadsSomewhere(String page) throws IOException {
        Pattern.compile("\\]\\(([^)#]+)\\)")
                .matcher(Files.readString(ROOT.resolve(page)))
                .results()
                .map(found -> found.group(1))
                .filter(target -> !target.startsWith("http"))
                .forEach(target -> assertTrue(Files.exists(ROOT.resolve(target)), page + " links to " + target));
    }
}
