package io.synctools.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.synctools.Activity;
import io.synctools.Outcome;
import io.synctools.SyncListener;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Bytes;
import io.synctools.SyncReport.Item;
import io.synctools.model.SyncPlan;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps gauges of the last run of each flow and share in a registry. What a Prometheus registry makes of their names are the
 * names in the file that {@code --metrics} writes: {@code sync.received}, in bytes, is {@code sync_received_bytes}.
 *
 * <p>A gauge has no value before the first run ends, but for {@code sync.received}, which follows the run while it goes on.
 * One listener hears one run at a time; give each {@code Syncer} whose runs overlap its own. The registry may be shared.
 */
public final class MicrometerListener implements SyncListener {
    private final MeterRegistry registry;
    private final Map<Tags, Last> flows = new ConcurrentHashMap<>();

    private volatile @Nullable Last running;

    /** A listener that registers its gauges when a flow first runs. */
    @SuppressWarnings("exports") // who has no Micrometer on the path must be able to compile against us
    public MicrometerListener(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void runStarted(SyncPlan plan, Supplier<Activity> activity) {
        Tags tags = Tags.of("flow", plan.flow(), "shard", plan.shard().toString());
        Last last = flows.computeIfAbsent(tags, Last::new);
        last.activity = activity;
        running = last;
    }

    @Override
    public void runFinished(SyncReport report) {
        Last last = running;
        if (last != null) {
            last.end(report);
        }
    }

    /** The last run of one flow and share. */
    private final class Last {
        private final MultiGauge there;
        private final MultiGauge sizes;
        private volatile @Nullable Supplier<Activity> activity;
        private volatile @Nullable SyncReport report;

        Last(Tags tags) {
            gauge("sync.exit.status", "", tags, "Exit status of the last run.", SyncReport::exit);
            gauge("sync.finished.timestamp", "seconds", tags, "When the last run ended.", run -> run.finished()
                    .getEpochSecond());
            gauge(
                    "sync.duration",
                    "seconds",
                    tags,
                    "How long the last run took.",
                    run -> Duration.between(run.started(), run.finished()).toMillis() / 1000.0);
            for (Outcome outcome : Outcome.values()) {
                Tags ofOutcome = tags.and("outcome", outcome.name().toLowerCase(Locale.ROOT));
                gauge("sync.items", "", ofOutcome, "Items of the last run, by outcome.", run -> run.items().stream()
                        .filter(item -> item.outcome() == outcome)
                        .count());
            }
            gauge("sync.requests", "", tags, "HTTP requests that the last run made.", run -> run.totals()
                    .requests());
            Gauge.builder("sync.received", this, Last::received)
                    .baseUnit("bytes")
                    .tags(tags)
                    .description("Body bytes that the last run received, or this one has so far.")
                    .strongReference(true)
                    .register(registry);
            this.there = MultiGauge.builder("sync.item.there")
                    .tags(tags)
                    .description("Whether an item is there, whole and verified: 1 or 0.")
                    .register(registry);
            this.sizes = MultiGauge.builder("sync.item")
                    .baseUnit("bytes")
                    .tags(tags)
                    .description("Bytes that an item declares.")
                    .register(registry);
        }

        private void gauge(
                String name, String unit, Tags tags, String description, ToDoubleFunction<SyncReport> value) {
            Gauge.builder(name, () -> of(value))
                    .baseUnit(unit.isEmpty() ? null : unit)
                    .tags(tags)
                    .description(description)
                    .register(registry);
        }

        private double of(ToDoubleFunction<SyncReport> value) {
            SyncReport last = report;
            return last == null ? Double.NaN : value.applyAsDouble(last);
        }

        private double received() {
            Supplier<Activity> now = activity;
            return now == null
                    ? of(last -> last.totals().bytesTransferred())
                    : now.get().bytesReceived();
        }

        void end(SyncReport ended) {
            report = ended;
            activity = null;
            // Several revisions of one repository are one row: meters of the same tags are the same meter.
            Map<Tags, Boolean> well = new LinkedHashMap<>();
            Map<Tags, Long> bytes = new LinkedHashMap<>();
            for (Item item : ended.items()) {
                Tags tags = Tags.of("from", item.from(), "to", item.to());
                well.merge(tags, item.well(), Boolean::logicalAnd);
                item.bytes().map(Bytes::total).ifPresent(total -> bytes.merge(tags, total, Long::sum));
            }
            there.register(rows(well, isWell -> isWell ? 1 : 0), true);
            sizes.register(rows(bytes, Long::doubleValue), true);
        }

        private static <T> List<Row<?>> rows(Map<Tags, T> values, ToDoubleFunction<T> number) {
            return values.entrySet().stream()
                    .<Row<?>>map(entry -> Row.of(entry.getKey(), number.applyAsDouble(entry.getValue())))
                    .toList();
        }
    }
}
