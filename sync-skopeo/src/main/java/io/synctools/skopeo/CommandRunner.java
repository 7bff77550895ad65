package io.synctools.skopeo;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Runs a program to its end. Thread-safe. */
interface CommandRunner {

    /**
     * Runs a program without a shell and waits for it. Whatever happens, the program has ended when this returns or
     * throws.
     *
     * @param environment the program's whole environment
     * @param input what it reads on its standard input
     * @param limit after which it is killed
     * @throws IOException if it cannot be started
     * @throws InterruptedException if the calling thread was interrupted
     */
    Finished run(List<String> argv, Map<String, String> environment, String input, Duration limit)
            throws IOException, InterruptedException;

    /**
     * How a program ended.
     *
     * @param exit its exit status; 128 and more after a signal
     * @param output the end of its standard output
     * @param errors the end of its standard error
     * @param killed whether it was killed because the limit had passed
     */
    record Finished(int exit, String output, String errors, boolean killed) {}
}
