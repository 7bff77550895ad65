package io.synctools.internal.serve;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.serve.PublishedSnapshot.Place;
import io.synctools.mirror.Holding;
import io.synctools.mirror.Inventory;
import io.synctools.mirror.Revision;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncException;
import io.synctools.serve.Dialect;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
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

    /** What the last look through all of it found. */
    List<Found> found() {
        return found;
    }

    /** Whether the last look through it did not come to its end. */
    boolean isSilent() {
        return isSilent;
    }

    /** Looks through all of it, one at a time, and waits for that; where it does not answer, what was found before stays. */
    void search() {
        boolean was = isSilent;
        try {
            begun().get();
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

    private List<Found> lookAtAll() throws IOException {
        Optional<Path> real = real();
        List<Found> all = new ArrayList<>();
        if (real.isPresent()) {
            Queue<Holding> left = new ConcurrentLinkedQueue<>(inventory.holdings());
            int helpers = Math.min(AT_ONCE, left.size()) - 1;
            List<Future<List<Found>>> helping = new ArrayList<>();
            for (int i = 0; i < helpers; i++) {
                helping.add(askers.submit(() -> lookAt(left, real.get())));
            }
            all.addAll(lookAt(left, real.get()));
            for (Future<List<Found>> one : helping) {
                all.addAll(joined(one));
            }
        }
        found = List.copyOf(all); // also where nobody waits any more
        return found;
    }

    private List<Found> lookAt(Queue<Holding> left, Path real) throws IOException {
        List<Found> seen = new ArrayList<>();
        for (Holding one = left.poll(); one != null; one = left.poll()) {
            List<Revision> revisions = one.revisions();
            for (RepositoryKey key : RepositoryKey.of(revisions)) {
                if (dialects.containsKey(key.scheme())) {
                    seen.add(new Found(key, place(real, one, key), revisions));
                }
            }
            gate.moves();
        }
        return seen;
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
        return gate.ask(() -> {
            try {
                Optional<Path> real = real();
                Holding holding = inventory.at(ArtifactRef.of(inventory.scheme(), key.name()));
                return real.filter(any -> dialects.containsKey(key.scheme())).isPresent()
                                && RepositoryKey.of(holding.revisions()).contains(key)
                        ? Optional.of(place(real.get(), holding, key))
                        : Optional.empty();
            } catch (SyncException | IllegalArgumentException e) {
                return Optional.empty(); // no name for this layout
            }
        });
    }

    private Place place(Path real, Holding holding, RepositoryKey key) {
        return new Place(real, gate, holding, Objects.requireNonNull(dialects.get(key.scheme())), tables, smallFiles);
    }

    private Optional<Path> real() throws IOException {
        try {
            return Optional.of(inventory.root().toRealPath());
        } catch (NoSuchFileException e) {
            return Optional.empty(); // nothing was mirrored there yet
        }
    }
}
