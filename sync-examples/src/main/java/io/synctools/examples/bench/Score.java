package io.synctools.examples.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What one contender's runs of a case took. */
final class Score {
    private final String contender;
    private final List<Stopwatch.Reading> readings = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();
    private long requests;
    private long connections;

    Score(String contender) {
        this.contender = contender;
    }

    /**
     * Adds a run.
     *
     * @param ours what ours took in the same round, which is what we compare with
     */
    void add(Stopwatch.Reading reading, Stopwatch.Reading ours, long requestsMade, long connectionsMade) {
        readings.add(reading);
        ratios.add(ours.wall() / reading.wall());
        requests = requestsMade;
        connections = connectionsMade;
    }

    String contender() {
        return contender;
    }

    double wall() {
        return median(readings.stream().map(Stopwatch.Reading::wall).toList());
    }

    double cpu() {
        return median(readings.stream().map(Stopwatch.Reading::cpu).toList());
    }

    /** The most that any run took. */
    double memory() {
        return readings.stream().mapToDouble(Stopwatch.Reading::memory).max().orElse(0);
    }

    /** Our time over this contender's, the median of the rounds. */
    double ratio() {
        return median(ratios);
    }

    /** Of the last run. */
    long requests() {
        return requests;
    }

    /** Of the last run. */
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
