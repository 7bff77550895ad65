package io.synctools.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.digest.Hasher;
import io.synctools.internal.disk.Stat;
import io.synctools.model.ByteRange;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.spi.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds whole files that somebody brought to this machine before: in the folders of other generations of a hub's client, and
 * in those that the option {@code adopt} names. What lies there is read and never changed. Thread-safe.
 */
public final class Adoption implements LocalBytes {
    private static final String OPTION = "adopt.";
    /** So many files of one size are read to find the one of the right checksum. */
    private static final int MOST_READ = 8;

    private final List<Path> folders;
    private final Named named;

    private Adoption(List<Path> folders, Named named) {
        this.folders = List.copyOf(folders);
        this.named = named;
    }

    /**
     * For one artifact of a run.
     *
     * @param settings the run's settings, with the folders that people name
     * @param folders where the artifact's files may lie at their own paths; need not exist
     */
    public static Adoption of(Settings settings, List<Path> folders) {
        return new Adoption(folders, settings.shared(Named.class, Named::new));
    }

    /** The settings with folders to take files from. */
    public static Settings naming(Settings settings, List<Path> folders) {
        Settings all = settings;
        for (int i = 0; i < folders.size(); i++) {
            all = all.with(
                    OPTION + i, folders.get(i).toAbsolutePath().normalize().toString());
        }
        return all;
    }

    @Override
    public List<Piece> of(Entry entry) throws IOException, InterruptedException {
        if (entry.size() <= 0 || entry.checksum().isEmpty()) {
            return List.of();
        }
        List<Path> candidates = new ArrayList<>();
        for (Path folder : folders) {
            Path file = folder.resolve(entry.path());
            if (isOfSize(file, entry.size())) {
                candidates.add(file);
            }
        }
        candidates.addAll(named.like(entry));
        Optional<Path> found = candidates.size() < 2
                ? candidates.stream().findFirst() // it is hashed on its way
                : firstThatIs(entry, candidates);
        return found.map(file -> List.of(new Piece(new ByteRange(0, entry.size()), file, 0)))
                .orElse(List.of());
    }

    private static boolean isOfSize(Path file, long size) throws IOException {
        return Stat.of(file)
                .filter(found -> found.isRegularFile() && found.size() == size)
                .isPresent();
    }

    private static Optional<Path> firstThatIs(Entry entry, List<Path> candidates)
            throws IOException, InterruptedException {
        for (Path candidate : candidates.subList(0, Math.min(MOST_READ, candidates.size()))) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (hasContent(candidate, entry)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static boolean hasContent(Path file, Entry entry) throws IOException {
        Checksum checksum = entry.checksum().orElseThrow();
        Hasher hasher = new Hasher(checksum.algorithm(), entry.size());
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                hasher.update(buffer, 0, length);
            }
        } catch (NoSuchFileException | AccessDeniedException e) {
            return false;
        }
        return checksum.matches(hasher.finish());
    }

    /** The files in the folders that people name, by their sizes; read once in a run, when the first file is missing. */
    private static final class Named {
        private final List<Path> roots;

        @GuardedBy("this")
        private Optional<Map<Long, List<Path>>> bySize = Optional.empty();

        Named(Settings settings) {
            roots = new TreeMap<>(settings.options(OPTION))
                    .values().stream().map(Path::of).toList();
        }

        /** Those of an entry's size: of its own name first, or of the name that its checksum gives to a blob. */
        List<Path> like(Entry entry) throws IOException {
            if (roots.isEmpty()) {
                return List.of();
            }
            String name = entry.path().substring(entry.path().lastIndexOf('/') + 1);
            String blob = entry.checksum().orElseThrow().hex();
            List<Path> files = new ArrayList<>(index().getOrDefault(entry.size(), List.of()));
            files.sort((a, b) -> Integer.compare(distance(a, blob, name), distance(b, blob, name)));
            return files;
        }

        private static int distance(Path file, String blob, String name) {
            String own = file.getFileName().toString();
            return own.equals(blob) ? 0 : own.equals(name) ? 1 : 2;
        }

        private synchronized Map<Long, List<Path>> index() throws IOException {
            if (bySize.isEmpty()) {
                Map<Long, List<Path>> found = new HashMap<>();
                for (Path root : roots) {
                    Files.walkFileTree(root, new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                            if (attributes.isRegularFile()) {
                                found.computeIfAbsent(attributes.size(), size -> new ArrayList<>())
                                        .add(file);
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException e) {
                            return FileVisitResult.CONTINUE; // what cannot be read cannot be taken
                        }
                    });
                }
                bySize = Optional.of(found);
            }
            return bySize.get();
        }
    }
}
