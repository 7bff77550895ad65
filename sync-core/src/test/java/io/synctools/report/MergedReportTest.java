package io.synctools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.synctools.SyncReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class MergedReportTest {

    @Test
    void allSharesTogetherAreGreen() {
        MergedReport merged = MergedReport.of(List.of(
                Reports.of("flow", "1/2", 1, Reports.there("o/b")),
                Reports.of("flow", "0/2", 0, Reports.there("o/a"))));
        assertEquals(List.of(), merged.missing());
        assertEquals(0, merged.report().exit());
        assertEquals("merged", merged.report().shard());
        assertEquals(2, merged.report().totals().copied());
        assertEquals("modelscope:models/o/a", merged.report().items().get(0).from());
        assertEquals(Reports.BEGIN, merged.report().started());
    }

    @Test
    void aMissingShareIsRedAndNamed() {
        MergedReport merged = MergedReport.of(List.of(Reports.of("flow", "0/3", 0, Reports.there("o/a"))));
        assertEquals(List.of("1/3", "2/3"), merged.missing());
        assertEquals(1, merged.report().exit());
    }

    @Test
    void ofAShareThatRanTwiceTheLastReportCounts() {
        MergedReport merged = MergedReport.of(List.of(
                Reports.of("flow", "0/1", 5, Reports.there("o/a")),
                Reports.of("flow", "0/1", 1, Reports.failed("o/a", "broken"))));
        assertEquals(0, merged.report().exit());
    }

    @Test
    void theSharesOfOneImageRuleAreSummed() {
        SyncReport.Item one = Reports.image(2, List.of());
        SyncReport.Item other = Reports.image(3, List.of("v9"));
        SyncReport merged = MergedReport.of(
                        List.of(Reports.of("images", "0/2", 0, one), Reports.of("images", "1/2", 0, other)))
                .report();
        assertEquals(1, merged.items().size());
        SyncReport.Item sum = merged.items().get(0);
        assertEquals(5, sum.entries().copied());
        assertEquals(6, sum.entries().total());
        assertEquals(io.synctools.Outcome.FAILED, sum.outcome());
        assertEquals("v9", sum.failures().get(0).entry());
        assertEquals(one.requests() + other.requests(), sum.requests());
    }

    @Test
    void reportsThatDoNotBelongTogetherAreRefused() {
        SyncReport one = Reports.of("flow", "0/2", 0);
        assertThrows(IllegalArgumentException.class, () -> MergedReport.of(List.of()));
        assertThrows(
                IllegalArgumentException.class, () -> MergedReport.of(List.of(one, Reports.of("other", "1/2", 0))));
        assertThrows(IllegalArgumentException.class, () -> MergedReport.of(List.of(one, Reports.of("flow", "1/3", 0))));
        SyncReport part = Reports.of("flow", "1/2", 0).withOnly(List.of("o/*"));
        assertThrows(IllegalArgumentException.class, () -> MergedReport.of(List.of(one, part)));
        assertEquals(
                List.of("o/*"),
                MergedReport.of(List.of(part, one.withOnly(List.of("o/*"))))
                        .report()
                        .only());
    }
}
