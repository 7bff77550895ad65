package io.synctools.model;

import java.util.regex.Pattern;

/** A regular expression that gives up, with an error, on a text where backtracking would take for ever. */
final class BoundedPattern {
    /** Looks at one character; a tag has 128 of them at most, so that an honest expression stays far below. */
    private static final int MOST_LOOKS = 2_000_000;

    private final Pattern pattern;

    BoundedPattern(String regex) {
        this.pattern = Pattern.compile(regex);
    }

    /** Whether the whole text matches. */
    boolean matches(String text) {
        return pattern.matcher(new Watched(text, new int[1])).matches();
    }

    private final class Watched implements CharSequence {
        private final CharSequence text;
        private final int[] looks;

        Watched(CharSequence text, int[] looks) {
            this.text = text;
            this.looks = looks;
        }

        @Override
        public char charAt(int index) {
            if (++looks[0] > MOST_LOOKS) {
                throw new SyncException(
                        FailureKind.OTHER,
                        "the regular expression \"" + pattern + "\" takes too long on \"" + text
                                + "\"; write it without a repetition inside a repetition");
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Watched(text.subSequence(start, end), looks);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
