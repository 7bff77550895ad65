package io.synctools.config;

/** Shows what stands in a list: in quotes, cut where long, and with nothing in it that changes a terminal or a log. */
final class Quoted {
    private static final int MOST = 100;

    private Quoted() {}

    static String of(String text) {
        StringBuilder shown = new StringBuilder("\"");
        text.codePoints().limit(MOST).forEach(c -> {
            shown.append(c == '"' || c == '\\' ? "\\" : "");
            append(shown, c);
        });
        return shown.append(text.codePointCount(0, text.length()) > MOST ? "…\"" : "\"")
                .toString();
    }

    /** A message of somebody else's, which may repeat what stands in a list. */
    static String message(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(2 * MOST).forEach(c -> append(shown, c));
        return shown.toString();
    }

    /** A character by itself: printed where it shows, as a code point where it does not. */
    static String character(int codePoint) {
        return visible(codePoint) ? "\"" + Character.toString(codePoint) + "\"" : code(codePoint);
    }

    private static void append(StringBuilder shown, int c) {
        if (c == ' ' || visible(c)) {
            shown.appendCodePoint(c);
        } else {
            shown.append('<').append(code(c)).append('>');
        }
    }

    private static boolean visible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }

    private static String code(int codePoint) {
        return String.format("U+%04X", codePoint);
    }
}
