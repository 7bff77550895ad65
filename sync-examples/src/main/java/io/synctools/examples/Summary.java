package io.synctools.examples;

import io.synctools.Outcome;
import io.synctools.PlanPrinter;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import io.synctools.SyncReport.Totals;
import io.synctools.examples.report.ItemNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a report says, in a few lines for people: what is not there and why, then sums. */
final class Summary {
    private static final int FAILURES_SHOWN = 5;
    private static final int ITEMS_SHOWN = 5;

    private Summary() {}

    static List<String> of(SyncReport report) {
        List<String> lines = new ArrayList<>();
        List<Item> missing =
                report.items().stream().filter(item -> !item.well()).toList();
        int items = report.items().size();
        if (!missing.isEmpty()) {
            lines.add(report.flow() + ": " + missing.size() + " of " + items + (items == 1 ? " item" : " items")
                    + (missing.size() == 1 ? " is" : " are") + " not there"
                    + (report.interrupted() ? ", since the run was interrupted; the next one goes on from here" : ""));
            Map<List<Failure>, List<Item>> alike = missing.stream()
                    .collect(Collectors.groupingBy(Item::failures, LinkedHashMap::new, Collectors.toList()));
            ItemNames names = new ItemNames(report.items());
            alike.forEach((failures, met) -> describe(met, names, failures, lines));
        } else if (items == 0) {
            lines.add(report.flow() + ": nothing was done, since " + whyNothing(report));
        } else if (report.dryRun()) {
            lines.add(report.flow() + ": nothing was written, since this was a dry run");
        } else {
            lines.add(report.flow() + ": all that is declared is there");
        }
        lines.add(totals(report));
        return lines;
    }

    private static String whyNothing(SyncReport report) {
        if (!report.only().isEmpty()) {
            return "--only chooses none of the items";
        }
        return report.shard().equals("0/1") ? "the lists declare nothing" : "no item falls to this share";
    }

    /** Items that met the very same, which is told once. */
    private static void describe(List<Item> items, ItemNames names, List<Failure> failures, List<String> lines) {
        items.stream()
                .limit(items.size() <= ITEMS_SHOWN ? ITEMS_SHOWN : ITEMS_SHOWN - 1)
                .map(item ->
                        "  " + names.of(item) + (item.declaredAt().isEmpty() ? "" : "  (" + item.declaredAt() + ")"))
                .forEach(lines::add);
        if (items.size() > ITEMS_SHOWN) {
            lines.add("  and " + (items.size() - ITEMS_SHOWN + 1) + " items more, all for the same reason:");
        }
        Item item = items.get(0);
        for (Failure failure : failures.stream().limit(FAILURES_SHOWN).toList()) {
            lines.add("    " + text(failure));
        }
        if (item.failures().size() > FAILURES_SHOWN) {
            lines.add("    and " + (item.failures().size() - FAILURES_SHOWN) + " more; --report FILE lists them");
        }
        boolean again = item.outcome() == Outcome.HELD_BY_ANOTHER
                || item.failures().stream().allMatch(Failure::retryable);
        lines.add(
                again
                        ? "    A later run may succeed by itself."
                        : "    Trying again will not help before this is mended.");
    }

    /** One failure on one line. */
    static String text(Failure failure) {
        return (failure.entry().isEmpty() ? "" : failure.entry() + ": ") + failure.kind() + ": " + failure.message();
    }

    private static String totals(SyncReport report) {
        Totals totals = report.totals();
        List<String> parts = new ArrayList<>();
        part(parts, totals.upToDate(), "up to date");
        part(parts, totals.copied(), "copied");
        part(parts, totals.wouldCopy(), "to copy");
        part(parts, totals.failed(), "failed");
        part(parts, totals.heldByAnother(), "held by another runner");
        return totals.items() + (totals.items() == 1 ? " item: " : " items: ")
                + (parts.isEmpty() ? "nothing to do" : String.join(", ", parts))
                + "; " + PlanPrinter.size(totals.bytesTransferred()) + " received, "
                + totals.requests() + (totals.requests() == 1 ? " request, " : " requests, ")
                + Span.text(Duration.between(report.started(), report.finished()));
    }

    private static void part(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(count + " " + what);
        }
    }
}
