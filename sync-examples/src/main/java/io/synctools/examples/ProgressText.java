package io.synctools.examples;

import io.synctools.Activity;
import io.synctools.PlanPrinter;
import io.synctools.internal.text.Span;
import io.synctools.model.SyncItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Where a run stands, in words: what the engine counts, and what the console's listener does.
 *
 * @param activity what goes on
 * @param unlisted items of which it is not known yet what is to be fetched
 * @param failed items that will not be there at the end
 * @param names what items are called
 */
record ProgressText(Activity activity, int unlisted, int failed, Function<SyncItem, String> names) {
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");

    /** Where items are called by their labels. */
    ProgressText(Activity activity, int unlisted, int failed) {
        this(activity, unlisted, failed, SyncItem::label);
    }

    /** Bytes that are here, of all that are to come; until all items are listed there may be more than is known. */
    String bytes() {
        return unlisted > 0
                ? portion(activity.bytesDone(), activity.bytes(), " of at least ")
                : portion(activity.bytesDone(), activity.bytes(), " of ") + " ("
                        + 100 * activity.bytesDone() / activity.bytes() + "%)";
    }

    /** Some bytes of more, both in the unit of the latter: {@code 0.3 of 1.2 GiB}. */
    static String portion(long done, long all, String of) {
        String whole = PlanPrinter.size(all);
        int unit = UNITS.indexOf(whole.substring(whole.indexOf(' ') + 1));
        String part = unit <= 0 ? Long.toString(done) : String.format(Locale.ROOT, "%.1f", done / Math.pow(1024, unit));
        return part + of + whole;
    }

    /** How fast bytes come. */
    static String rate(Speed speed) {
        return PlanPrinter.size(speed.bytesPerSecond()) + "/s";
    }

    /** When all will be here; empty while nobody knows. */
    String eta(Speed speed) {
        return speed.eta(activity)
                .map(eta -> "ETA " + (unlisted > 0 ? "at least " : "") + seconds(eta))
                .orElse("");
    }

    /** Items that ended, and how many of them failed. */
    String items() {
        return "items " + activity.itemsDone() + "/" + activity.items() + (failed > 0 ? ", " + failed + " failed" : "");
    }

    /** Entries that are settled, of those to fetch. */
    String entries() {
        return activity.entries() == 0
                ? ""
                : "entries " + activity.entriesDone() + (unlisted > 0 ? " of at least " : "/") + activity.entries();
    }

    /** Hosts that asked to wait, by name. */
    List<String> pauses() {
        return activity.pauses().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(pause -> pause.getKey() + " asked to wait, " + seconds(pause.getValue()) + " left")
                .toList();
    }

    /** No tenths: they would tell more than anybody knows. */
    private static String seconds(Duration left) {
        return Span.text(Duration.ofSeconds(Math.max(1, left.toSeconds()))).replace(".0s", "s");
    }

    /** What matters most, in the order in which it is said; the first parts are the last to give way on a narrow screen. */
    List<String> parts(Speed speed) {
        List<String> parts = new ArrayList<>();
        if (activity.bytes() > 0) {
            parts.add(bytes());
            parts.add(rate(speed));
            parts.add(eta(speed));
        }
        parts.add(items());
        parts.add(entries());
        parts.removeIf(String::isEmpty);
        return parts;
    }
}
