package io.synctools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProjectListsTest {
    private static final ProjectLists LISTS = new ProjectLists(Destinations.standard(Optional.empty()));
    private static final String MODEL = "{\"platform\":\"modelscope\",\"organization\":\"o\",\"model_name\":\"m\"}";
    private static final String DATASET =
            "{\"platform\":\"huggingface\",\"organization\":\"o\",\"dataset_name\":\"d\"}";
    private static final ListFile ONE =
            ListFile.of("d/projects/one.json", "{\"models\":[" + MODEL + "],\"datasets\":[" + DATASET + "]}");

    private static ListFile clusters(String content) {
        return ListFile.of("d/projects-clusters.json", content);
    }

    private static List<String> faults(ListFile clusters, ListFile... projects) {
        return LISTS.readFiles(clusters, List.of(projects)).faults().stream()
                .map(ListFault::toString)
                .toList();
    }

    @Test
    void aProjectHasItsClustersItsModelsAndItsDatasets() {
        ProjectReading reading = LISTS.readFiles(
                clusters("{\"$schema\":\"x\",\"one\":{\"clusters\":[\"linux-a\",\"linux-b\"]}}"), List.of(ONE));

        assertEquals(List.of(), reading.faults());
        DeclaredProject one = reading.project("one").orElseThrow();
        assertEquals(List.of("linux-a", "linux-b"), one.clusters());
        assertEquals(
                List.of("models/o/m", "datasets/o/d"),
                one.items().stream().map(item -> item.from().name()).toList());
        assertEquals(Optional.empty(), reading.project("two"));
    }

    @ParameterizedTest
    @CsvSource({
        "guiyangnpu-a,  true, a hyphen less",
        "guiyang--npu-a, true, one more",
        "giuyang-npu-a, true, two that are swapped",
        "guiyang-npu-b, false, another letter is another cluster",
        "guiyang-npu-a1, false, a number is another cluster",
        "guiyang-npu-02-a, false, so are two digits",
        "guiyang-npu-a, false, the same"
    })
    void aLabelThatNobodyElseHasIsDoubtedWhereOthersNearlyHaveIt(String label, boolean doubted, String why) {
        ListFile clusters = clusters("{\"one\": {\"clusters\": [\"guiyang-npu-a\"]},\n"
                + "\"two\": {\"clusters\": [\"guiyang-npu-a\"]},\n"
                + "\"three\": {\"clusters\": [\"" + label + "\"]}}");
        List<String> faults = faults(
                clusters,
                ONE,
                ListFile.of("d/projects/two.json", "{\"models\":[" + MODEL + "]}"),
                ListFile.of("d/projects/three.json", "{\"models\":[" + MODEL + "]}"));
        assertEquals(
                doubted
                        ? List.of("d/projects-clusters.json:3:23: warning: only \"three\" has the cluster \"" + label
                                + "\"; did you mean \"guiyang-npu-a\"?")
                        : List.of(),
                faults,
                why);
    }

    @Test
    void projectsAndClustersMustFitTogether() {
        List<String> faults = faults(
                clusters("{\n\"one\": {\"clusters\": []},\n\"onne\": {\"clusters\": [\"a\"]}}"),
                ONE,
                ListFile.of("d/projects/lost.json", "{\"models\":[" + MODEL + "]}"));

        assertEquals(
                List.of(
                        "d/projects-clusters.json:2:21: error: \"clusters\" is empty; name at least one, or remove the project",
                        "d/projects-clusters.json:3:1: error: the project \"onne\" has no file projects/onne.json; did you mean \"one\"?"),
                faults.subList(0, 2));
        assertEquals(2, faults.size(), faults::toString);
    }

    @Test
    void aFileThatNoClusterMirrorsIsAWarning() {
        List<String> faults = faults(clusters("{}"), ONE);

        assertEquals(
                List.of(
                        "d/projects-clusters.json:1:1: warning: declares nothing",
                        "d/projects/one.json:1:1: warning: no cluster mirrors this project; add \"one\" to projects-clusters.json"),
                faults);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[]; this is an object of projects",
                "{\"one\":[]}; a project is {\"clusters\": [\"…\"]}, not an array",
                "{\"one\":{}}; the key \"clusters\" is missing",
                "{\"one\":{\"cluster\":[\"a\"]}}; did you mean \"clusters\"?",
                "{\"one\":{\"clusters\":\"a\"}}; \"clusters\" is an array of runner labels, not a text",
                "{\"one\":{\"clusters\":[1]}}; \"clusters\" is a number",
                "{\"one\":{\"clusters\":[\"${{ x }}\"]}}; is no runner label",
                "{\"one\":{\"clusters\":[\"a\"]},\"../x\":{\"clusters\":[\"a\"]}}; cannot be a file's",
            })
    void refusesWrongClusters(String content, String message) {
        List<String> faults = faults(clusters(content), ONE);

        assertTrue(
                faults.stream().anyMatch(fault -> fault.contains(": error: ") && fault.contains(message)),
                faults::toString);
    }

    @Test
    void aProjectWithAFaultIsLeftOutAndItsFaultTold() {
        ProjectReading reading = LISTS.readFiles(
                clusters("{\"one\":{\"clusters\":[\"a\"]},\"bad\":{\"clusters\":[\"a\"]}}"),
                List.of(ONE, ListFile.of("d/projects/bad.json", "{\"models\":[" + DATASET + "]}")));

        assertTrue(reading.hasErrors());
        assertEquals(
                List.of("one"),
                reading.projects().stream().map(DeclaredProject::name).toList());
        assertEquals(
                "d/projects/bad.json:1:57: error: unknown key \"dataset_name\" in a list of models; did you mean \"model_name\"?",
                reading.faults().get(0).toString());
    }

    @Test
    void aFolderIsReadWhole(@TempDir Path folder) throws IOException {
        Files.createDirectory(folder.resolve("projects"));
        Files.writeString(folder.resolve("projects/one.json"), ONE.text().orElseThrow());
        Files.writeString(folder.resolve("projects-clusters.json"), "{\"one\":{\"clusters\":[\"a\"]}}");

        assertTrue(LISTS.read(folder).project("one").isPresent());
        assertFalse(LISTS.read(folder).hasErrors());
        assertTrue(LISTS.read(folder.resolve("projects")).hasErrors());
    }

    @Test
    void onlyProjectsThatMeanSomethingElseAreChanged() {
        ListFile clusters = clusters("{\"one\":{\"clusters\":[\"a\",\"b\"]},\"two\":{\"clusters\":[\"a\"]}}");
        ListFile two = ListFile.of("d/projects/two.json", "{\"models\":[" + MODEL + "]}");
        ProjectReading before = LISTS.readFiles(clusters, List.of(ONE, two));

        ProjectReading reformatted = LISTS.readFiles(
                clusters("{\"two\":{\"clusters\":[\"a\"]},\n\n\"one\":{\"clusters\":[\"b\",\"a\"]}}"),
                List.of(
                        ONE,
                        ListFile.of("d/projects/two.json", "{\n\"models\":\n[" + MODEL.replace(",", ",\n") + "]}")));
        ProjectReading cluster = LISTS.readFiles(
                clusters("{\"one\":{\"clusters\":[\"a\",\"b\"]},\"two\":{\"clusters\":[\"c\"]}}"), List.of(ONE, two));
        ProjectReading pinned = LISTS.readFiles(
                clusters,
                List.of(
                        ONE,
                        ListFile.of(
                                "d/projects/two.json",
                                two.text().orElseThrow().replace("\"m\"", "\"m\",\"revision\":\"v1\""))));
        ProjectReading gone = LISTS.readFiles(clusters("{\"one\":{\"clusters\":[\"a\",\"b\"]}}"), List.of(ONE));

        assertEquals(List.of(), Changed.projects(Optional.of(before), before));
        assertEquals(List.of(), Changed.projects(Optional.of(before), reformatted));
        assertEquals(List.of("two"), Changed.projects(Optional.of(before), cluster));
        assertEquals(List.of("two"), Changed.projects(Optional.of(before), pinned));
        assertEquals(List.of(), Changed.projects(Optional.of(before), gone));
        assertEquals(List.of("two"), Changed.projects(Optional.of(gone), before));
        assertEquals(List.of("one", "two"), Changed.projects(Optional.empty(), before));
    }

    @Test
    void aProjectWhoseOlderVersionHadAFaultCountsAsChanged() {
        ListFile clusters = clusters("{\"one\":{\"clusters\":[\"a\"]}}");
        ProjectReading before =
                LISTS.readFiles(clusters, List.of(ListFile.of("d/projects/one.json", "{\"models\":[,]}")));

        assertEquals(List.of("one"), Changed.projects(Optional.of(before), LISTS.readFiles(clusters, List.of(ONE))));
    }
}
