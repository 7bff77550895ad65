package io.synctools.internal.http;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code Content-Range} header in bytes.
 *
 * @param start first byte, from 0; -1 in the form that a 416 carries, without a range
 * @param end last byte, inclusive; -1 as {@code start}
 * @param total size of the whole; empty where the server does not know it
 */
public record ContentRange(long start, long end, OptionalLong total) {
    private static final Pattern FORM =
            Pattern.compile("\\s*bytes[ =]\\s*(?:(\\d{1,18})-(\\d{1,18})|\\*)\\s*/\\s*(?:(\\d{1,18})|\\*)\\s*", 2);

    /** Reads a header; empty if it is of another unit, malformed or contradicts itself. */
    public static Optional<ContentRange> parse(String header) {
        Matcher matcher = FORM.matcher(header);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        boolean ranged = matcher.group(1) != null;
        long start = ranged ? Long.parseLong(matcher.group(1)) : -1;
        long end = ranged ? Long.parseLong(matcher.group(2)) : -1;
        OptionalLong total =
                matcher.group(3) == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(matcher.group(3)));
        boolean sound = !ranged ? total.isPresent() : start <= end && (total.isEmpty() || end < total.getAsLong());
        return sound ? Optional.of(new ContentRange(start, end, total)) : Optional.empty();
    }

    /** Number of bytes in the range; 0 where there is none. */
    public long length() {
        return start < 0 ? 0 : end - start + 1;
    }
}
