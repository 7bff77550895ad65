package io.synctools.examples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GoalTest {
    private static final List<String> STEPS = List.of("sync x1", "sync x4", "sync x16");

    @Test
    void aLimitIsMetAtItsValueAndMissedAboveIt() {
        Scores scores = Trial.of("sync");
        Trial.took(scores, "sync", 0.35, 0.2, 0.9);
        assertTrue(met(Goal.seconds("sync", 0.35), scores));
        assertFalse(met(Goal.seconds("sync", 0.34), scores));
        assertTrue(met(Goal.requests("sync", 6), scores));
        assertFalse(met(Goal.requests("sync", 5), scores));
        assertTrue(met(Goal.memory("sync", 100), scores));
        assertFalse(met(Goal.memory("sync", 99), scores));
    }

    @Test
    void aRatioIsJudgedAndSaid() {
        Scores scores = Trial.of("sync", "curl");
        Trial.took(scores, "sync", 2.2, 2.2, 2.2);
        Trial.took(scores, "curl", 2, 2, 2);
        Goal goal = Goal.times("sync", 1.1, "curl");
        assertEquals("sync <= 1.10 x curl", goal.text());
        assertEquals(Optional.of("1.10 x"), goal.judge(scores).map(Goal.Verdict::measured));
        assertTrue(met(Goal.times("sync", 1.11, "curl"), scores));
        assertFalse(met(Goal.times("sync", 1.09, "curl"), scores));
    }

    @Test
    void aGoalWhosePeerDidNotRunIsNeitherMetNorMissed() {
        Scores scores = Trial.of("sync");
        Trial.took(scores, "sync", 1);
        assertEquals(Optional.empty(), Goal.times("sync", 1.1, "curl").judge(scores));
        assertEquals(Optional.empty(), Goal.seconds("sync-hf", 1).judge(scores));
    }

    @Test
    void aStartAndLinearWorkAreLinear() {
        Scores scores = Trial.of("sync x1", "sync x4", "sync x16");
        Trial.took(scores, "sync x1", 0.6);
        Trial.took(scores, "sync x4", 0.9);
        Trial.took(scores, "sync x16", 2.1);
        Goal.Verdict verdict = Goal.growth(STEPS).judge(scores).orElseThrow();
        assertTrue(verdict.met(), verdict::measured);
        assertTrue(verdict.measured().contains("x4: 1.50 x the time"), verdict::measured);
        assertTrue(verdict.measured().contains("x16: 2.33 x the time"), verdict::measured);
        assertTrue(verdict.measured().contains("costs 1.00 x"), verdict::measured);
    }

    @Test
    void workThatGrowsWithItsSquareIsFoundEvenBehindALongStart() {
        Scores scores = Trial.of("sync x1", "sync x4", "sync x16");
        Trial.took(scores, "sync x1", 0.6 + 0.01 * 1);
        Trial.took(scores, "sync x4", 0.6 + 0.01 * 16);
        Trial.took(scores, "sync x16", 0.6 + 0.01 * 256);
        assertFalse(met(Goal.growth(STEPS), scores));
    }

    @Test
    void memoryThatGrowsIsFound() {
        Scores scores = Trial.of("sync x1", "sync x4", "sync x16");
        scores.add("sync x1", 1, new Stopwatch.Reading(1, 1, 80, ""), 0, 0);
        scores.add("sync x4", 1, new Stopwatch.Reading(1.3, 1, 85, ""), 0, 0);
        scores.add("sync x16", 1, new Stopwatch.Reading(2.5, 1, 120, ""), 0, 0);
        assertFalse(met(Goal.growth(STEPS), scores));
    }

    @Test
    void growthWithoutAllStepsIsNotJudged() {
        Scores scores = Trial.of("sync x1", "sync x4");
        Trial.took(scores, "sync x1", 1);
        Trial.took(scores, "sync x4", 2);
        assertEquals(Optional.empty(), Goal.growth(STEPS).judge(scores));
    }

    private static boolean met(Goal goal, Scores scores) {
        return goal.judge(scores).orElseThrow().met();
    }
}
