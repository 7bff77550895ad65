package io.synctools.examples;

import java.io.IOException;
import java.util.List;

/** A command that is not a flow. */
interface Tool {

    /**
     * Does what the arguments say.
     *
     * @return the exit status
     * @throws IllegalArgumentException if the arguments are wrong, saying how to mend them; the exit status is 2 then
     */
    int run(Shell shell, List<String> arguments) throws IOException, InterruptedException;
}
