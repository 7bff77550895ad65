package io.synctools.report;

import io.synctools.PlanPrinter;
import io.synctools.SyncReport;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every item by runner. What nobody is known to lack is folded. */
final class StateMatrix {
    private static final int SHORT = 30;

    private final History history;
    private final Instant now;
    private final Html html;

    StateMatrix(History history, Instant now, Html html) {
        this.history = history;
        this.now = now;
        this.html = html;
    }

    void write() {
        Map<Boolean, List<String>> names =
                history.names().stream().collect(Collectors.partitioningBy(this::nobodyLacks));
        List<String> worth = names.getOrDefault(false, List.of());
        List<String> equal = names.getOrDefault(true, List.of());
        html.raw("<h2>State by runner</h2>\n<div class=\"card scroll\">");
        table(worth, true);
        html.raw("</div>\n");
        if (!equal.isEmpty()) {
            long unchecked = equal.stream()
                    .filter(name -> states(name).anyMatch(State.UNCHECKED::equals))
                    .count();
            html.raw("<details class=\"card\"" + (equal.size() <= SHORT ? " open" : "") + "><summary>")
                    .text(Amount.count(equal.size(), "item") + " there wherever declared"
                            + (unchecked == 0 ? "" : ", " + unchecked + " of them not checked now"))
                    .raw("</summary>\n<div class=\"scroll\">");
            table(equal, false);
            html.raw("</div></details>\n");
        }
        html.raw("<p class=\"legend dim small\">");
        for (State state : State.values()) {
            html.raw("<span>")
                    .element("b class=\"" + state.style + "\"", state.sign)
                    .text(" " + state.meaning);
            html.raw("</span>");
        }
        html.raw("</p>\n");
    }

    private boolean nobodyLacks(String name) {
        return states(name).noneMatch(state -> state == State.MISSING || state == State.HELD);
    }

    private Stream<State> states(String name) {
        return history.runners().stream().map(runner -> history.worst(name, runner));
    }

    private void table(List<String> names, boolean sums) {
        html.raw("<table class=\"matrix\"><thead><tr><th>item</th>");
        history.runners().forEach(runner -> html.element("th class=\"c\"", runner));
        html.raw("<th class=\"n\">size</th></tr></thead><tbody>\n");
        if (sums) {
            sums();
        }
        names.forEach(this::row);
        html.raw("</tbody></table>");
    }

    /** What each runner has of what it declares, and when it ran last. */
    private void sums() {
        html.raw("<tr><td>all items<br><span class=\"dim small\">newest run</span></td>");
        for (String runner : history.runners()) {
            int all = history.items(runner).size();
            int missing = history.missing(runner).size();
            State state = history.standing(runner);
            html.raw("<td><span class=\"" + state.style + "\">" + state.sign + " ")
                    .text(all - missing + " / " + all)
                    .raw("</span><br>");
            html.element(
                            "span class=\"dim small\"",
                            history.newest(runner).stream()
                                    .map(SyncReport::finished)
                                    .max(Comparator.naturalOrder())
                                    .map(last -> Amount.ago(last, now))
                                    .orElse(""))
                    .raw("</td>");
        }
        html.raw("<td></td></tr>\n");
    }

    private void row(String name) {
        html.raw("<tr><td>").name(name).raw("</td>");
        for (String runner : history.runners()) {
            State state = history.worst(name, runner);
            html.raw("<td class=" + state.style + ">" + state.sign + "</td>");
        }
        html.raw("<td class=n>")
                .text(history.size(name).map(PlanPrinter::size).orElse(""))
                .raw("</td></tr>\n");
    }
}
