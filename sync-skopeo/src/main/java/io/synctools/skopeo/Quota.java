package io.synctools.skopeo;

import io.synctools.internal.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many more manifests a registry lets us get, as it said last.
 *
 * @param limit pulls in a window; -1 where not told
 * @param remaining pulls left
 * @param window its length; zero where not told
 * @param reset when there are pulls again; empty where not told
 */
record Quota(int limit, int remaining, Duration window, Optional<Duration> reset) {
    private static final Pattern VALUE = Pattern.compile("(\\d{1,9})(?:;w=(\\d{1,9}))?.*");

    /** The quota that an answer tells ({@code ratelimit-remaining: 76;w=21600}); most registries tell none. */
    static Optional<Quota> of(HttpResponse answer) {
        Matcher remaining = VALUE.matcher(answer.header("ratelimit-remaining").orElse(""));
        if (!remaining.matches()) {
            return Optional.empty();
        }
        Matcher limit = VALUE.matcher(answer.header("ratelimit-limit").orElse(""));
        Matcher reset = VALUE.matcher(answer.header("ratelimit-reset").orElse(""));
        String window = remaining.group(2);
        return Optional.of(new Quota(
                limit.matches() ? Integer.parseInt(limit.group(1)) : -1,
                Integer.parseInt(remaining.group(1)),
                window == null ? Duration.ZERO : Duration.ofSeconds(Long.parseLong(window)),
                reset.matches() ? Optional.of(Duration.ofSeconds(Long.parseLong(reset.group(1)))) : Optional.empty()));
    }

    /** For example {@code 76 of 100 pulls left in 6 h}. */
    @Override
    public String toString() {
        return remaining + (limit < 0 ? "" : " of " + limit) + " pulls left" + (window.isZero() ? "" : " in " + span());
    }

    /** When pulls are there again, as far as it is known. */
    String advice() {
        return window.isZero() ? "try again later" : "try again within " + span() + ", or log in for a larger quota";
    }

    private String span() {
        return window.toMinutes() % 60 == 0 ? window.toHours() + " h" : window.toMinutes() + " min";
    }
}
