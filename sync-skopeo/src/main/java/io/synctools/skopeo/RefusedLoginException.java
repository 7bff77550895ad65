package io.synctools.skopeo;

import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import org.jspecify.annotations.Nullable;

/** A registry refused who we say we are: a wrong password, or a token that has ended. */
final class RefusedLoginException extends SyncException {
    private static final long serialVersionUID = 1L;

    RefusedLoginException(String message) {
        this(message, null);
    }

    RefusedLoginException(String message, @Nullable Throwable cause) {
        super(FailureKind.ACCESS, message, false, cause);
    }
}
