package io.synctools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.SyncReport;
import io.synctools.model.FailureKind;
import io.synctools.report.Verification.Fault;
import io.synctools.report.Verification.Looked;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportPageTest {

    @Test
    void itSaysWhatIsMissingWhereAndSinceWhen() {
        String page = Reports.page(
                List.of(
                        Reports.of("one", "0/1", 0, Reports.there("o/a"), Reports.there("o/b")),
                        Reports.of("one", "0/1", 6, Reports.there("o/a"), Reports.failed("o/b", "wrong bytes")),
                        Reports.of("two", "0/1", 6, Reports.there("o/a"))),
                Reports.BEGIN);
        assertTrue(page.contains("1 of 3 items is not there, on 1 of 2 runners."), page);
        assertTrue(page.contains("wrong bytes"));
        assertTrue(page.contains("2026-03-01 10:01"), "when it was there last");
        assertTrue(page.contains("1 item there wherever declared"));
    }

    @Test
    void theSameProjectOnTwoRunnersIsTwoColumnsAndARunnersFlowsAreOne() {
        Optional<String> north = Optional.of("north");
        String page = Reports.page(
                List.of(
                        Reports.on(north, "project chat", "0/2", 0, Reports.there("o/a")),
                        Reports.on(north, "project chat", "1/2", 0, Reports.failed("o/b", "wrong bytes")),
                        Reports.on(north, "project maths", "0/1", 0, Reports.there("o/c")),
                        Reports.on(Optional.of("south"), "project chat", "0/1", 0, Reports.there("o/b"))),
                Reports.BEGIN);
        assertTrue(page.contains("1 of 4 items is not there, on 1 of 2 runners."), page);
        assertTrue(page.contains("north lacks 1 of 3"), page);
        assertTrue(page.contains("o/<wbr>b</code></td><td class=bad>✗</td><td class=good>✓</td>"), page);
    }

    @Test
    void theFailureOfOneOfTwoRevisionsIsSeen() {
        SyncReport report = Reports.of(
                "one",
                "0/1",
                0,
                Reports.at("v1", Reports.failed("o/a", "wrong bytes")),
                Reports.at("v2", Reports.there("o/a")));

        String page = Reports.page(List.of(report), Reports.BEGIN);

        assertTrue(page.contains("1 of 2 items is not there, on 1 of 1 runner."), page);
        assertTrue(page.contains("wrong bytes"), page);
        assertTrue(page.contains("a@v1"), page);
        String junit = JUnitXml.of(List.of(report));
        assertTrue(junit.contains("name=\"modelscope:models/o/a@v1 -&gt; modelscope-cache:models/o/a\""), junit);
        assertTrue(junit.contains("name=\"modelscope:models/o/a@v2 -&gt; modelscope-cache:models/o/a\""), junit);
        String metrics = PrometheusText.of(report);
        assertTrue(metrics.contains("to=\"modelscope-cache:models/o/a\",revision=\"v1\"} 0\n"), metrics);
        assertTrue(metrics.contains("to=\"modelscope-cache:models/o/a\",revision=\"v2\"} 1\n"), metrics);
    }

    @Test
    void aRunOfAPartChangesOnlyTheItemsThatItNames() {
        List<SyncReport> reports = new ArrayList<>(List.of(
                Reports.of("one", "0/2", 0, Reports.failed("o/a", "wrong bytes"), Reports.failed("o/b", "no space")),
                Reports.of("one", "1/2", 0, Reports.there("o/c")),
                Reports.of("one", "0/1", 1, Reports.there("o/a")).withOnly(List.of("*/a"))));
        String page = Reports.page(reports, Reports.BEGIN);
        assertTrue(page.contains("1 of 3 items is not there, on 1 of 1 runner."), page);
        assertTrue(page.contains("no space"));
        assertFalse(page.contains("wrong bytes"), page);

        reports.add(Reports.of("one", "0/1", 2, Reports.failed("o/c", "gone"), Reports.failed("o/new", "not found"))
                .withOnly(List.of("*/c", "*/new")));
        reports.add(Reports.of("one", "0/1", 3).withOnly(List.of("nothing/like-this")));
        page = Reports.page(reports, Reports.BEGIN);
        assertTrue(page.contains("3 of 4 items are not there, on 1 of 1 runner."), page);

        reports.add(Reports.of("one", "0/1", 4, Reports.there("o/b"), Reports.there("o/c"), Reports.there("o/new"))
                .withOnly(List.of("*")));
        page = Reports.page(reports, Reports.BEGIN);
        assertFalse(page.contains("not there, on"), page);

        reports.add(Reports.of("one", "0/1", 5, Reports.failed("o/z", "the lists are others now")));
        page = Reports.page(reports, Reports.BEGIN);
        assertTrue(page.contains("1 of 1 item is not there, on 1 of 1 runner."), "a full run replaces all: " + page);
    }

    @Test
    void whatWasThereIsNotCalledMissingWhenItsHubCouldNotBeAsked() {
        List<SyncReport> reports = new ArrayList<>(List.of(
                Reports.of("one", "0/1", 0, Reports.there("o/a"), Reports.there("o/b")),
                Reports.of("two", "0/1", 0, Reports.there("o/a")),
                Reports.of(
                        "two",
                        "0/1",
                        1,
                        Reports.unanswered("o/a", FailureKind.UNAVAILABLE),
                        Reports.unanswered("o/a", FailureKind.INTERRUPTED)),
                Reports.of("two", "0/1", 2, Reports.unanswered("o/a", FailureKind.TIMEOUT))));
        String page = Reports.page(reports, Reports.BEGIN);
        assertTrue(page.contains("1 of 3 items could not be checked, on 1 of 2 runners; they were there before"), page);
        assertTrue(page.contains("two could not check 1 of 1"), page);
        assertTrue(page.contains("1 item that was there before and could not be checked"), page);
        assertTrue(page.contains("2 items there wherever declared, 1 of them not checked now"), page);
        assertTrue(page.contains("the hub does not answer"), "why");
        assertTrue(page.contains("o/<wbr>a</code></td><td class=held>?</td><td class=good>✓</td>"), page);

        reports.add(Reports.of("one", "0/1", 3, Reports.there("o/a"), Reports.failed("o/b", "wrong bytes")));
        page = Reports.page(reports, Reports.BEGIN);
        assertTrue(page.contains("1 of 3 items is not there, on 1 of 2 runners."), page);
        assertTrue(page.contains("one lacks 1 of 2; two could not check 1 of 1"), page);

        reports.add(Reports.of("one", "0/1", 4, Reports.there("o/a"), Reports.unanswered("o/b", FailureKind.TIMEOUT)));
        page = Reports.page(reports, Reports.BEGIN);
        assertTrue(page.contains("one lacks 1 of 2"), "it was missing before: " + page);
    }

    @Test
    void anItemThatWasNeverThereIsMissingWhateverTheReason() {
        String page = Reports.page(
                List.of(Reports.of("one", "0/1", 0, Reports.unanswered("o/a", FailureKind.UNAVAILABLE))),
                Reports.BEGIN);
        assertTrue(page.contains("1 of 1 item is not there, on 1 of 1 runner."), page);
    }

    @Test
    void aNewCommitIsMissingThoughItsListingDidNotCome() {
        List<SyncReport> reports = new ArrayList<>(List.of(
                Reports.of("one", "0/1", 0, Reports.there("o/a")),
                Reports.of("one", "0/1", 1, Reports.unanswered("o/a", FailureKind.TIMEOUT, "c".repeat(40)))));
        assertTrue(Reports.page(reports, Reports.BEGIN).contains("1 of 1 item is not there"));
        reports.add(Reports.of("one", "0/1", 2, Reports.unanswered("o/a", FailureKind.TIMEOUT, "")));
        assertTrue(Reports.page(reports, Reports.BEGIN).contains("1 of 1 item is not there"), "it still is");
    }

    @Test
    void whatAnotherRunnerWorkedOnIsMissingUntilItIsSeen() {
        String page = Reports.page(
                List.of(
                        Reports.of("one", "0/1", 0, Reports.there("o/a")),
                        Reports.of("one", "0/1", 1, Reports.held("o/a")),
                        Reports.of("one", "0/1", 2, Reports.unanswered("o/a", FailureKind.UNAVAILABLE))),
                Reports.BEGIN);
        assertTrue(page.contains("1 of 1 item is not there"), page);
    }

    @Test
    void whatOneFlowFailedForAndAnotherBroughtIsThere() {
        Optional<String> north = Optional.of("north");
        String page = Reports.page(
                List.of(
                        Reports.on(north, "project chat", "0/1", 0, Reports.failed("o/a", "wrong bytes")),
                        Reports.on(north, "project maths", "0/1", 1, Reports.there("o/a"))),
                Reports.BEGIN);
        assertTrue(page.contains("Everything declared is there"), page);
    }

    @Test
    void aRunnerThatDidNotFinishIsNamedBesideWhatCouldNotBeChecked() {
        SyncReport unfinished = Reports.of("b", "0/1", 1, Reports.there("o/b")).withExit(143);
        String page = Reports.page(
                List.of(
                        Reports.of("a", "0/1", 0, Reports.there("o/a")),
                        Reports.of("a", "0/1", 1, Reports.unanswered("o/a", FailureKind.UNAVAILABLE)),
                        unfinished),
                Reports.BEGIN);
        assertTrue(page.contains("nothing is known to be missing, but 1 runner did not finish."), page);
        assertTrue(page.contains("b did not finish; a could not check 1 of 1"), page);
        assertTrue(page.contains("What could not be checked</h2>"), page);
    }

    @Test
    void manyMissingItemsAreFoldedAfterTwenty() {
        List<io.synctools.SyncReport.Item> items = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            items.add(Reports.failed("o/n" + i, "wrong bytes"));
        }
        String page = Reports.page(
                List.of(Reports.of("flow", "0/1", 0, items.toArray(io.synctools.SyncReport.Item[]::new))),
                Reports.BEGIN);
        assertTrue(page.contains("<summary>and 5 more</summary>"), page);
    }

    @Test
    void runnersThatLackSomethingComeFirst() {
        String page = Reports.page(
                List.of(
                        Reports.of("a-well", "0/1", 0, Reports.there("o/a")),
                        Reports.of("b-bad", "0/1", 0, Reports.failed("o/a", "wrong bytes"))),
                Reports.BEGIN);
        assertTrue(page.indexOf("<th class=\"c\">b-bad") < page.indexOf("<th class=\"c\">a-well"), page);
    }

    @Test
    void nothingFromOutsideBecomesMarkup() {
        String page = Reports.page(
                List.of(Reports.of(
                        "f<u>", "0/1", 0, Reports.failed("o/<script>alert(1)</script>", "\"'&<img src=x>\u0007"))),
                Reports.BEGIN);
        assertFalse(page.contains("<script"));
        assertFalse(page.contains("<img"));
        assertFalse(page.contains("<u>"));
        assertFalse(page.contains("\u0007"));
        assertFalse(page.contains("http://") || page.contains("https://"), "nothing is fetched from elsewhere");
    }

    @Test
    void whatVerifyFoundStaysUntilItLooksThereAgain() {
        Verification first = verified("gz", 0, "a", new Fault("DAMAGED", "w.bin", "its sha256 is <b>"), MISSING);
        Verification elsewhere = verified("hk", 1, "a");
        Verification anotherFolder = verified("gz", 2, "b");
        List<SyncReport> runs = List.of(Reports.of("flow", "0/1", 0, Reports.there("o/a")));

        String page = page(runs, first, elsewhere, anotherFolder);

        assertTrue(page.contains("1 mirrored item is not as published; run the flow with --verify. The runs say: "));
        assertTrue(page.contains("<span class=\"sign bad\">"), "not green");
        assertTrue(page.contains("DAMAGED</span>w.bin: its sha256 is &lt;b&gt;"), page);
        assertTrue(page.contains("MISSING</span>config.json: it is not there"));
        assertTrue(page(List.of(), first).contains("What verify found"), "also where no run has reported");
        page = page(runs, verified("gz", 3, "a"), first);
        assertFalse(page.contains("What verify found"), "a newer one found it whole");
        assertTrue(page.contains("<span class=\"sign good\">"));
    }

    private static final Fault MISSING = new Fault("MISSING", "config.json", "it is not there");

    private static Verification verified(String runner, int minute, String folder, Fault... faults) {
        Looked item = new Looked("/mirror/" + folder, "modelscope-cache:models/o/" + folder, List.of(faults));
        return new Verification(Reports.BEGIN.plusSeconds(60L * minute), runner, List.of(item));
    }

    private static String page(List<SyncReport> runs, Verification... verifications) {
        return ReportPage.of(new KeptReports(runs, List.of(verifications), List.of()), Reports.BEGIN.plusSeconds(3600));
    }

    @Test
    void filesThatCouldNotBeReadAreNamed() {
        KeptReports kept = new KeptReports(List.of(), List.of(), List.of("x.json is not a report: it ends early"));
        String page = ReportPage.of(kept, Reports.BEGIN);
        assertTrue(page.contains("1 file could not be read, and this page knows nothing of it"));
        assertTrue(page.contains("x.json is not a report: it ends early"));
    }

    @Test
    void fiveThousandItemsAndNoReportsAreBothAPage() {
        List<io.synctools.SyncReport.Item> items = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            items.add(Reports.there("o/n" + i));
        }
        String page = Reports.page(
                List.of(Reports.of("flow", "0/1", 0, items.toArray(io.synctools.SyncReport.Item[]::new))),
                Reports.BEGIN);
        assertTrue(page.contains("<details class=\"card\"><summary>5,000 items"), "equal rows are folded");
        assertEquals(1, page.split("<html", -1).length - 1);
        assertTrue(Reports.page(List.of(), Reports.BEGIN).contains("There are no reports of runs yet."));
    }

    @Test
    void metricsAndJUnitEscapeWhatTheyHold() {
        var report = Reports.of("fl\"ow\\", "0/1", 0, Reports.there("o/a"), Reports.failed("o/b", "x < y & \u0000"));
        String metrics = PrometheusText.of(report);
        assertTrue(metrics.contains("sync_exit_status{flow=\"fl\\\"ow\\\\\",shard=\"0/1\"} 1\n"), metrics);
        assertTrue(metrics.contains(",outcome=\"failed\"} 1\n"));
        assertTrue(metrics.contains("to=\"modelscope-cache:models/o/b\"} 0\n"));
        assertTrue(metrics.lines().allMatch(line -> line.startsWith("# ") || line.startsWith("sync_")));
        String junit = JUnitXml.of(List.of(report));
        assertTrue(junit.contains("tests=\"2\" failures=\"1\""), junit);
        assertTrue(junit.contains("x &lt; y &amp; "), junit);
        assertFalse(junit.contains("\u0000"));
    }

    @Test
    void junitHasWhatEachFlowAndShareReportedLast() {
        String junit = JUnitXml.of(List.of(
                Reports.of("one", "0/1", 0, Reports.failed("o/a", "an old fault")),
                Reports.of("one", "0/1", 1, Reports.there("o/a")),
                Reports.on(Optional.of("north"), "two", "1/2", 0, Reports.unanswered("o/b", FailureKind.UNAVAILABLE))));
        assertFalse(junit.contains("an old fault"), junit);
        assertTrue(
                junit.contains("<testsuites><testsuite name=\"two on north, share 1/2\" tests=\"1\" failures=\"1\""),
                junit);
        assertTrue(junit.contains("<testsuite name=\"one\" tests=\"1\" failures=\"0\""), junit);
        assertTrue(junit.contains(">UNAVAILABLE: the hub does not answer"), junit);
    }
}
