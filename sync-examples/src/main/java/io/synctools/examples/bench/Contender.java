package io.synctools.examples.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One way to do the work of a case.
 *
 * @param name as the table prints it; ours is called {@link #OURS}
 * @param work what is run
 */
record Contender(String name, Work work) {
    static final String OURS = "sync";

    /** A command, and the proof that it did the work. */
    interface Work {
        /** What is to be run to bring the work's result into an empty folder. */
        List<String> command(Path into) throws IOException;

        /** Variables beside our own. */
        default Map<String, String> environment() {
            return Map.of();
        }

        /** Brings about what the command starts from; not measured. */
        default void before(Path into) throws IOException, InterruptedException {}

        /** Throws unless the result is there and right; not measured. */
        void check(Path into) throws IOException;
    }

    boolean ours() {
        return name.equals(OURS);
    }
}
