package io.synctools.model;

import java.util.Objects;

/**
 * Where in a list something is declared.
 *
 * @param file the list's path as given
 * @param line from 1; 0 where unknown
 * @param column from 1; 0 where unknown
 */
public record Place(String file, int line, int column) {

    /** For items that no list declares. */
    public static final Place NONE = new Place("", 0, 0);

    /** {@code base name:line}, as reports print it; empty for {@link #NONE}. */
    public String brief() {
        return file.isEmpty() ? "" : list() + ":" + line;
    }

    /** The list's base name; empty for {@link #NONE}. */
    public String list() {
        return file.substring(file.lastIndexOf('/') + 1);
    }

    // The one that Java makes for a record costs the start 10 ms: it makes classes when first asked.
    @Override
    public int hashCode() {
        return Objects.hash(file, line, column);
    }

    /** {@code file:line:column}, as lint prints it. */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
