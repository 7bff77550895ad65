package io.synctools.config;

/** A value that no list may hold; the message says why and how to write it, and a reader turns it into a fault. */
final class RefusedValueException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String why;

    RefusedValueException(String why) {
        super(why);
        this.why = why;
    }

    /** Why it is refused and how to write it. */
    String why() {
        return why;
    }
}
