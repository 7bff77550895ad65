package io.synctools.examples;

import io.synctools.Activity;
import java.util.function.Supplier;

/** Where a run is shown while it goes on. Thread-safe. */
interface Display extends AutoCloseable {

    /** Begins to show what goes on. */
    void start(Supplier<Activity> activity);

    /** Shows a line of text that stays, at once or when the display is closed. */
    void line(String text);

    /** Stops showing what goes on, and shows the lines that were kept. */
    @Override
    void close();
}
