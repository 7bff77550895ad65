package io.synctools.skopeo;

import java.io.IOException;

/** What arrived is not what was declared; nothing of it is kept, and it is worth one more try. */
final class WrongBytesException extends IOException {
    private static final long serialVersionUID = 1L;

    WrongBytesException(String message) {
        super(message);
    }
}
