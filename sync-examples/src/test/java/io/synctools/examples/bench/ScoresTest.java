package io.synctools.examples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScoresTest {

    @Test
    void ratiosAreTakenPairByPairAndThenTheMedian() {
        Scores scores = Trial.of("sync", "curl");
        Trial.took(scores, "sync", 1, 4, 9);
        Trial.took(scores, "curl", 1, 2, 3);
        assertEquals(Optional.of(2.0), scores.ratio("sync", "curl"));
        assertEquals(Optional.of(0.5), scores.ratio("curl", "sync"));
    }

    @Test
    void aPeerThatTookPartInOneRoundIsComparedWithThatRoundOnly() {
        Scores scores = Trial.of("sync", "curl");
        Trial.took(scores, "sync", 3, 100, 100);
        Trial.took(scores, "curl", 6);
        assertEquals(Optional.of(0.5), scores.ratio("sync", "curl"));
    }

    @Test
    void whoDidNotRunHasNoRatio() {
        Scores scores = Trial.of("sync", "curl");
        Trial.took(scores, "sync", 3);
        assertEquals(Optional.empty(), scores.ratio("sync", "curl"));
        assertEquals(Optional.empty(), scores.ratio("sync", "aria2c"));
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
        assertEquals(2.5, Score.median(List.of(4.0, 1.0, 3.0, 2.0)));
        assertEquals(3, Score.median(List.of(100.0, 1.0, 3.0)));
    }

    @Test
    void requestsAndMemoryAreTheWorstOfAllRounds() {
        Score score = new Score();
        score.add(1, new Stopwatch.Reading(1, 1, 90, ""), 7, 3);
        score.add(2, new Stopwatch.Reading(1, 1, 120, ""), 6, 2);
        score.add(3, new Stopwatch.Reading(1, 1, 80, ""), 6, 2);
        assertEquals(120, score.memory());
        assertEquals(7, score.requests());
        assertEquals(3, score.connections());
    }

    @Test
    void whoTakesPartOnceMissesTheWarmUpAndAllLaterRounds() {
        Contender curl = Trial.of("curl").contenders().get(0);
        assertEquals(List.of(0, 1, 2, 5), rounds(curl));
        assertEquals(List.of(1), rounds(curl.once()));
    }

    private static List<Integer> rounds(Contender contender) {
        return List.of(0, 1, 2, 5).stream().filter(contender::takesPartIn).toList();
    }
}
