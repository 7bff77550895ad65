package io.synctools.examples;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * How big a terminal is, in characters.
 *
 * @param columns side by side
 * @param rows above each other
 */
record TerminalSize(int columns, int rows) {
    private static final TerminalSize USUAL = new TerminalSize(80, 24);

    /** That of the terminal to which this process belongs; the usual one where nobody knows. */
    static TerminalSize ask() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return parse(new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return USUAL;
        }
    }

    /** What {@code stty size} prints: rows, then columns. */
    static TerminalSize parse(String text) {
        String[] words = text.strip().split(" ", -1);
        if (words.length != 2 || !words[0].matches("\\d{1,5}") || !words[1].matches("\\d{1,5}")) {
            return USUAL;
        }
        int rows = Integer.parseInt(words[0]);
        int columns = Integer.parseInt(words[1]);
        return rows == 0 || columns == 0 ? USUAL : new TerminalSize(columns, rows);
    }
}
