package io.synctools.internal.text;

import java.util.Locale;

/** Text from outside made safe for one line of a terminal or a log: nothing in it moves a cursor or hides, and none is long. */
public final class Printable {
    private static final int LONGEST_NAME = 200;
    private static final int MOST_WORDS = 300;
    private static final int LONGEST_QUOTE = 100;
    private static final int LONGEST_LINE = 2000;

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

    /** What stands in a list, in quotes; what does not show, or only as a blank of another kind, is told by its code. */
    public static String quoted(String text) {
        StringBuilder shown = new StringBuilder("\"");
        text.codePoints().limit(LONGEST_QUOTE).forEach(c -> {
            if (c == ' ' || isSeen(c)) {
                shown.append(c == '"' || c == '\\' ? "\\" : "").appendCodePoint(c);
            } else {
                shown.append('<').append(code(c)).append('>');
            }
        });
        return shown.append(text.codePointCount(0, text.length()) > LONGEST_QUOTE ? "…\"" : "\"")
                .toString();
    }

    /** A character by itself: in quotes where it is seen, as a code point where it is not. */
    public static String character(int codePoint) {
        return isSeen(codePoint) ? "\"" + Character.toString(codePoint) + "\"" : code(codePoint);
    }

    /** Letters of ASCII alone, the rest as {@code \xNN}: for headers, and for logs that programs take apart at quotes. */
    public static String ascii(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(LONGEST_LINE, text.length()); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
                shown.append(c);
            } else {
                shown.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
            }
        }
        return shown.toString();
    }

    private static boolean isSeen(int codePoint) {
        int type = Character.getType(codePoint);
        return shows(codePoint) && type != Character.SPACE_SEPARATOR && type != Character.PRIVATE_USE;
    }

    private static String code(int codePoint) {
        return String.format(Locale.ROOT, "U+%04X", codePoint);
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
