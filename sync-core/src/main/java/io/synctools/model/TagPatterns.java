package io.synctools.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Chooses tags of an image repository: by a word, by regular expressions, by a range of versions, and the newest of those.
 *
 * <p>Begins with {@link #all()}; each method adds a condition. A tag is a version if it has one to three numbers, perhaps
 * a {@code v} in front, perhaps a suffix; with a suffix it is a pre-release, and a range takes it only where the range
 * names a pre-release itself ({@code >=1.2.0-0}).
 *
 * <p>Immutable and thread-safe.
 */
public final class TagPatterns implements NameFilter {
    private static final String REFERRERS = "referrers=true";
    private static final Pattern OF_A_DIGEST = Pattern.compile("sha256-[0-9a-f]{64}(?:\\.(?:sig|att|sbom))?");
    private static final TagPatterns ALL_TAGS = new TagPatterns(List.of(), List.of(), Integer.MAX_VALUE, Map.of());
    private static final Comparator<String> OLDEST_FIRST = (left, right) -> {
        Optional<TagVersion> leftVersion = TagVersion.parse(left);
        Optional<TagVersion> rightVersion = TagVersion.parse(right);
        if (leftVersion.isEmpty() || rightVersion.isEmpty()) {
            int order = Boolean.compare(leftVersion.isPresent(), rightVersion.isPresent());
            return order != 0 ? order : NaturalOrder.compare(left, right);
        }
        int order = leftVersion.get().compareTo(rightVersion.get());
        return order != 0 ? order : NaturalOrder.compare(left, right);
    };

    private final List<Predicate<String>> conditions;
    private final List<String> texts;
    private final int newest;
    private final Map<String, String> names;

    private TagPatterns(List<Predicate<String>> conditions, List<String> texts, int newest, Map<String, String> names) {
        this.conditions = conditions;
        this.texts = texts;
        this.newest = newest;
        this.names = names;
    }

    /** Every tag. */
    public static TagPatterns all() {
        return ALL_TAGS;
    }

    /** Of these, the tags that contain a word, in any case. */
    public TagPatterns containing(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        return with(tag -> tag.toLowerCase(Locale.ROOT).contains(lower), "word", lower);
    }

    /**
     * Of these, the tags that match a regular expression as a whole.
     *
     * @throws IllegalArgumentException if it is no regular expression, saying where
     */
    public TagPatterns include(String regex) {
        return with(matcher(regex), "include", regex);
    }

    /**
     * Of these, the tags that do not match a regular expression as a whole.
     *
     * @throws IllegalArgumentException if it is no regular expression, saying where
     */
    public TagPatterns exclude(String regex) {
        return with(matcher(regex).negate(), "exclude", regex);
    }

    /**
     * Of these, the tags that are versions in a range: {@code >=1.2 <2}, {@code ^1.2}, {@code ~1.2.3}, {@code 1.x},
     * {@code 1.2 - 1.4}, alternatives with {@code ||}.
     *
     * @throws IllegalArgumentException if it is no range, saying which part
     */
    public TagPatterns semver(String range) {
        SemverRange parsed = SemverRange.parse(range);
        return with(tag -> TagVersion.parse(tag).map(parsed::has).orElse(false), "semver", range);
    }

    /**
     * Of these, the newest. Tags that are versions are newer than those that are not; versions go by precedence, a
     * release after its pre-releases; the others go by natural order ({@code nightly-9} before {@code nightly-10}).
     *
     * @param count how many, at least 1
     */
    public TagPatterns newest(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("newest must be at least 1, not " + count);
        }
        return new TagPatterns(conditions, plus(texts, "newest=" + count), count, names);
    }

    /** The same tags, of which one has another name at the destination. */
    public TagPatterns renaming(String tag, String name) {
        Map<String, String> more = new HashMap<>(names);
        more.put(tag, name);
        return new TagPatterns(
                conditions, plus(texts, "rename=\"" + tag + "\" \"" + name + "\""), newest, Map.copyOf(more));
    }

    /**
     * The same tags, and what refers to them comes along: signatures, attestations, bills of materials. Tags that hold
     * such things ({@code sha256-….sig}, {@code .att}, {@code .sbom}, or nothing after the digest) are no tags of their own
     * then; they come with their image, or not at all.
     */
    public TagPatterns withReferrers() {
        List<Predicate<String>> more = new ArrayList<>(conditions);
        more.add(tag -> !OF_A_DIGEST.matcher(tag).matches());
        return new TagPatterns(List.copyOf(more), plus(texts, REFERRERS), newest, names);
    }

    @Override
    public boolean referrers() {
        return texts.contains(REFERRERS);
    }

    @Override
    public String renamed(String tag) {
        return names.getOrDefault(tag, tag);
    }

    @Override
    public boolean accepts(String tag) {
        for (Predicate<String> condition : conditions) {
            if (!condition.test(tag)) {
                return false;
            }
        }
        return true;
    }

    /** The newest of the accepted ones, in the order given. */
    @Override
    public List<String> narrow(List<String> accepted) {
        if (accepted.size() <= newest) {
            return accepted;
        }
        List<String> sorted = new ArrayList<>(accepted);
        sorted.sort(OLDEST_FIRST.reversed());
        Set<String> kept = new HashSet<>(sorted.subList(0, newest));
        return accepted.stream().filter(kept::contains).toList();
    }

    @Override
    public String text() {
        return String.join(" ", texts);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TagPatterns that && texts.equals(that.texts);
    }

    @Override
    public int hashCode() {
        return texts.hashCode();
    }

    @Override
    public String toString() {
        return text();
    }

    private TagPatterns with(Predicate<String> condition, String name, String value) {
        List<Predicate<String>> more = new ArrayList<>(conditions);
        more.add(condition);
        String quoted = value.replace("\\", "\\\\").replace("\"", "\\\"");
        return new TagPatterns(List.copyOf(more), plus(texts, name + "=\"" + quoted + "\""), newest, names);
    }

    /** Sorted, so that the order in which conditions were added does not make another filter of them. */
    private static List<String> plus(List<String> texts, String text) {
        Set<String> more = new TreeSet<>(texts);
        more.add(text);
        return List.copyOf(more);
    }

    private static Predicate<String> matcher(String regex) {
        try {
            return new BoundedPattern(regex)::matches;
        } catch (PatternSyntaxException e) {
            String at = e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1);
            throw new IllegalArgumentException(e.getDescription() + at, e);
        }
    }
}
