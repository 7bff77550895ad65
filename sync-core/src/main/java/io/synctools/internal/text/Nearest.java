package io.synctools.internal.text;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Guesses which of the known words a mistyped one was meant to be. */
public final class Nearest {

    private Nearest() {}

    /** The nearest word, in any case, if it is near enough to be worth saying. */
    public static Optional<String> to(String typed, Collection<String> known) {
        String lower = typed.toLowerCase(Locale.ROOT);
        Optional<String> best = Optional.empty();
        int least = Math.max(1, Math.min(3, typed.length() / 3)) + 1;
        for (String word : known) {
            if (Math.abs(word.length() - lower.length()) >= least) {
                continue;
            }
            int distance = distance(lower, word.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                best = Optional.of(word);
            }
        }
        return best;
    }

    /** {@code ; did you mean "word"?} or nothing. */
    public static String hint(String typed, Collection<String> known) {
        return to(typed, known)
                .map(word -> "; did you mean " + "\"" + word + "\"" + "?")
                .orElse("");
    }

    /**
     * Whether two words differ by a slip of a finger: one lacks a character of the other, or two neighbours are swapped.
     * Digits do not count, since names that are counted differ so.
     */
    public static boolean differBySlip(String one, String other) {
        int same = 0;
        while (same < Math.min(one.length(), other.length()) && one.charAt(same) == other.charAt(same)) {
            same++;
        }
        String rest = one.substring(same);
        String otherRest = other.substring(same);
        if (rest.length() != otherRest.length()) {
            boolean lacks = rest.length() < otherRest.length();
            return isOneMore(lacks ? otherRest : rest, lacks ? rest : otherRest);
        }
        return rest.length() > 1
                && !Character.isDigit(rest.charAt(0))
                && !Character.isDigit(rest.charAt(1))
                && (rest.charAt(1) + rest.substring(0, 1) + rest.substring(2)).equals(otherRest);
    }

    private static boolean isOneMore(String more, String less) {
        return !Character.isDigit(more.charAt(0)) && more.substring(1).equals(less);
    }

    /** Edits from one to the other: insert, remove, replace, or swap two neighbours. */
    private static int distance(String from, String to) {
        int[][] edits = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                edits[i][j] = i == 0 || j == 0 ? i + j : step(edits, from, to, i, j);
            }
        }
        return edits[from.length()][to.length()];
    }

    private static int step(int[][] edits, String from, String to, int i, int j) {
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int least = Math.min(edits[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(least, edits[i - 2][j - 2] + 1) : least;
    }
}
