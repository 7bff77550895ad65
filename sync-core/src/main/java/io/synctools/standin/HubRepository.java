package io.synctools.standin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A repository at its one revision. Immutable and thread-safe.
 *
 * @param name {@code models/<organization>/<name>} or {@code datasets/<organization>/<name>}
 * @param files in the order of their paths
 * @param commit 40 hexadecimal digits that change with the content
 * @param bySha256 one file for each content
 */
public record HubRepository(String name, List<HubFile> files, String commit, Map<String, HubFile> bySha256) {

    /** {@code <organization>/<name>}, without the kind. */
    public String nameOnly() {
        return name.substring(name.indexOf('/') + 1);
    }

    /** The file at a path. */
    Optional<HubFile> file(String path) {
        int low = 0;
        for (int high = files.size() - 1; low <= high; ) {
            int middle = (low + high) >>> 1;
            int order = files.get(middle).path().compareTo(path);
            if (order == 0) {
                return Optional.of(files.get(middle));
            }
            low = order < 0 ? middle + 1 : low;
            high = order < 0 ? high : middle - 1;
        }
        return Optional.empty();
    }

    /** A repository of the given files. */
    public static HubRepository of(String name, List<HubFile> files) {
        List<HubFile> sorted =
                files.stream().sorted(Comparator.comparing(HubFile::path)).toList();
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            for (HubFile file : sorted) {
                digest.update((file.path() + "\0" + file.gitBlob() + "\0").getBytes(StandardCharsets.UTF_8));
            }
            Map<String, HubFile> bySha256 = new HashMap<>();
            sorted.forEach(file -> bySha256.putIfAbsent(file.sha256(), file));
            return new HubRepository(name, sorted, HexFormat.of().formatHex(digest.digest()), bySha256);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /** The repository whose files stand in a folder. */
    public static HubRepository ofFolder(String name, Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return of(
                    name,
                    paths.filter(Files::isRegularFile)
                            .parallel()
                            .map(path -> read(folder, path))
                            .toList());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** All repositories below a folder: {@code models/<organization>/<name>} and {@code datasets/…}. */
    public static List<HubRepository> allBelow(Path root) throws IOException {
        try (Stream<Path> paths = Files.find(root, 3, (path, facts) -> facts.isDirectory())) {
            List<Path> folders = paths.filter(path -> root.relativize(path).getNameCount() == 3)
                    .filter(path ->
                            path.startsWith(root.resolve("models")) || path.startsWith(root.resolve("datasets")))
                    .sorted()
                    .toList();
            List<HubRepository> repositories = new ArrayList<>();
            for (Path folder : folders) {
                repositories.add(ofFolder(root.relativize(folder).toString(), folder));
            }
            return repositories;
        }
    }

    private static HubFile read(Path folder, Path path) {
        try {
            return HubFile.of(folder.relativize(path).toString(), path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
