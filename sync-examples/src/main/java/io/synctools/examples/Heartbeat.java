package io.synctools.examples;

import io.synctools.Activity;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Lines that tell a log that a run is alive: every 30 seconds, or 60 when nothing changed. Used by one thread. */
final class Heartbeat {
    private static final Duration LIVELY = Duration.ofSeconds(30);
    private static final Duration SILENT = Duration.ofSeconds(60);
    private static final int ACTIVE_SHOWN = 3;

    private final DateTimeFormatter clock;
    private final Speed speed = new Speed();
    private Instant last;
    private Activity shown;

    /** Begins at a moment; the zone is that of the times in the lines. */
    Heartbeat(Instant began, ProgressText standing, ZoneId zone) {
        this.clock = DateTimeFormatter.ofPattern("HH:mm:ss").withZone(zone);
        this.last = began;
        this.shown = standing.activity();
        speed.add(began, shown);
    }

    /** To be asked about once a second: a line when it is time for one. */
    Optional<String> beat(Instant now, ProgressText standing) {
        Activity activity = standing.activity();
        speed.add(now, activity);
        Duration since = Duration.between(last, now);
        boolean changed = activity.bytesReceived() != shown.bytesReceived()
                || activity.entriesDone() != shown.entriesDone()
                || activity.itemsDone() != shown.itemsDone();
        if (since.compareTo(changed ? LIVELY : SILENT) < 0) {
            return Optional.empty();
        }
        last = now;
        shown = activity;
        return Optional.of(clock.format(now) + "  " + text(standing, speed));
    }

    /** Where a run stands, in one line. */
    static String text(ProgressText standing, Speed speed) {
        List<String> parts = new ArrayList<>(standing.parts(speed));
        Map<String, Long> active = standing.activity().transfers().stream()
                .collect(Collectors.groupingBy(
                        transfer -> standing.names().apply(transfer.item()),
                        LinkedHashMap::new,
                        Collectors.counting()));
        if (!active.isEmpty()) {
            parts.add("active: "
                    + active.entrySet().stream()
                            .limit(ACTIVE_SHOWN)
                            .map(one -> one.getKey() + (one.getValue() > 1 ? " x" + one.getValue() : ""))
                            .collect(Collectors.joining(", "))
                    + (active.size() > ACTIVE_SHOWN ? ", …" : ""));
        }
        parts.addAll(standing.pauses());
        return String.join("  ", parts);
    }
}
