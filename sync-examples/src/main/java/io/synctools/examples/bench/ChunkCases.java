package io.synctools.examples.bench;

import static io.synctools.examples.bench.Contender.OURS_FROM_HUGGING_FACE;

import io.synctools.examples.hub.ChunkDialect;
import io.synctools.examples.hub.ChunkShelf;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Weights by the chunks of Hugging Face's store, beside ourselves by plain HTTP: new, changed, and much like another file. */
final class ChunkCases {
    static final String BY_HTTP = "sync-hf-http";

    private static final int MIB = 1 << 20;
    private static final long SIZE = 1024L * MIB;
    private static final int BLOCK = 1 << 20;
    private static final Hub.Options CAPPED = new Hub.Options(0, Duration.ofMillis(50), 20L * MIB);

    private ChunkCases() {}

    static List<Case> all() {
        return List.of(
                new Case(
                                "xet-1gib",
                                "one file of 1 GiB of weights by chunks, no cap",
                                List.of(
                                        Goal.times(OURS_FROM_HUGGING_FACE, 1.1, BY_HTTP),
                                        Goal.memory(OURS_FROM_HUGGING_FACE, 128)),
                                place -> fetched(place, Hub.Options.PLAIN))
                        .upTo(3),
                new Case(
                                "xet-1gib-capped",
                                "one file of 1 GiB of weights by chunks, 20 MiB/s for each connection, 50 ms",
                                List.of(
                                        Goal.times(OURS_FROM_HUGGING_FACE, 1, BY_HTTP),
                                        Goal.memory(OURS_FROM_HUGGING_FACE, 128)),
                                place -> fetched(place, CAPPED))
                        .upTo(3),
                new Case(
                                "xet-inserted",
                                "1 KiB put into the middle of 1 GiB that is there; at most 1 MiB travels",
                                List.of(
                                        Goal.times(OURS_FROM_HUGGING_FACE, 0.5, BY_HTTP),
                                        Goal.memory(OURS_FROM_HUGGING_FACE, 128)),
                                place -> updated(place, true, MIB))
                        .upTo(2),
                new Case(
                                "xet-shared",
                                "a second file of 1 GiB that shares 90 % of its chunks; at most 12 % of it travel",
                                List.of(Goal.memory(OURS_FROM_HUGGING_FACE, 128)),
                                place -> updated(place, false, (long) (SIZE * 0.12)))
                        .upTo(2),
                new Case(
                                "xet-1000",
                                "1,000 files of 1.5 MiB by chunks, 20 ms",
                                // The commit, a page and, since it is full, a look whether it was the last; a token;
                                // for each
                                // file what it is made of, and its bytes.
                                List.of(Goal.requests(OURS_FROM_HUGGING_FACE, 3 + 1 + 1000 + 1000)),
                                ChunkCases::many)
                        .upTo(1));
    }

    /** Weights in bf16: made once and kept for later runs. */
    private static Path weights(Path folder, String name, long size, RandomGenerator random) throws IOException {
        Path file = Files.createDirectories(folder.resolve("content")).resolve(name + "-" + size);
        if (!Files.exists(file) || Files.size(file) != size) {
            byte[] normal = new byte[1 << 17];
            SplittableRandom table = new SplittableRandom(1);
            for (int i = 0; i < normal.length; i += 2) {
                int upper = Float.floatToIntBits((float) (table.nextGaussian() * 0.02)) >>> 16;
                normal[i] = (byte) upper;
                normal[i + 1] = (byte) (upper >>> 8);
            }
            Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
            byte[] block = new byte[BLOCK];
            try (OutputStream out = Files.newOutputStream(unfinished)) {
                for (long left = size; left > 0; left -= block.length) {
                    for (int i = 0; i < block.length; i += 8) {
                        long four = random.nextLong();
                        for (int j = 0; j < 8; j += 2, four >>>= 16) {
                            int pick = (int) (four & 0xffff) * 2;
                            block[i + j] = normal[pick];
                            block[i + j + 1] = normal[pick + 1];
                        }
                    }
                    out.write(block, 0, (int) Math.min(left, block.length));
                }
            }
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    private static ChunkShelf shelf(BenchSetup place, Map<HubFile, Path> files) throws IOException {
        ChunkShelf shelf = new ChunkShelf(
                Files.createTempDirectory(Files.createDirectories(place.folder().resolve("runs")), "xorbs"));
        for (Map.Entry<HubFile, Path> file : files.entrySet()) {
            shelf.add(file.getKey(), file.getValue());
        }
        return shelf;
    }

    private static Case.Setting fetched(BenchSetup place, Hub.Options options) throws IOException {
        Path content = weights(place.folder(), "weights", SIZE, new SplittableRandom(7));
        HubFile file = HubFile.of("model.safetensors", content);
        HubRepository repository = HubRepository.of("models/bench/repo", List.of(file));
        Hub hub = ChunkDialect.start(options, List.of(repository), shelf(place, Map.of(file, content)));
        List<Contender> contenders = new ArrayList<>();
        Contender.Work ours = new OursFromHuggingFace(place, hub, List.of(repository));
        contenders.add(Contender.ours(OURS_FROM_HUGGING_FACE, ours));
        contenders.add(Contender.ours(BY_HTTP, new ByHttp(ours)));
        place.javaScript().ifPresent(client -> contenders.add(client.reading(hub, repository, file)));
        return Case.Setting.at(List.of(hub), contenders);
    }

    private static Case.Setting updated(BenchSetup place, boolean inserted, long most) throws IOException {
        Path before = weights(place.folder(), "weights", SIZE, new SplittableRandom(7));
        Path after = inserted ? inserted(before) : tuned(place, before);
        String name = inserted ? "model.safetensors" : "tuned.safetensors";
        HubFile old = HubFile.of("model.safetensors", before);
        HubFile changed = HubFile.of(name, after);
        Map<HubFile, Path> files = new LinkedHashMap<>();
        files.put(old, before);
        files.put(changed, after);
        HubRepository first = HubRepository.of("models/bench/repo", List.of(old));
        HubRepository second =
                HubRepository.of("models/bench/repo", inserted ? List.of(changed) : List.of(old, changed));
        Hub hub = ChunkDialect.start(Hub.Options.PLAIN, List.of(first), shelf(place, files));
        Contender.Work work = new OursFromHuggingFace(place, hub, List.of(second));
        long[] sent = {0};
        Contender.Step step = into -> {
            hub.put(first);
            new Stopwatch(place.folder()).run(work.command(into), work.environment());
            hub.put(second);
            sent[0] = hub.bytes();
        };
        Contender.Work bounded = work.after(step).with("--quiet", (into, printed) -> {
            long travelled = hub.bytes() - sent[0];
            if (travelled > most) {
                throw new IOException(travelled + " bytes travelled instead of at most " + most);
            }
            work.check(into, printed);
        });
        List<Contender> contenders = List.of(
                Contender.ours(OURS_FROM_HUGGING_FACE, bounded), Contender.ours(BY_HTTP, new ByHttp(work.after(step))));
        return Case.Setting.at(List.of(hub), contenders);
    }

    private static Path inserted(Path before) throws IOException {
        Path after = before.resolveSibling("weights-inserted");
        if (!Files.exists(after) || Files.size(after) != SIZE + 1024) {
            byte[] block = new byte[BLOCK];
            try (var in = Files.newInputStream(before);
                    OutputStream out = Files.newOutputStream(after)) {
                for (long at = 0; at < SIZE; at += BLOCK) {
                    in.readNBytes(block, 0, BLOCK);
                    if (at == SIZE / 2) {
                        out.write(block, 100, 1024);
                    }
                    out.write(block);
                }
            }
        }
        return after;
    }

    /** Every tenth MiB is another. */
    private static Path tuned(BenchSetup place, Path before) throws IOException {
        Path after = before.resolveSibling("weights-tuned");
        if (!Files.exists(after) || Files.size(after) != SIZE) {
            Path others = weights(place.folder(), "others", SIZE / 8, new SplittableRandom(8));
            byte[] block = new byte[BLOCK];
            try (var in = Files.newInputStream(before);
                    var other = Files.newInputStream(others);
                    OutputStream out = Files.newOutputStream(after)) {
                for (long at = 0; at < SIZE; at += BLOCK) {
                    in.readNBytes(block, 0, BLOCK);
                    if (at / BLOCK % 10 == 5) {
                        other.readNBytes(block, 0, BLOCK);
                    }
                    out.write(block);
                }
            }
        }
        return after;
    }

    private static Case.Setting many(BenchSetup place) throws IOException {
        Map<HubFile, Path> files = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            String name = String.format(Locale.ROOT, "part-%04d.safetensors", i);
            Path content = weights(place.folder(), name, 3 * BLOCK / 2, new SplittableRandom(1000 + i));
            files.put(HubFile.of(name, content), content);
        }
        HubRepository repository = HubRepository.of("models/bench/repo", List.copyOf(files.keySet()));
        Hub hub = ChunkDialect.start(FileCases.LATE, List.of(repository), shelf(place, files));
        Contender.Work ours = new OursFromHuggingFace(place, hub, List.of(repository));
        return Case.Setting.at(
                List.of(hub),
                List.of(Contender.ours(OURS_FROM_HUGGING_FACE, ours), Contender.ours(BY_HTTP, new ByHttp(ours))));
    }

    /** The same work without chunks. */
    private record ByHttp(Contender.Work work) implements Contender.Work {
        @Override
        public List<String> command(Path into) throws IOException {
            return work.command(into);
        }

        @Override
        public Map<String, String> environment() {
            Map<String, String> environment = new HashMap<>(work.environment());
            environment.put("HF_HUB_DISABLE_XET", "1");
            return environment;
        }

        @Override
        public void before(Path into) throws IOException, InterruptedException {
            work.before(into);
        }

        @Override
        public void check(Path into, String printed) throws IOException {
            work.check(into, printed);
        }
    }
}
