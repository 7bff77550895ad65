package io.synctools.examples.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

class DependenciesTest {
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([\\w.:-]+)` \\| ([\\w, /-]+) \\| (\\w+) \\| (.*) \\|$");

    @ParameterizedTest
    @ValueSource(strings = {"docs/dependencies.md", "docs/dependencies.zh-CN.md"})
    void thePageNamesEachOfThemAndWhy(String page) throws Exception {
        Map<String, TreeSet<String>> told = new TreeMap<>();
        for (MatchResult row :
                ROW.matcher(Files.readString(Poms.ROOT.resolve(page))).results().toList()) {
            assertTrue(row.group(4).strip().length() > 5, () -> page + " does not say why " + row.group(1));
            told.put(
                    row.group(1) + " " + row.group(3),
                    new TreeSet<>(List.of(row.group(2).split(", "))));
        }
        assertEquals(Poms.dependencies(), told, "what the POMs say, and what " + page + " says");
    }

    @Test
    void theBomNamesEachModuleOfTheLibraryInItsVersion() throws Exception {
        Element parent = Poms.read(Poms.ROOT.resolve("pom.xml"));
        Element bom = Poms.read(Poms.ROOT.resolve("sync-core/bom/pom.xml"));
        assertEquals(Poms.text(parent, "version"), Poms.text(bom, "version"));
        TreeSet<String> named = new TreeSet<>();
        Element management = Poms.children(bom, "dependencyManagement").get(0);
        for (Element one :
                Poms.children(Poms.children(management, "dependencies").get(0), "dependency")) {
            assertEquals("${project.version}", Poms.text(one, "version"));
            named.add(Poms.text(one, "artifactId") + (Poms.text(one, "type").isEmpty() ? "" : " test-jar"));
        }
        assertEquals(
                new TreeSet<>(List.of(
                        "sync-core",
                        "sync-core test-jar",
                        "sync-huggingface",
                        "sync-modelscope",
                        "sync-s3",
                        "sync-skopeo")),
                named);
    }

    @Test
    void coordinatesInTheGuidesAreOurs() throws Exception {
        String version = Poms.text(Poms.read(Poms.ROOT.resolve("pom.xml")), "version");
        List<String> ours =
                List.of("sync-bom", "sync-core", "sync-huggingface", "sync-modelscope", "sync-skopeo", "sync-examples");
        int seen = 0;
        for (String page : List.of("docs/embedding.md", "docs/platform-module.md")) {
            String text = Files.readString(Poms.ROOT.resolve(page));
            for (MatchResult block : Pattern.compile("(?ms)^ *<groupId>io\\.synctools</groupId>\n(.*?)</dependency>")
                    .matcher(text)
                    .results()
                    .toList()) {
                String artifact = block.group(1).replaceAll("(?s).*<artifactId>(.*?)</artifactId>.*", "$1");
                assertTrue(ours.contains(artifact), () -> page + " names " + artifact);
                if (block.group(1).contains("<version>")) {
                    assertTrue(block.group(1).contains("<version>" + version + "</version>"), block::group);
                }
                seen++;
            }
        }
        assertEquals(3, seen);
    }
}
