package io.synctools.internal.retry;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * Hears what befalls the work for one item on its way to a server: requests, pauses and tries. It is bound to the threads that
 * work for the item, so that whoever sends or retries need not know for whom. Thread-safe, fast, never throws.
 */
public interface Incidents {

    /** Hears nothing. */
    Incidents NONE = new Incidents() {};

    /** Those that the calling thread works for; {@link #NONE} where nobody listens. */
    static Incidents current() {
        return Bound.CURRENT.get();
    }

    /** Has the calling thread work for these; returns those that it worked for, to be bound again. */
    static Incidents bind(Incidents incidents) {
        Incidents before = Bound.CURRENT.get();
        Bound.CURRENT.set(incidents);
        return before;
    }

    /**
     * One request ended: its answer was read or left, or there was none.
     *
     * @param method {@code GET}, for example
     * @param host whom it went to, with the port where that is not the scheme's own
     * @param path without query, and without what may be secret in it
     * @param status empty where no answer came
     * @param bytes of the body that came
     * @param time from its begin to its end, waits for whoever reads included
     */
    default void requested(String method, String host, String path, OptionalInt status, long bytes, Duration time) {}

    /**
     * A host asked to be left alone; all requests to it wait.
     *
     * @param host with its port
     */
    default void paused(String host, Duration pause) {}

    /**
     * Something failed and is tried again after a pause.
     *
     * @param what the operation and its object
     * @param failures of it so far, this one included
     * @param reason what failed
     */
    default void retried(String what, int failures, String reason, Duration pause) {}

    /** What each thread works for. */
    final class Bound {
        private static final ThreadLocal<Incidents> CURRENT = ThreadLocal.withInitial(() -> NONE);

        private Bound() {}
    }
}
