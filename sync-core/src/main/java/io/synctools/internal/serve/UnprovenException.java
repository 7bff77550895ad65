package io.synctools.internal.serve;

import java.io.IOException;

/** What is on disk is not what its proof says; the message is for whoever keeps the mirror. */
public final class UnprovenException extends IOException {
    private static final long serialVersionUID = 1L;

    UnprovenException(String message) {
        super(message);
    }
}
