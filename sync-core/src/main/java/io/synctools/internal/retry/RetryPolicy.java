package io.synctools.internal.retry;

import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.time.Duration;

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

    /** The policy of a run. */
    public static RetryPolicy of(RunContext context) {
        return new RetryPolicy(
                context.options().get(SyncOptions.RETRIES), context.options().get(SyncOptions.RETRY_FOR));
    }

    /** A pause that a server asked for, cut to what we are willing to wait: a minute, or half of {@code retryFor}. */
    public Duration cap(Duration asked) {
        Duration half = retryFor.dividedBy(2);
        Duration longest = half.compareTo(LONGEST) < 0 ? half : LONGEST;
        return asked.compareTo(longest) < 0 ? asked : longest;
    }
}
