package io.synctools.mirror;

/**
 * One thing that is not as it was published.
 *
 * @param kind what is wrong
 * @param path the file, as readers find it below the repository's folder; empty for the repository itself
 * @param detail what was found, in a few words
 */
public record Finding(Kind kind, String path, String detail) {

    /** What can be wrong with a file. */
    public enum Kind {
        /** It was published and is not there, or was never published although a list declares it. */
        MISSING,
        /** It is there with other bytes. */
        DAMAGED,
        /** It is there, and neither we nor a hub's client put it there. */
        FOREIGN
    }
}
