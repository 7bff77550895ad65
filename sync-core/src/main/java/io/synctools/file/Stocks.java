package io.synctools.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.model.Checksum;
import io.synctools.spi.Settings;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * The files that lie on this machine: below the roots of a run, and in the folders that the option {@code adopt} names. Read
 * when the first file is missing, and anew when targets are made for another run. Thread-safe.
 */
final class Stocks {
    static final String OPTION = "adopt.";

    private final List<Path> named;

    @GuardedBy("this")
    private final Map<String, Stock> byRoot = new LinkedHashMap<>();

    @GuardedBy("this")
    private @Nullable FutureTask<Index> read;

    private Stocks(Settings settings) {
        named = new TreeMap<>(settings.options(OPTION))
                .values().stream().map(Path::of).toList();
    }

    static Stocks of(Settings settings) {
        return settings.shared(Stocks.class, Stocks::new);
    }

    /** One more root of this run. */
    synchronized void add(Stock stock) {
        if (byRoot.put(stock.getClass().getName() + " " + stock.root(), stock) != stock) {
            read = null;
        }
    }

    /** Where files lie of which somebody tells this checksum. */
    List<Path> told(Checksum checksum) throws InterruptedException {
        return index().told(checksum);
    }

    /** Where files of this size lie of which nobody tells a checksum. */
    List<Path> ofSize(long size) throws InterruptedException {
        return index().ofSize(size);
    }

    /** A file that has come just now is there for others. */
    void arrived(Path file, long size, Checksum checksum) {
        FutureTask<Index> task;
        synchronized (this) {
            task = read;
        }
        if (task != null && task.isDone()) {
            try {
                task.get().file(file.resolveSibling(""), file.getFileName().toString(), size, checksum);
            } catch (ExecutionException | InterruptedException e) {
                return; // Nobody could read what there was.
            }
        }
    }

    /** Whether a file lies in a cache of one of the hubs' clients. */
    boolean isOfACache(Path file) throws IOException {
        List<Stock> all;
        synchronized (this) {
            all = List.copyOf(byRoot.values());
        }
        for (Stock stock : all) {
            if (stock.isOfACache(file)) {
                return true;
            }
        }
        return false;
    }

    /** Whoever comes first reads; nobody waits for a disk with the monitor held. */
    private Index index() throws InterruptedException {
        while (true) {
            FutureTask<Index> mine = null;
            FutureTask<Index> task;
            synchronized (this) {
                if (read == null) {
                    List<Stock> all = List.copyOf(byRoot.values());
                    mine = new FutureTask<>(() -> read(all));
                    read = mine;
                }
                task = read;
            }
            if (mine != null) {
                mine.run();
            }
            try {
                return task.get();
            } catch (ExecutionException e) {
                synchronized (this) {
                    read = read == task ? null : read;
                }
                if (!(e.getCause() instanceof InterruptedException)) {
                    throw new IllegalStateException(e.getCause());
                }
                if (mine != null) {
                    throw (InterruptedException) new InterruptedException().initCause(e);
                }
                // Another run was ended, and not this one.
            }
        }
    }

    private Index read(List<Stock> all) throws InterruptedException {
        Index index = new Index();
        for (Stock stock : all) {
            try {
                stock.tell(index);
                for (Path folder : stock.unproven()) {
                    index.walk(folder);
                }
            } catch (IOException e) {
                endIfInterrupted(e); // What cannot be read cannot be taken.
            }
        }
        for (Path folder : named) {
            try {
                index.walk(folder);
            } catch (IOException e) {
                endIfInterrupted(e);
            }
        }
        return index;
    }

    /** An interruption closes what is being read. */
    private static void endIfInterrupted(IOException e) throws InterruptedException {
        if (Thread.interrupted()) {
            throw (InterruptedException) new InterruptedException().initCause(e);
        }
    }

    /** All that was told. Bounded: of very many files the small ones are left out, which come quickly anyway. */
    private static final class Index implements Stock.Told {
        private static final int MOST = 100_000;
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
        private final Map<Long, List<Path>> bySize = new HashMap<>();
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
                        bySize.computeIfAbsent(attributes.size(), size -> new ArrayList<>())
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
