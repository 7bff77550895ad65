package io.synctools.internal.text;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads paths as people write them into options and variables of the environment. Does not look at the disk. */
public final class WrittenPath {
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{(\\w+)})");
    private static final Pattern QUOTES = Pattern.compile("^[\"']+|[\"']+$");
    private static final Pattern FILE_ADDRESS = Pattern.compile("^file:(//(localhost)?)?(?=/)");

    private WrittenPath() {}

    /**
     * The path that is meant: {@code ~} and variables are expanded as the hubs' clients do; an unknown variable stays as it
     * is. Absolute.
     *
     * @param what names the option or variable
     * @throws IllegalArgumentException if the text is no path, saying what to write
     */
    public static Path of(String what, String text, Map<String, String> environment) {
        check(what, text);
        String expanded = VARIABLE.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(
                        variable(environment, match.group(1) == null ? match.group(2) : match.group(1))
                                .orElse(match.group())));
        if (expanded.equals("~") || expanded.startsWith("~/")) {
            String home = variable(environment, "HOME")
                    .orElseThrow(() -> new IllegalArgumentException(
                            "HOME is not set, so ~ has no meaning in " + what + "; write the whole path"));
            expanded = home + expanded.substring(1);
        }
        try {
            return Path.of(expanded).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(what + " cannot be a path: " + e.getReason(), e);
        }
    }

    /**
     * Refuses what shells and lists of variables leave around a path, what is an address, and nothing.
     *
     * @param what names the option or variable
     */
    public static void check(String what, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(what + " is empty; is a variable of the shell not set?");
        }
        String meant = FILE_ADDRESS
                .matcher(QUOTES.matcher(text.strip()).replaceAll(""))
                .replaceFirst("");
        if (!meant.equals(text)) {
            String fault = QUOTES.matcher(text.strip()).find()
                    ? "is in quotes, which would be a part of the folder's name"
                    : text.strip().equals(text) ? "is an address, not a path" : "has blanks around it";
            throw new IllegalArgumentException(what + " " + fault + "; write " + meant);
        }
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }
}
