package io.synctools.testing;

import io.synctools.internal.digest.Hasher;
import io.synctools.internal.http.ItemMeter;
import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.spi.FileSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A hub in memory whose repositories have commits, and that can be told to fail.
 *
 * <p>Thread-safe. It keeps a journal of what it was asked, one word and a name each: {@code pin models/o/n}, {@code list
 * models/o/n}, {@code open models/o/n config.json}.
 */
public final class MemoryHub implements FileSource {

    /** Runs before a question is answered: to fail, to wait, to change the hub. */
    @FunctionalInterface
    public interface Interference {
        /** Hears the question, as the journal has it. */
        void before(String question) throws IOException, InterruptedException;
    }

    private record Commit(String id, Map<String, byte[]> files) {}

    private final Map<String, List<Commit>> repositories = new ConcurrentHashMap<>();
    private final List<String> journal = new CopyOnWriteArrayList<>();
    private volatile Interference interference = question -> {};

    /** An empty hub. */
    public MemoryHub() {}

    /** Replaces a repository's content by a new commit, whose id is returned. */
    public synchronized String commit(String name, Map<String, byte[]> files) {
        List<Commit> commits = repositories.computeIfAbsent(name, any -> new CopyOnWriteArrayList<>());
        String id = checksum((name + commits.size()).getBytes(StandardCharsets.UTF_8))
                .hex()
                .substring(0, 40);
        commits.add(new Commit(id, new TreeMap<>(files)));
        return id;
    }

    /** As {@link #commit}, with texts. */
    public String commitText(String name, Map<String, String> files) {
        Map<String, byte[]> bytes = new TreeMap<>();
        files.forEach((path, text) -> bytes.put(path, text.getBytes(StandardCharsets.UTF_8)));
        return commit(name, bytes);
    }

    /** Lets the branch name the commit before the last again. */
    public synchronized MemoryHub forceBack(String name) {
        List<Commit> commits = Objects.requireNonNull(repositories.get(name));
        commits.add(commits.get(commits.size() - 2));
        return this;
    }

    /** Lets something happen before each question. */
    public MemoryHub interfere(Interference with) {
        interference = with;
        return this;
    }

    /** What it was asked, in order. */
    public List<String> journal() {
        return List.copyOf(journal);
    }

    /** How many questions began with these words. */
    public long asked(String beginning) {
        return journal.stream().filter(line -> line.startsWith(beginning)).count();
    }

    /** The SHA-256 of some bytes. */
    public static Checksum checksum(byte[] bytes) {
        Hasher hasher = new Hasher(Checksum.Algorithm.SHA256, bytes.length);
        hasher.update(bytes, 0, bytes.length);
        return Checksum.of(Checksum.Algorithm.SHA256, hasher.finish());
    }

    @Override
    public ArtifactRef pin(ArtifactRef ref) throws IOException, InterruptedException {
        answer("pin " + ref.name());
        List<Commit> commits = commits(ref);
        return ref.pinned(ref.revision().isEmpty() ? "main" : ref.revision(), commits.get(commits.size() - 1).id);
    }

    @Override
    public Listing list(ArtifactRef pinned, NameFilter filter) throws IOException, InterruptedException {
        answer("list " + pinned.name());
        List<Entry> entries = new ArrayList<>();
        at(pinned).files.forEach((path, bytes) -> entries.add(Entry.file(path, bytes.length, checksum(bytes))));
        return Listing.divide(entries, filter, Map.of());
    }

    @Override
    public InputStream open(ArtifactRef pinned, Entry entry, ByteRange range) throws IOException, InterruptedException {
        if (range.length() == 0) {
            return InputStream.nullInputStream();
        }
        answer("open " + pinned.name() + " " + entry.path());
        byte[] bytes = at(pinned).files.get(entry.path());
        if (bytes == null) {
            throw new SyncException(FailureKind.NOT_FOUND, entry.path() + " is not in " + pinned);
        }
        return new ByteArrayInputStream(bytes, Math.toIntExact(range.offset()), Math.toIntExact(range.length()));
    }

    private void answer(String question) throws IOException, InterruptedException {
        ItemMeter.current().request();
        ItemMeter.current().servedBy("memory.example");
        journal.add(question);
        interference.before(question);
    }

    private Commit at(ArtifactRef pinned) {
        return commits(pinned).stream()
                .filter(commit -> commit.id.equals(pinned.pin()))
                .findFirst()
                .orElseThrow(() -> new SyncException(FailureKind.NOT_FOUND, pinned + " has no commit " + pinned.pin()));
    }

    private List<Commit> commits(ArtifactRef ref) {
        List<Commit> commits = repositories.get(ref.name());
        if (commits == null) {
            throw new SyncException(FailureKind.NOT_FOUND, ref + " does not exist; is it private?");
        }
        return commits;
    }
}
