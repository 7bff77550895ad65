package io.synctools.examples;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * What a command finds around it.
 *
 * @param environment the variables
 * @param out for what was asked for
 * @param err for what is wrong with the question
 * @param terminal whether somebody watches both
 * @param config the folder of the shipped lists
 * @param target the folder for what may be thrown away
 * @param signal the exit status that a signal asks for; 0 as long as none came
 */
record Shell(
        Map<String, String> environment,
        PrintStream out,
        PrintStream err,
        boolean terminal,
        Path config,
        Path target,
        IntSupplier signal) {

    /** A variable's value; empty where it is not set. */
    String env(String name) {
        return environment.getOrDefault(name, "");
    }

    /** The same with other variables. */
    Shell with(Map<String, String> others) {
        return new Shell(others, out, err, terminal, config, target, signal);
    }

    /** What the process finds; the launcher says as properties what Java cannot know. */
    static Shell ofProcess(IntSupplier signal) {
        Path config = Path.of(System.getProperty("sync.config", "sync-examples/config"));
        Path here = Path.of("").toAbsolutePath();
        return new Shell(
                System.getenv(),
                System.out,
                System.err,
                Boolean.getBoolean("sync.terminal"),
                config.startsWith(here) ? here.relativize(config) : config,
                Path.of(System.getProperty("sync.target", "target")),
                signal);
    }
}
