package io.synctools.huggingface.xet;

import java.io.IOException;

/** The store does not give a file's chunks, and asking again will not help: the file may still come another way. */
public final class NoChunksException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message who refused what */
    public NoChunksException(String message) {
        super(message);
    }
}
