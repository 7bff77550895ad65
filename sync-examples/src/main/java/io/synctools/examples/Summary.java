package io.synctools.examples;

import io.synctools.Outcome;
import io.synctools.PlanPrinter;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import io.synctools.SyncReport.Totals;
import io.synctools.internal.text.Span;
import io.synctools.report.ItemNames;
import io.synctools.report.ItemReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a report says, in a few lines for people: what is not there and why, then sums. */
final class Summary {
    private static final int FAILURES_SHOWN = 5;
    private static final int ITEMS_SHOWN = 5;
    private static final Pattern EFFORT = Pattern.compile("gave up after \\d+ tries in \\d+ s: ");
    /** The system's words come with the first of several lookups only. */
    private static final Pattern LOOKUP = Pattern.compile("(no address is known for the host \\S+) \\([^)]*\\)");

    private static final Pattern REQUEST = Pattern.compile("(?:GET|HEAD|POST) (https?://[^/ ]+)[^ ]*:(?= |$)");

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
            ItemNames names = new ItemNames(report.items());
            missing.stream()
                    .collect(Collectors.groupingBy(Summary::gist, LinkedHashMap::new, Collectors.toList()))
                    .values()
                    .forEach(alike -> describe(alike, names, lines));
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

    /** Items that met the same, which is told once. */
    private static void describe(List<Item> items, ItemNames names, List<String> lines) {
        items.stream()
                .limit(items.size() <= ITEMS_SHOWN ? ITEMS_SHOWN : ITEMS_SHOWN - 1)
                .map(item ->
                        "  " + names.of(item) + (item.declaredAt().isEmpty() ? "" : "  (" + item.declaredAt() + ")"))
                .forEach(lines::add);
        if (items.size() > ITEMS_SHOWN) {
            lines.add("  and " + (items.size() - ITEMS_SHOWN + 1) + " items more, all for the same reason:");
        }
        Item item = items.get(0);
        for (Failure failure : item.failures().stream().limit(FAILURES_SHOWN).toList()) {
            lines.add("    " + text(item, failure));
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

    /** What an item met first, on one line. */
    static String text(Item item) {
        return item.failures().isEmpty()
                ? item.outcome().name()
                : text(item, item.failures().get(0));
    }

    /** One failure on one line. */
    static String text(Item item, Failure failure) {
        return text(failure, ItemReason.of(item, failure));
    }

    /** The same of an item that is not at its end. */
    static String text(Failure failure) {
        return text(failure, failure.kind().name());
    }

    private static String text(Failure failure, String reason) {
        return (failure.entry().isEmpty() ? "" : failure.entry() + ": ") + reason + ": " + failure.message();
    }

    /** What an item met, but for its name where that does not matter: items with the same are told of together. */
    static List<String> gist(Item item) {
        return item.failures().stream().map(failure -> gist(item, failure)).toList();
    }

    private static String gist(Item item, Failure failure) {
        String text = text(item, failure);
        return switch (failure.kind()) {
            case UNAVAILABLE, TIMEOUT, RATE_LIMITED -> // of a host, whatever it is asked for
                LOOKUP.matcher(REQUEST.matcher(EFFORT.matcher(text).replaceAll(""))
                                .replaceAll("$1"))
                        .replaceAll("$1")
                        .replace(item.from(), "…")
                        .replace(item.to(), "…")
                        .replace(item.from().replaceFirst("^[^:]*:", ""), "…");
            default -> text;
        };
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
                + "; " + received(report)
                + totals.requests() + (totals.requests() == 1 ? " request, " : " requests, ")
                + Span.text(Duration.between(report.started(), report.finished()));
    }

    /** Of images nothing: their bytes go from registry to registry. */
    private static String received(SyncReport report) {
        boolean counted = report.items().isEmpty()
                || report.items().stream().anyMatch(item -> item.bytes().isPresent());
        return counted ? PlanPrinter.size(report.totals().bytesTransferred()) + " received, " : "";
    }

    private static void part(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(count + " " + what);
        }
    }
}
