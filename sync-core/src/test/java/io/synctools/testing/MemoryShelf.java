package io.synctools.testing;

import io.synctools.file.NameGuard;
import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.spi.Extent;
import io.synctools.spi.FileSource;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Replica;
import io.synctools.spi.Target;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A target in memory that keeps what was published, what was fetched and not published, and who holds what.
 *
 * <p>Thread-safe. Its journal has one line for each call that changes something or could: {@code recover x}, {@code begin
 * x 3}, {@code pull x config.json}, {@code publish x}, {@code close x}.
 */
public final class MemoryShelf implements Target<FileSource> {

    private record Published(String pin, String filter, Map<String, byte[]> files) {}

    private final Map<String, Published> published = new ConcurrentHashMap<>();
    private final Map<String, Map<String, byte[]>> staged = new ConcurrentHashMap<>();
    private final Map<String, Object> held = new ConcurrentHashMap<>();
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
        held.put(destination, this);
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
    public void recover(ArtifactRef destination) throws IOException, InterruptedException {
        told("recover " + destination.name());
    }

    @Override
    public Replica open(FileSource source, ArtifactRef pinned, ArtifactRef destination, NameFilter filter) {
        return new Copy(source, pinned, key(destination), filter.text());
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
        private final ArtifactRef pinned;
        private final String name;
        private final String filter;

        Copy(FileSource source, ArtifactRef pinned, String name, String filter) {
            this.source = source;
            this.pinned = pinned;
            this.name = name;
            this.filter = filter;
        }

        @Override
        public boolean holds() {
            Published there = published.get(name);
            return there != null && there.pin.equals(pinned.pin()) && there.filter.equals(filter);
        }

        @Override
        public Extent extent() {
            Map<String, byte[]> files = files(name);
            return new Extent(
                    files.size(),
                    files.values().stream().mapToLong(bytes -> bytes.length).sum());
        }

        @Override
        public void admit(Listing listing) {
            NameGuard.check(listing.entries(), Set.of());
        }

        @Override
        public boolean unpublished() {
            return staged.containsKey(name);
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
        public void begin(List<Entry> missing) throws IOException, InterruptedException {
            told("begin " + name + " " + missing.size());
            Object holder = held.putIfAbsent(name, this);
            if (holder != null && !holder.equals(this)) {
                throw new HeldByAnotherException(name + " is held by another runner");
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
        public void publish(Listing listing) throws IOException, InterruptedException {
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
        }

        @Override
        public void close() throws IOException {
            journal.add("close " + name);
            held.remove(name, this);
        }

        private boolean isRight(byte[] bytes, Entry entry) {
            return bytes.length == entry.size()
                    && entry.checksum().orElseThrow().equals(MemoryHub.checksum(bytes));
        }
    }
}
