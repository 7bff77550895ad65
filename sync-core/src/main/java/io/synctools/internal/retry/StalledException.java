package io.synctools.internal.retry;

import java.io.IOException;

/** A server that fell silent, or as good as silent, and was given up; a new connection may help. */
public final class StalledException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean answered;

    /** @param answered whether the answer's headers had arrived before the silence */
    public StalledException(String message, boolean answered) {
        super(message);
        this.answered = answered;
    }

    /** Whether the answer's headers had arrived before the silence. */
    public boolean answered() {
        return answered;
    }
}
