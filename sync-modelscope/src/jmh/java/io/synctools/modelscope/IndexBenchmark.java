package io.synctools.modelscope;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** The client's index {@code .msc} of 10,000 files, written to a file and read from one. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class IndexBenchmark {
    private static final String REVISION = "0123456789".repeat(4);

    private final String[] paths = new String[10_000];
    private Path written;
    private Path read;

    @Setup
    public void prepare() throws IOException {
        for (int i = 0; i < paths.length; i++) {
            paths[i] = String.format(Locale.ROOT, "data/%03d/%06d.json", i % 500, i);
        }
        written = Files.createTempFile("written", ".msc");
        read = Files.createTempFile("read", ".msc");
        write(read);
    }

    @TearDown
    public void leave() throws IOException {
        Files.delete(written);
        Files.delete(read);
    }

    @Benchmark
    public void write() throws IOException {
        write(written);
    }

    @Benchmark
    public void read(Blackhole lines) throws IOException {
        IndexReader.read(read, (path, revision) -> {
            lines.consume(path);
            lines.consume(revision);
        });
    }

    private void write(Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            IndexWriter writer = IndexWriter.begin(out);
            for (String path : paths) {
                writer.line(path, REVISION);
            }
            writer.end();
        }
    }
}
