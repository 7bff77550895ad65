package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.PlanException;
import io.synctools.PlanPrinter;
import io.synctools.config.Destinations;
import io.synctools.config.ListFile;
import io.synctools.config.ListKind;
import io.synctools.model.SyncPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each flow's plan, with the shipped lists, against a golden file. */
class FlowsTest {
    private static final Path SOURCES = Path.of("src/main/java/io/synctools/examples");

    /** Lists from memory; the shipped ones where none is given. */
    private record Memory(Map<ListKind, ListFile> given) implements Lists.Files {
        @Override
        public boolean given(ListKind kind) {
            return given.containsKey(kind);
        }

        @Override
        public ListFile file(ListKind kind, String shipped) {
            return given.getOrDefault(kind, ListFile.read(Path.of("config", shipped)));
        }
    }

    private static Lists lists(String flow, Map<ListKind, ListFile> given, Destinations destinations) {
        return new Lists(flow, new Memory(given), destinations);
    }

    private static Destinations standard() {
        return Destinations.standard(Optional.of("/home/someone"));
    }

    static Stream<Flows.Named> flowsWithListsOfTheirOwn() {
        return Flows.ALL.stream().filter(flow -> !List.of("images", "project").contains(flow.name()));
    }

    @ParameterizedTest
    @MethodSource("flowsWithListsOfTheirOwn")
    void planOfTheShippedListsIsAsInTheGoldenFile(Flows.Named flow) throws IOException {
        SyncPlan plan = flow.flow().plan(lists(flow.name(), Map.of(), standard()));
        String golden = "plans/" + flow.name() + ".txt";
        try (var in = FlowsTest.class.getResourceAsStream(golden)) {
            assertTrue(in != null, golden);
            assertEquals(new String(in.readAllBytes(), StandardCharsets.UTF_8), PlanPrinter.declared(plan));
        }
    }

    @Test
    void aFlowIsCalledAsItsClassInKebabCaseAndItsClassIsShort() throws IOException {
        for (Flows.Named flow : Flows.ALL) {
            String type = Stream.of(flow.name().split("-", -1))
                    .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                    .collect(Collectors.joining());
            List<String> source = Files.readAllLines(SOURCES.resolve(type + ".java"));
            assertTrue(source.size() <= 33, () -> type + " has " + source.size() + " lines");
            assertTrue(
                    source.stream()
                            .anyMatch(line -> line.contains("Launch.flow(\"" + flow.name() + "\", " + type + "::plan")),
                    type + " does not run itself");
        }
    }

    @Test
    void imagesTakesAnyListOfRules() {
        ListFile rules = ListFile.of(
                "rules.json",
                "[{\"src\": \"quay.io/ascend/cann\", \"dest\": \"example.com/mirror/\", \"tag_filter\": \"8.0\"}]");
        SyncPlan plan = Images.plan(lists("images", Map.of(ListKind.IMAGES, rules), standard()));
        assertEquals("docker:quay.io/ascend/cann", plan.items().get(0).from().text());
        assertEquals("docker:example.com/mirror/cann", plan.items().get(0).to().text());
        assertTrue(plan.items().get(0).filter().accepts("8.0.rc1"));
        assertTrue(!plan.items().get(0).filter().accepts("7.0"));
        IllegalArgumentException none =
                assertThrows(IllegalArgumentException.class, () -> Images.plan(lists("images", Map.of(), standard())));
        assertTrue(none.toString().contains("--images FILE"), none::toString);
    }

    @Test
    void namesAreAppendedAsTheOldJobsDid() {
        SyncPlan plan = ImagesQuayToCnSouthwest2.plan(
                lists("images", Map.of(), standard().withAppendedNames()));
        assertEquals(
                "docker:swr.cn-southwest-2.myhuaweicloud.com/base_image/ascend-ci/cann/cann",
                plan.items().get(0).to().text());
    }

    @Test
    void huggingFaceEntriesGoToTheCacheWhereAskedTo() {
        SyncPlan plan =
                Hk001Models.plan(lists("hk001-models", Map.of(), standard().withHuggingFaceCache()));
        assertEquals("huggingface-cache", plan.items().get(0).to().scheme());
    }

    @Test
    void allFaultsOfAllListsAreToldAtOnce() {
        Map<ListKind, ListFile> given = Map.of(
                ListKind.MODELS,
                ListFile.of("m.ini", "Qwen\na/b\n"),
                ListKind.DATASETS,
                ListFile.of("d.ini", "a/b/c\n"));
        PlanException faults = assertThrows(
                PlanException.class, () -> VllmGuiyang003.plan(lists("vllm-guiyang003", given, standard())));
        assertEquals(
                new TreeSet<>(List.of("m.ini:1", "d.ini:1")),
                faults.faults().stream()
                        .map(fault -> fault.place().brief())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void aListThatTheFlowDoesNotHaveIsRefused() {
        Map<ListKind, ListFile> given = Map.of(ListKind.DATASETS, ListFile.of("d.json", "[]"));
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> Hk001Models.plan(lists("hk001-models", given, standard())));
        assertTrue(refused.toString().contains("has no list of datasets"), refused::toString);
    }
}
