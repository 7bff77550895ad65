package io.synctools;

import io.synctools.SyncReport.Bytes;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import io.synctools.SyncReport.Totals;
import io.synctools.internal.text.ByteSize;
import io.synctools.model.Place;
import io.synctools.model.Shard;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import java.util.StringJoiner;

/** Prints plans and previews for people; the same input always gives the same text. Thread-safe. */
public final class PlanPrinter {

    private PlanPrinter() {}

    /** What a plan declares, known without contacting anybody. One line an item, with a final newline. */
    public static String declared(SyncPlan plan) {
        StringBuilder text = new StringBuilder();
        text.append(plan.flow()).append(": ").append(count(plan.items().size(), "item", "items"));
        if (!plan.shard().equals(Shard.ALL)) {
            text.append(", shard ").append(plan.shard());
        }
        text.append('\n');
        for (SyncItem item : plan.items()) {
            text.append("  ").append(item.from()).append(" -> ").append(item.to());
            if (!item.filter().text().isEmpty()) {
                text.append(item.filter().referrers() ? "  with " : "  only ")
                        .append(item.filter().text());
            }
            if (!item.declaredAt().equals(Place.NONE)) {
                text.append("  (").append(item.declaredAt().brief()).append(')');
            }
            text.append('\n');
        }
        plan.warnings().forEach(warning -> text.append(warning).append('\n'));
        return text.toString();
    }

    /** What a preview found: what would be copied, with bytes, what is there, and what failed and why. */
    public static String preview(SyncReport report) {
        StringBuilder text = new StringBuilder();
        text.append(report.flow()).append(": dry run, nothing was written\n");
        report.items().forEach(item -> item(text, item));
        return text.append(summary(report)).append('\n').toString();
    }

    /** One line with the totals of a run or preview, without a newline. */
    public static String summary(SyncReport report) {
        Totals totals = report.totals();
        StringJoiner text = new StringJoiner(", ");
        if (totals.copied() > 0) {
            text.add(totals.copied() + " copied (" + size(totals.bytesTransferred()) + " transferred)");
        }
        if (totals.wouldCopy() > 0) {
            text.add(totals.wouldCopy() + " to copy (" + size(missing(report)) + ")");
        }
        if (totals.upToDate() > 0) {
            text.add(totals.upToDate() + " up to date");
        }
        if (totals.heldByAnother() > 0) {
            text.add(totals.heldByAnother() + " held by another runner");
        }
        if (totals.failed() > 0) {
            text.add(totals.failed() + " failed");
        }
        return count(totals.items(), "item", "items") + (text.length() == 0 ? "" : ": " + text);
    }

    /** Bytes for people, in units of 1024: {@code 512 B}, {@code 14.2 GiB}. */
    public static String size(long bytes) {
        return ByteSize.text(bytes);
    }

    private static void item(StringBuilder text, Item item) {
        text.append("  ").append(state(item)).append("  ").append(item.from()).append(" -> ");
        text.append(item.path().orElse(item.to()));
        item.revision().ifPresent(revision -> text.append("  @").append(revision, 0, Math.min(12, revision.length())));
        if (item.outcome() == Outcome.WOULD_COPY) {
            long missing = item.entries().total()
                    - item.entries().same()
                    - item.entries().failed();
            text.append("  ")
                    .append(missing)
                    .append(" of ")
                    .append(count(item.entries().total(), "entry", "entries"));
            item.bytes().ifPresent(bytes -> text.append(", ")
                    .append(size(bytes.missing()))
                    .append(" of ")
                    .append(size(bytes.total())));
        }
        text.append('\n');
        for (Failure failure : item.failures()) {
            text.append("              ")
                    .append(item.outcome() == Outcome.HELD_BY_ANOTHER ? item.outcome() : failure.kind())
                    .append(' ');
            text.append(failure.entry().isEmpty() ? "" : failure.entry() + ": ");
            text.append(failure.message().replace("\n", "\n              ")).append('\n');
        }
        item.notes()
                .forEach(
                        note -> text.append("              note: ").append(note).append('\n'));
    }

    private static String state(Item item) {
        return switch (item.outcome()) {
            case COPIED -> "copied    ";
            case UP_TO_DATE -> "up to date";
            case WOULD_COPY -> "to copy   ";
            case FAILED -> "FAILED    ";
            case HELD_BY_ANOTHER -> "HELD      ";
        };
    }

    private static long missing(SyncReport report) {
        return report.items().stream()
                .mapToLong(item -> item.bytes().map(Bytes::missing).orElse(0L))
                .sum();
    }

    private static String count(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }
}
