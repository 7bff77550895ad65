package io.synctools.internal.http;

import io.synctools.spi.RunContext;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** Tells which hosts asked the run to wait, without making a client where none is needed. Thread-safe. */
public final class Pauses {
    private volatile Supplier<Map<String, Duration>> gate = Map::of;

    private Pauses() {}

    /** The pauses of a run, shared through its context. */
    public static Pauses of(RunContext context) {
        return context.shared(Pauses.class, s -> new Pauses());
    }

    /** The hosts that may not be asked yet, with the time that is left; empty where nobody asked for a pause. */
    public Map<String, Duration> now() {
        return gate.get();
    }

    void follow(HostGate of) {
        gate = of::pauses;
    }
}
