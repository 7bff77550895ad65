package io.synctools.examples.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What we want of ourselves in a case, in numbers, so that the table can say whether it is met. */
interface Goal {

    /** As the table prints it. */
    String text();

    /** What came out; empty where somebody whom it takes did not run. */
    Optional<Verdict> judge(Scores scores);

    /**
     * What came out.
     *
     * @param measured in words
     * @param met whether that is good enough
     */
    record Verdict(String measured, boolean met) {}

    /** One of ours takes at most so many seconds. */
    static Goal seconds(String who, double most) {
        return new Most(who, Score::wall, "%.2f s", most);
    }

    /** One of ours makes at most so many requests. */
    static Goal requests(String who, long most) {
        return new Most(who, Score::requests, "%.0f requests", most);
    }

    /** One of ours never holds more than so many MiB. */
    static Goal memory(String who, double most) {
        return new Most(who, Score::memory, "%.0f MiB", most);
    }

    /** One of ours takes at most so many times as long as somebody else in the same round. */
    static Goal times(String who, double most, String peer) {
        return new Times(who, most, peer);
    }

    /** Work that grows four times with each contender: time grows no faster, memory not at all. */
    static Goal growth(List<String> steps) {
        return new Growth(steps);
    }

    /** A limit of one number. */
    record Most(String who, ToDoubleFunction<Score> measure, String unit, double most) implements Goal {
        @Override
        public String text() {
            return who + " <= " + in(most);
        }

        @Override
        public Optional<Verdict> judge(Scores scores) {
            return scores.of(who)
                    .map(measure::applyAsDouble)
                    .map(measured -> new Verdict(in(measured), measured <= most));
        }

        private String in(double value) {
            return String.format(Locale.ROOT, unit, value);
        }
    }

    /** A limit of a ratio. */
    record Times(String who, double most, String peer) implements Goal {
        @Override
        public String text() {
            return String.format(Locale.ROOT, "%s <= %.2f x %s", who, most, peer);
        }

        @Override
        public Optional<Verdict> judge(Scores scores) {
            return scores.ratio(who, peer)
                    .map(ratio -> new Verdict(String.format(Locale.ROOT, "%.2f x", ratio), ratio <= most));
        }
    }

    /** How time and memory grow. */
    record Growth(List<String> steps) implements Goal {
        /** Each step has this many times the work of the one before. */
        static final int STEP = 4;

        /** What the machine's own noise is allowed. */
        private static final double SLACK = 1.25;

        @Override
        public String text() {
            return "time linear, memory flat";
        }

        @Override
        public Optional<Verdict> judge(Scores scores) {
            List<Score> found =
                    steps.stream().flatMap(step -> scores.of(step).stream()).toList();
            if (found.size() < steps.size()) {
                return Optional.empty();
            }
            StringBuilder measured = new StringBuilder();
            boolean met = true;
            for (int i = 1; i < found.size(); i++) {
                double time = found.get(i).wall() / found.get(i - 1).wall();
                double memory = found.get(i).memory() / found.get(i - 1).memory();
                met &= time <= STEP * SLACK && memory <= SLACK;
                measured.append(String.format(
                        Locale.ROOT,
                        "x%.0f: %.2f x the time, %.2f x the memory of the step before; ",
                        Math.pow(STEP, i),
                        time,
                        memory));
            }
            double unit = pace(found, 2) / pace(found, 1);
            met &= !(unit > SLACK);
            return Optional.of(new Verdict(
                    measured + String.format(Locale.ROOT, "a unit more costs %.2f x what it did", unit), met));
        }

        /** Seconds that a unit of work costs beyond the step before, without what the start costs. */
        private static double pace(List<Score> found, int step) {
            double seconds = found.get(step).wall() - found.get(step - 1).wall();
            return Math.max(seconds, 0) / (Math.pow(STEP, step) - Math.pow(STEP, step - 1));
        }
    }
}
