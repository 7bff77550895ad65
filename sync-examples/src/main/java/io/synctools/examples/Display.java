package io.synctools.examples;

import java.util.function.Supplier;

/** Where a run is shown while it goes on. Thread-safe. */
interface Display extends AutoCloseable {

    /** Begins to show what goes on. */
    void start(Supplier<ProgressText> standing);

    /** Shows a line of text that stays. */
    void line(String text);

    /** Stops showing what goes on; only the lines remain. */
    @Override
    void close();
}
