package io.synctools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.synctools.SyncReport;
import io.synctools.metrics.MicrometerListener;
import io.synctools.model.SyncPlan;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {
    private static final Pattern SAMPLE = Pattern.compile(
            "([a-z_]+)(\\{[a-z_]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"(?:,[a-z_]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\")*}) (-?[0-9.E]+)");

    private static Set<String> families(String text) {
        return text.lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ", -1)[2])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** As the node exporter wants it: each family announced before its samples, no sample twice, no times, a newline at the end. */
    @Test
    void theFileIsValidWhateverTheNamesHold() {
        SyncReport report = Reports.of(
                "flow",
                "0/1",
                0,
                Reports.there("o/\"q\"\\x"),
                Reports.there("o/twice"),
                Reports.failed("o/twice", "no"));
        String text = PrometheusText.of(report);
        Set<String> announced = new HashSet<>();
        Set<String> samples = new HashSet<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("# ")) {
                announced.add(line.split(" ", 4)[2]);
            } else {
                var sample = SAMPLE.matcher(line);
                assertTrue(sample.matches(), line);
                assertTrue(announced.contains(sample.group(1)), line);
                assertTrue(samples.add(sample.group(1) + sample.group(2)), "twice, which spoils the file: " + line);
            }
        }
        assertTrue(text.endsWith("\n"));
        String labels =
                "{flow=\"flow\",shard=\"0/1\",from=\"modelscope:models/o/twice\",to=\"modelscope-cache:models/o/twice\"}";
        assertTrue(text.contains("sync_item_there" + labels + " 0\n"), "one revision of the two is not there");
        assertTrue(text.contains("sync_item_bytes" + labels + " 2000\n"), text);
        assertTrue(text.contains("from=\"modelscope:models/o/\\\"q\\\"\\\\x\""), text);
    }

    /** A Prometheus registry makes snake case of names, and appends the unit. */
    @Test
    void aProgramThatEmbedsUsHasTheSameMetrics() {
        SyncReport report = Reports.of("flow", "0/1", 0, Reports.there("o/a"), Reports.failed("o/b", "no"));
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        MicrometerListener listener = new MicrometerListener(registry);
        listener.runStarted(SyncPlan.of("flow", List.of()), () -> {
            throw new IllegalStateException("the run has ended");
        });
        listener.runFinished(report);
        Set<String> names = new TreeSet<>();
        for (Meter meter : registry.getMeters()) {
            String unit = meter.getId().getBaseUnit();
            String name = meter.getId().getName() + (unit == null ? "" : "." + unit);
            names.add(NamingConvention.snakeCase.name(name, meter.getId().getType(), unit));
        }
        assertEquals(families(PrometheusText.of(report)), names);
        long samples = PrometheusText.of(report)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .count();
        assertEquals(samples, registry.getMeters().size(), () -> Map.of("meters", registry.getMeters())
                .toString());
    }
}
