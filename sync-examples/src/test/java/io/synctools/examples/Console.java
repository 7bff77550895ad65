package io.synctools.examples;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A shell of which tests read what was printed. */
final class Console {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private final Path target;
    private int signal;

    /** A shell whose home and throw-away folder are below the given one. */
    Console(Path folder) {
        this.target = folder.resolve("target");
        environment.put("HOME", folder.resolve("home").toString());
    }

    Console with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Console interruptedBy(int status) {
        signal = status;
        return this;
    }

    Shell shell() {
        return new Shell(
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                Path.of("config"),
                target,
                () -> signal);
    }

    int run(String... arguments) {
        return Launch.run(shell(), List.of(arguments));
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
