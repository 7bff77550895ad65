package io.synctools.internal.retry;

import io.synctools.spi.Settings;
import java.time.Duration;
import java.time.format.DateTimeParseException;

/**
 * How long and how often something is tried again.
 *
 * @param retries tries after the first, at least 0
 * @param retryFor how long an operation may go on without any progress; positive
 */
public record RetryPolicy(int retries, Duration retryFor) {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    public RetryPolicy {
        if (retries < 0) {
            throw new IllegalArgumentException("retries must be 0 or more, not " + retries);
        }
        if (retryFor.isNegative() || retryFor.isZero()) {
            throw new IllegalArgumentException("retry-for must be positive, not " + retryFor);
        }
    }

    /** The policy of a run: {@code retries} (default 5) and {@code retry-for} (default two minutes). */
    public static RetryPolicy of(Settings settings) {
        return new RetryPolicy(number(settings, "retries", 5), duration(settings, "retry-for", Duration.ofMinutes(2)));
    }

    /**
     * A whole number among the options.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static int number(Settings settings, String option, int otherwise) {
        String text = settings.option(option).orElse(Integer.toString(otherwise));
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " \"" + text + "\": write a whole number", e);
        }
    }

    /**
     * A duration among the options, such as {@code PT30S}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Duration duration(Settings settings, String option, Duration otherwise) {
        String text = settings.option(option).orElse(otherwise.toString());
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(option + " \"" + text + "\": write a duration such as PT30S", e);
        }
    }

    /** A pause that a server asked for, cut to what we are willing to wait: a minute, or half of {@code retryFor}. */
    public Duration cap(Duration asked) {
        Duration half = retryFor.dividedBy(2);
        Duration longest = half.compareTo(LONGEST) < 0 ? half : LONGEST;
        return asked.compareTo(longest) < 0 ? asked : longest;
    }
}
