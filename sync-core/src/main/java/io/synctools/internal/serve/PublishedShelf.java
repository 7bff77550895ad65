package io.synctools.internal.serve;

import io.synctools.internal.serve.PublishedRepository.Line;
import io.synctools.internal.threads.Threads;
import io.synctools.mirror.Inventory;
import io.synctools.serve.Dialect;
import io.synctools.serve.Shelf;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is published below some roots. Which repositories there are is looked up anew when one is asked for that was not
 * there, and which revisions one has, before each answer that is not within a moment of the last. A root that does not answer
 * costs its own repositories. Thread-safe.
 */
public final class PublishedShelf implements Shelf, AutoCloseable {
    /** So often at most all roots are looked through because of names that nobody knows. */
    private static final long SEARCHES = TimeUnit.SECONDS.toNanos(2);
    /** So often they are in any case: what is known may have come into another root as well. */
    private static final long ROUNDS = TimeUnit.SECONDS.toNanos(30);

    /**
     * A repository as people may read of it.
     *
     * @param scheme of its hub
     * @param name of the repository
     * @param snapshots newest first
     * @param asked when it was last asked for; empty where it never was
     */
    record Listed(String scheme, String name, List<Line> snapshots, Optional<Instant> asked) {}

    /**
     * Everything.
     *
     * @param repositories in the order of hubs and names; what was last seen of those that cannot be read just now
     * @param silentRoots how many roots do not answer
     */
    record All(List<Listed> repositories, int silentRoots) {}

    private final Threads threads = new Threads();
    private final ExecutorService askers = threads.onDemand("sync-serve-disk");
    private final List<ServedRoot> roots;
    private final Tables tables;
    private final Object search = new Object();
    private volatile Map<RepositoryKey, PublishedRepository> repositories = Map.of();
    private volatile long searched = System.nanoTime() - ROUNDS;

    /** @param memory roughly how many bytes the tables of files may take, and the bytes of small ones */
    public PublishedShelf(Collection<? extends Inventory> roots, Collection<Dialect> dialects, long memory) {
        Map<String, Dialect> byScheme = new HashMap<>();
        dialects.forEach(dialect -> byScheme.put(dialect.scheme(), dialect));
        tables = new Tables(memory);
        SmallFiles smallFiles = new SmallFiles(memory);
        this.roots = roots.stream()
                .map(root -> new ServedRoot(root, byScheme, tables, smallFiles, askers))
                .toList();
    }

    /** How many requests may hang at the disks of all roots. */
    public int mostHanging() {
        return DiskGate.MOST * roots.size();
    }

    @Override
    public Optional<Repository> find(String scheme, String name) throws IOException {
        RepositoryKey key = new RepositoryKey(scheme, name);
        PublishedRepository repository = repositories.get(key);
        if (repository == null) {
            repository = lookAtItsPlace(key);
        }
        return repository == null ? Optional.empty() : repository.askedFor();
    }

    /** What a moment ago was known, as far as it is in memory; what takes a disk to know throws {@link ForgottenException}. */
    Shelf recalled() {
        return new Shelf() {
            @Override
            public Optional<Repository> find(String scheme, String name) {
                PublishedRepository known = repositories.get(new RepositoryKey(scheme, name));
                if (known == null) {
                    throw new ForgottenException();
                }
                return Optional.of(known.recalled());
            }

            @Override
            public List<String> names(String scheme) {
                throw new ForgottenException();
            }
        };
    }

    /** Most repositories lie where their names say, so that a new one is found without a search. */
    private @Nullable PublishedRepository lookAtItsPlace(RepositoryKey key) throws IOException {
        List<DiskGate.Question<Optional<PublishedSnapshot.Place>>> questions = new ArrayList<>();
        List<PublishedSnapshot.Place> places = new ArrayList<>();
        UnprovenException silence = null;
        for (ServedRoot root : roots) {
            try {
                questions.add(root.ask(key));
            } catch (UnprovenException e) {
                silence = e; // another root may have it
            }
        }
        for (DiskGate.Question<Optional<PublishedSnapshot.Place>> one : questions) {
            try {
                one.get().ifPresent(places::add);
            } catch (UnprovenException e) {
                silence = e;
            }
        }
        if (!places.isEmpty()) {
            return add(new PublishedRepository(key, places, List.of()), key);
        }
        searchIfOlderThan(SEARCHES);
        PublishedRepository found = repositories.get(key);
        if (found == null && silence != null) {
            throw silence; // it may be there
        }
        return found;
    }

    private synchronized PublishedRepository add(PublishedRepository repository, RepositoryKey key) {
        Map<RepositoryKey, PublishedRepository> more = new TreeMap<>(repositories);
        PublishedRepository added = more.computeIfAbsent(key, any -> repository);
        repositories = more;
        return added;
    }

    @Override
    public List<String> names(String scheme) {
        searchIfOlderThan(SEARCHES);
        return repositories.keySet().stream()
                .filter(key -> key.scheme().equals(scheme))
                .map(RepositoryKey::name)
                .toList();
    }

    All all() {
        searchIfOlderThan(SEARCHES);
        List<Listed> all = new ArrayList<>();
        repositories.forEach((key, one) -> {
            List<Line> lines = one.lines();
            if (!lines.isEmpty()) {
                all.add(new Listed(key.scheme(), key.name(), lines, one.asked()));
            }
        });
        return new All(all, (int) roots.stream().filter(ServedRoot::isSilent).count());
    }

    /** Looks through all roots, where the last look is too old, and reads the tables of what is there, newest publications first, as long as there is room for them. */
    public void warmUp() {
        searchIfOlderThan(ROUNDS);
        repositories.values().stream()
                .filter(one -> !one.lines().isEmpty())
                .sorted(Comparator.comparing(
                                (PublishedRepository one) -> one.lines().get(0).published())
                        .reversed())
                .forEach(one -> {
                    try {
                        one.warmUp(tables);
                    } catch (IOException | RuntimeException e) {
                        // Whoever asks for it will be told.
                    }
                });
    }

    /** Looks through all roots, unless that was done not so long ago. */
    private void searchIfOlderThan(long age) {
        if (System.nanoTime() - searched >= age) {
            synchronized (search) {
                if (System.nanoTime() - searched >= age) { // not by another one, while we waited
                    long began = System.nanoTime();
                    search();
                    searched = began;
                }
            }
        }
    }

    private void search() {
        CountDownLatch left = new CountDownLatch(roots.size());
        for (ServedRoot root : roots) {
            askers.execute(() -> {
                try {
                    root.search();
                } finally {
                    left.countDown();
                }
            });
        }
        try {
            left.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        Map<RepositoryKey, List<ServedRoot.Found>> found = new TreeMap<>();
        for (ServedRoot root : roots) {
            root.found().forEach(one -> found.computeIfAbsent(one.key(), any -> new ArrayList<>())
                    .add(one));
        }
        Map<RepositoryKey, PublishedRepository> fresh = new TreeMap<>();
        found.forEach((key, all) -> fresh.put(
                key,
                new PublishedRepository(
                        key,
                        all.stream().map(ServedRoot.Found::place).toList(),
                        PublishedRepository.lines(
                                all.stream()
                                        .flatMap(one -> one.revisions().stream())
                                        .toList(),
                                key))));
        replace(fresh);
    }

    private synchronized void replace(Map<RepositoryKey, PublishedRepository> fresh) {
        repositories.forEach((key, before) -> {
            PublishedRepository now = fresh.get(key);
            if (now != null) {
                now.follow(before);
            }
        });
        repositories = fresh;
    }

    /** Ends whoever asks a disk. */
    @Override
    public void close() {
        threads.close();
    }
}
