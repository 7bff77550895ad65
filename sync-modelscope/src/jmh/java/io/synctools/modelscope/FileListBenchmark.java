package io.synctools.modelscope;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

/** ModelScope's listing of 10,000 files. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class FileListBenchmark {
    private final byte[] body = IntStream.range(0, 10_000)
            .mapToObj(i -> String.format(
                    Locale.ROOT,
                    "{\"Path\":\"data/%03d/%06d.json\",\"Name\":\"%06d.json\",\"Type\":\"blob\",\"Size\":%d,"
                            + "\"Sha256\":\"%064x\",\"Revision\":\"%040x\",\"CommittedDate\":1700000000,\"IsLFS\":false}",
                    i % 500,
                    i,
                    i,
                    i,
                    i,
                    i % 10))
            .collect(Collectors.joining(",", "{\"Code\":200,\"Data\":{\"Files\":[", "]}}"))
            .getBytes(StandardCharsets.UTF_8);

    @Benchmark
    public int read() throws IOException {
        FileList list = new FileList();
        Envelope.read(new ByteArrayInputStream(body), list::readData);
        return list.count();
    }
}
