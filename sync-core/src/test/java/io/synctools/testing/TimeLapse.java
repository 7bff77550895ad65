package io.synctools.testing;

import io.synctools.internal.retry.TimeSource;
import io.synctools.spi.RunContext;

/** Lets the pauses of a run pass at once, for modules that do not see where a run's time comes from. */
public final class TimeLapse {
    private TimeLapse() {}

    /** Gives the run a {@link ManualTime}, before it asks for one. */
    public static void in(RunContext context) {
        context.shared(TimeSource.class, s -> new ManualTime());
    }
}
