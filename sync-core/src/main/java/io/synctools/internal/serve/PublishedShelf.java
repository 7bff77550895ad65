package io.synctools.internal.serve;

import io.synctools.file.Proof;
import io.synctools.mirror.Holding;
import io.synctools.mirror.Inventory;
import io.synctools.mirror.Published;
import io.synctools.mirror.Revision;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncException;
import io.synctools.serve.Dialect;
import io.synctools.serve.Shelf;
import io.synctools.serve.Snapshot;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is published below some roots. Which repositories there are is looked up anew when one is asked for that was not
 * there, and which revisions one has, before each answer that is not within a moment of the last. Thread-safe.
 */
public final class PublishedShelf implements Shelf {
    /** For this long what was seen of a repository is believed; its files are held against their proof each time. */
    private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(250);
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
    public record Listed(String scheme, String name, List<Line> snapshots, Optional<Instant> asked) {}

    /** One snapshot as people may read of it. */
    public record Line(String revisions, String commit, String filter, Instant published, long files, long bytes) {}

    private record Key(String scheme, String name) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::scheme).thenComparing(Key::name);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    private final List<Inventory> roots;
    private final Map<String, Dialect> dialects = new HashMap<>();
    private final Tables tables;
    private final SmallFiles smallFiles;
    private final Object search = new Object();
    private volatile Map<Key, Entry> entries = Map.of();
    private volatile long searched = System.nanoTime() - ROUNDS;

    /** @param memory roughly how many bytes the tables of files may take, and the bytes of small ones */
    public PublishedShelf(Collection<? extends Inventory> roots, Collection<Dialect> dialects, long memory) {
        this.roots = List.copyOf(roots);
        dialects.forEach(dialect -> this.dialects.put(dialect.scheme(), dialect));
        this.tables = new Tables(memory);
        this.smallFiles = new SmallFiles(memory);
    }

    @Override
    public Optional<Repository> find(String scheme, String name) throws IOException {
        Key key = new Key(scheme, name);
        if (!dialects.containsKey(scheme)) {
            return Optional.empty();
        }
        searchIfOlderThan(ROUNDS);
        Entry entry = entries.get(key);
        if (entry == null) {
            entry = lookAtItsPlace(key);
        }
        if (entry == null) {
            searchIfOlderThan(SEARCHES);
            entry = entries.get(key);
        }
        return entry == null ? Optional.empty() : entry.now(true);
    }

    /** What a moment ago was known, as far as it is in memory; what takes a disk to know throws {@link ForgottenException}. */
    Shelf recalled() {
        return new Shelf() {
            @Override
            public Optional<Repository> find(String scheme, String name) {
                Entry entry = entries.get(new Key(scheme, name));
                if (entry == null || System.nanoTime() - searched > ROUNDS) {
                    throw new ForgottenException();
                }
                return Optional.of(entry.recalled());
            }

            @Override
            public List<String> names(String scheme) {
                throw new ForgottenException();
            }
        };
    }

    /** Most repositories lie where their names say, so that a new one is found without a search. */
    private @Nullable Entry lookAtItsPlace(Key key) throws IOException {
        List<PublishedSnapshot.Place> places = new ArrayList<>();
        for (Inventory root : roots) {
            Path real = realRoot(root);
            if (real == null) {
                continue;
            }
            try {
                Holding holding = root.at(ArtifactRef.of(root.scheme(), key.name()));
                if (keysOf(holding).contains(key)) {
                    places.add(place(real, holding, key));
                }
            } catch (SyncException | IllegalArgumentException e) {
                // No name for this layout.
            }
        }
        if (places.isEmpty()) {
            return null;
        }
        synchronized (search) {
            Map<Key, Entry> more = new TreeMap<>(entries);
            Entry entry = more.computeIfAbsent(key, any -> new Entry(key, places));
            entries = more;
            return entry;
        }
    }

    private PublishedSnapshot.Place place(Path root, Holding holding, Key key) {
        return new PublishedSnapshot.Place(
                root, holding, Objects.requireNonNull(dialects.get(key.scheme())), tables, smallFiles);
    }

    @Override
    public List<String> names(String scheme) throws IOException {
        searchIfOlderThan(SEARCHES);
        return entries.keySet().stream()
                .filter(key -> key.scheme().equals(scheme))
                .map(Key::name)
                .toList();
    }

    /** Everything, in the order of hubs and names. */
    public List<Listed> all() throws IOException {
        searchIfOlderThan(SEARCHES);
        List<Listed> all = new ArrayList<>();
        for (Map.Entry<Key, Entry> one : entries.entrySet()) {
            one.getValue().now(false);
            List<Line> lines = one.getValue().lines();
            if (!lines.isEmpty()) {
                all.add(new Listed(
                        one.getKey().scheme(), one.getKey().name(), lines, Optional.ofNullable(one.getValue().asked)));
            }
        }
        return all;
    }

    /** Reads the tables of what is there, newest publications first, as long as there is room for them. */
    public void warmUp() throws IOException {
        searchIfOlderThan(SEARCHES);
        List<PublishedSnapshot> all = new ArrayList<>();
        for (Entry entry : entries.values()) {
            entry.now(false);
            all.addAll(entry.snapshots);
        }
        all.sort(Comparator.comparing(PublishedSnapshot::published).reversed());
        for (PublishedSnapshot one : all) {
            if (tables.hasRoomFor(one.proof().files())) {
                try {
                    one.files();
                } catch (UnprovenException | MovedException e) {
                    // Whoever asks for it will be told.
                }
            }
        }
    }

    /** Looks through all roots, unless that was done not so long ago. */
    private void searchIfOlderThan(long age) throws IOException {
        if (System.nanoTime() - searched < age) {
            return;
        }
        synchronized (search) {
            if (System.nanoTime() - searched < age) {
                return; // by another one, while we waited
            }
            Map<Key, List<PublishedSnapshot.Place>> found = new TreeMap<>();
            for (Inventory root : roots) {
                Path real = realRoot(root);
                if (real == null) {
                    continue;
                }
                for (Holding holding : root.holdings()) {
                    for (Key key : keysOf(holding)) {
                        if (dialects.containsKey(key.scheme())) {
                            found.computeIfAbsent(key, any -> new ArrayList<>()).add(place(real, holding, key));
                        }
                    }
                }
            }
            Map<Key, Entry> fresh = new TreeMap<>();
            found.forEach((key, places) -> {
                Entry entry = new Entry(key, places);
                Entry before = entries.get(key);
                entry.asked = before == null ? null : before.asked;
                fresh.put(key, entry);
            });
            entries = fresh;
            searched = System.nanoTime();
        }
    }

    private static @Nullable Path realRoot(Inventory root) throws IOException {
        try {
            return root.root().toRealPath();
        } catch (NoSuchFileException e) {
            return null; // nothing was mirrored there yet
        }
    }

    private static List<Key> keysOf(Holding holding) throws IOException {
        return holding.revisions().stream()
                .flatMap(revision -> revision.published().stream())
                .map(one -> key(one.proof().from()))
                .distinct()
                .toList();
    }

    private static Key key(String from) {
        int colon = from.indexOf(':');
        return new Key(from.substring(0, Math.max(0, colon)), from.substring(colon + 1));
    }

    /** One repository, wherever it lies; in several roots perhaps. */
    private static final class Entry {
        private final Key key;
        private final List<PublishedSnapshot.Place> places;
        private volatile @Nullable Instant asked;
        private volatile long seen;
        private volatile @Nullable Repository repository;
        private volatile @Nullable Repository recalled;
        private volatile List<PublishedSnapshot> snapshots = List.of();
        private volatile List<Line> lines = List.of();

        Entry(Key key, List<PublishedSnapshot.Place> places) {
            this.key = key;
            this.places = places;
        }

        List<Line> lines() {
            return lines;
        }

        Optional<Repository> now(boolean isAskedFor) throws IOException {
            if (isAskedFor) {
                asked = Instant.now();
            }
            Repository known = repository;
            if (known == null || System.nanoTime() - seen > MOMENT) {
                known = look();
            }
            return known.revisions().isEmpty() && known.others().isEmpty() ? Optional.empty() : Optional.of(known);
        }

        Repository recalled() {
            Repository known = recalled;
            if (known == null || System.nanoTime() - seen > MOMENT) {
                throw new ForgottenException();
            }
            asked = Instant.now();
            return known;
        }

        private synchronized Repository look() throws IOException {
            long now = System.nanoTime();
            if (repository != null && now - seen < MOMENT) {
                return repository; // another one has looked while we waited
            }
            Map<String, PublishedSnapshot> byName = new TreeMap<>();
            Map<String, PublishedSnapshot> byDeclaration = new TreeMap<>();
            List<PublishedSnapshot> all = new ArrayList<>();
            List<Line> told = new ArrayList<>();
            for (PublishedSnapshot.Place place : places) {
                for (Revision revision : place.holding().revisions()) {
                    for (Published one : revision.published()) {
                        Optional<PublishedSnapshot> read = read(place, revision, one);
                        if (read.isEmpty()) {
                            continue;
                        }
                        PublishedSnapshot snapshot = read.get();
                        all.add(snapshot);
                        Set<String> names = new TreeSet<>(revision.names());
                        names.remove(revision.folder().getFileName().toString()); // of a folder that holds one revision
                        names.forEach(name -> byName.merge(name, snapshot, Entry::better));
                        byDeclaration.merge(snapshot.proof().revision(), snapshot, Entry::better);
                        told.add(new Line(
                                names.isEmpty() ? snapshot.proof().revision() : String.join(", ", names),
                                snapshot.commit(),
                                snapshot.filter(),
                                snapshot.published(),
                                snapshot.proof().files(),
                                snapshot.proof().bytes()));
                    }
                }
            }
            // What a ref of the layout says goes before what was declared when its proof was written.
            byDeclaration.putAll(byName);
            byDeclaration.keySet().removeIf(name -> name.isEmpty() || isCommit(name));
            List<PublishedSnapshot> others = new ArrayList<>(all);
            others.removeAll(byDeclaration.values());
            told.sort(Comparator.comparing(Line::published).reversed());
            Repository fresh = new Repository(key.name(), Map.copyOf(byDeclaration), List.copyOf(others));
            Map<String, Snapshot> inMemory = new TreeMap<>();
            byDeclaration.forEach((name, snapshot) -> inMemory.put(name, snapshot.recalled()));
            recalled = fresh.revisions().isEmpty() && others.isEmpty()
                    ? null
                    : new Repository(
                            key.name(),
                            inMemory,
                            others.stream().map(PublishedSnapshot::recalled).toList());
            snapshots = all;
            lines = told;
            repository = fresh;
            seen = now;
            return fresh;
        }

        /** The proof and what tells it from the next, of one look; empty where it is not of this repository, or gone. */
        private Optional<PublishedSnapshot> read(PublishedSnapshot.Place place, Revision revision, Published one)
                throws IOException {
            Optional<ProofKey> before = ProofKey.of(one.file());
            Optional<Proof> proof = Proof.head(one.file());
            if (before.isEmpty()
                    || !before.equals(ProofKey.of(one.file()))
                    || proof.filter(head -> key(head.from()).equals(key)).isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new PublishedSnapshot(place, revision.folder(), proof.get(), before.get()));
        }

        private static boolean isCommit(String name) {
            return name.matches("[0-9a-f]{40}");
        }

        /** Whole is better than in parts, then what is newer. */
        private static PublishedSnapshot better(PublishedSnapshot one, PublishedSnapshot other) {
            Comparator<PublishedSnapshot> order = Comparator.comparing(
                            (PublishedSnapshot each) -> each.filter().isEmpty())
                    .thenComparing(PublishedSnapshot::published);
            return order.compare(one, other) >= 0 ? one : other;
        }
    }
}
