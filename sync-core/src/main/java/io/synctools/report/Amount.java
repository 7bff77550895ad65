package io.synctools.report;

import io.synctools.PlanPrinter;
import io.synctools.SyncReport;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers, times, spans and rates as the page writes them. */
final class Amount {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Amount() {}

    /** A time in UTC. */
    static String time(Instant time) {
        return TIME.format(time);
    }

    /** A number with its noun, for example {@code 1 item} and {@code 2 items}. */
    static String count(long number, String noun) {
        return number(number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** A number, in groups of three digits. */
    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** How long ago something was, for example {@code 3 h ago}. */
    static String ago(Instant time, Instant now) {
        Duration passed = Duration.between(time, now);
        return passed.toMinutes() < 1 ? "just now" : span(passed) + " ago";
    }

    /** A span in its largest unit. */
    static String span(Duration span) {
        long seconds = Math.max(0, span.toSeconds());
        if (seconds < 90) {
            return seconds + " s";
        }
        if (seconds < 90 * 60) {
            return seconds / 60 + " min";
        }
        return seconds < 48 * 3600 ? seconds / 3600 + " h" : seconds / 86400 + " days";
    }

    /** Bytes by the time of the run that received them; empty where there were none. */
    static String rate(long bytes, SyncReport run) {
        return bytes == 0 ? "" : PlanPrinter.size(rateOf(bytes, run)) + "/s";
    }

    static long rateOf(long bytes, SyncReport run) {
        return Math.round(bytes
                * 1000.0
                / Math.max(1, Duration.between(run.started(), run.finished()).toMillis()));
    }
}
