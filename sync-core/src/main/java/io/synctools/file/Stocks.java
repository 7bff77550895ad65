package io.synctools.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.threads.Threads;
import io.synctools.model.Checksum;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The files that lie on this machine: below the roots of a run, and in the folders that the option {@code adopt} names. Read
 * when the first file is missing, and anew when targets are made for another run. Thread-safe.
 */
final class Stocks {
    private final List<Path> named;

    @GuardedBy("this")
    private final Map<String, Stock> byRoot = new LinkedHashMap<>();

    /** What is told, and what the folders that people name hold. */
    private volatile Once told;

    /** What lies where nobody tells a checksum. */
    private volatile Once untold;

    private final Duration patience;
    private final ExecutorService threads;

    private Stocks(RunContext context) {
        named = context.options().get(SyncOptions.ADOPT);
        patience = context.options().get(SyncOptions.STALL);
        threads = Threads.of(context).onDemand("sync-index");
        told = new Once(this::read);
        untold = new Once(this::walk);
    }

    static Stocks of(RunContext context) {
        return context.shared(Stocks.class, Stocks::new);
    }

    /** One more root of this run. */
    synchronized void add(Stock stock) {
        if (byRoot.put(stock.getClass().getName() + " " + stock.root(), stock) != stock) {
            told = new Once(this::read);
            untold = new Once(this::walk);
        }
    }

    /** Where files lie of which somebody tells this checksum. */
    List<Path> told(Checksum checksum) throws InterruptedException {
        return told.get().told(checksum);
    }

    /** Where files of this size lie of which nobody tells a checksum; a small file is not worth a walk through caches. */
    List<Path> ofSize(long size) throws InterruptedException {
        List<Path> found = new ArrayList<>(told.get().ofSize(size));
        if (size >= Index.SMALL) {
            found.addAll(untold.get().ofSize(size));
        }
        return found;
    }

    /** A file that has come just now is there for others. */
    void arrived(Path file, long size, Checksum checksum) {
        told.index.file(file.resolveSibling(""), file.getFileName().toString(), size, checksum);
    }

    /** Whether a file lies in a cache of one of the hubs' clients. */
    boolean isOfACache(Path file) throws IOException {
        for (Stock stock : all()) {
            if (stock.isOfACache(file)) {
                return true;
            }
        }
        return false;
    }

    private synchronized List<Stock> all() {
        return List.copyOf(byRoot.values());
    }

    /**
     * What is read once, on a thread of its own: a disk that hangs costs what lies there, and not those who ask, who wait as
     * long as a connection may be silent. Thread-safe.
     */
    private final class Once {
        private final Consumer<Index> reading;
        private final Index index = new Index();
        private final AtomicBoolean begun = new AtomicBoolean();
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile boolean late;

        Once(Consumer<Index> reading) {
            this.reading = reading;
        }

        /** All that was read so far. */
        Index get() throws InterruptedException {
            if (begun.compareAndSet(false, true)) {
                threads.execute(() -> {
                    try {
                        reading.accept(index);
                    } finally {
                        done.countDown();
                    }
                });
            }
            late = late || !done.await(patience.toNanos(), TimeUnit.NANOSECONDS);
            return index;
        }
    }

    private void read(Index index) {
        for (Stock stock : all()) {
            unlessUnreadable(() -> stock.tell(index));
        }
        for (Path folder : named) {
            unlessUnreadable(() -> index.walk(folder));
        }
    }

    private void walk(Index index) {
        for (Stock stock : all()) {
            unlessUnreadable(() -> {
                for (Path folder : stock.unproven()) {
                    index.walk(folder);
                }
            });
        }
    }

    @FunctionalInterface
    private interface DiskRead {
        void run() throws IOException;
    }

    /** What cannot be read cannot be taken; after the end of a run nothing is. */
    private static void unlessUnreadable(DiskRead read) {
        if (Thread.currentThread().isInterrupted()) {
            return;
        }
        try {
            read.run();
        } catch (IOException | UncheckedIOException | DirectoryIteratorException e) {
            return;
        }
    }

    /** All that was told. Bounded: of very many files the small ones are left out, which come quickly anyway. */
    private static final class Index implements Stock.Told {
        private static final int MOST = 50_000;
        private static final long SMALL = 1 << 20;
        /** So many places of one content are remembered. */
        private static final int PLACES = 4;

        private record Held(Path folder, String path, long size) {
            boolean isSmall(Checksum checksum) {
                boolean isOfGit = checksum.algorithm() == Checksum.Algorithm.GIT_BLOB; // large files are not git's
                return size < 0 ? isOfGit : size < SMALL;
            }
        }

        private final Map<Checksum, List<Held>> byChecksum = new ConcurrentHashMap<>();
        private final Map<Long, List<Path>> bySize = new ConcurrentHashMap<>();
        private volatile boolean isFull;

        @Override
        public void file(Path folder, String path, long size, Checksum checksum) {
            Held held = new Held(folder, path, size);
            if (isFull && (held.isSmall(checksum) || byChecksum.size() >= 2 * MOST)) {
                return;
            }
            byChecksum.merge(checksum, List.of(held), Index::first);
            if (!isFull && byChecksum.size() > MOST) {
                isFull = true;
                byChecksum.entrySet().removeIf(one -> one.getValue().get(0).isSmall(one.getKey()));
            }
        }

        private static List<Held> first(List<Held> before, List<Held> more) {
            if (before.size() == PLACES || before.containsAll(more)) {
                return before;
            }
            List<Held> all = new ArrayList<>(before);
            all.addAll(more);
            return List.copyOf(all);
        }

        void walk(Path root) throws IOException {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        bySize.computeIfAbsent(attributes.size(), size -> new CopyOnWriteArrayList<>())
                                .add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE; // what cannot be read cannot be taken
                }
            });
        }

        List<Path> told(Checksum checksum) {
            return byChecksum.getOrDefault(checksum, List.of()).stream()
                    .map(held -> held.folder().resolve(held.path()))
                    .toList();
        }

        List<Path> ofSize(long size) {
            return bySize.getOrDefault(size, List.of());
        }
    }
}
