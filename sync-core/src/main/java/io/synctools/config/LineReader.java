package io.synctools.config;

import java.io.Reader;

/**
 * Hands out a text at most one line a read, and keeps that line: so a parser that reads through a buffer is never ahead of
 * the line it is at, and its callbacks can be given a place.
 */
final class LineReader extends Reader {
    private final String text;
    private int next;
    private int lineBegin;
    private int lineEnd;
    private int line;

    LineReader(String text) {
        this.text = text;
    }

    /** Number of the line handed out last, from 1. */
    int line() {
        return line;
    }

    /** The line handed out last, without its end. */
    String raw() {
        int end = lineEnd;
        while (end > lineBegin && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return text.substring(lineBegin, end);
    }

    /** Whether all lines have been handed out. */
    boolean ended() {
        return next >= text.length();
    }

    @Override
    public int read(char[] buffer, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (ended()) {
            return -1;
        }
        if (next == lineEnd) {
            lineBegin = next;
            lineEnd = endOfLine(next);
            line++;
        }
        int count = Math.min(length, lineEnd - next);
        text.getChars(next, next + count, buffer, offset);
        next += count;
        return count;
    }

    /** Never: a buffering reader must come back for each line. */
    @Override
    public boolean ready() {
        return false;
    }

    @Override
    public void close() {}

    private int endOfLine(int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                return i + 1;
            }
            if (c == '\r') {
                return i + 1 < text.length() && text.charAt(i + 1) == '\n' ? i + 2 : i + 1;
            }
        }
        return text.length();
    }
}
