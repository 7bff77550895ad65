package io.synctools.internal.retry;

import io.github.resilience4j.core.functions.Either;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one retry policy: tries an operation again after an {@link IOException}, with growing, jittered and capped pauses,
 * until it succeeds, the tries are used up, or nothing moved for too long. Refusals by a rate limit use up a quarter of a
 * try.
 *
 * <p>Progress begins the count anew. An operation that can progress in steps (bytes of a range) therefore loops around
 * the retrier and not inside an attempt:
 *
 * <pre>{@code
 * while (!done()) {
 *     retrier.call("fetch model.safetensors", () -> fetchSome());
 * }
 * }</pre>
 *
 * where {@code fetchSome} returns normally when bytes arrived before the connection broke, so that a link that breaks
 * every few megabytes still finishes, and throws when none did, or when it ended in a {@link StalledException}: silence
 * and dripping use up tries however many bytes came before.
 *
 * <p>Thread-safe.
 */
public final class Retrier {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(20);

    /** A hub whose answers contradict its listing has changed; only a single wrong server of many is worth a retry. */
    private static final int MISMATCHES = 3;

    /** A hub that asks for a pause is alive; with many threads at it, one of them may be refused a few times in a row. */
    private static final int PATIENCE = 4;

    private final RetryPolicy policy;
    private final TimeSource time;
    private final DoubleSupplier random;
    // Of resilience4j the counting and the intervals alone: its loops sleep by themselves, not by our clock, and know
    // neither
    // kinds of failures that count less nor a bound of time.
    private final RetryConfig config;

    Retrier(RetryPolicy policy, TimeSource time, DoubleSupplier random) {
        this.policy = policy;
        this.time = time;
        this.random = random;
        this.config = RetryConfig.<Object>custom()
                .maxAttempts(PATIENCE * policy.retries() + 1)
                .retryOnException(failure -> failure instanceof IOException e && Failures.mayPass(e))
                .intervalBiFunction(
                        (attempt, outcome) -> pause(attempt, outcome).toMillis())
                .build();
    }

    /** The policy of a run ({@code retries}, {@code retry-for}), shared through its context. */
    public static Retrier of(RunContext context) {
        return context.shared(
                Retrier.class,
                s -> new Retrier(RetryPolicy.of(s), TimeSource.of(s), () -> ThreadLocalRandom.current()
                        .nextDouble()));
    }

    /** Something that may be tried again. */
    @FunctionalInterface
    public interface Attempt<T extends @Nullable Object> {
        T run() throws IOException, InterruptedException;
    }

    /**
     * Runs the attempt until it succeeds.
     *
     * @param what names the operation in messages, for example {@code list models/Qwen/Qwen2.5-7B-Instruct}
     * @throws SyncException at once where the attempt throws one; else with the last failure as cause, when the policy
     *     ends or another try cannot help
     * @throws InterruptedException also when an attempt failed because its thread was interrupted
     */
    public <T extends @Nullable Object> T call(String what, Attempt<T> attempt) throws InterruptedException {
        Retry.@Nullable AsyncContext<Object> tries = null; // most calls need none
        long begin = time.nanos();
        int mismatches = 0;
        int failures = 0;
        for (int count = 1; ; count++) {
            try {
                return attempt.run();
            } catch (IOException e) {
                if (Thread.interrupted()) {
                    throw interrupted(e);
                }
                tries = tries == null ? Retry.of("sync", config).asyncContext() : tries;
                long pause = tries.onError(e);
                mismatches += e instanceof MismatchException ? 1 : 0;
                failures += Failures.kind(e) == FailureKind.RATE_LIMITED ? 0 : 1;
                long elapsed = (time.nanos() - begin) / 1_000_000;
                boolean often = pause < 0 || failures > policy.retries() || mismatches == MISMATCHES;
                boolean late = elapsed + pause > policy.retryFor().toMillis();
                if (often || late) {
                    throw Failures.end(what, effort(count, elapsed), e);
                }
                Incidents.current().retried(what, count, Failures.message(e), Duration.ofMillis(pause));
                time.sleep(Duration.ofMillis(pause));
            }
        }
    }

    private Duration pause(int attempt, Either<Throwable, Object> outcome) {
        Optional<Duration> asked =
                outcome.getLeft() instanceof RetryLaterException later ? later.pause() : Optional.empty();
        if (asked.isPresent() && asked.get().toMillis() > 0) {
            return policy.cap(asked.get());
        }
        return backoff(attempt, random.getAsDouble());
    }

    /** Full jitter: anything between nothing and a bound that doubles with each try. */
    private static Duration backoff(int attempt, double share) {
        long bound = Math.min(LONGEST.toMillis(), FIRST.toMillis() << Math.min(attempt - 1, 20));
        return Duration.ofMillis((long) (bound * share));
    }

    private static String effort(int tries, long millis) {
        return tries == 1 ? "" : "gave up after " + tries + " tries in " + (millis + 500) / 1000 + " s";
    }

    private static InterruptedException interrupted(IOException cause) {
        InterruptedException e = new InterruptedException(Failures.message(cause));
        e.initCause(cause);
        return e;
    }
}
