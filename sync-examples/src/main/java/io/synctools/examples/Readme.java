package io.synctools.examples;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text in Markdown that is shown at another place than where it was written: its relative links and images are made
 * absolute, and it is shortened where that place takes no more.
 *
 * @param text with its links as they are
 * @param relative how many links still lead nowhere from another place
 */
record Readme(String text, int relative) {
    private static final Pattern FENCE = Pattern.compile(" {0,3}(`{3,}|~{3,}).*");
    private static final Pattern ABSOLUTE = Pattern.compile("(?s)[A-Za-z][A-Za-z0-9+.-]*:.*|//.*|#.*|");
    private static final Pattern DEFINITION = Pattern.compile("( {0,3}\\[[^\\]]+\\]:\\s*)<?([^\\s>]+)>?(.*)");
    private static final Pattern TAG =
            Pattern.compile("(?i)(<(a|img|source|video)\\b[^<>]*?\\s(?:href|src|srcset)\\s*=\\s*)(\"[^\"]*\"|'[^']*')");

    /** What a link becomes. */
    interface Links {
        /** An address that leads there from everywhere; empty where none is known. */
        Optional<String> absolute(String relative, boolean image);
    }

    /** Makes the links of a text absolute; what stands as code is left alone. */
    static Readme of(String text, Links links) {
        Scan scan = new Scan(text.replace("\r\n", "\n").replace("\uFEFF", ""), links);
        return new Readme(scan.run(), scan.left);
    }

    /** Whether two texts show the same. */
    boolean sameAs(String other) {
        return text.stripTrailing().equals(other.replace("\r\n", "\n").stripTrailing());
    }

    /**
     * The text, or as many of its first lines as fit.
     *
     * @param bytes how many the place takes
     * @param end what then stands at the end
     */
    Readme within(int bytes, String end) {
        if (length(text) <= bytes) {
            return this;
        }
        StringBuilder kept = new StringBuilder();
        int room = bytes - length(end) - 16;
        String fence = "";
        for (String line : text.split("\n", -1)) {
            room -= length(line) + 1;
            if (room < 0) {
                break;
            }
            kept.append(line).append('\n');
            fence = fenceAfter(line, fence);
        }
        String closed = fence.isEmpty() ? "" : fence.substring(0, 3) + "\n";
        return new Readme(kept.toString().stripTrailing() + "\n" + closed + "\n" + end, relative);
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** The fence of the code block that is open after a line; empty outside of code. */
    private static String fenceAfter(String line, String open) {
        Matcher fence = FENCE.matcher(line);
        if (!fence.matches()) {
            return open;
        }
        String mark = fence.group(1);
        if (open.isEmpty()) {
            return mark;
        }
        boolean closes = mark.charAt(0) == open.charAt(0)
                && mark.length() >= open.length()
                && line.strip().equals(mark);
        return closes ? "" : open;
    }

    /** One pass over a text. */
    private static final class Scan {
        private final String text;
        private final Links links;
        private final StringBuilder done = new StringBuilder();
        private final Deque<Boolean> brackets = new ArrayDeque<>(); // whether an image begins there
        private int left;

        Scan(String text, Links links) {
            this.text = text;
            this.links = links;
        }

        String run() {
            String fence = "";
            StringBuilder prose = new StringBuilder();
            for (String line : text.split("(?<=\n)", -1)) {
                String after = fenceAfter(line.stripTrailing(), fence);
                if (fence.isEmpty() && after.isEmpty()) {
                    prose.append(line);
                } else {
                    prose(prose.toString());
                    prose.setLength(0);
                    done.append(line);
                }
                fence = after;
            }
            prose(prose.toString());
            return done.toString();
        }

        private void prose(String part) {
            brackets.clear();
            String lines = defined(part);
            int i = 0;
            while (i < lines.length()) {
                char c = lines.charAt(i);
                if (c == '\\') {
                    done.append(lines, i, Math.min(lines.length(), i + 2));
                    i += 2;
                } else if (c == '`') {
                    i = code(lines, i);
                } else if (c == '<') {
                    i = tag(lines, i);
                } else {
                    i = mark(lines, i, c);
                }
            }
        }

        private int mark(String lines, int i, char c) {
            done.append(c);
            if (c == '[') {
                brackets.push(i > 0 && lines.charAt(i - 1) == '!');
            } else if (c == ']' && !brackets.isEmpty()) {
                boolean image = brackets.pop();
                if (i + 1 < lines.length() && lines.charAt(i + 1) == '(') {
                    return target(lines, i + 1, image);
                }
            }
            return i + 1;
        }

        /** Copies code with as many grave accents behind it as before it. */
        private int code(String lines, int begin) {
            int end = begin;
            while (end < lines.length() && lines.charAt(end) == '`') {
                end++;
            }
            String ticks = lines.substring(begin, end);
            Matcher close = Pattern.compile("(?<!`)" + ticks + "(?!`)").matcher(lines);
            int after = close.find(end) ? close.end() : end;
            done.append(lines, begin, after);
            return after;
        }

        private int tag(String lines, int begin) {
            int end = lines.indexOf('>', begin);
            if (end < 0) {
                done.append('<');
                return begin + 1;
            }
            String tag = lines.substring(begin, end + 1);
            Matcher found = TAG.matcher(tag);
            StringBuilder changed = new StringBuilder();
            while (found.find()) {
                String quoted = found.group(3);
                String value = quoted.substring(1, quoted.length() - 1);
                String quote = quoted.substring(0, 1);
                boolean image = !found.group(2).equalsIgnoreCase("a");
                found.appendReplacement(
                        changed, Matcher.quoteReplacement(found.group(1) + quote + absolute(value, image) + quote));
            }
            done.append(found.appendTail(changed));
            return end + 1;
        }

        /** Copies what stands in round brackets after a link's text; its first word is the target. */
        private int target(String lines, int open, boolean image) {
            int begin = open + 1;
            boolean angled = begin < lines.length() && lines.charAt(begin) == '<';
            int end = begin;
            int depth = 0;
            while (end < lines.length()) {
                char c = lines.charAt(end);
                if (angled ? c == '>' : (Character.isWhitespace(c) || (c == ')' && depth == 0))) {
                    break;
                }
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                end++;
            }
            String target = lines.substring(angled ? begin + 1 : begin, end);
            done.append('(').append(angled ? "<" : "").append(absolute(target, image));
            return end;
        }

        private String absolute(String target, boolean image) {
            if (ABSOLUTE.matcher(target).matches()) {
                return target;
            }
            Optional<String> absolute = links.absolute(target, image);
            left += absolute.isEmpty() ? 1 : 0;
            return absolute.orElse(target);
        }

        /** The lines, with the targets of those that give a name to one. */
        private String defined(String part) {
            StringBuilder all = new StringBuilder();
            for (String line : part.split("(?<=\n)", -1)) {
                String plain = line.stripTrailing();
                Matcher found = DEFINITION.matcher(plain);
                all.append(
                        found.matches()
                                ? found.group(1)
                                        + absolute(found.group(2), isImage(found.group(2)))
                                        + found.group(3)
                                        + line.substring(plain.length())
                                : line);
            }
            return all.toString();
        }

        /** A definition does not say what it is used for. */
        private static boolean isImage(String target) {
            return target.matches("(?i).*\\.(png|jpe?g|gif|svg|webp)");
        }
    }
}
