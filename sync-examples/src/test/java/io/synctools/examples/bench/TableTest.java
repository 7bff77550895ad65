package io.synctools.examples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final List<String> ORDER = List.of("one", "two");

    @Test
    void everyContenderHasARowAndEveryGoalAVerdict() {
        Table table = new Table(ORDER, Optional.empty());
        table.machine(List.of("2 cores"));
        table.add(which("one", Goal.times("sync", 1.1, "curl"), Goal.requests("sync", 5)), scores());
        String text = table.markdown();
        assertTrue(text.contains("| one: about one | sync | 2 | 1.00 |  | 0.50 | 100 | 6 | 2 |\n"), text);
        assertTrue(text.contains("|  | curl | 2 | 2.00 | 0.50 | 0.50 | 100 | 6 | 2 |\n"), text);
        assertTrue(text.contains("| one | sync <= 1.10 x curl | 0.50 x | met |\n"), text);
        assertTrue(text.contains("|  | sync <= 5 requests | 6 requests | **missed** |\n"), text);
        assertTrue(text.contains("|  | sync <= 128 MiB | 100 MiB | met |\n"), text);
        assertTrue(text.endsWith("- 2 cores\n"), text);
        assertEquals(List.of("one: sync <= 5 requests, was 6 requests"), table.missed());
    }

    @Test
    void whatRanEarlierStaysUnlessItRanAgain() {
        Table earlier = new Table(ORDER, Optional.empty());
        earlier.add(which("two"), scores());
        earlier.failed(which("one"), "lost\nbytes");
        Table table = new Table(ORDER, Optional.of(earlier.json()));
        assertTrue(table.markdown().contains("failed: lost bytes"), table::markdown);
        table.add(which("one"), scores());
        String text = table.markdown();
        assertFalse(text.contains("failed"), text);
        assertTrue(text.indexOf("one: about one") < text.indexOf("two: about two"), text);
        assertEquals(2, table.json().path("cases").size());
    }

    private static Case which(String name, Goal... goals) {
        return new Case(name, "about " + name, List.of(goals), place -> Case.Setting.alone(List.of()));
    }

    private static Scores scores() {
        Scores scores = Trial.of("sync", "curl");
        Trial.took(scores, "sync", 1, 1);
        Trial.took(scores, "curl", 2, 2);
        return scores;
    }
}
