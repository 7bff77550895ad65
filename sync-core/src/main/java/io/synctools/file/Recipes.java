package io.synctools.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.spi.SharedRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What the files of one repository are made of, kept beside its proof, so that of a newer revision only what changed is
 * fetched. What other items of the same run received counts as well, and what earlier runs kept of the repositories in the
 * folders beside this one.
 *
 * <p>A record that is damaged or does not fit its file any more costs a fetch and nothing else. Thread-safe.
 */
public final class Recipes {
    private static final int MAGIC = 0x53525831;
    private static final String FOLDER = "recipes";
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}");
    private static final int LONGEST_RECORD = 8 << 20;
    /** Smaller files come faster than questions about them. */
    private static final long LEAST = 1 << 20;

    private final Disk disk;
    private final Path state;
    private final Path temporary;
    private final Path root;
    private final Received received;
    private final Neighbours neighbours;

    @GuardedBy("this")
    private List<Known> kept = List.of();

    @GuardedBy("this")
    private boolean loaded;

    @GuardedBy("this")
    private boolean swept;

    /**
     * The recipes of one repository; reads nothing yet.
     *
     * @param state the repository's private folder, where they are kept
     * @param temporary a folder that the next holder of the lease empties
     * @param root below which its files appear
     */
    public Recipes(RunContext context, Path state, Path temporary, Path root) {
        this.disk = Disk.of(context);
        this.state = state;
        this.temporary = temporary;
        this.root = root;
        this.received = context.shared(Received.class, any -> new Received());
        this.neighbours = context.shared(Neighbours.class, any -> new Neighbours());
    }

    /** A file on disk and what it is made of. */
    @SuppressWarnings("ArrayRecordComponent") // equal by its file
    record Known(Path file, long size, byte[] recipe) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Known known && known.file.equals(file);
        }

        @Override
        public int hashCode() {
            return file.hashCode();
        }
    }

    /** What this run received, whichever item it was for; those received last. */
    static final class Received {
        private static final int MOST = 2000;
        private static final long MOST_BYTES = 64L << 20;

        @GuardedBy("this")
        private final Map<Path, Known> files = new LinkedHashMap<>();

        @GuardedBy("this")
        private long bytes;

        synchronized void add(Known known) {
            Known before = files.put(known.file(), known);
            bytes += known.recipe().length - (before == null ? 0 : before.recipe().length);
            Iterator<Known> oldest = files.values().iterator();
            while (files.size() > MOST || bytes > MOST_BYTES) {
                bytes -= oldest.next().recipe().length;
                oldest.remove();
            }
        }

        synchronized List<Known> all() {
            return List.copyOf(files.values());
        }
    }

    /** What earlier runs kept of repositories that lie beside each other: read once in a run, where it is wanted first. */
    static final class Neighbours {
        private final Map<Path, List<Known>> byFolder = new HashMap<>();

        /** All that is kept beside a repository's folder, its own records too. */
        synchronized List<Known> beside(Path repository, Path state, Path root) throws IOException {
            Path parent = repository.resolveSibling("");
            Path below = repository.relativize(state);
            List<Known> known = byFolder.get(parent.resolve(below));
            if (known == null) {
                known = new ArrayList<>();
                if (Stat.isFolder(parent)) {
                    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent)) {
                        for (Path folder : folders) {
                            if (Stat.isFolder(folder, LinkOption.NOFOLLOW_LINKS)) {
                                Path files = folder.resolve(repository.relativize(root));
                                known.addAll(load(folder.resolve(below), files.normalize()));
                            }
                        }
                    }
                }
                byFolder.put(parent.resolve(below), known);
            }
            return known;
        }
    }

    /** Where bytes of a revision's files lie already. */
    public LocalBytes local(FileSource source, ArtifactRef pinned) {
        return entry -> {
            List<LocalBytes.Piece> pieces = new ArrayList<>();
            if (entry.size() < LEAST || source.recipe(pinned, entry).isEmpty()) {
                return pieces;
            }
            Ranges covered = new Ranges();
            for (Known known : all()) {
                for (SharedRange shared : shared(source, pinned, entry, known)) {
                    pieces.add(new LocalBytes.Piece(shared.range(), known.file(), shared.offset()));
                    covered.add(shared.range().offset(), shared.range().end());
                }
                if (covered.total() == entry.size()) {
                    break;
                }
            }
            return pieces;
        };
    }

    private static List<SharedRange> shared(FileSource source, ArtifactRef pinned, Entry entry, Known known)
            throws IOException, InterruptedException {
        try {
            List<SharedRange> shared = source.shared(pinned, entry, known.recipe(), known.file());
            return shared.isEmpty() || sizeOf(known.file()) != known.size() ? List.of() : shared;
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return List.of(); // It went, or cannot be read: that costs a fetch.
        }
    }

    private static long sizeOf(Path file) throws IOException {
        return Stat.of(file)
                .filter(BasicFileAttributes::isRegularFile)
                .map(BasicFileAttributes::size)
                .orElse(-1L);
    }

    /** Those most like it first: of the same repository, of the same run, of its neighbours. */
    private Iterable<Known> all() throws IOException {
        Set<Known> all = new LinkedHashSet<>(kept());
        all.addAll(received.all());
        Path repository = state;
        while (repository != null && !root.startsWith(repository)) {
            repository = repository.getParent();
        }
        if (repository != null && repository.getParent() != null) {
            all.addAll(neighbours.beside(repository, state, root));
        }
        return all;
    }

    /** What was there before this run wrote anything: later records may be of files that are not in their place yet. */
    private synchronized List<Known> kept() throws IOException {
        if (!loaded) {
            kept = load(state, root);
            loaded = true;
        }
        return kept;
    }

    private static List<Known> load(Path state, Path root) throws IOException {
        List<Known> found = new ArrayList<>();
        for (Path record : records(state)) {
            read(record, root).ifPresent(found::add);
        }
        return found;
    }

    private static List<Path> records(Path state) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> records = Files.newDirectoryStream(folderIn(state))) {
            for (Path record : records) {
                if (NAME.matcher(record.getFileName().toString()).matches()) {
                    found.add(record);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
            return List.of();
        }
        return found;
    }

    /** Where a repository's recipes are kept. */
    public static Path folderIn(Path state) {
        return state.resolve(FOLDER);
    }

    /**
     * Removes recipes of files that are gone.
     *
     * @param state the repository's private folder
     * @param root below which its files appear
     */
    public static void sweep(Disk disk, Path state, Path root) throws IOException {
        for (Path record : records(state)) {
            Optional<Known> known = read(record, root);
            if (known.isEmpty() || sizeOf(known.get().file()) != known.get().size()) {
                disk.delete(record);
            }
        }
    }

    private static Optional<Known> read(Path record, Path root) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(record)) {
            bytes = in.readNBytes(LONGEST_RECORD + 1);
        } catch (NoSuchFileException | AccessDeniedException e) {
            return Optional.empty();
        }
        if (bytes.length > LONGEST_RECORD) {
            return Optional.empty();
        }
        CRC32 sum = new CRC32();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            sum.update(bytes, 0, Math.max(0, bytes.length - Integer.BYTES));
            if (in.readInt() != MAGIC) {
                return Optional.empty();
            }
            long size = in.readLong();
            Path file = root.resolve(in.readUTF()).normalize();
            byte[] recipe = in.readNBytes(Math.max(0, in.available() - Integer.BYTES));
            boolean sound = in.readInt() == (int) sum.getValue() && file.startsWith(root) && recipe.length > 0;
            return sound ? Optional.of(new Known(file, size, recipe)) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // damaged
        }
    }

    /**
     * Keeps what a file that has just arrived is made of, where its source knows.
     *
     * @param arrived where it is now
     * @param place where it will be for good
     */
    public void keep(FileSource source, ArtifactRef pinned, Entry entry, Path arrived, Path place)
            throws IOException, InterruptedException {
        if (entry.size() < LEAST) {
            return;
        }
        Optional<byte[]> recipe;
        try {
            recipe = source.recipe(pinned, entry);
        } catch (IOException e) {
            return; // The file is here; only the next one will cost more.
        }
        if (recipe.isEmpty() || recipe.get().length == 0) {
            return;
        }
        kept();
        received.add(new Known(arrived, entry.size(), recipe.get()));
        sweepOnce();
        String below = root.relativize(place).toString();
        Path folder = Rights.makeFolders(folderIn(state));
        disk.replace(folder.resolve(name(below)), temporary, out -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream data = new DataOutputStream(bytes);
            data.writeInt(MAGIC);
            data.writeLong(entry.size());
            data.writeUTF(below);
            data.write(recipe.get());
            CRC32 sum = new CRC32();
            sum.update(bytes.toByteArray());
            data.writeInt((int) sum.getValue());
            out.write(bytes.toByteArray());
        });
    }

    /** Files that are gone since, by a prune or by hand, take their records along. */
    private synchronized void sweepOnce() throws IOException {
        if (!swept) {
            swept = true;
            sweep(disk, state, root);
        }
    }

    private static String name(String place) {
        return UUID.nameUUIDFromBytes(place.getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }
}
