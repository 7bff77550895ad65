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
import java.util.concurrent.ConcurrentHashMap;
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
    private final Map<Path, DiskGate> gates = new ConcurrentHashMap<>();
    private final DiskGate search = new DiskGate("a root");
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
        Entry entry = entries.get(key);
        if (entry == null) {
            entry = lookAtItsPlace(key);
        }
        if (entry == null) {
            searchIfOlderThan(SEARCHES);
            entry = entries.get(key);
        }
        return entry == null ? Optional.empty() : entry.askedFor();
    }

    /** What a moment ago was known, as far as it is in memory; what takes a disk to know throws {@link ForgottenException}. */
    Shelf recalled() {
        return new Shelf() {
            @Override
            public Optional<Repository> find(String scheme, String name) {
                Entry entry = entries.get(new Key(scheme, name));
                if (entry == null) {
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
        UnprovenException silent = null;
        for (Inventory root : roots) {
            Path real = realRoot(root);
            if (real == null) {
                continue;
            }
            try {
                Holding holding = root.at(ArtifactRef.of(root.scheme(), key.name()));
                if (keysOf(gate(real).pass(holding::revisions)).contains(key)) {
                    places.add(place(real, holding, key));
                }
            } catch (SyncException | IllegalArgumentException e) {
                // No name for this layout.
            } catch (UnprovenException e) {
                silent = e; // another root may have it
            }
        }
        if (places.isEmpty() && silent != null) {
            throw silent;
        }
        if (places.isEmpty()) {
            return null;
        }
        return add(new Entry(key, places));
    }

    private synchronized Entry add(Entry entry) {
        Map<Key, Entry> more = new TreeMap<>(entries);
        Entry added = more.computeIfAbsent(entry.key, any -> entry);
        entries = more;
        return added;
    }

    private DiskGate gate(Path root) {
        return gates.computeIfAbsent(root, any -> new DiskGate(root.toString()));
    }

    private PublishedSnapshot.Place place(Path root, Holding holding, Key key) {
        return new PublishedSnapshot.Place(
                root, gate(root), holding, Objects.requireNonNull(dialects.get(key.scheme())), tables, smallFiles);
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
            one.getValue().lookIfOlderThan(SEARCHES);
            List<Line> lines = one.getValue().lines();
            if (!lines.isEmpty()) {
                all.add(new Listed(
                        one.getKey().scheme(), one.getKey().name(), lines, Optional.ofNullable(one.getValue().asked)));
            }
        }
        return all;
    }

    /** Looks through all roots, where the last look is too old, and reads the tables of what is there, newest publications first, as long as there is room for them. */
    public void warmUp() throws IOException {
        searchIfOlderThan(ROUNDS);
        List<PublishedSnapshot> all = new ArrayList<>();
        for (Entry entry : entries.values()) {
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
        if (System.nanoTime() - searched >= age) {
            search.pass(() -> {
                synchronized (search) {
                    if (System.nanoTime() - searched >= age) { // not by another one, while we waited
                        search();
                    }
                    return searched;
                }
            });
        }
    }

    private void search() throws IOException {
        long began = System.nanoTime();
        Map<Key, List<Found>> found = new TreeMap<>();
        for (Inventory root : roots) {
            Path real = realRoot(root);
            if (real == null) {
                continue;
            }
            for (Holding holding : root.holdings()) {
                List<Revision> revisions = holding.revisions();
                for (Key key : keysOf(revisions)) {
                    if (dialects.containsKey(key.scheme())) {
                        found.computeIfAbsent(key, any -> new ArrayList<>())
                                .add(new Found(place(real, holding, key), revisions));
                    }
                }
            }
        }
        Map<Key, Entry> fresh = new TreeMap<>();
        for (Map.Entry<Key, List<Found>> one : found.entrySet()) {
            Entry entry = new Entry(
                    one.getKey(), one.getValue().stream().map(Found::place).toList());
            entry.take(one.getValue());
            Entry before = entries.get(one.getKey());
            entry.asked = before == null ? null : before.asked;
            fresh.put(one.getKey(), entry);
        }
        replace(fresh);
        searched = began;
    }

    private synchronized void replace(Map<Key, Entry> fresh) {
        entries = fresh;
    }

    private static @Nullable Path realRoot(Inventory root) throws IOException {
        try {
            return root.root().toRealPath();
        } catch (NoSuchFileException e) {
            return null; // nothing was mirrored there yet
        }
    }

    /** What was seen at a place. */
    private record Found(PublishedSnapshot.Place place, List<Revision> revisions) {}

    private static List<Key> keysOf(List<Revision> revisions) {
        return revisions.stream()
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
            this.seen = System.nanoTime();
        }

        List<Line> lines() {
            return lines;
        }

        Optional<Repository> askedFor() throws IOException {
            asked = Instant.now();
            Repository known = lookIfOlderThan(MOMENT);
            return known.revisions().isEmpty() && known.others().isEmpty() ? Optional.empty() : Optional.of(known);
        }

        /** One at a time looks; who waited for it takes what it saw. */
        Repository lookIfOlderThan(long age) throws IOException {
            Repository known = repository;
            if (known != null && System.nanoTime() - seen <= age) {
                return known;
            }
            return look(0);
        }

        /** As one of those who may ask the disks of all its places. */
        private Repository look(int passed) throws IOException {
            if (passed < places.size()) {
                return places.get(passed).gate().pass(() -> look(passed + 1));
            }
            synchronized (this) {
                Repository known = repository;
                if (known != null && System.nanoTime() - seen <= MOMENT) {
                    return known;
                }
                List<Found> found = new ArrayList<>();
                long began = System.nanoTime();
                for (PublishedSnapshot.Place place : places) {
                    found.add(new Found(place, place.holding().revisions()));
                }
                known = take(found);
                seen = began;
                return known;
            }
        }

        Repository recalled() {
            Repository known = recalled;
            if (known == null || System.nanoTime() - seen > MOMENT) {
                throw new ForgottenException();
            }
            asked = Instant.now();
            return known;
        }

        /** Takes note of what was seen. */
        synchronized Repository take(List<Found> found) throws IOException {
            Map<String, PublishedSnapshot> byName = new TreeMap<>();
            Map<String, PublishedSnapshot> byDeclaration = new TreeMap<>();
            List<PublishedSnapshot> all = new ArrayList<>();
            List<Line> told = new ArrayList<>();
            for (Found at : found) {
                for (Revision revision : at.revisions()) {
                    for (Published one : revision.published()) {
                        Optional<PublishedSnapshot> read = read(at.place(), revision, one);
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
