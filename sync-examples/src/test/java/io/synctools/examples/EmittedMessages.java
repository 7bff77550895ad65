package io.synctools.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The failures that the library's sources make, each with its kind and the words that stand in the source: the longest
 * literal of its message, which may be put together by a method or variable of the same file.
 */
final class EmittedMessages {
    private static final Pattern BEGIN = Pattern.compile("FailureKind\\.([A-Z_]+)(?:\\s*:\\s*FailureKind\\.([A-Z_]+))?,"
            + "|new (HeldByAnother|RefusedLogin|RefusedType)Exception\\(|\\baccess\\((?=where)");
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern NAME = Pattern.compile("\\b([a-z]\\w*)\\b(\\()?");
    private static final Pattern OPTION = Pattern.compile("(?:the )?option \"([a-z-]+)\\.?\"?");
    private static final int DEEP = 3;
    private static final int WORDS = 4; // letters
    private static final int TELLING = 12;

    /**
     * One of them.
     *
     * @param place the file
     * @param words the longest that stand where it is made; else any that it may be put together of, which are none
     *     where it is handed in from elsewhere
     */
    record Message(String place, String kind, List<String> words) {}

    private final String place;
    private final String source;

    private EmittedMessages(Path file) throws IOException {
        this.place = file.getFileName().toString();
        this.source = Files.readString(file);
    }

    /** Those of a module, without tests. */
    static List<Message> of(String module) throws IOException {
        List<Message> messages = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Guide.ROOT.resolve(module).resolve("src/main/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                messages.addAll(new EmittedMessages(file).messages());
            }
        }
        return messages;
    }

    private List<Message> messages() {
        List<Message> messages = new ArrayList<>();
        BEGIN.matcher(source).results().forEach(begin -> {
            String expression = expression(begin.end());
            List<String> words = literals(expression).stream()
                    .max(Comparator.comparingInt(String::length))
                    .map(List::of)
                    .orElseGet(() -> parts(expression, DEEP).toList());
            for (String kind : kinds(begin)) {
                messages.add(new Message(place, kind, words));
            }
        });
        return messages;
    }

    private static List<String> kinds(MatchResult begin) {
        if (begin.group(1) != null) {
            return begin.group(2) == null ? List.of(begin.group(1)) : List.of(begin.group(1), begin.group(2));
        }
        if (begin.group(3) == null || begin.group(3).equals("RefusedLogin")) {
            return List.of("ACCESS");
        }
        return List.of(begin.group(3).equals("RefusedType") ? "INCOMPATIBLE" : "HELD_BY_ANOTHER");
    }

    /** One argument: up to the comma, bracket or semicolon that ends it. */
    private String expression(int begin) {
        int depth = 0;
        for (int i = begin; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '"') {
                Matcher literal = LITERAL.matcher(source).region(i, source.length());
                i = literal.lookingAt() ? literal.end() - 1 : i;
            } else if (c == '(' || c == '{') {
                depth++;
            } else if (depth == 0 && (c == ')' || c == ',' || c == ';')) {
                return source.substring(begin, i);
            } else if (c == ')' || c == '}') {
                depth--;
            }
        }
        return source.substring(begin);
    }

    /** The literals of what an expression names. */
    private Stream<String> parts(String expression, int depth) {
        if (depth == 0) {
            return Stream.empty();
        }
        return NAME.matcher(LITERAL.matcher(expression).replaceAll("\"\""))
                .results()
                .flatMap(name -> meanings(name.group(1), name.group(2) != null))
                .flatMap(meaning -> Stream.concat(literals(meaning).stream(), parts(meaning, depth - 1)))
                .filter(text -> letters(text) >= TELLING);
    }

    /** The body of a method, or what variables of that name are set to; none where it is of another file. */
    private Stream<String> meanings(String name, boolean method) {
        return Pattern.compile(
                        method ? "\\bString " + name + "\\([^)]*\\)[^{;]*\\{" : "\\bString " + name + "\\s*=(?!=)")
                .matcher(source)
                .results()
                .map(found -> expression(method ? found.end() - 1 : found.end()));
    }

    private static List<String> literals(String expression) {
        return LITERAL.matcher(expression.replaceAll("\"\\s*\\+\\s*\"", ""))
                .results()
                .map(literal -> literal.group(1).replace("\\\"", "\"").replace("\\\\", "\\"))
                .map(text -> OPTION.matcher(text).replaceAll("--$1"))
                .map(text -> text.replaceAll("^[^\\p{L}.]+|[^\\p{L}.]+$", ""))
                .filter(text -> letters(text) >= WORDS)
                .toList();
    }

    private static int letters(String text) {
        return text.replaceAll("\\P{L}", "").length();
    }
}
