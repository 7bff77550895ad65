package io.synctools.report;

import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is not there, where it is declared, why, whether trying again helps, and since when; folded below it, what could not
 * be checked.
 */
final class MissingTable {
    private static final int REASONS_SHOWN = 3;
    private static final int ENTRIES_SHOWN = 3;
    private static final int ROWS_SHOWN = 20;

    private final History history;
    private final Instant now;
    private final Html html;

    private record Row(String runner, Item item) {}

    MissingTable(History history, Instant now, Html html) {
        this.history = history;
        this.now = now;
        this.html = html;
    }

    void write() {
        List<Row> missing = rows(history::missing);
        List<Row> unchecked = rows(history::unchecked);
        if (missing.isEmpty() && unchecked.isEmpty()) {
            return;
        }
        html.raw("<h2>" + (missing.isEmpty() ? "What could not be checked" : "What is not there") + "</h2>\n");
        List<Row> first = missing.subList(0, Math.min(ROWS_SHOWN, missing.size()));
        if (!first.isEmpty()) {
            html.raw("<div class=\"card\">");
            table(first);
            html.raw("</div>\n");
        }
        folded("and " + (missing.size() - first.size()) + " more", missing.subList(first.size(), missing.size()));
        folded(
                Amount.count(unchecked.size(), "item") + " that " + (unchecked.size() == 1 ? "was" : "were")
                        + " there before and could not be checked",
                unchecked);
    }

    private List<Row> rows(Function<String, List<Item>> items) {
        return history.runners().stream()
                .flatMap(runner -> items.apply(runner).stream().map(item -> new Row(runner, item)))
                .toList();
    }

    private void folded(String summary, List<Row> rows) {
        if (!rows.isEmpty()) {
            html.raw("<details class=\"card\"><summary>").text(summary).raw("</summary>\n");
            table(rows);
            html.raw("</details>\n");
        }
    }

    private void table(List<Row> rows) {
        html.raw("<table class=\"stack\"><thead><tr><th>item</th><th>runner</th><th>why</th>")
                .raw("<th>trying again</th><th>there last</th></tr></thead><tbody>\n");
        rows.forEach(this::row);
        html.raw("</tbody></table>\n");
    }

    private void row(Row row) {
        Item item = row.item();
        html.raw("<tr><td>").name(history.name(item));
        if (!item.declaredAt().isEmpty()) {
            html.raw("<br>").element("span class=\"dim small\"", item.declaredAt());
        }
        html.raw("</td><td data-is=\"runner\">").text(row.runner()).raw("</td><td>");
        why(row);
        List<Failure> failures = item.failures();
        boolean again = failures.stream().allMatch(Failure::retryable);
        html.raw("</td><td class=\"word\" data-is=\"trying again\">").text(again ? "may help" : "will not help");
        html.raw("</td><td class=\"word\" data-is=\"there last\">");
        history.lastThere(row.runner(), item)
                .ifPresentOrElse(
                        last -> html.text(Amount.ago(last, now))
                                .raw("<br>")
                                .element("span class=\"dim small\"", Amount.time(last)),
                        () -> html.text("never"));
        trail(history.trail(row.runner(), item));
        html.raw("</td></tr>\n");
    }

    /** The same failure of several entries is told once. */
    private void why(Row row) {
        Item item = row.item();
        boolean mild = history.found(row.runner(), item) != State.MISSING;
        if (item.failures().isEmpty()) {
            reason(ItemReason.of(item), mild, "");
        }
        Map<String, List<Failure>> alike = item.failures().stream()
                .collect(Collectors.groupingBy(
                        failure -> failure.kind() + failure.message(), LinkedHashMap::new, Collectors.toList()));
        alike.values().stream().limit(REASONS_SHOWN).forEach(same -> {
            Failure first = same.get(0);
            String entries = first.entry().isEmpty() ? "" : entries(same) + ": ";
            reason(ItemReason.of(item, first), mild, entries + first.message());
        });
        if (alike.size() > REASONS_SHOWN) {
            html.element("span class=\"dim small\"", "and " + (alike.size() - REASONS_SHOWN) + " more reasons");
        }
    }

    private static String entries(List<Failure> failures) {
        String shown =
                failures.stream().limit(ENTRIES_SHOWN).map(Failure::entry).collect(Collectors.joining(", "));
        int more = failures.size() - ENTRIES_SHOWN;
        return more > 0 ? shown + " and " + more + " more" : shown;
    }

    private void reason(String kind, boolean mild, String text) {
        html.raw("<div class=\"why\">")
                .element("span class=\"chip" + (mild ? " held" : "") + "\"", kind)
                .text(text)
                .raw("</div>");
    }

    private void trail(List<State> trail) {
        html.raw("<br><span class=\"trail\" title=\"the last runs, the newest on the right\">");
        trail.forEach(state -> html.element("i class=\"" + state.style + "\"", state.sign));
        html.raw("</span>");
    }
}
