package io.synctools.examples.bench;

import io.synctools.standin.Hub;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A piece of work that we and others do.
 *
 * @param name as the command line calls it
 * @param about one line
 * @param most rounds in a run of all cases, which is to take less than 20 minutes
 * @param goals what we want of ourselves, beside what holds for every case
 * @param stage sets it up
 */
record Case(String name, String about, int most, List<Goal> goals, Stage stage) {

    /** A case that takes part in all rounds. */
    Case(String name, String about, List<Goal> goals, Stage stage) {
        this(name, about, Integer.MAX_VALUE, goals, stage);
    }

    /** The same in no more than so many rounds, where nobody asks for it by name. */
    Case upTo(int rounds) {
        return new Case(name, about, rounds, goals, stage);
    }

    /** Sets a case up: starts servers, makes files. */
    interface Stage {
        Setting set(BenchSetup place) throws IOException, InterruptedException;
    }

    /**
     * A case, ready to be run.
     *
     * @param contenders those of ours first; each round begins with another one
     * @param requests counts what the servers answered so far; 0 for ever where nobody counts
     * @param connections counts what they accepted so far
     * @param servers to be closed at the end
     */
    record Setting(
            List<Contender> contenders,
            LongSupplier requests,
            LongSupplier connections,
            List<? extends Closeable> servers) {

        /** Work at hubs. */
        static Setting at(List<Hub> hubs, List<Contender> contenders) {
            return new Setting(
                    contenders,
                    () -> hubs.stream().mapToLong(Hub::requests).sum(),
                    () -> hubs.stream().mapToLong(Hub::connections).sum(),
                    hubs);
        }

        /** Work without servers. */
        static Setting alone(List<Contender> contenders) {
            return new Setting(contenders, () -> 0, () -> 0, List.of());
        }
    }
}
