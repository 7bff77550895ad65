package io.synctools.model;

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
        return file.isEmpty() ? "" : file.substring(file.lastIndexOf('/') + 1) + ":" + line;
    }

    /** {@code file:line:column}, as lint prints it. */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
