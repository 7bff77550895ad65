package io.synctools.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.search.MeterNotFoundException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import io.synctools.testing.MemoryHub;
import io.synctools.testing.MemoryShelf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MicrometerListenerTest {
    private final MemoryHub hub = new MemoryHub();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Syncer syncer = Syncer.builder()
            .context(RunContext.of(SyncOptions.builder().jobs(1).build()))
            .platforms(Platforms.builder()
                    .source("hub", hub)
                    .target("shelf", new MemoryShelf())
                    .build())
            .listener(new MicrometerListener(registry))
            .build();

    private static SyncItem item(String name) {
        return SyncItem.of(ArtifactRef.of("hub", name), ArtifactRef.of("shelf", name));
    }

    private double value(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    @Test
    void theGaugesSayWhatTheReportSays() {
        hub.commitText("models/o/a", Map.of("config.json", "{}", "weights", "0123456789"));
        SyncReport report = syncer.run(SyncPlan.of("flow", List.of(item("models/o/a"), item("models/o/none"))));

        assertEquals(1, value("sync.exit.status", "flow", "flow", "shard", "0/1"));
        assertEquals(1, value("sync.items", "outcome", "copied"));
        assertEquals(1, value("sync.items", "outcome", "failed"));
        assertEquals(0, value("sync.items", "outcome", "held_by_another"));
        assertEquals(12, value("sync.received"));
        assertEquals(report.totals().requests(), value("sync.requests"));
        assertEquals(report.finished().getEpochSecond(), value("sync.finished.timestamp"));
        assertTrue(value("sync.duration") >= 0);
        assertEquals(1, value("sync.item.there", "from", "hub:models/o/a", "to", "shelf:models/o/a"));
        assertEquals(0, value("sync.item.there", "from", "hub:models/o/none"));
        assertEquals(12, value("sync.item", "from", "hub:models/o/a"));
    }

    @Test
    void theNextRunTakesThePlaceOfTheLast() {
        hub.commitText("models/o/a", Map.of("weights", "0123456789"));
        hub.commitText("models/o/b", Map.of("weights", "01234"));
        syncer.run(SyncPlan.of("flow", List.of(item("models/o/a"), item("models/o/b"))));
        syncer.run(SyncPlan.of("flow", List.of(item("models/o/a"))));
        assertEquals(0, value("sync.items", "outcome", "copied"));
        assertEquals(1, value("sync.items", "outcome", "up_to_date"));
        assertEquals(0, value("sync.received"));
        assertThrows(
                MeterNotFoundException.class,
                () -> value("sync.item.there", "from", "hub:models/o/b"),
                "what is not declared any more is not told of any more");
        syncer.run(SyncPlan.of("other", List.of(item("models/o/b"))));
        assertEquals(1, value("sync.items", "flow", "flow", "outcome", "up_to_date"), "each flow has its own");
        assertEquals(1, value("sync.items", "flow", "other", "outcome", "up_to_date"));
    }

    @Test
    void bytesAreSeenWhileTheRunGoesOnAndNothingElseBeforeItsEnd() {
        hub.commitText("models/o/a", Map.of("a", "01234", "b", "56789"));
        List<Double> seen = new ArrayList<>();
        List<Double> status = new ArrayList<>();
        hub.interfere(question -> {
            if (question.startsWith("open")) {
                seen.add(value("sync.received"));
                status.add(value("sync.exit.status"));
            }
        });
        syncer.run(SyncPlan.of("flow", List.of(item("models/o/a"))));
        assertEquals(List.of(0.0, 5.0), seen);
        assertTrue(status.stream().allMatch(each -> each.isNaN()), status::toString);
        assertEquals(10, value("sync.received"));
    }

    @Test
    void twoRevisionsOfOneRepositoryAreOneRow() {
        hub.commitText("models/o/a", Map.of("weights", "0123456789"));
        SyncItem one = new SyncItem(
                ArtifactRef.of("hub", "models/o/a", "v1"),
                ArtifactRef.of("shelf", "models/o/a", "v1"),
                io.synctools.model.NameFilter.ALL,
                io.synctools.model.Place.NONE);
        SyncItem two = new SyncItem(
                ArtifactRef.of("hub", "models/o/a", "v2"),
                ArtifactRef.of("shelf", "models/o/a", "v2"),
                io.synctools.model.NameFilter.ALL,
                io.synctools.model.Place.NONE);
        SyncReport report = syncer.run(SyncPlan.of("flow", List.of(one, two)));
        assertEquals(0, report.exit());
        assertEquals(20, value("sync.item", "from", "hub:models/o/a"));
    }
}
