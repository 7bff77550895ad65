package io.synctools.examples.report;

import io.synctools.PlanPrinter;
import io.synctools.SyncReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * One page from the kept reports of all runners: what is missing and why, the state of every item by runner, who serves how
 * fast, and the history of runs. One file, no script, nothing from elsewhere; light and dark by the reader's setting.
 */
public final class Page {
    private final History history;
    private final Instant now;
    private final Html html = new Html();

    private Page(List<SyncReport> reports, Instant now) {
        this.history = new History(reports);
        this.now = now;
    }

    /** The whole page. */
    public static String of(List<SyncReport> reports, Instant now) {
        Page page = new Page(reports, now);
        page.write();
        return page.html.toString();
    }

    private void write() {
        html.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
                .raw("<title>Mirrors</title><style>\n" + style() + "</style></head><body>\n<header>")
                .element("h1", "Mirrors")
                .element(
                        "p class=\"dim\"",
                        "as of " + Amount.time(now) + " UTC, from "
                                + Amount.count(history.runs().size(), "report"))
                .raw("</header>\n");
        verdict();
        if (!history.runs().isEmpty()) {
            tiles();
            new MissingTable(history, now, html).write();
            new StateMatrix(history, now, html).write();
            new HostTable(history, now, html).write();
            new RunTable(history, html).write();
        }
        html.raw("</body></html>\n");
    }

    private static String style() {
        try (InputStream in = Objects.requireNonNull(Page.class.getResourceAsStream("page.css"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // it lies beside this class
        }
    }

    private long declared() {
        return history.runners().stream()
                .mapToLong(runner -> history.items(runner).size())
                .sum();
    }

    private long gone() {
        return history.runners().stream()
                .mapToLong(runner -> history.missing(runner).size())
                .sum();
    }

    private void verdict() {
        List<String> runners = history.runners();
        List<String> bad =
                runners.stream().filter(runner -> !history.well(runner)).toList();
        boolean none = runners.isEmpty();
        State state = bad.isEmpty() ? State.THERE : State.MISSING;
        html.raw("<div class=\"card verdict" + (bad.isEmpty() ? "" : " no") + "\"><span class=\"sign\">"
                + (none ? "?" : state.sign) + "</span><div><p><strong>");
        if (none) {
            html.text("There are no reports yet.");
        } else if (bad.isEmpty()) {
            html.text("Everything declared is there: " + Amount.count(declared(), "item") + " on "
                    + Amount.count(runners.size(), "runner") + ".");
        } else if (gone() == 0) {
            html.text("What was reported is there, but " + Amount.count(bad.size(), "runner") + " did not finish.");
        } else {
            html.text(gone() + " of " + Amount.count(declared(), "item") + " are not there, on " + bad.size() + " of "
                    + Amount.count(runners.size(), "runner") + ".");
        }
        html.raw("</strong></p>");
        if (!bad.isEmpty()) {
            html.element(
                    "p class=\"dim\"",
                    bad.stream()
                            .map(runner -> runner + " lacks "
                                    + history.missing(runner).size() + " of "
                                    + history.items(runner).size())
                            .collect(Collectors.joining("; ")));
        }
        html.raw("</div></div>\n");
    }

    private void tiles() {
        List<SyncReport> day = history.runs().stream()
                .filter(run -> run.finished().isAfter(now.minus(Duration.ofDays(1))))
                .toList();
        SyncReport last = history.runs().get(history.runs().size() - 1);
        html.raw("<div class=\"tiles\">");
        tile(declared() - gone() + " / " + declared(), "items there");
        tile(
                PlanPrinter.size(day.stream()
                        .mapToLong(run -> run.totals().bytesTransferred())
                        .sum()),
                "received in the last 24 h");
        tile(
                Amount.number(
                        day.stream().mapToLong(run -> run.totals().requests()).sum()),
                "requests in the last 24 h, in " + Amount.count(day.size(), "run"));
        tile(Amount.ago(last.finished(), now), "newest run: " + last.flow());
        html.raw("</div>\n");
    }

    private void tile(String value, String meaning) {
        html.raw("<div class=\"card tile\">")
                .element("b", value)
                .element("span class=\"dim small\"", meaning)
                .raw("</div>");
    }
}
