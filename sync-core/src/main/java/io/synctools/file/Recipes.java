package io.synctools.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.spi.FileSource;
import io.synctools.spi.Settings;
import io.synctools.spi.SharedRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * What the files of one repository are made of, kept beside its proof, so that of a newer revision only what changed is
 * fetched. What other items of the same run received counts as well.
 *
 * <p>A record that is damaged or does not fit its file any more costs a fetch and nothing else. Thread-safe.
 */
public final class Recipes {
    private static final int MAGIC = 0x53525831;
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}");
    private static final long LONGEST_RECORD = 8 << 20;
    /** Smaller files come faster than questions about them. */
    private static final long LEAST = 1 << 20;

    private final Disk disk;
    private final Path folder;
    private final Path root;
    private final Received received;

    @GuardedBy("this")
    private List<Known> kept = List.of();

    @GuardedBy("this")
    private boolean loaded;

    /**
     * The recipes of one repository; reads nothing yet.
     *
     * @param state the repository's private folder, where they are kept
     * @param root below which its files appear
     */
    public Recipes(Settings settings, Path state, Path root) {
        this.disk = Disk.of(settings);
        this.folder = state.resolve("recipes");
        this.root = root;
        this.received = settings.shared(Received.class, any -> new Received());
    }

    /** A file on disk and what it is made of. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Known(Path file, long size, byte[] recipe) {}

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

    /** Where bytes of a revision's files lie already. */
    public LocalBytes local(FileSource source, ArtifactRef pinned) {
        return entry -> {
            List<LocalBytes.Piece> pieces = new ArrayList<>();
            if (entry.size() < LEAST) {
                return pieces;
            }
            for (Known known : all()) {
                if (sizeOf(known.file()) == known.size()) {
                    try {
                        for (SharedRange shared : source.shared(pinned, entry, known.recipe(), known.file())) {
                            pieces.add(new LocalBytes.Piece(shared.range(), known.file(), shared.offset()));
                        }
                    } catch (NoSuchFileException e) {
                        // It went while we looked.
                    }
                }
            }
            return pieces;
        };
    }

    private static long sizeOf(Path file) throws IOException {
        return Stat.of(file)
                .filter(BasicFileAttributes::isRegularFile)
                .map(BasicFileAttributes::size)
                .orElse(-1L);
    }

    private List<Known> all() throws IOException {
        List<Known> all = new ArrayList<>(kept());
        all.addAll(received.all());
        return all;
    }

    /** What was there before this run wrote anything: later records may be of files that are not in their place yet. */
    private synchronized List<Known> kept() throws IOException {
        if (!loaded) {
            kept = load();
            loaded = true;
        }
        return kept;
    }

    private List<Known> load() throws IOException {
        List<Known> found = new ArrayList<>();
        if (!Stat.isFolder(folder)) {
            return found;
        }
        try (DirectoryStream<Path> records = Files.newDirectoryStream(folder)) {
            for (Path record : records) {
                if (NAME.matcher(record.getFileName().toString()).matches()) {
                    read(record).ifPresent(found::add);
                }
            }
        }
        return found;
    }

    private Optional<Known> read(Path record) throws IOException {
        if (Files.size(record) > LONGEST_RECORD) {
            return Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(record);
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
        String below = root.relativize(place).toString();
        Rights.makeFolders(folder);
        disk.replace(folder.resolve(name(below)), folder, out -> {
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

    private static String name(String place) {
        return UUID.nameUUIDFromBytes(place.getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }
}
