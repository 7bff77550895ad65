package io.synctools.report;

import io.synctools.report.Verification.Fault;
import io.synctools.report.Verification.Looked;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** What verifications found wrong on the disks; of each folder of a runner the newest that looked there says it. */
final class FaultTable {
    private static final int FAULTS_SHOWN = 3;

    private final List<Row> rows;
    private final Instant now;
    private final Html html;

    private record Row(String runner, Instant finished, Looked item) {
        String key() {
            return runner + "\n" + item.folder();
        }
    }

    FaultTable(List<Verification> verifications, Instant now, Html html) {
        TreeMap<String, Row> newest = new TreeMap<>();
        verifications.stream()
                .sorted(Comparator.comparing(Verification::finished))
                .forEach(one -> one.items().forEach(item -> {
                    Row row = new Row(one.runner(), one.finished(), item);
                    newest.put(row.key(), row);
                }));
        this.rows = wrong(newest.values());
        this.now = now;
        this.html = html;
    }

    private static List<Row> wrong(Collection<Row> rows) {
        return rows.stream().filter(row -> !row.item().faults().isEmpty()).toList();
    }

    /** In how many items something is wrong. */
    int count() {
        return rows.size();
    }

    void write() {
        if (rows.isEmpty()) {
            return;
        }
        html.raw("<h2>What verify found <small>until it looks there again</small></h2>\n<div class=\"card\">")
                .raw("<table class=\"stack\"><thead><tr><th>item</th><th>runner</th><th>what is wrong</th>")
                .raw("<th>found</th></tr></thead><tbody>\n");
        rows.forEach(this::row);
        html.raw("</tbody></table></div>\n");
    }

    private void row(Row row) {
        html.raw("<tr><td>").name(row.item().to()).raw("<br>");
        html.element("span class=\"dim small\"", row.item().folder());
        html.raw("</td><td data-is=\"runner\">")
                .text(row.runner().isEmpty() ? "—" : row.runner())
                .raw("</td><td>");
        List<Fault> faults = row.item().faults();
        for (Fault fault : faults.subList(0, Math.min(FAULTS_SHOWN, faults.size()))) {
            html.raw("<div class=\"why\">")
                    .element("span class=\"chip\"", fault.kind())
                    .text((fault.path().isEmpty() ? "" : fault.path() + ": ") + fault.detail())
                    .raw("</div>");
        }
        if (faults.size() > FAULTS_SHOWN) {
            html.element("span class=\"dim small\"", "and " + Amount.number(faults.size() - FAULTS_SHOWN) + " more");
        }
        html.raw("</td><td class=\"word\" data-is=\"found\">")
                .text(Amount.ago(row.finished(), now))
                .raw("<br>")
                .element("span class=\"dim small\"", Amount.time(row.finished()))
                .raw("</td></tr>\n");
    }
}
