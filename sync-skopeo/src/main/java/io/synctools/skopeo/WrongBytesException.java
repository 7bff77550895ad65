package io.synctools.skopeo;

import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;

/** What arrived is not what was declared; nothing of it is kept. */
final class WrongBytesException extends SyncException {
    private static final long serialVersionUID = 1L;

    WrongBytesException(String message) {
        super(FailureKind.CHECKSUM, message, true, null);
    }
}
