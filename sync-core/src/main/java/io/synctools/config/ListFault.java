package io.synctools.config;

import io.synctools.model.Place;

/**
 * One fault of a list.
 *
 * @param place where
 * @param error whether it stops a run; a warning does not
 * @param message what is wrong and how to mend it
 */
public record ListFault(Place place, boolean error, String message) {

    /** A fault that stops a run. */
    static ListFault error(Place place, String message) {
        return new ListFault(place, true, message);
    }

    /** A fault that a run mentions and lives with. */
    static ListFault warning(Place place, String message) {
        return new ListFault(place, false, message);
    }

    /** {@code file:line:column: error: message}. */
    @Override
    public String toString() {
        return place + ": " + (error ? "error: " : "warning: ") + message;
    }
}
