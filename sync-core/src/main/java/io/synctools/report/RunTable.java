package io.synctools.report;

import io.synctools.Outcome;
import io.synctools.PlanPrinter;
import io.synctools.SyncReport;
import io.synctools.model.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/** The history of runs: bytes and requests of each as bars, then the newest ones in words. */
final class RunTable {
    private static final int BARS = 60;
    private static final int ROWS = 12;
    private static final int MOST = 200;

    private final History history;
    private final Html html;

    RunTable(History history, Html html) {
        this.history = history;
        this.html = html;
    }

    void write() {
        html.raw("<h2>Runs</h2>\n<div class=\"charts\">");
        List<SyncReport> bars = last(history.runs(), BARS);
        bars("received", bars, run -> run.totals().bytesTransferred(), PlanPrinter::size);
        bars("requests", bars, run -> run.totals().requests(), Amount::number);
        html.raw("</div>\n");
        List<SyncReport> all = last(history.runs(), MOST);
        List<SyncReport> newest = last(all, ROWS);
        html.raw("<div class=\"card\">");
        table(newest);
        html.raw("</div>\n");
        List<SyncReport> older = all.subList(0, all.size() - newest.size());
        if (!older.isEmpty()) {
            html.raw("<details class=\"card\"><summary>")
                    .text(Amount.count(older.size(), "older run"))
                    .raw("</summary>\n");
            table(older);
            html.raw("</details>\n");
        }
    }

    private static List<SyncReport> last(List<SyncReport> runs, int count) {
        return runs.subList(Math.max(0, runs.size() - count), runs.size());
    }

    /** One bar a run, oldest first; one that did not end well is marked by colour and by a sign above it. */
    private void bars(String what, List<SyncReport> runs, ToLongFunction<SyncReport> value, LongFunction<String> text) {
        long most = runs.stream().mapToLong(value).max().orElse(0);
        html.raw("<figure class=\"card\"><figcaption><b>")
                .text(what + " by run")
                .raw("</b>");
        html.element("span class=\"dim small\"", "at most " + text.apply(most)).raw("</figcaption>");
        int slots = Math.max(20, runs.size());
        html.raw("<svg class=\"plot\" viewBox=\"0 0 " + slots * 10 + " 100\" preserveAspectRatio=\"none\" role=\"img\" "
                + "aria-label=\"" + what + " by run\">");
        for (int i = 0; i < runs.size(); i++) {
            SyncReport run = runs.get(i);
            double tall = most == 0 ? 1.5 : Math.max(1.5, (double) value.applyAsLong(run) / most * 88);
            boolean well = run.exit() == 0;
            html.raw("<g><title>")
                    .text(run.flow() + ", " + Amount.time(run.finished()) + ": " + text.apply(value.applyAsLong(run))
                            + (well ? "" : "; " + result(run, run.totals())))
                    .raw("</title>" + rect(i, 100 - tall, tall, well));
            html.raw(well ? "</g>" : rect(i, 100 - tall - 8, 4, false) + "</g>");
        }
        html.raw("</svg><div class=\"axis dim small\">");
        html.element("span", Amount.time(runs.get(0).finished()))
                .element("span", Amount.time(runs.get(runs.size() - 1).finished()))
                .raw("</div></figure>\n");
    }

    private static String rect(int index, double top, double tall, boolean well) {
        return String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%.1f\" width=\"8\" height=\"%.1f\" fill=\"var(--%s)\"/>",
                index * 10 + 1,
                top,
                tall,
                well ? "bar" : "bad");
    }

    private void table(List<SyncReport> runs) {
        html.raw("<table class=\"stack\"><thead><tr><th>ended (UTC)</th><th>flow</th><th>result</th>")
                .raw("<th class=\"n\">received</th><th class=\"n\">rate</th><th class=\"n\">requests</th>")
                .raw("<th class=\"n\">took</th></tr></thead><tbody>\n");
        for (int i = runs.size() - 1; i >= 0; i--) {
            row(runs.get(i));
        }
        html.raw("</tbody></table>");
    }

    private void row(SyncReport run) {
        SyncReport.Totals totals = run.totals();
        State state = run.exit() == 0 ? State.THERE : State.MISSING;
        html.raw("<tr><td>").text(Amount.time(run.finished())).raw("</td><td>").text(run.flow());
        run.runner().ifPresent(runner -> html.raw("<br>").element("span class=\"dim small\"", runner));
        if (!run.shard().equals("0/1")) {
            html.raw(" ").element("span class=\"dim\"", run.shard());
        }
        html.raw("</td><td><span class=\"" + state.style + "\">" + state.sign + "</span> ")
                .text(result(run, totals));
        html.raw("</td><td class=\"n\" data-is=\"received\">")
                .text(totals.bytesTransferred() == 0 ? "" : PlanPrinter.size(totals.bytesTransferred()));
        html.raw("</td><td class=\"n\" data-is=\"rate\">").text(Amount.rate(totals.bytesTransferred(), run));
        html.raw("</td><td class=\"n\" data-is=\"requests\">").text(Amount.number(totals.requests()));
        html.raw("</td><td class=\"n\" data-is=\"took\">")
                .text(Amount.span(Duration.between(run.started(), run.finished())))
                .raw("</td></tr>\n");
    }

    private static String result(SyncReport run, SyncReport.Totals totals) {
        if (run.exit() == 0) {
            return totals.copied() == 0 ? "nothing to do" : Amount.count(totals.copied(), "item") + " copied";
        }
        List<String> words = new ArrayList<>();
        if (run.interrupted() || run.exit() > 1) {
            words.add("interrupted");
        }
        long untried = run.items().stream()
                .filter(item -> item.outcome() == Outcome.FAILED)
                .filter(item -> item.failures().stream().allMatch(one -> one.kind() == FailureKind.INTERRUPTED))
                .count();
        if (untried > 0) {
            words.add(untried + " not done");
        }
        if (totals.failed() > untried || (words.isEmpty() && totals.heldByAnother() == 0)) {
            words.add(totals.failed() - untried + " failed");
        }
        if (totals.heldByAnother() > 0) {
            words.add(totals.heldByAnother() + " held by another runner");
        }
        return String.join(", ", words);
    }
}
