package io.synctools.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Chooses files of a repository by allow and ignore patterns, exactly as the Hugging Face client does, for every platform.
 *
 * <p>A path is kept if an allow pattern matches it, or there is no allow list, and no ignore pattern matches it. A
 * pattern covers the whole path; {@code *} and {@code ?} also cross {@code /}; a pattern that ends in {@code /} means
 * everything below; case counts (docs/protocols/huggingface.md section 8).
 *
 * <p>Immutable and thread-safe.
 */
public final class PathPatterns implements NameFilter {
    private final Optional<List<Glob>> allow;
    private final List<Glob> ignore;
    private final String text;

    private PathPatterns(Optional<List<String>> allow, List<String> ignore) {
        this.allow = allow.map(PathPatterns::globs);
        this.ignore = globs(ignore);
        this.text = allow.map(patterns -> "allow" + canonical(patterns)).orElse("")
                + (ignore.isEmpty() ? "" : "ignore" + canonical(ignore));
    }

    /**
     * The filter for these patterns; {@link NameFilter#ALL} where they leave nothing out.
     *
     * @param allow empty for no allow list, which keeps all; an empty list keeps nothing
     * @param ignore empty to ignore nothing
     */
    public static NameFilter of(Optional<List<String>> allow, List<String> ignore) {
        return allow.isEmpty() && ignore.isEmpty() ? NameFilter.ALL : new PathPatterns(allow, ignore);
    }

    @Override
    public boolean accepts(String path) {
        int[] codePoints = path.replace('\\', '/').codePoints().toArray();
        return allow.map(globs -> anyMatches(globs, codePoints)).orElse(true) && !anyMatches(ignore, codePoints);
    }

    /** The patterns, sorted and quoted, so that their order does not make another filter of them. */
    @Override
    public String text() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathPatterns that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    private static boolean anyMatches(List<Glob> globs, int[] path) {
        for (Glob glob : globs) {
            if (glob.matches(path)) {
                return true;
            }
        }
        return false;
    }

    private static List<Glob> globs(List<String> patterns) {
        return patterns.stream().map(PathPatterns::normal).map(Glob::new).toList();
    }

    private static String normal(String pattern) {
        String slashed = pattern.replace('\\', '/');
        return slashed.endsWith("/") ? slashed + "*" : slashed;
    }

    private static String canonical(List<String> patterns) {
        List<String> quoted = new ArrayList<>();
        for (String pattern :
                new TreeSet<>(patterns.stream().map(PathPatterns::normal).toList())) {
            quoted.add('"' + pattern.replace("\"", "\\\"") + '"');
        }
        return quoted.toString();
    }
}
