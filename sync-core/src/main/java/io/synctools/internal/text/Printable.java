package io.synctools.internal.text;

import java.util.Locale;

/** Text from outside made safe for one line of a terminal or a log: nothing in it moves a cursor or hides, and none is long. */
public final class Printable {
    private static final int LONGEST_NAME = 200;
    private static final int MOST_WORDS = 300;

    private Printable() {}

    /** A name: what does not show is told by its code, so that names that differ look different. */
    public static String name(String text) {
        StringBuilder shown = new StringBuilder();
        for (int c : text.codePoints().limit(LONGEST_NAME + 1L).toArray()) {
            if (shown.length() >= LONGEST_NAME) {
                return shown.append('…').toString();
            }
            if (shows(c)) {
                shown.appendCodePoint(c);
            } else {
                shown.append(String.format(Locale.ROOT, c > 0xffff ? "\\u{%x}" : "\\u%04x", c));
            }
        }
        return shown.toString();
    }

    /** Words: what does not show is a blank. */
    public static String words(String text) {
        return words(text, MOST_WORDS);
    }

    /**
     * Words, where more or fewer of them are wanted.
     *
     * @param longest in characters as people count them, without the sign that more follows
     */
    public static String words(String text, int longest) {
        StringBuilder shown = new StringBuilder();
        int count = 0;
        boolean blank = true;
        for (int c : text.codePoints().limit(16L * longest).toArray()) {
            boolean shows = shows(c);
            if (shows || !blank) {
                if (count++ == longest) {
                    return shown.toString().strip() + "…";
                }
                shown.appendCodePoint(shows ? c : ' ');
            }
            blank = !shows;
        }
        return shown.toString().strip();
    }

    /** Whether a character is seen where it stands and nowhere else. */
    public static boolean shows(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
