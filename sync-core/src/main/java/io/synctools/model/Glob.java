package io.synctools.model;

import java.util.ArrayList;
import java.util.List;

/**
 * One shell-style pattern, matched against a whole path as Python's {@code fnmatch.fnmatchcase} does
 * (docs/protocols/huggingface.md section 8).
 *
 * <p>Matching goes back to the last star only, so its time is bounded by pattern length times path length, whatever
 * the pattern. Immutable and thread-safe.
 */
final class Glob {

    /** One step of the pattern: a star, or a set of code points of which it takes exactly one. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Step(boolean star, boolean negated, int[] ranges) {

        static final Step STAR = new Step(true, false, new int[0]);
        static final Step ANY = new Step(false, true, new int[0]);

        static Step literal(int codePoint) {
            return new Step(false, false, new int[] {codePoint, codePoint});
        }

        boolean takes(int codePoint) {
            for (int i = 0; i < ranges.length; i += 2) {
                if (ranges[i] <= codePoint && codePoint <= ranges[i + 1]) {
                    return !negated;
                }
            }
            return negated;
        }
    }

    private final List<Step> steps;

    /** @param pattern with its backslashes already turned into slashes */
    Glob(String pattern) {
        this.steps = List.copyOf(parse(pattern.codePoints().toArray()));
    }

    boolean matches(int[] path) {
        int step = 0;
        int at = 0;
        int star = -1;
        int starTook = 0;
        while (at < path.length) {
            if (step < steps.size() && steps.get(step).star()) {
                star = step++;
                starTook = at;
            } else if (step < steps.size() && steps.get(step).takes(path[at])) {
                step++;
                at++;
            } else if (star >= 0) {
                step = star + 1;
                at = ++starTook;
            } else {
                return false;
            }
        }
        while (step < steps.size() && steps.get(step).star()) {
            step++;
        }
        return step == steps.size();
    }

    private static List<Step> parse(int[] pattern) {
        List<Step> steps = new ArrayList<>();
        int at = 0;
        while (at < pattern.length) {
            int c = pattern[at++];
            if (c == '*') {
                if (steps.isEmpty() || !steps.get(steps.size() - 1).star()) {
                    steps.add(Step.STAR);
                }
            } else if (c == '?') {
                steps.add(Step.ANY);
            } else if (c == '[') {
                int end = endOfSet(pattern, at);
                steps.add(end < 0 ? Step.literal(c) : set(pattern, at, end));
                at = end < 0 ? at : end + 1;
            } else {
                steps.add(Step.literal(c));
            }
        }
        return steps;
    }

    /** Where the closing bracket is; -1 if there is none, and then the opening one is a letter like any other. */
    private static int endOfSet(int[] pattern, int begin) {
        int at = begin;
        if (at < pattern.length && pattern[at] == '!') {
            at++;
        }
        if (at < pattern.length && pattern[at] == ']') {
            at++;
        }
        while (at < pattern.length && pattern[at] != ']') {
            at++;
        }
        return at < pattern.length ? at : -1;
    }

    /**
     * What stands between the brackets. A hyphen makes a range unless it comes first, last, or right after a range;
     * a range that ends before it begins takes nothing.
     */
    private static Step set(int[] pattern, int begin, int end) {
        boolean negated = pattern[begin] == '!';
        List<Integer> ranges = new ArrayList<>();
        int at = negated ? begin + 1 : begin;
        while (at < end) {
            int from = pattern[at];
            boolean range = at + 2 < end && pattern[at + 1] == '-';
            int to = range ? pattern[at + 2] : from;
            if (from <= to) {
                ranges.add(from);
                ranges.add(to);
            }
            at += range ? 3 : 1;
        }
        return new Step(
                false, negated, ranges.stream().mapToInt(Integer::intValue).toArray());
    }
}
