package io.synctools.internal.retry;

import io.synctools.spi.Settings;
import java.io.IOException;

/**
 * The one retry policy: tries an operation again after an {@link IOException}, with growing, jittered and capped pauses,
 * until it succeeds, the tries are used up, or nothing moved for too long.
 *
 * <p>Thread-safe.
 */
public final class Retrier {

    private Retrier() {}

    /** The policy of a run ({@code retries}, {@code retry-for}), shared through its settings. */
    public static Retrier of(Settings settings) {
        return settings.shared(Retrier.class, s -> new Retrier());
    }

    /** Something that may be tried again. */
    @FunctionalInterface
    public interface Attempt<T extends @org.jspecify.annotations.Nullable Object> {
        T run() throws IOException, InterruptedException;
    }

    /**
     * Runs the attempt until it succeeds.
     *
     * @param what names the operation in messages, for example {@code list models/Qwen/Qwen2.5-7B-Instruct}
     * @throws io.synctools.model.SyncException at once where the attempt throws one; else, retryable and with the last
     *     failure as cause, when the policy ends
     */
    public <T extends @org.jspecify.annotations.Nullable Object> T call(String what, Attempt<T> attempt)
            throws InterruptedException {
        throw new UnsupportedOperationException();
    }
}
