package io.synctools;

/** How one item of a run ended, as reports name it. */
public enum Outcome {
    /** Something was fetched or published, and now all is there. */
    COPIED,
    /** All was there. */
    UP_TO_DATE,
    /** A preview: something would be fetched. */
    WOULD_COPY,
    /** Something is not there. */
    FAILED,
    /** Another runner works on it. */
    HELD_BY_ANOTHER
}
