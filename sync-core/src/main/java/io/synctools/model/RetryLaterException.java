package io.synctools.model;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A server that is there but asks for a pause (429, 503 and the like); retried after the pause. */
public final class RetryLaterException extends IOException {
    private static final long serialVersionUID = 1L;

    private final FailureKind kind;
    private final transient Optional<Duration> pause;

    /** @param pause how long the server asks to wait; empty where it gave no hint */
    public RetryLaterException(FailureKind kind, String message, Optional<Duration> pause) {
        super(message);
        this.kind = kind;
        this.pause = pause;
    }

    /** What to report when the policy ends: {@code RATE_LIMITED} or {@code UNAVAILABLE}. */
    public FailureKind kind() {
        return kind;
    }

    /** How long the server asks to wait; empty where it gave no hint. */
    public Optional<Duration> pause() {
        return pause;
    }
}
