package io.synctools.model;

import java.util.List;

/**
 * Which names of a listing an item declares: paths of files, or tags of images.
 *
 * <p>Implementations are immutable, thread-safe, and equal when their {@link #text()} is equal.
 */
public interface NameFilter {

    /** Keeps everything. */
    NameFilter ALL = new NameFilter() {
        @Override
        public boolean accepts(String name) {
            return true;
        }

        @Override
        public String text() {
            return "";
        }
    };

    /** Whether this name, taken alone, is declared. */
    boolean accepts(String name);

    /**
     * Narrows the accepted names where the choice depends on the others (the newest three tags); keeps all unless
     * overridden.
     */
    default List<String> narrow(List<String> accepted) {
        return accepted;
    }

    /** What an accepted name is called at the destination; itself unless overridden. */
    default String renamed(String name) {
        return name;
    }

    /** Whether what refers to the accepted ones comes along: signatures, attestations; no unless overridden. */
    default boolean referrers() {
        return false;
    }

    /** Canonical text; equal texts choose equally. Proofs keep it. Empty means everything. */
    String text();
}
