package io.synctools.config;

/** A value that no list may hold; the message says why and how to write it, and a reader turns it into a fault. */
final class RefusedValueException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedValueException(String message) {
        super(message);
    }
}
