package io.synctools.huggingface;

import io.synctools.model.Entry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A page of Hugging Face's listing with 1,000 files, every tenth of LFS kind. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class TreePageBenchmark {
    private final byte[] body = IntStream.range(0, 1000)
            .mapToObj(TreePageBenchmark::file)
            .collect(Collectors.joining(",", "[", "]"))
            .getBytes(StandardCharsets.UTF_8);

    @Benchmark
    public List<Entry> read() throws IOException {
        List<Entry> entries = new ArrayList<>();
        TreePage.read(new ByteArrayInputStream(body), entries);
        return entries;
    }

    private static String file(int number) {
        String lfs = number % 10 > 0
                ? ""
                : String.format(
                        Locale.ROOT, ",\"lfs\":{\"oid\":\"%064x\",\"size\":%d,\"pointerSize\":134}", number, number);
        return String.format(
                Locale.ROOT,
                "{\"type\":\"file\",\"oid\":\"%040x\",\"size\":%d,\"path\":\"data/%03d/%06d.json\"%s}",
                number,
                number,
                number % 500,
                number,
                lfs);
    }
}
