package io.synctools.report;

import io.synctools.PlanPrinter;
import io.synctools.SyncReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One page from the kept reports of all runners: what is missing and why, the state of every item by runner, who serves how
 * fast, and the history of runs. One file, no script, nothing from elsewhere; light and dark by the reader's setting.
 */
public final class ReportPage {
    private final History history;
    private final List<String> skipped;
    private final Instant now;
    private final Html html = new Html();
    private final FaultTable faults;

    private ReportPage(KeptReports kept, Instant now) {
        this.history = new History(kept.reports());
        this.skipped = kept.skipped();
        this.now = now;
        this.faults = new FaultTable(kept.verifications(), now, html);
    }

    /** The whole page. */
    public static String of(KeptReports kept, Instant now) {
        ReportPage page = new ReportPage(kept, now);
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
        }
        faults.write();
        if (!history.runs().isEmpty()) {
            new MissingTable(history, now, html).write();
            new StateMatrix(history, now, html).write();
            new HostTable(history, now, html).write();
            new RunTable(history, html).write();
        }
        skipped();
        html.raw("</body></html>\n");
    }

    private void skipped() {
        if (skipped.isEmpty()) {
            return;
        }
        html.raw("<details class=\"card\"><summary>")
                .text(Amount.count(skipped.size(), "file") + " could not be read, and this page knows nothing of it")
                .raw("</summary><ul>\n");
        skipped.forEach(why -> html.element("li class=\"small\"", why));
        html.raw("</ul></details>\n");
    }

    private static String style() {
        try (InputStream in = Objects.requireNonNull(ReportPage.class.getResourceAsStream("page.css"))) {
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

    private long unchecked() {
        return history.runners().stream()
                .mapToLong(runner -> history.unchecked(runner).size())
                .sum();
    }

    private void verdict() {
        List<String> runners = history.runners();
        State state = runners.stream()
                .map(history::standing)
                .max(Comparator.naturalOrder())
                .orElse(State.UNCHECKED);
        if (faults.count() > 0) {
            state = State.MISSING;
        }
        html.raw("<div class=\"card verdict\"><span class=\"sign " + state.style + "\">" + state.sign
                        + "</span><div><p><strong>")
                .text(damage() + (runners.isEmpty() ? "There are no reports of runs yet." : verdict(runners)))
                .raw("</strong></p>")
                .element(
                        "p class=\"dim\"",
                        runners.stream()
                                .filter(runner -> !history.well(runner))
                                .map(this::lack)
                                .collect(Collectors.joining("; ")))
                .raw("</div></div>\n");
    }

    /** What verifications found goes before all else: no run looks at what is there already. */
    private String damage() {
        return faults.count() == 0
                ? ""
                : Amount.count(faults.count(), "mirrored item")
                        + (faults.count() == 1 ? " is" : " are")
                        + " not as published; run the flow with --verify. The runs say: ";
    }

    private String verdict(List<String> runners) {
        if (gone() > 0) {
            return gone() + " of " + Amount.count(declared(), "item") + (gone() == 1 ? " is" : " are")
                    + " not there, on "
                    + of(runners, runner -> !history.missing(runner).isEmpty()) + ".";
        }
        long unfinished = runners.stream().filter(this::isUnfinished).count();
        if (unchecked() > 0) {
            return unchecked() + " of " + Amount.count(declared(), "item") + " could not be checked, on "
                    + of(runners, runner -> !history.unchecked(runner).isEmpty())
                    + "; they were there before, and nothing is known to be missing"
                    + (unfinished == 0 ? "." : ", but " + Amount.count(unfinished, "runner") + " did not finish.");
        }
        return unfinished == 0
                ? "Everything declared is there: " + Amount.count(declared(), "item") + " on "
                        + Amount.count(runners.size(), "runner") + "."
                : "What was reported is there, but " + Amount.count(unfinished, "runner") + " did not finish.";
    }

    private static String of(List<String> runners, Predicate<String> concerned) {
        return runners.stream().filter(concerned).count() + " of " + Amount.count(runners.size(), "runner");
    }

    /** Whether a runner is not well although nothing is known to be wrong with its items. */
    private boolean isUnfinished(String runner) {
        return !history.well(runner)
                && history.missing(runner).isEmpty()
                && history.unchecked(runner).isEmpty();
    }

    private String lack(String runner) {
        int missing = history.missing(runner).size();
        int unchecked = history.unchecked(runner).size();
        int all = history.items(runner).size();
        if (isUnfinished(runner)) {
            return runner + " did not finish";
        }
        if (unchecked == 0) {
            return runner + " lacks " + missing + " of " + all;
        }
        return runner + (missing == 0 ? "" : " lacks " + missing + " and") + " could not check " + unchecked + " of "
                + all;
    }

    private void tiles() {
        List<SyncReport> day = history.runs().stream()
                .filter(run -> run.finished().isAfter(now.minus(Duration.ofDays(1))))
                .toList();
        SyncReport last = history.runs().get(history.runs().size() - 1);
        html.raw("<div class=\"tiles\">");
        tile(
                declared() - gone() + " / " + declared(),
                "items there" + (unchecked() == 0 ? "" : ", " + unchecked() + " of them not checked now"));
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
