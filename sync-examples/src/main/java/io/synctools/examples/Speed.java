package io.synctools.examples;

import io.synctools.Activity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** How fast a run is, over the last minute and not from its start: what was resumed or found on disk does not count. Used by one thread. */
final class Speed {
    private static final Duration SETTLED = Duration.ofSeconds(5); // before that a rate tells nothing of the end
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private record Sample(Instant at, long received) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    /** Takes note of where the run stands. */
    void add(Instant now, Activity activity) {
        samples.addLast(new Sample(now, activity.bytesReceived()));
        while (samples.size() > 2 && samples.getFirst().at().isBefore(now.minus(WINDOW))) {
            samples.removeFirst();
        }
    }

    /** Bytes that come over the network, each second. */
    long bytesPerSecond() {
        return samples.isEmpty()
                ? 0
                : rate(samples.getLast().received() - samples.getFirst().received());
    }

    /** How long what is known to be missing will take; empty at the beginning and while nothing comes. */
    Optional<Duration> eta(Activity activity) {
        if (millis() < SETTLED.toMillis()) {
            return Optional.empty();
        }
        long rate = bytesPerSecond();
        long missing = activity.bytes() - activity.bytesDone();
        return rate <= 0 || missing <= 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(missing / rate));
    }

    private long rate(long bytes) {
        long millis = millis();
        return millis <= 0 ? 0 : bytes * 1000 / millis;
    }

    private long millis() {
        return samples.isEmpty()
                ? 0
                : Duration.between(samples.getFirst().at(), samples.getLast().at())
                        .toMillis();
    }
}
