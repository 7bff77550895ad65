package io.synctools.examples;

import java.io.PrintStream;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Plain lines for logs and pipes, with a heartbeat; no carriage returns, no escape sequences. */
final class LineDisplay implements Display {
    private final PrintStream out;
    private final Clock clock;
    private final ScheduledExecutorService ticker = Ticker.create();

    LineDisplay(PrintStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public void start(Supplier<ProgressText> standing) {
        Heartbeat heartbeat = new Heartbeat(clock.instant(), standing.get(), clock.getZone());
        var unused = ticker.scheduleAtFixedRate(
                () -> heartbeat.beat(clock.instant(), standing.get()).ifPresent(this::line), 1, 1, TimeUnit.SECONDS);
    }

    @Override
    public void line(String text) {
        synchronized (out) {
            out.println(text);
            out.flush();
        }
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
