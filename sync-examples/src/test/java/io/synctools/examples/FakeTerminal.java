package io.synctools.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A terminal with the few controls that we use; each character takes one column. Wraps, and wraps anew when resized. */
final class FakeTerminal {
    private static final Pattern CONTROL = Pattern.compile("\033\\[(\\??)(\\d*)([A-Za-z])");

    private int columns;
    private boolean wrap = true;
    private int row;
    private int column;

    /** Rows; one that is continued on the next ends in a mark. */
    private List<StringBuilder> rows = new ArrayList<>(List.of(new StringBuilder()));

    private static final char CONTINUED = '\u0001';

    FakeTerminal(int columns) {
        this.columns = columns;
    }

    void print(String text) {
        Matcher control = CONTROL.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (control.region(at, text.length()).lookingAt()) {
                act(control);
                at = control.end();
            } else {
                put(text.charAt(at++));
            }
        }
    }

    private void act(Matcher control) {
        switch (control.group(1) + control.group(3)) {
            case "A" -> row = Math.max(0, row - Integer.parseInt(control.group(2)));
            case "K" -> current().setLength(Math.min(column, current().length()));
            case "J" -> {
                current().setLength(Math.min(column, current().length()));
                rows.subList(row + 1, rows.size()).clear();
            }
            case "?l" -> wrap = false;
            case "?h" -> wrap = true;
            default -> throw new AssertionError("this terminal does not know " + control.group());
        }
    }

    private StringBuilder current() {
        return rows.get(row);
    }

    private void put(char character) {
        if (character == '\r') {
            column = 0;
        } else if (character == '\n') {
            column = 0;
            down();
        } else {
            if (column == columns && wrap) {
                current().append(CONTINUED);
                column = 0;
                down();
            }
            column = Math.min(column, columns - 1);
            while (current().length() <= column) {
                current().append(' ');
            }
            current().setCharAt(column++, character);
        }
    }

    private void down() {
        row++;
        if (row == rows.size()) {
            rows.add(new StringBuilder());
        }
    }

    /** As tmux and others do: what is too long is continued below. The cursor is expected on an empty last row. */
    void resize(int wanted) {
        columns = wanted;
        List<StringBuilder> before = rows;
        rows = new ArrayList<>(List.of(new StringBuilder()));
        row = 0;
        column = 0;
        boolean had = wrap;
        wrap = true;
        for (int i = 0; i < before.size(); i++) {
            String line = before.get(i).toString();
            boolean continued = line.indexOf(CONTINUED) >= 0;
            print(line.replace(String.valueOf(CONTINUED), "") + (continued || i == before.size() - 1 ? "" : "\n"));
        }
        wrap = had;
    }

    boolean wraps() {
        return wrap;
    }

    /** What is to be read on it. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (StringBuilder each : rows) {
            lines.add(each.toString().replace(String.valueOf(CONTINUED), "").stripTrailing());
        }
        while (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }
}
