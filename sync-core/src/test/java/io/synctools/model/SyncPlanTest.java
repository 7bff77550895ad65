package io.synctools.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SyncPlanTest {
    private static SyncItem item(String name, int line) {
        return new SyncItem(
                ArtifactRef.of("modelscope", name),
                ArtifactRef.of("modelscope-cache", name),
                NameFilter.ALL,
                new Place("lists/models.ini", line, 1));
    }

    private static SyncItem image(String from) {
        return SyncItem.of(ArtifactRef.of("docker", from), ArtifactRef.of("docker", "quay.io/x/y"));
    }

    private static List<String> names(SyncPlan plan) {
        return plan.items().stream().map(item -> item.from().name()).toList();
    }

    @Test
    void keepsTheOrderOfTheLists() {
        SyncPlan plan = SyncPlan.builder("flow")
                .add(item("models/z/z", 1))
                .addAll(List.of(item("models/a/a", 2), item("models/m/m", 3)))
                .build();

        assertEquals(List.of("models/z/z", "models/a/a", "models/m/m"), names(plan));
        assertEquals(List.of(), plan.warnings());
        assertEquals(Shard.ALL, plan.shard());
    }

    @Test
    void theSameEntryTwiceBecomesOneWithAWarningThatNamesBothPlaces() {
        SyncPlan plan =
                SyncPlan.of("flow", List.of(item("models/a/a", 1), item("models/b/b", 2), item("models/a/a", 7)));

        assertEquals(List.of("models/a/a", "models/b/b"), names(plan));
        assertEquals(1, plan.warnings().size());
        String warning = plan.warnings().get(0);
        assertTrue(warning.startsWith("lists/models.ini:7:1: warning: "), warning);
        assertTrue(warning.contains("lists/models.ini:1:1"), warning);
    }

    @Test
    void anotherRevisionIsAnotherEntry() {
        SyncItem pinned = new SyncItem(
                ArtifactRef.of("modelscope", "models/a/a", "v1"),
                ArtifactRef.of("modelscope-cache", "models/a/a"),
                NameFilter.ALL,
                Place.NONE);

        assertEquals(
                2,
                SyncPlan.of("flow", List.of(item("models/a/a", 1), pinned))
                        .items()
                        .size());
    }

    @Test
    void nothingDeclaredIsAWarning() {
        assertEquals(1, SyncPlan.of("flow", List.of()).warnings().size());
    }

    @Test
    void onlyMatchesOrganizationAndNameAcrossSlashes() {
        SyncPlan plan = SyncPlan.of(
                "flow",
                List.of(
                        item("models/Qwen/Qwen2.5-7B", 1),
                        item("datasets/Qwen/Q[x]", 2),
                        item("models/deepseek-ai/V2", 3),
                        image("quay.io/ascend/cann")));

        assertEquals(plan, plan.only(List.of()));
        assertEquals(List.of("models/Qwen/Qwen2.5-7B", "datasets/Qwen/Q[x]"), names(plan.only(List.of("Qwen/*"))));
        assertEquals(List.of("models/deepseek-ai/V2"), names(plan.only(List.of("*V2"))));
        assertEquals(List.of("models/Qwen/Qwen2.5-7B"), names(plan.only(List.of("Q*B"))));
        assertEquals(List.of("datasets/Qwen/Q[x]"), names(plan.only(List.of("Qwen/Q[x]"))));
        assertEquals(List.of("quay.io/ascend/cann"), names(plan.only(List.of("ascend/cann"))));
        assertEquals(List.of("models/deepseek-ai/V2"), names(plan.only(List.of("deepseek-ai/V?"))));
        assertEquals(4, plan.only(List.of("Qwen/*", "*")).items().size());
    }

    @Test
    void anOnlyThatMatchesNothingIsRefusedAndNamed() {
        SyncPlan plan = SyncPlan.of("flow", List.of(item("models/Qwen/Qwen2.5-7B", 1)));

        for (String glob : List.of("models/Qwen/*", "Qwen2.5-7B", "qwen/qwen2.5-7b", "Qwen/Qwen2x5-7B")) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> plan.only(List.of("*", glob)));
            assertEquals("\"" + glob + "\" matches none of the 1 item of flow", refused.getMessage());
        }
    }

    @Test
    void aShareThatNamesWhatIsNotDeclaredAnyMoreSaysSo() {
        SyncPlan plan = SyncPlan.of("flow", List.of(item("models/o/a", 1), item("models/o/b", 2)));
        PlannedShard share = new PlannedShard(new Shard(1, 3), List.of("o/b", "o/gone"), 7);
        SyncPlan own = plan.shard(share);
        assertEquals(List.of(plan.items().get(1)), own.items());
        assertEquals(share.shard(), own.shard());
        assertTrue(own.warnings().get(0).contains("names o/gone"), own.warnings()::toString);
        assertEquals(
                List.of(),
                plan.shard(new PlannedShard(Shard.ALL, List.of(), 0)).items(),
                "an empty share does nothing");
    }

    @Test
    void anItemTwiceIsRefusedByTheValueItself() {
        List<SyncItem> twice = List.of(item("models/a/a", 1), item("models/a/a", 1));

        assertThrows(IllegalArgumentException.class, () -> new SyncPlan("flow", twice, List.of(), Shard.ALL));
        assertThrows(IllegalArgumentException.class, () -> SyncPlan.of(" ", List.of()));
    }
}
