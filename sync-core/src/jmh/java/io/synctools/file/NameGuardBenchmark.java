package io.synctools.file;

import io.synctools.model.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The names of 10,000 files. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class NameGuardBenchmark {
    private static final Set<String> RESERVED = Set.of(".git", ".msc", ".mv", ".mdl", ".cache", "*.incomplete");

    private final List<Entry> entries = new ArrayList<>();

    @Setup
    public void prepare() {
        for (int i = 0; i < 10_000; i++) {
            String path = String.format(Locale.ROOT, "data/%03d/%06d.json", i * 7 % 500, i);
            entries.add(new Entry(path, 1, Optional.empty(), Map.of()));
        }
    }

    @Benchmark
    public void check() {
        NameGuard.check(entries, RESERVED);
    }
}
