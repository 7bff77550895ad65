package io.synctools.examples;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;

/**
 * The last lines of a terminal, drawn again and again in place, below lines that stay. It reads nothing from the terminal,
 * changes none of its settings and takes no signal but the one that tells of another size. Thread-safe.
 */
final class Screen {
    private static final String UP = "\033[%dA";
    private static final String ERASE_LINE = "\033[K";
    private static final String ERASE_BELOW = "\033[J";
    private static final String CUT = "\033[?7l"; // what is too long is cut, not continued on the next line
    private static final String WRAP = "\033[?7h";

    private final PrintStream out;
    private final Supplier<TerminalSize> ask;
    private TerminalSize size = new TerminalSize(80, 24);
    private volatile boolean resized = true;
    private List<String> drawn = List.of();

    Screen(PrintStream out, Supplier<TerminalSize> ask) {
        this.out = out;
        this.ask = ask;
    }

    /** The terminal has another size from now on. */
    void resize() {
        resized = true;
    }

    /** How big it is. */
    synchronized TerminalSize size() {
        if (resized) {
            resized = false;
            size = ask.get();
        }
        return size;
    }

    /** Replaces the lines that were drawn before. */
    synchronized void draw(List<String> lines) {
        StringBuilder frame = new StringBuilder(top());
        append(frame, lines);
        print(frame);
    }

    /** Prints a line that stays, above those that are drawn. */
    synchronized void say(String line) {
        StringBuilder frame = new StringBuilder(top());
        if (!drawn.isEmpty()) {
            frame.append(ERASE_BELOW);
        }
        frame.append(line).append('\n');
        append(frame, drawn);
        print(frame);
    }

    /** Takes away what was drawn. */
    synchronized void clear() {
        if (!drawn.isEmpty()) {
            StringBuilder frame = new StringBuilder(top()).append(ERASE_BELOW);
            drawn = List.of();
            print(frame);
        }
    }

    private void append(StringBuilder frame, List<String> lines) {
        int width = size().columns() - 1; // the last column is where some terminals wrap, others not
        drawn = lines.stream().map(line -> cut(line, width)).toList();
        if (drawn.isEmpty()) {
            return;
        }
        frame.append(CUT);
        drawn.forEach(line -> frame.append(line).append(ERASE_LINE).append('\n'));
        frame.append(ERASE_BELOW).append(WRAP);
    }

    private void print(StringBuilder frame) {
        out.print(frame);
        out.flush();
    }

    /** To where the first drawn line begins. A narrower terminal has broken long lines into several. */
    private String top() {
        int width = Math.max(1, size().columns());
        int rows = drawn.stream()
                .mapToInt(line -> Math.max(1, (columns(line) + width - 1) / width))
                .sum();
        return rows == 0 ? "" : "\r" + UP.formatted(rows);
    }

    private static String cut(String line, int width) {
        int used = 0;
        for (int i = 0; i < line.length(); ) {
            int character = line.codePointAt(i);
            used += columns(character);
            if (used > width) {
                return line.substring(0, i);
            }
            i += Character.charCount(character);
        }
        return line;
    }

    /** How many columns a text takes: characters of East Asia take two. */
    static int columns(String text) {
        return text.codePoints().map(Screen::columns).sum();
    }

    private static int columns(int character) {
        boolean wide = character >= 0x1100
                && (character <= 0x115f
                        || (character >= 0x2e80 && character <= 0xa4cf)
                        || (character >= 0xac00 && character <= 0xd7a3)
                        || (character >= 0xf900 && character <= 0xfaff)
                        || (character >= 0xfe30 && character <= 0xfe6f)
                        || (character >= 0xff00 && character <= 0xff60)
                        || (character >= 0xffe0 && character <= 0xffe6)
                        || character >= 0x1f300);
        return wide ? 2 : 1;
    }
}
