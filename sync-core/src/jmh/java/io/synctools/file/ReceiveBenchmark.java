package io.synctools.file;

import io.synctools.internal.digest.Hasher;
import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncOptions;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * 64 MiB to disk without a network: the hash alone, and the whole reception, in one stretch and by the frontier that hashes
 * what 16 connections bring.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 2, jvmArgs = "-Xmx512m")
public class ReceiveBenchmark {
    private static final int SIZE = 64 << 20;
    private static final ArtifactRef PINNED = ArtifactRef.of("modelscope", "models/bench/repo");

    private final byte[] content = new byte[SIZE];
    private Path folder;
    private Entry entry;
    private Lease lease;

    @Setup(Level.Trial)
    public void prepare() throws IOException, InterruptedException {
        new SplittableRandom(1).nextBytes(content);
        entry = new Entry(
                "weights", SIZE, Optional.of(Checksum.sha256(HexFormat.of().formatHex(hash()))), Map.of());
        folder = Files.createTempDirectory("receive");
        lease = Lease.take(folder.resolve("lease"), RunContext.of(SyncOptions.DEFAULTS));
    }

    @TearDown(Level.Trial)
    public void leave() throws IOException {
        lease.close();
        new Disk().deleteTree(folder);
    }

    @Benchmark
    public byte[] hash() {
        Hasher hasher = new Hasher(Checksum.Algorithm.SHA256, SIZE);
        for (int at = 0; at < SIZE; at += FileReceiver.BUFFER) {
            hasher.update(content, at, FileReceiver.BUFFER);
        }
        return hasher.finish();
    }

    @Benchmark
    public void receive(Parts parts) throws IOException, InterruptedException {
        Delivery delivery = new Delivery(
                new Memory(content), PINNED, LocalBytes.NONE, folder.resolve("parts"), lease, Reservation.NONE);
        parts.receiver.receive(delivery, entry, folder.resolve("weights"), bytes -> {});
    }

    /** How the file comes: in one stretch or in ranges. */
    @State(Scope.Benchmark)
    public static class Parts {
        @Param({"8", "64"})
        public int partMebibytes;

        private FileReceiver receiver;

        @Setup
        public void prepare() {
            receiver = FileReceiver.of(RunContext.of(
                    SyncOptions.builder().partSize((long) partMebibytes << 20).build()));
        }
    }

    private record Memory(byte[] content) implements FileSource {
        @Override
        public InputStream open(ArtifactRef pinned, Entry entry, ByteRange range) {
            return new ByteArrayInputStream(content, (int) range.offset(), (int) range.length());
        }

        @Override
        public ArtifactRef pin(ArtifactRef ref) {
            return ref;
        }

        @Override
        public Listing list(ArtifactRef pinned, NameFilter filter) {
            throw new UnsupportedOperationException();
        }
    }
}
