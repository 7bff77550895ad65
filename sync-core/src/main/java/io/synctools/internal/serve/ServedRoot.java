package io.synctools.internal.serve;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.disk.Reason;
import io.synctools.internal.serve.PublishedSnapshot.Place;
import io.synctools.mirror.Inventory;
import io.synctools.mirror.LocalRepository;
import io.synctools.mirror.Revision;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncException;
import io.synctools.serve.Dialect;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One root of mirrors, whose disk may hang: that costs what is below it, and nothing else. Thread-safe. */
final class ServedRoot {
    /** So many repositories at once are looked at: it is disks and servers that are waited for. */
    private static final int AT_ONCE = 4;

    private final Inventory inventory;
    private final DiskGate gate;
    private final ExecutorService askers;
    private final Map<String, Dialect> dialects;
    private final Tables tables;
    private final SmallFiles smallFiles;
    private volatile List<Found> found = List.of();
    private volatile boolean isSilent;
    private volatile String warned = "";

    @GuardedBy("this")
    private DiskGate.@Nullable Question<List<Found>> search;

    /** A repository that is there, and what is published of it as far as its proofs' heads tell. */
    record Found(RepositoryKey key, Place place, List<Revision> revisions) {}

    /**
     * A root that nobody has looked at.
     *
     * @param dialects of the hubs that can be served, by their schemes
     * @param askers has a thread for whatever is asked
     */
    ServedRoot(
            Inventory inventory,
            Map<String, Dialect> dialects,
            Tables tables,
            SmallFiles smallFiles,
            ExecutorService askers) {
        this.inventory = inventory;
        this.dialects = dialects;
        this.tables = tables;
        this.smallFiles = smallFiles;
        this.askers = askers;
        this.gate = new DiskGate(inventory.root().toString(), askers);
    }

    /** What the last search through all of it found. */
    List<Found> found() {
        return found;
    }

    /** Whether the last search through it did not come to its end. */
    boolean isSilent() {
        return isSilent;
    }

    /** Looks through all of it, one at a time, and waits for that; where it does not answer, what was found before stays. */
    void search() {
        boolean was = isSilent;
        try {
            begun().getOfAll();
            isSilent = false;
        } catch (IOException | RuntimeException e) {
            isSilent = true;
            if (!was) {
                System.getLogger(ServedRoot.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "what is below " + inventory.root() + " cannot be served just now; it is tried again",
                                e);
            }
        }
    }

    private synchronized DiskGate.Question<List<Found>> begun() throws IOException {
        DiskGate.Question<List<Found>> last = search;
        if (last != null && last.isOpen()) {
            return last; // whoever hangs there is one of a few
        }
        DiskGate.Question<List<Found>> begun = gate.ask(this::lookAtAll);
        search = begun;
        return begun;
    }

    private List<Found> lookAtAll(Runnable moves) throws IOException {
        Optional<Path> real = real();
        List<Found> all = new ArrayList<>();
        if (real.isPresent()) {
            Search search =
                    new Search(new ConcurrentLinkedQueue<>(inventory.repositories()), new ConcurrentLinkedQueue<>());
            int helpers = Math.min(AT_ONCE, search.left().size()) - 1;
            List<Future<List<Found>>> helping = new ArrayList<>();
            for (int i = 0; i < helpers; i++) {
                helping.add(askers.submit(() -> lookAt(search, real.get(), moves)));
            }
            all.addAll(lookAt(search, real.get(), moves));
            for (Future<List<Found>> one : helping) {
                all.addAll(joined(one));
            }
            keepUnreadable(search.unreadable(), all);
        }
        found = List.copyOf(all); // also where nobody waits any more
        return found;
    }

    /**
     * One search through all of it.
     *
     * @param left what nobody looked at yet
     * @param unreadable why some could not be looked at
     */
    private record Search(Queue<LocalRepository> left, Queue<IOException> unreadable) {}

    private List<Found> lookAt(Search search, Path real, Runnable moves) {
        List<Found> seen = new ArrayList<>();
        for (LocalRepository one = search.left().poll();
                one != null;
                one = search.left().poll()) {
            try {
                List<Revision> revisions = one.revisions();
                for (RepositoryKey key : RepositoryKey.of(revisions)) {
                    if (dialects.containsKey(key.scheme())) {
                        seen.add(new Found(key, place(real, one, key), revisions));
                    }
                }
            } catch (IOException e) {
                search.unreadable().add(e);
            }
            moves.run();
        }
        return seen;
    }

    /** What cannot be read costs itself; what was seen of it before stays, and whoever asks for it is told. */
    private void keepUnreadable(Queue<IOException> unreadable, List<Found> all) {
        IOException first = unreadable.peek();
        if (first == null) {
            warned = "";
            return;
        }
        Set<RepositoryKey> seen = all.stream().map(Found::key).collect(Collectors.toSet());
        found.stream().filter(one -> !seen.contains(one.key())).forEach(all::add);
        if (!warned.equals(first.toString())) {
            warned = first.toString();
            System.getLogger(ServedRoot.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            unreadable.size() + " of the repositories below " + inventory.root()
                                    + " cannot be read; give this user the right to, or remove them",
                            first);
        }
    }

    private static List<Found> joined(Future<List<Found>> part) throws IOException {
        try {
            return part.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("ended while it looked through a root", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException refused ? refused : new IOException(e.getCause());
        }
    }

    /** Asks whether a repository lies where its name says. */
    DiskGate.Question<Optional<Place>> ask(RepositoryKey key) throws IOException {
        return gate.ask(moves -> {
            try {
                Optional<Path> real = real();
                LocalRepository repository = inventory.at(ArtifactRef.of(inventory.scheme(), key.name()));
                return real.filter(any -> dialects.containsKey(key.scheme())).isPresent()
                                && RepositoryKey.of(repository.revisions()).contains(key)
                        ? Optional.of(place(real.get(), repository, key))
                        : Optional.empty();
            } catch (SyncException | IllegalArgumentException e) {
                return Optional.empty(); // no name for this layout
            } catch (FileSystemException e) {
                if (Reason.NOTHING_CAN_BE_THERE.isOf(e)) {
                    return Optional.empty(); // no name for this disk
                }
                throw e;
            }
        });
    }

    private Place place(Path real, LocalRepository repository, RepositoryKey key) {
        return new Place(
                real, gate, repository, Objects.requireNonNull(dialects.get(key.scheme())), tables, smallFiles);
    }

    private Optional<Path> real() throws IOException {
        try {
            return Optional.of(inventory.root().toRealPath());
        } catch (NoSuchFileException e) {
            return Optional.empty(); // nothing was mirrored there yet
        }
    }
}
