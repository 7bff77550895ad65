package io.synctools.spi;

/** What {@link Session#check} found of an entry at the destination. */
public enum Presence {
    /** Nothing of that name. */
    ABSENT,
    /** Something else under that name. */
    DIFFERENT,
    /** The declared content. */
    SAME
}
