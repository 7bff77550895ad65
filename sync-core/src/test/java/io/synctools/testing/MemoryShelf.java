package io.synctools.testing;

import io.synctools.file.NameGuard;
import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.spi.Claim;
import io.synctools.spi.Extent;
import io.synctools.spi.FileSource;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.Session;
import io.synctools.spi.Target;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A target in memory that keeps what was published, what was fetched and not published, and who holds what.
 *
 * <p>Thread-safe. Its journal has one line for each call that changes something or could: {@code claim x}, {@code reserve
 * x 3}, {@code pull x config.json}, {@code publish x}, {@code close x}.
 */
public final class MemoryShelf implements Target<FileSource> {

    private record Published(String pin, String filter, Map<String, byte[]> files) {}

    private final Map<String, Published> published = new ConcurrentHashMap<>();
    private final Map<String, Map<String, byte[]>> staged = new ConcurrentHashMap<>();
    private final Map<String, Object> held = new HashMap<>();
    private final Map<String, CountDownLatch> waitedFor = new ConcurrentHashMap<>();
    private final List<String> journal = new CopyOnWriteArrayList<>();
    private volatile MemoryHub.Interference interference = question -> {};

    /** An empty shelf. */
    public MemoryShelf() {}

    /** Lets something happen before each line of the journal is obeyed. */
    public MemoryShelf interfere(MemoryHub.Interference with) {
        interference = with;
        return this;
    }

    /** Another runner takes a destination, and keeps it. */
    public MemoryShelf heldByAnother(String destination) {
        synchronized (held) {
            held.put(destination, this);
        }
        return this;
    }

    /** Another runner has a destination until the latch opens, and whoever claims it meanwhile waits. */
    public MemoryShelf heldUntil(String destination, CountDownLatch opens) {
        waitedFor.put(destination, opens);
        return this;
    }

    /** Another runner publishes something at a destination, in one moment. */
    public MemoryShelf publishedByAnother(String destination, String pin, Map<String, String> files) {
        Map<String, byte[]> bytes = new TreeMap<>();
        files.forEach((path, text) -> bytes.put(path, text.getBytes(StandardCharsets.UTF_8)));
        published.put(destination, new Published(pin, "", bytes));
        return this;
    }

    /** The files that readers see at a destination, by path; empty where nothing is published. */
    public Map<String, byte[]> files(String destination) {
        Published found = published.get(destination);
        return found == null ? Map.of() : found.files;
    }

    /** What was fetched for a destination and waits for its publication, by path. */
    public Map<String, byte[]> staged(String destination) {
        return Map.copyOf(staged.getOrDefault(destination, Map.of()));
    }

    /** What it was told, in order. */
    public List<String> journal() {
        return List.copyOf(journal);
    }

    @Override
    public Class<FileSource> pullsFrom() {
        return FileSource.class;
    }

    @Override
    public String path(ArtifactRef destination) {
        if (destination.name().contains("..")) {
            throw new SyncException(FailureKind.UNSAFE_NAME, destination.name() + " leaves the shelf");
        }
        return destination.name();
    }

    @Override
    public Replica open(FileSource source, SyncItem item, Reporter reporter) {
        return new Copy(source, key(item.to()), item.filter().text(), reporter);
    }

    private static String key(ArtifactRef destination) {
        return destination.revision().isEmpty()
                ? destination.name()
                : destination.name() + "@" + destination.revision();
    }

    private void told(String what) throws IOException, InterruptedException {
        journal.add(what);
        interference.before(what);
    }

    private final class Copy implements Replica {
        private final FileSource source;
        private final String name;
        private final String filter;
        private final Reporter reporter;
        private final @Nullable Published seen;

        Copy(FileSource source, String name, String filter, Reporter reporter) {
            this.source = source;
            this.name = name;
            this.filter = filter;
            this.reporter = reporter;
            this.seen = published.get(name);
        }

        @Override
        public Optional<Extent> published(ArtifactRef pinned) {
            Published there = published.get(name);
            if (there == null || !there.pin.equals(pinned.pin()) || !there.filter.equals(filter)) {
                return Optional.empty();
            }
            return Optional.of(new Extent(
                    there.files.size(),
                    there.files.values().stream()
                            .mapToLong(bytes -> bytes.length)
                            .sum()));
        }

        @Override
        public Session look(ArtifactRef pinned, Listing listing) {
            NameGuard.check(listing.entries(), Set.of());
            synchronized (held) {
                if (held.containsKey(name)) {
                    reporter.note("another runner works on " + name);
                }
            }
            return new Visit(this, pinned, false);
        }

        @Override
        public Claim claim() throws IOException, InterruptedException {
            told("claim " + name);
            CountDownLatch other = waitedFor.get(name);
            if (other != null) {
                reporter.waits("another runner");
                other.await();
            }
            Held claim = new Held(this);
            synchronized (held) {
                if (held.putIfAbsent(name, claim) != null) {
                    throw new HeldByAnotherException(name + " is held by another runner");
                }
            }
            return claim;
        }
    }

    private final class Held implements Claim {
        private final Copy copy;

        Held(Copy copy) {
            this.copy = copy;
        }

        @Override
        public boolean moved() {
            return !Objects.equals(copy.seen, published.get(copy.name));
        }

        @Override
        public Session admit(ArtifactRef pinned, Listing listing) {
            NameGuard.check(listing.entries(), Set.of());
            return new Visit(copy, pinned, true);
        }

        @Override
        public void close() {
            synchronized (held) {
                if (held.remove(copy.name, this)) {
                    journal.add("close " + copy.name);
                }
            }
        }
    }

    private final class Visit implements Session {
        private final FileSource source;
        private final ArtifactRef pinned;
        private final String name;
        private final String filter;
        private final boolean claimed;

        Visit(Copy copy, ArtifactRef pinned, boolean claimed) {
            this.source = copy.source;
            this.pinned = pinned;
            this.name = copy.name;
            this.filter = copy.filter;
            this.claimed = claimed;
        }

        @Override
        public Presence check(Entry entry) throws IOException, InterruptedException {
            interference.before("check " + name + " " + entry.path());
            byte[] bytes = staged.getOrDefault(name, Map.of()).get(entry.path());
            if (bytes != null && isRight(bytes, entry)) {
                return Presence.SAME;
            }
            bytes = files(name).get(entry.path());
            if (bytes == null) {
                return Presence.ABSENT;
            }
            return isRight(bytes, entry) ? Presence.SAME : Presence.DIFFERENT;
        }

        @Override
        public void reserve(List<Entry> missing) throws IOException, InterruptedException {
            if (claimed) {
                told("reserve " + name + " " + missing.size());
            }
        }

        @Override
        public void pull(Entry entry, Progress progress) throws IOException, InterruptedException {
            told("pull " + name + " " + entry.path());
            Map<String, byte[]> stage = staged.computeIfAbsent(name, any -> new ConcurrentHashMap<>());
            byte[] waiting = stage.get(entry.path());
            if (waiting != null && isRight(waiting, entry)) {
                progress.reused(waiting.length);
                return;
            }
            try (InputStream in = source.open(pinned, entry, new ByteRange(0, entry.size()))) {
                byte[] bytes = in.readAllBytes();
                progress.received(bytes.length);
                if (!isRight(bytes, entry)) {
                    throw new SyncException(
                            FailureKind.CHECKSUM, entry.path() + ": the bytes are not the declared ones");
                }
                stage.put(entry.path(), bytes);
            }
        }

        @Override
        public boolean publish(Listing listing) throws IOException, InterruptedException {
            Published there = published.get(name);
            boolean news = staged.containsKey(name) || there == null || !there.pin.equals(pinned.pin());
            if (!claimed) {
                return news;
            }
            told("publish " + name);
            Map<String, byte[]> before = files(name);
            Map<String, byte[]> stage = staged.getOrDefault(name, Map.of());
            Map<String, byte[]> files = new TreeMap<>();
            for (Entry entry : listing.entries()) {
                byte[] bytes = stage.getOrDefault(entry.path(), before.get(entry.path()));
                if (bytes == null || !isRight(bytes, entry)) {
                    throw new SyncException(FailureKind.OTHER, "published without " + entry.path());
                }
                files.put(entry.path(), bytes);
            }
            published.put(name, new Published(pinned.pin(), filter, files));
            staged.remove(name);
            return news;
        }

        private boolean isRight(byte[] bytes, Entry entry) {
            return bytes.length == entry.size()
                    && entry.checksum().orElseThrow().equals(MemoryHub.checksum(bytes));
        }
    }
}
