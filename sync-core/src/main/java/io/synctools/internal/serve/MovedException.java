package io.synctools.internal.serve;

import java.io.IOException;

/** Another snapshot is being published, or was, where this one stood: what it means is to be asked anew. */
public final class MovedException extends IOException {
    private static final long serialVersionUID = 1L;

    MovedException(String place) {
        super("another snapshot is being published at " + place);
    }
}
