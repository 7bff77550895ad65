package io.synctools.examples.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came out of a case, in the order of its contenders.
 *
 * @param contenders who ran
 * @param byName what each took
 */
record Scores(List<Contender> contenders, Map<String, Score> byName) {

    /** Nothing yet. */
    static Scores of(List<Contender> contenders) {
        Map<String, Score> scores = new LinkedHashMap<>();
        contenders.forEach(contender -> scores.put(contender.name(), new Score()));
        return new Scores(contenders, scores);
    }

    /** Adds the run of a round. */
    void add(String name, int round, Stopwatch.Reading reading, long requests, long connections) {
        byName.computeIfAbsent(name, each -> new Score()).add(round, reading, requests, connections);
    }

    /** What one took; empty if there was no such contender. */
    Optional<Score> of(String name) {
        return Optional.ofNullable(byName.get(name)).filter(score -> score.rounds() > 0);
    }

    /** One's time over another's; empty if either did not run. */
    Optional<Double> ratio(String who, String peer) {
        return of(who).flatMap(ours -> of(peer).flatMap(ours::ratioTo));
    }
}
