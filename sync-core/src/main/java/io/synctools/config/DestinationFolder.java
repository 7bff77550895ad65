package io.synctools.config;

import io.synctools.internal.text.Printable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A folder that an entry names for itself: absolute, or relative to the run's root. A leading {@code ~}, {@code $HOME} and
 * <code>${HOME}</code> are expanded; whatever else a shell would expand is refused, so that nothing is taken literally that
 * was not meant so.
 */
final class DestinationFolder {
    private static final int MOST_BYTES = 255;
    private static final Pattern HOME = Pattern.compile("\\$HOME(?![A-Za-z0-9_])|\\$\\{HOME}");

    private DestinationFolder() {}

    /** The folder in normal form: no {@code .} part, no double slash, none at the end. */
    static String expand(String text, Optional<String> home) throws RefusedValueException {
        if (!text.strip().equals(text)) {
            throw new RefusedValueException(
                    "blanks around " + Printable.quoted(text) + "; write " + Printable.quoted(text.strip()));
        }
        String expanded = text.equals("~") || text.startsWith("~/") ? home(text, home) + text.substring(1) : text;
        Matcher variable = HOME.matcher(expanded);
        if (variable.find()) {
            expanded = variable.replaceAll(Matcher.quoteReplacement(home(text, home)));
        }
        if (expanded.indexOf('$') >= 0 || expanded.indexOf('`') >= 0) {
            throw new RefusedValueException(
                    Printable.quoted(text) + ": only ~, $HOME and ${HOME} are expanded; write the folder itself");
        }
        String normal = (expanded.startsWith("/") ? "/" : "") + String.join("/", parts(text, expanded));
        if (normal.isEmpty() || normal.equals("/")) {
            throw new RefusedValueException(Printable.quoted(text)
                    + " names no folder of its own; write one, such as \"models/organization/name\"");
        }
        return normal;
    }

    private static String home(String text, Optional<String> home) throws RefusedValueException {
        if (home.isEmpty() || !home.get().startsWith("/")) {
            throw new RefusedValueException(Printable.quoted(text)
                    + " needs the variable HOME, which is not set to a folder; set it or write the folder itself");
        }
        return home.get();
    }

    private static List<String> parts(String text, String expanded) throws RefusedValueException {
        List<String> parts = new ArrayList<>();
        for (String part : expanded.split("/", -1)) {
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (part.equals("..")) {
                throw new RefusedValueException(Printable.quoted(text) + " holds \"..\"; write the folder itself");
            }
            if (part.startsWith("~")) {
                throw new RefusedValueException(Printable.quoted(text) + " holds " + Printable.quoted(part)
                        + "; only a leading ~/ means the home folder");
            }
            checkCharacters(text, part);
            parts.add(part);
        }
        return parts;
    }

    private static void checkCharacters(String text, String part) throws RefusedValueException {
        for (int i = 0; i < part.length(); i = part.offsetByCodePoints(i, 1)) {
            int c = part.codePointAt(i);
            if (c == '\\'
                    || Character.isISOControl(c)
                    || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                throw new RefusedValueException(Printable.quoted(text) + " holds " + Printable.character(c)
                        + (c == '\\' ? "; folders are separated by /" : "; write the folder without it"));
            }
        }
        if (part.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw new RefusedValueException(
                    "a part of " + Printable.quoted(text) + " is longer than " + MOST_BYTES + " bytes");
        }
    }
}
