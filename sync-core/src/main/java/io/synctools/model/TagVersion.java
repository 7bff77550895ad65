package io.synctools.model;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A tag read as a version: an optional {@code v}, one to three numbers, and perhaps a suffix, which makes it a
 * pre-release as in Semantic Versioning. Beyond that specification {@code 1.2}, {@code 0.11.0rc1} and {@code 8.2.rc1} are
 * versions too, because image tags are written so.
 */
record TagVersion(List<BigInteger> numbers, String suffix) implements Comparable<TagVersion> {
    private static final Pattern FORM =
            Pattern.compile("[vV]?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?(?:-(.+)|\\.?([A-Za-z].*))?");

    /** Reads a tag; empty if it is no version. */
    static Optional<TagVersion> parse(String tag) {
        Matcher form = FORM.matcher(tag);
        if (!form.matches()) {
            return Optional.empty();
        }
        String dashed = form.group(4);
        String glued = form.group(5);
        return Optional.of(new TagVersion(
                List.of(number(form.group(1)), number(form.group(2)), number(form.group(3))),
                dashed != null ? dashed : glued != null ? glued : ""));
    }

    private static BigInteger number(@Nullable String digits) {
        return digits == null ? BigInteger.ZERO : new BigInteger(digits);
    }

    boolean preRelease() {
        return !suffix.isEmpty();
    }

    /** Precedence: numbers first; a release is newer than its pre-releases; those go by their parts between dots. */
    @Override
    public int compareTo(TagVersion other) {
        for (int i = 0; i < 3; i++) {
            int order = numbers.get(i).compareTo(other.numbers.get(i));
            if (order != 0) {
                return order;
            }
        }
        if (suffix.isEmpty() || other.suffix.isEmpty()) {
            return Boolean.compare(suffix.isEmpty(), other.suffix.isEmpty());
        }
        return NaturalOrder.compare(suffix, other.suffix);
    }
}
