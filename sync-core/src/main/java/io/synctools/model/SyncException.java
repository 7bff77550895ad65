package io.synctools.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A failure that trying again at once will not mend; an {@link java.io.IOException} is one that it may.
 *
 * <p>The message says what happened, to what, where, and what to do next, and holds no secret.
 */
public class SyncException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureKind kind;
    private final boolean retryable;

    /** A failure that a later run meets again unless somebody acts. */
    public SyncException(FailureKind kind, String message) {
        this(kind, message, false, null);
    }

    /**
     * Full form.
     *
     * @param retryable whether a later run may succeed although nobody acts
     * @param cause null where there is none
     */
    public SyncException(FailureKind kind, String message, boolean retryable, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message), cause);
        this.kind = kind;
        this.retryable = retryable;
    }

    /** Why, as reports name it. */
    public FailureKind kind() {
        return kind;
    }

    /** Whether a later run may succeed although nobody acts. */
    public boolean retryable() {
        return retryable;
    }
}
