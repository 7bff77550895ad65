package io.synctools.file;

import io.synctools.model.ByteRange;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** 64 MiB in ranges of 8 MiB into a partial file: the writes, what is covered, and the journal; nothing is synced. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 2, jvmArgs = "-Xmx512m")
public class RangeWriterBenchmark {
    private static final int SIZE = 64 << 20;
    private static final Entry ENTRY =
            new Entry("weights", SIZE, Optional.of(Checksum.sha256("0".repeat(64))), Map.of());
    private static final List<ByteRange> PARTS = Ranges.equalParts(SIZE, 8 << 20);

    private final byte[] buffer = new byte[FileReceiver.BUFFER];
    private final AtomicLong writers = new AtomicLong();
    private Path folder;

    @Setup(Level.Trial)
    public void prepare() throws IOException {
        folder = Files.createTempDirectory("ranges");
    }

    @TearDown(Level.Trial)
    public void leave() throws IOException {
        new Disk().deleteTree(folder);
    }

    @Benchmark
    public long write() throws IOException {
        String writer = "bench-" + writers.incrementAndGet();
        try (Partial partial = Partial.open(new Disk(), folder, ENTRY, writer, PARTS, new Partial.Live())) {
            for (var range = partial.claim(); range.isPresent(); range = partial.claim()) {
                write(partial, range.get());
            }
            long front = partial.front();
            partial.discard();
            return front;
        }
    }

    private void write(Partial partial, ByteRange range) throws IOException {
        long recorded = range.offset();
        for (long at = range.offset(); at < range.end(); at += buffer.length) {
            partial.write(buffer, buffer.length, at);
            if (at + buffer.length - recorded >= Partial.RECORD_STEP) {
                partial.record(recorded, at + buffer.length);
                recorded = at + buffer.length;
            }
        }
    }
}
