package io.synctools.examples.report;

import io.synctools.Outcome;
import io.synctools.PlanPrinter;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One page from the kept reports of all runners: what is missing and why, the state of every item by flow, and the history
 * of runs. One file, no script, nothing from elsewhere; light and dark by the reader's setting.
 */
public final class Page {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int RUNS_SHOWN = 40;

    private static final String STYLE = """
            :root{color-scheme:light dark;--ink:#1c2024;--dim:#60666d;--paper:#fff;--line:#e2e5e9;--card:#f7f8fa;
            --good:#1a7f4b;--bad:#c62a2f;--held:#9a6700;--bar:#3e7bd6}
            @media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--dim:#9aa1a9;--paper:#15181c;--line:#2c3137;--card:#1c2026;
            --good:#4cc38a;--bad:#ff6b70;--held:#e2b340;--bar:#6ea4f4}}
            body{margin:0 auto;padding:2rem 1.5rem 4rem;max-width:68rem;background:var(--paper);color:var(--ink);
            font:15px/1.5 system-ui,sans-serif}
            h1{font-size:1.45rem;margin:0 0 .2rem}h2{font-size:1.05rem;margin:2.2rem 0 .6rem}
            p{margin:.2rem 0}.dim{color:var(--dim)}.good{color:var(--good)}.bad{color:var(--bad)}.held{color:var(--held)}
            table{border-collapse:collapse;width:100%}th{font-weight:600;text-align:left;color:var(--dim);font-size:.85rem}
            td,th{padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
            td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.c,th.c{text-align:center}
            code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}details{margin:.6rem 0}summary{cursor:pointer}
            .verdict{padding:1rem 1.2rem;background:var(--card);border-left:4px solid var(--good);border-radius:4px}
            .verdict.no{border-color:var(--bad)}svg{display:block;width:100%;height:auto}svg text{fill:var(--dim);font-size:11px}
            """;

    private final List<SyncReport> reports;
    private final Map<String, SyncReport> latest = new TreeMap<>();
    private final Instant now;
    private final Html html = new Html();

    private Page(List<SyncReport> reports, Instant now) {
        this.reports = reports.stream()
                .filter(report -> !report.dryRun())
                .sorted(Comparator.comparing(SyncReport::finished))
                .toList();
        this.now = now;
        this.reports.forEach(report -> latest.put(runner(report), report));
    }

    /** The whole page. */
    public static String of(List<SyncReport> reports, Instant now) {
        Page page = new Page(reports, now);
        page.write();
        return page.html.toString();
    }

    private static String runner(SyncReport report) {
        return report.shard().equals("0/1") ? report.flow() : report.flow() + " " + report.shard();
    }

    private void write() {
        html.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
                .raw("<title>Mirrors</title><style>\n" + STYLE + "</style></head><body>\n");
        verdict();
        missing();
        states();
        history();
        html.raw("</body></html>\n");
    }

    private void verdict() {
        List<SyncReport> bad =
                latest.values().stream().filter(report -> report.exit() != 0).toList();
        long items = latest.values().stream()
                .mapToLong(report -> report.items().size())
                .sum();
        html.element("h1", "Mirrors");
        html.element("p class=\"dim\"", "as of " + TIME.format(now) + " UTC, from " + reports.size() + " reports");
        html.raw("<div class=\"verdict" + (bad.isEmpty() ? "" : " no") + "\"><p><strong>");
        if (latest.isEmpty()) {
            html.text("There are no reports yet.");
        } else if (bad.isEmpty()) {
            html.text("Everything declared is there: " + items + " items on " + latest.size() + " runners.");
        } else {
            long gone = latest.values().stream()
                    .flatMap(report -> report.items().stream())
                    .filter(item -> !item.well())
                    .count();
            html.text(gone + " of " + items + " items are not there, on " + bad.size() + " of " + latest.size()
                    + " runners.");
        }
        html.raw("</strong></p></div>\n");
    }

    private void missing() {
        if (latest.values().stream().allMatch(report -> report.exit() == 0)) {
            return;
        }
        html.raw("<h2>What is not there</h2><table><tr><th>item</th><th>runner</th><th>why</th><th>trying again</th>")
                .raw("<th>there last</th></tr>\n");
        latest.forEach((runner, report) ->
                report.items().stream().filter(item -> !item.well()).forEach(item -> missing(runner, item)));
        html.raw("</table>\n");
    }

    private void missing(String runner, Item item) {
        html.raw("<tr><td>").element("code", item.from());
        if (!item.declaredAt().isEmpty()) {
            html.raw("<br>").element("span class=\"dim\"", item.declaredAt());
        }
        html.raw("</td><td>").text(runner).raw("</td><td>");
        List<Failure> failures = item.failures();
        if (failures.isEmpty()) {
            html.element("span class=\"held\"", item.outcome().name());
        }
        failures.stream().limit(3).forEach(failure -> {
            html.element("span class=\"bad\"", failure.kind().name()).text(" ");
            html.text((failure.entry().isEmpty() ? "" : failure.entry() + ": ") + failure.message())
                    .raw("<br>");
        });
        if (failures.size() > 3) {
            html.element("span class=\"dim\"", "and " + (failures.size() - 3) + " more");
        }
        boolean again = failures.stream().allMatch(Failure::retryable);
        html.raw("</td><td>").text(again ? "may help" : "will not help").raw("</td><td>");
        html.text(lastSeen(runner, item).map(TIME::format).orElse("never")).raw("</td></tr>\n");
    }

    private Optional<Instant> lastSeen(String runner, Item item) {
        return reports.stream()
                .filter(report -> runner(report).equals(runner))
                .filter(report -> report.items().stream()
                        .anyMatch(other ->
                                other.from().equals(item.from()) && other.to().equals(item.to()) && other.well()))
                .map(SyncReport::finished)
                .max(Comparator.naturalOrder());
    }

    private void states() {
        if (latest.isEmpty()) {
            return;
        }
        TreeSet<String> names = new TreeSet<>();
        Map<String, Map<String, Item>> byRunner = new HashMap<>();
        latest.forEach((runner, report) -> report.items().forEach(item -> {
            names.add(item.from());
            byRunner.computeIfAbsent(runner, key -> new HashMap<>())
                    .merge(item.from(), item, (a, b) -> a.well() ? b : a);
        }));
        List<String> worth = new ArrayList<>();
        List<String> equal = new ArrayList<>();
        for (String name : names) {
            boolean everywhereWell = latest.keySet().stream()
                    .map(runner -> byRunner.getOrDefault(runner, Map.of()).get(name))
                    .allMatch(item -> item == null || item.well());
            (everywhereWell ? equal : worth).add(name);
        }
        html.raw("<h2>State by runner</h2>\n");
        if (!worth.isEmpty()) {
            matrix(worth, byRunner);
        }
        html.raw("<details" + (equal.size() <= 30 ? " open" : "") + "><summary>")
                .text(equal.size() + " items that are there wherever they are declared")
                .raw("</summary>\n");
        matrix(equal, byRunner);
        html.raw("</details>\n");
    }

    private void matrix(List<String> names, Map<String, Map<String, Item>> byRunner) {
        html.raw("<table><tr><th>item</th>");
        latest.keySet().forEach(runner -> html.element("th class=\"c\"", runner));
        html.raw("<th class=\"n\">size</th></tr>\n");
        for (String name : names) {
            html.raw("<tr><td>").element("code", name).raw("</td>");
            Optional<Item> any = Optional.empty();
            for (String runner : latest.keySet()) {
                Item item = byRunner.getOrDefault(runner, Map.of()).get(name);
                html.raw("<td class=\"c\">").raw(glyph(item)).raw("</td>");
                any = item == null ? any : Optional.of(item);
            }
            html.raw("<td class=\"n\">")
                    .text(any.flatMap(Item::bytes)
                            .map(bytes -> PlanPrinter.size(bytes.total()))
                            .orElse(""))
                    .raw("</td></tr>\n");
        }
        html.raw("</table>\n");
    }

    /** A colour and a sign, so that neither is needed alone. */
    private static String glyph(@org.jspecify.annotations.Nullable Item item) {
        if (item == null) {
            return "<span class=\"dim\" title=\"not declared there\">&middot;</span>";
        }
        if (item.outcome() == Outcome.HELD_BY_ANOTHER) {
            return "<span class=\"held\" title=\"held by another runner\">&#9202;</span>";
        }
        return item.well()
                ? "<span class=\"good\" title=\"there\">&#10003;</span>"
                : "<span class=\"bad\" title=\"not there\">&#10007;</span>";
    }

    private void history() {
        List<SyncReport> shown = reports.subList(Math.max(0, reports.size() - RUNS_SHOWN), reports.size());
        if (shown.isEmpty()) {
            return;
        }
        html.raw("<h2>Runs</h2>\n");
        bars(shown);
        html.raw("<table><tr><th>ended (UTC)</th><th>runner</th><th>result</th><th class=\"n\">received</th>")
                .raw("<th class=\"n\">rate</th><th class=\"n\">requests</th><th class=\"n\">took</th></tr>\n");
        for (int i = shown.size() - 1; i >= 0; i--) {
            run(shown.get(i));
        }
        html.raw("</table>\n");
    }

    private void run(SyncReport report) {
        long bytes = report.totals().bytesTransferred();
        Duration took = Duration.between(report.started(), report.finished());
        double seconds = Math.max(0.001, took.toMillis() / 1000.0);
        html.raw("<tr><td>")
                .text(TIME.format(report.finished()))
                .raw("</td><td>")
                .text(runner(report))
                .raw("</td><td>");
        html.raw(report.exit() == 0 ? "<span class=\"good\">&#10003;</span> " : "<span class=\"bad\">&#10007;</span> ");
        html.text(
                report.exit() == 0
                        ? "all there"
                        : report.totals().failed() + report.totals().heldByAnother() + " not there");
        html.raw("</td><td class=\"n\">").text(PlanPrinter.size(bytes));
        html.raw("</td><td class=\"n\">").text(bytes == 0 ? "" : PlanPrinter.size((long) (bytes / seconds)) + "/s");
        html.raw("</td><td class=\"n\">").text(Long.toString(report.totals().requests()));
        html.raw("</td><td class=\"n\">")
                .text(String.format(
                        Locale.ROOT, seconds < 90 ? "%.1f s" : "%.0f min", seconds < 90 ? seconds : seconds / 60))
                .raw("</td></tr>\n");
    }

    /** Received bytes of each run, oldest first; a run that failed has its own colour. */
    private void bars(List<SyncReport> shown) {
        long most = shown.stream()
                .mapToLong(report -> report.totals().bytesTransferred())
                .max()
                .orElse(0);
        int width = 960;
        int height = 130;
        double step = (double) width / Math.max(12, shown.size());
        html.raw("<svg viewBox=\"0 0 " + width + " " + (height + 22)
                + "\" role=\"img\" aria-label=\"bytes received by run\">");
        for (int i = 0; i < shown.size(); i++) {
            SyncReport report = shown.get(i);
            long bytes = report.totals().bytesTransferred();
            double tall = most == 0 ? 2 : Math.max(2, (double) bytes / most * (height - 20));
            html.raw(String.format(
                    Locale.ROOT,
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\" fill=\"var(--%s)\"><title>",
                    i * step + 2,
                    height - tall,
                    step - 4,
                    tall,
                    report.exit() == 0 ? "bar" : "bad"));
            html.text(runner(report) + ", " + TIME.format(report.finished()) + ": " + PlanPrinter.size(bytes));
            html.raw("</title></rect>");
        }
        html.raw("<text x=\"2\" y=\"12\">")
                .text("received by run, at most " + PlanPrinter.size(most))
                .raw("</text>");
        html.raw("<text x=\"2\" y=\"" + (height + 16) + "\">")
                .text(TIME.format(shown.get(0).finished()))
                .raw("</text></svg>\n");
    }
}
