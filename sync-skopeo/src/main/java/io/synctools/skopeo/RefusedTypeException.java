package io.synctools.skopeo;

import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;

/** The destination takes this image's manifest only after a conversion. */
final class RefusedTypeException extends SyncException {
    private static final long serialVersionUID = 1L;

    RefusedTypeException(String message) {
        super(FailureKind.INCOMPATIBLE, message);
    }
}
