package io.synctools.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A list as older scripts had it, and the same with what we read differently put right. Each line keeps its number.
 *
 * @param text as it is
 */
record OldList(String text) {
    private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"");
    private static final Pattern NOTE =
            Pattern.compile("\"size_gb\"\\s*:\\s*(?:-?[\\d.]+|\"[^\"]*\"|null)[ \\t]*,?[ \\t]*");
    private static final Pattern EMPTY_FOLDER = Pattern.compile("\"local_dir\"\\s*:\\s*(?:\"\"|null)[ \\t]*,?[ \\t]*");
    private static final Pattern TAGGED = Pattern.compile("\"src\"(\\s*:\\s*)\"([^\"]+):([A-Za-z0-9_][\\w.-]*)\"");
    private static final Pattern FILTER = Pattern.compile("\"tag_filter\"(\\s*:\\s*)\"((?:[^\"\\\\]|\\\\.)*+)\"");
    private static final char DROPPED = 0;
    private static final Pattern WORD = Pattern.compile("[\\w.-]*");

    /**
     * One line that has to change.
     *
     * @param line from 1
     * @param before as it is
     * @param after as it has to be; empty where nothing is to remain
     */
    record Edit(int line, String before, String after) {}

    /** The text that we read as the old scripts meant theirs. */
    String mended() {
        String json = NOTE.matcher(text).replaceAll("");
        json = EMPTY_FOLDER.matcher(json).replaceAll("");
        json = TAGGED.matcher(json).replaceAll(OldList::withoutTag);
        json = FILTER.matcher(json).replaceAll(OldList::wholeTag);
        return withoutTrailingCommas(json);
    }

    /** What differs between the text and {@link #mended}. */
    List<Edit> edits() {
        String[] before = text.split("\\R", -1);
        String[] after = mended().split("\\R", -1);
        List<Edit> edits = new ArrayList<>();
        for (int i = 0; i < before.length && i < after.length; i++) {
            if (!before[i].equals(after[i])) {
                edits.add(new Edit(i + 1, before[i].strip(), after[i].strip()));
            }
        }
        return edits;
    }

    private static String withoutTag(MatchResult src) {
        boolean port = src.group(3).matches("\\d+") && !src.group(2).contains("/");
        return Matcher.quoteReplacement(
                port
                        ? src.group()
                        : "\"src\"" + src.group(1) + "\"" + src.group(2) + "\", \"include\"" + src.group(1) + "\""
                                + src.group(3).replace(".", "\\\\.") + "\"");
    }

    private static String wholeTag(MatchResult filter) {
        String searched = filter.group(2);
        return Matcher.quoteReplacement(
                WORD.matcher(searched).matches()
                        ? filter.group()
                        : "\"include\"" + filter.group(1) + "\"" + whole(searched) + "\"");
    }

    /** What matches a whole tag wherever the other, a text of JSON, is found in one. */
    static String whole(String searched) {
        List<String> branches = new ArrayList<>();
        for (String branch : branches(searched)) {
            boolean begins = branch.startsWith("^");
            String inner = begins ? branch.substring(1) : branch;
            boolean ends = inner.endsWith("$") && !inner.endsWith("\\\\$");
            inner = ends ? inner.substring(0, inner.length() - 1) : inner;
            branches.add((begins || inner.startsWith(".*") ? "" : ".*")
                    + inner
                    + (ends || inner.endsWith(".*") ? "" : ".*"));
        }
        return String.join("|", branches);
    }

    /** The alternatives that stand in no bracket. */
    private static List<String> branches(String pattern) {
        List<String> branches = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < pattern.length(); i++) {
            char character = pattern.charAt(i);
            if (character == '\\') {
                i += pattern.startsWith("\\\\", i) ? 2 : 1; // of JSON and of the pattern
            } else if (character == '(' || character == '[') {
                depth++;
            } else if (character == ')' || character == ']') {
                depth--;
            } else if (character == '|' && depth == 0) {
                branches.add(pattern.substring(from, i));
                from = i + 1;
            }
        }
        branches.add(pattern.substring(from));
        return branches;
    }

    private static String withoutTrailingCommas(String json) {
        StringBuilder text = new StringBuilder(json);
        Matcher string = STRING.matcher(json);
        int last = -1; // the comma after which nothing but blanks has come
        for (int i = 0; i < json.length(); i++) {
            char character = json.charAt(i);
            if (character == '"' && string.find(i) && string.start() == i) {
                i = string.end() - 1;
                last = -1;
            } else if (character == ',') {
                last = i;
            } else if ((character == ']' || character == '}') && last >= 0) {
                text.setCharAt(last, DROPPED);
                last = -1;
            } else if (!Character.isWhitespace(character)) {
                last = -1;
            }
        }
        return text.toString().replaceAll("[ \\t]*" + DROPPED + "[ \\t]*", "").replaceAll("[ \\t]+(?=\\R)", "");
    }
}
