package io.synctools.internal.serve;

import io.synctools.serve.HubRequest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which bytes of a file are to be sent.
 *
 * @param from the first
 * @param to behind the last
 * @param status 200, 206 or 416
 */
record ByteRanges(long from, long to, int status) {
    private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /** What a request means, of a file with that identity. What is not understood, several ranges for example, is all. */
    static ByteRanges of(HubRequest request, long size, String identity) {
        Matcher range = ONE.matcher(request.header("range").strip());
        String since = request.header("if-range");
        boolean isOfAnother = !since.isEmpty() && !since.equals('"' + identity + '"');
        if (isOfAnother || !range.matches() || range.group().equals("bytes=-")) {
            return new ByteRanges(0, size, 200);
        }
        Optional<Long> first = number(range.group(1));
        Optional<Long> last = number(range.group(2));
        if (first.isEmpty()) {
            long length = Math.min(size, last.orElse(0L));
            return length == 0 ? nothing() : new ByteRanges(size - length, size, 206);
        }
        if (last.isPresent() && last.get() < first.get()) {
            return new ByteRanges(0, size, 200);
        }
        long to = Math.min(size, last.map(it -> it + 1).orElse(size));
        return first.get() >= size ? nothing() : new ByteRanges(first.get(), to, 206);
    }

    private static ByteRanges nothing() {
        return new ByteRanges(0, 0, 416);
    }

    private static Optional<Long> number(String digits) {
        return digits.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(digits));
    }

    long length() {
        return to - from;
    }
}
