package io.synctools.internal.serve;

/** It takes a disk to know; which costs nothing to say. */
final class ForgottenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ForgottenException() {
        super("not in memory", null, false, false);
    }
}
