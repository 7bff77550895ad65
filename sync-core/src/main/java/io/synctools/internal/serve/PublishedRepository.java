package io.synctools.internal.serve;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.file.Proof;
import io.synctools.internal.serve.PublishedSnapshot.Place;
import io.synctools.mirror.Published;
import io.synctools.mirror.Revision;
import io.synctools.serve.Shelf;
import io.synctools.serve.Snapshot;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One repository, wherever it lies; in several roots perhaps. Thread-safe. */
final class PublishedRepository {
    /** For this long what was seen of a repository is believed; its files are held against their proof each time. */
    private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(250);

    /** One snapshot as people may read of it. */
    record Line(String revisions, String commit, String filter, Instant published, long files, long bytes) {}

    /** What is published at a place, under the names that its layout gives it. */
    private record Seen(Set<String> names, PublishedSnapshot snapshot) {}

    private final RepositoryKey key;
    private final List<Place> places;

    /** Asked of places that have not answered. */
    @GuardedBy("this")
    private final Map<Place, DiskGate.Question<List<Seen>>> open = new HashMap<>();

    private volatile Map<Place, List<Seen>> seen = Map.of();

    private volatile @Nullable Instant asked;
    private volatile long looked;
    private volatile Shelf.@Nullable Repository repository;
    private volatile Shelf.@Nullable Repository recalled;
    private volatile List<Line> lines;

    /**
     * One that nobody asked for yet.
     *
     * @param lines as far as is known without another look
     */
    PublishedRepository(RepositoryKey key, List<Place> places, List<Line> lines) {
        this.key = key;
        this.places = List.copyOf(places);
        this.lines = lines;
    }

    /** Goes on from what was known of it. */
    void follow(PublishedRepository before) {
        asked = before.asked;
        Map<Place, List<Seen>> known = new HashMap<>(before.seen);
        known.keySet().retainAll(places);
        seen = Map.copyOf(known);
    }

    List<Line> lines() {
        return lines;
    }

    Optional<Instant> asked() {
        return Optional.ofNullable(asked);
    }

    Optional<Shelf.Repository> askedFor() throws IOException {
        asked = Instant.now();
        Shelf.Repository known = looked();
        return known.revisions().isEmpty() && known.others().isEmpty() ? Optional.empty() : Optional.of(known);
    }

    /** What a moment ago was known, as far as it is in memory. */
    Shelf.Repository recalled() {
        Shelf.Repository known = recalled;
        if (known == null || System.nanoTime() - looked > MOMENT) {
            throw new ForgottenException();
        }
        asked = Instant.now();
        return known;
    }

    /** Reads the tables of its files, as far as there is room for them. */
    void warmUp(Tables tables) throws IOException {
        if (repository == null) {
            look();
        }
        List<PublishedSnapshot> all = new ArrayList<>();
        seen.values().forEach(some -> some.forEach(one -> all.add(one.snapshot())));
        for (PublishedSnapshot one : all) {
            if (tables.hasRoomFor(one.proof().files())) {
                one.files();
            }
        }
    }

    /** One at a time looks; who waited for it takes what it saw. */
    private Shelf.Repository looked() throws IOException {
        Shelf.Repository known = repository;
        return known != null && System.nanoTime() - looked <= MOMENT ? known : look();
    }

    private synchronized Shelf.Repository look() throws IOException {
        Shelf.Repository known = repository;
        if (known != null && System.nanoTime() - looked <= MOMENT) {
            return known;
        }
        long began = System.nanoTime();
        Map<Place, DiskGate.Question<List<Seen>>> questions = new HashMap<>();
        UnprovenException silence = null;
        for (Place place : places) {
            try {
                DiskGate.Question<List<Seen>> last = open.get(place);
                DiskGate.Question<List<Seen>> question = // one that hangs is not asked twice: it holds one of a few
                        last != null && last.isOpen() ? last : place.gate().ask(moves -> seenAt(place));
                open.put(place, question);
                questions.put(place, question);
            } catch (UnprovenException e) {
                silence = e;
            }
        }
        Map<Place, List<Seen>> answers = new HashMap<>();
        for (Map.Entry<Place, DiskGate.Question<List<Seen>>> one : questions.entrySet()) {
            try {
                answers.put(one.getKey(), one.getValue().get());
                open.remove(one.getKey());
            } catch (UnprovenException e) {
                silence = e;
            }
        }
        if (silence != null && (answers.isEmpty() || isElsewhereToo(answers.keySet()))) {
            throw silence; // of what several places have, the newest may lie where nobody answers
        }
        Map<Place, List<Seen>> now = new HashMap<>(seen);
        now.putAll(answers);
        seen = Map.copyOf(now);
        known = told();
        looked = began;
        return known;
    }

    private boolean isElsewhereToo(Set<Place> answered) {
        return seen.entrySet().stream()
                .anyMatch(one ->
                        !answered.contains(one.getKey()) && !one.getValue().isEmpty());
    }

    private List<Seen> seenAt(Place place) throws IOException {
        List<Seen> found = new ArrayList<>();
        for (Revision revision : place.repository().revisions()) {
            for (Published one : revision.published()) {
                read(place, revision, one).ifPresent(snapshot -> found.add(new Seen(namesOf(revision), snapshot)));
            }
        }
        return found;
    }

    private static Set<String> namesOf(Revision revision) {
        Set<String> names = new TreeSet<>(revision.names());
        names.remove(revision.folder().getFileName().toString()); // of a folder that holds one revision
        return names;
    }

    /** Takes note of what was seen, by places that all answered, or had nothing. */
    @GuardedBy("this")
    private Shelf.Repository told() {
        Map<String, PublishedSnapshot> byName = new TreeMap<>();
        List<PublishedSnapshot> others = new ArrayList<>();
        List<Line> fresh = new ArrayList<>();
        for (Place place : places) {
            Map<String, PublishedSnapshot> named = new TreeMap<>();
            Map<String, PublishedSnapshot> here = new TreeMap<>();
            for (Seen one : seen.getOrDefault(place, List.of())) {
                PublishedSnapshot snapshot = one.snapshot();
                fresh.add(line(one.names(), snapshot.proof(), snapshot.commit()));
                others.add(snapshot);
                one.names().forEach(name -> named.merge(name, snapshot, PublishedRepository::better));
                here.merge(snapshot.proof().revision(), snapshot, PublishedRepository::better);
            }
            // What a ref of a layout says goes before what was declared there when a proof was written; it says nothing
            // of what lies elsewhere.
            here.putAll(named);
            here.forEach((name, snapshot) -> byName.merge(name, snapshot, PublishedRepository::better));
        }
        byName.keySet().removeIf(name -> name.isEmpty() || name.matches("[0-9a-f]{40}"));
        others.removeAll(byName.values());
        Shelf.Repository now = new Shelf.Repository(key.name(), Map.copyOf(byName), List.copyOf(others));
        Map<String, Snapshot> inMemory = new TreeMap<>();
        byName.forEach((name, snapshot) -> inMemory.put(name, snapshot.recalled()));
        recalled = inMemory.isEmpty() && others.isEmpty()
                ? null
                : new Shelf.Repository(
                        key.name(),
                        inMemory,
                        others.stream().map(PublishedSnapshot::recalled).toList());
        lines = inOrder(fresh);
        repository = now;
        return now;
    }

    /** What people may read of it, as far as the heads of its proofs tell. */
    static List<Line> lines(List<Revision> revisions, RepositoryKey key) {
        List<Line> lines = new ArrayList<>();
        for (Revision revision : revisions) {
            for (Published one : revision.published()) {
                if (RepositoryKey.of(one.proof().from()).equals(key)) {
                    lines.add(line(
                            namesOf(revision),
                            one.proof(),
                            PublishedSnapshot.commit(one.proof().pin())));
                }
            }
        }
        return inOrder(lines);
    }

    private static List<Line> inOrder(List<Line> lines) {
        return lines.stream()
                .sorted(Comparator.comparing(Line::published).reversed())
                .toList();
    }

    private static Line line(Set<String> names, Proof proof, String commit) {
        return new Line(
                names.isEmpty() ? proof.revision() : String.join(", ", names),
                commit,
                proof.filter(),
                proof.published(),
                proof.files(),
                proof.bytes());
    }

    /** The proof and what tells it from the next, of one look; empty where it is not of this repository, or gone. */
    private Optional<PublishedSnapshot> read(Place place, Revision revision, Published one) throws IOException {
        Optional<ProofKey> before = ProofKey.of(one.file());
        Optional<Proof> proof = Proof.head(one.file());
        if (before.isEmpty()
                || !before.equals(ProofKey.of(one.file()))
                || proof.filter(head -> RepositoryKey.of(head.from()).equals(key))
                        .isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new PublishedSnapshot(place, revision.folder(), proof.get(), before.get()));
    }

    /** Whole is better than in parts, then what is newer. */
    private static PublishedSnapshot better(PublishedSnapshot one, PublishedSnapshot other) {
        Comparator<PublishedSnapshot> order = Comparator.comparing(
                        (PublishedSnapshot each) -> each.filter().isEmpty())
                .thenComparing(PublishedSnapshot::published);
        return order.compare(one, other) >= 0 ? one : other;
    }
}
