package io.synctools.examples.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What one contender's runs of a case took. Used by one thread. */
final class Score {
    private final Map<Integer, Stopwatch.Reading> readings = new TreeMap<>();
    private long requests;
    private long connections;

    /** Adds the run of a round. */
    void add(int round, Stopwatch.Reading reading, long requestsMade, long connectionsMade) {
        readings.put(round, reading);
        requests = Math.max(requests, requestsMade);
        connections = Math.max(connections, connectionsMade);
    }

    int rounds() {
        return readings.size();
    }

    /** Seconds, the median of the rounds. */
    double wall() {
        return median(readings.values().stream().map(Stopwatch.Reading::wall).toList());
    }

    /** Seconds, the median of the rounds. */
    double cpu() {
        return median(readings.values().stream().map(Stopwatch.Reading::cpu).toList());
    }

    /** MiB, the most that any run took. */
    double memory() {
        return readings.values().stream()
                .mapToDouble(Stopwatch.Reading::memory)
                .max()
                .orElse(0);
    }

    /** Our time over another's, round by round where both took part, and of these the median; empty if they never met. */
    Optional<Double> ratioTo(Score other) {
        List<Double> ratios = new ArrayList<>();
        readings.forEach((round, ours) -> {
            Stopwatch.Reading theirs = other.readings.get(round);
            if (theirs != null) {
                ratios.add(ours.wall() / theirs.wall());
            }
        });
        return ratios.isEmpty() ? Optional.empty() : Optional.of(median(ratios));
    }

    /** The most that any run made. */
    long requests() {
        return requests;
    }

    /** The most that any run made. */
    long connections() {
        return connections;
    }

    static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
