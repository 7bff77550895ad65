package io.synctools.examples;

import io.synctools.Activity;
import io.synctools.PlanPrinter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
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
    Heartbeat(Instant began, Activity activity, ZoneId zone) {
        this.clock = DateTimeFormatter.ofPattern("HH:mm:ss").withZone(zone);
        this.last = began;
        this.shown = activity;
        speed.add(began, activity);
    }

    /** To be asked about once a second: a line when it is time for one. */
    Optional<String> beat(Instant now, Activity activity) {
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
        return Optional.of(clock.format(now) + "  " + text(activity, speed));
    }

    /** Where a run stands, in one line. */
    static String text(Activity activity, Speed speed) {
        StringBuilder line = new StringBuilder();
        if (activity.bytes() > 0) {
            line.append(PlanPrinter.size(activity.bytesDone()))
                    .append(" of ")
                    .append(PlanPrinter.size(activity.bytes()));
            line.append(" (")
                    .append(100 * activity.bytesDone() / activity.bytes())
                    .append("%)  ");
            line.append(PlanPrinter.size(Math.max(0, speed.bytesPerSecond()))).append("/s  ");
            speed.eta(activity)
                    .ifPresent(eta -> line.append("ETA ").append(Span.text(eta)).append("  "));
        }
        line.append("items ").append(activity.itemsDone()).append('/').append(activity.items());
        if (activity.entries() > 0) {
            line.append("  entries ").append(activity.entriesDone()).append('/').append(activity.entries());
        }
        Map<String, Long> active = activity.transfers().stream()
                .collect(Collectors.groupingBy(
                        transfer -> transfer.item().label(), LinkedHashMap::new, Collectors.counting()));
        if (!active.isEmpty()) {
            line.append("  active: ");
            line.append(active.entrySet().stream()
                    .limit(ACTIVE_SHOWN)
                    .map(one -> one.getKey() + (one.getValue() > 1 ? " x" + one.getValue() : ""))
                    .collect(Collectors.joining(", ")));
            line.append(active.size() > ACTIVE_SHOWN ? ", …" : "");
        }
        activity.pauses().entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(pause -> line.append("  ")
                .append(pause.getKey())
                .append(" asked to wait, ")
                .append(Span.text(pause.getValue()))
                .append(" left"));
        return line.toString();
    }
}
