package io.synctools.examples.bench;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A piece of work that we and others do.
 *
 * @param name as the command line calls it
 * @param about one line
 * @param goal what we want of ourselves, in words; empty where the case only observes
 * @param stage sets it up
 */
record Case(String name, String about, String goal, Stage stage) {

    /** Sets a case up: starts servers, makes files. */
    interface Stage {
        Setting set(Place place) throws IOException, InterruptedException;
    }

    /**
     * A case, ready to be run.
     *
     * @param contenders ours first
     * @param requests counts what the servers answered so far; 0 for ever where nobody counts
     * @param connections counts what they accepted so far
     * @param servers to be closed at the end
     */
    record Setting(
            List<Contender> contenders, LongSupplier requests, LongSupplier connections, List<Closeable> servers) {}
}
