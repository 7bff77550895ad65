package io.synctools.examples;

import io.synctools.Activity;
import io.synctools.Outcome;
import io.synctools.PlanPrinter;
import io.synctools.SyncListener;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Failure;
import io.synctools.internal.text.Span;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.report.ItemReason;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Says what a run does, line by line, to a display. */
final class ConsoleListener implements SyncListener {

    /** How much is said. */
    enum Verbosity {
        /** Only what is not there. */
        QUIET,
        /** That it goes on, too. */
        PROGRESS,
        /** What changes. */
        NORMAL,
        /** Each item and each file. */
        VERBOSE
    }

    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]");

    private final Display display;
    private final Verbosity verbosity;

    private final Set<SyncItem> listed = new HashSet<>();
    private final Set<List<String>> told = new HashSet<>();
    private final AtomicInteger unlisted = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private volatile ItemLabels names = new ItemLabels(SyncPlan.of("none", List.of()));

    ConsoleListener(Display display, Verbosity verbosity) {
        this.display = display;
        this.verbosity = verbosity;
    }

    @Override
    public void runStarted(SyncPlan plan, Supplier<Activity> activity) {
        names = new ItemLabels(plan);
        unlisted.set(plan.items().size());
        plan.warnings().forEach(this::tell);
        if (verbosity != Verbosity.QUIET) {
            int items = plan.items().size();
            tell(plan.flow() + ": " + items + (items == 1 ? " item" : " items")
                    + (plan.shard().count() == 1 ? "" : ", share " + plan.shard()));
            display.start(() -> new ProgressText(activity.get(), unlisted.get(), failed.get(), this::name));
        }
    }

    @Override
    public void itemChecked(SyncItem item, int entries, int missing, long missingBytes) {
        known(item);
        if (missing > 0) {
            say(name(item) + ": " + missing + " of " + entries + " to fetch"
                    + (missingBytes > 0 ? ", " + PlanPrinter.size(missingBytes) : ""));
        }
    }

    @Override
    public void entryPulled(SyncItem item, Entry entry) {
        if (verbosity == Verbosity.VERBOSE) {
            tell(name(item) + ": " + entry.path() + " is here");
        }
    }

    @Override
    public void entryFailed(SyncItem item, Failure failure) {
        tell(name(item) + ": " + Summary.text(failure));
    }

    @Override
    public void itemFinished(SyncItem item, SyncReport.Item result) {
        known(item);
        if (!result.well()) {
            failed.incrementAndGet();
            result.failures().stream()
                    .filter(failure -> verbosity != Verbosity.QUIET
                            && failure.entry().isEmpty() // of the item as a whole: not told yet
                            && failure.kind() != FailureKind.INTERRUPTED) // which the end says once for all
                    .forEach(failure -> tell(name(item) + ": "
                            + (told.add(Summary.gist(result))
                                    ? Summary.text(result, failure)
                                    : ItemReason.of(result, failure) + ": as told above")));
        }
        result.notes().forEach(note -> say(name(item) + ": " + note));
        boolean wholly = !result.well()
                && !result.failures().isEmpty()
                && result.failures().stream()
                        .allMatch(failure -> failure.entry().isEmpty()); // and told just now
        if (wholly || (result.outcome() == Outcome.UP_TO_DATE && verbosity != Verbosity.VERBOSE)) {
            return;
        }
        say(name(item) + ": " + words(result.outcome())
                + result.bytes()
                        .filter(bytes -> bytes.transferred() > 0)
                        .map(bytes -> ", " + PlanPrinter.size(bytes.transferred()) + " in " + seconds(result))
                        .orElse("")
                + result.bytes()
                        .filter(bytes -> bytes.reused() > 0)
                        .map(bytes -> "; " + PlanPrinter.size(bytes.reused()) + " lay on this machine")
                        .orElse(""));
    }

    @Override
    public void runFinished(SyncReport report) {
        display.close();
    }

    private String name(SyncItem item) {
        return names.of(item);
    }

    /** What is to be fetched of an item is known from now on. */
    private void known(SyncItem item) {
        if (listed.add(item)) {
            unlisted.decrementAndGet();
        }
    }

    private static String words(Outcome outcome) {
        return switch (outcome) {
            case COPIED -> "copied";
            case UP_TO_DATE -> "up to date";
            case WOULD_COPY -> "would be copied";
            case FAILED -> "failed";
            case HELD_BY_ANOTHER -> "held by another runner";
        };
    }

    private static String seconds(SyncReport.Item item) {
        return Span.text(Duration.ofMillis(Math.round(item.seconds() * 1000)));
    }

    /** Names and messages come from outside: nothing in them may steer a terminal. */
    private void tell(String line) {
        display.line(CONTROLS.matcher(OptionNames.written(line)).replaceAll("?"));
    }

    private void say(String line) {
        if (verbosity.compareTo(Verbosity.NORMAL) >= 0) {
            tell(line);
        }
    }
}
