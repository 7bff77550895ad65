package io.synctools.internal.retry;

import java.io.IOException;

/**
 * An answer that does not fit what was asked for: another range, another size, an encoding that nobody wanted. Tried
 * again a little, since a single server of many may be wrong; then the file itself has probably changed.
 */
public final class MismatchException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message who answered what, and what was expected */
    public MismatchException(String message) {
        super(message);
    }
}
