package io.synctools.internal.retry;

import java.io.IOException;

/** A failure of the network, named after the request that met it; what its text says is never taken for a disk's fault. */
public final class NetworkException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param what the request, without its query */
    public NetworkException(String what, IOException cause) {
        super(what + ": " + Failures.message(cause), cause);
    }
}
