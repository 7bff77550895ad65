package io.synctools.internal.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Tells which mount a path lies on, by the kernel's table and without a touch of the mount itself, which may hang. Immutable.
 *
 * <p>Links are followed as far as they lie on the root's own file system; what a link inside a mount leads to counts as that
 * mount's. Where the platform has no such table all paths lie on one.
 */
public final class Mounts {
    private static final Path TABLE = Path.of("/proc/self/mounts");
    /** As many as the kernel follows. */
    private static final int LINKS = 40;

    private final Set<Path> points;

    private Mounts(Set<Path> points) {
        this.points = points;
    }

    /** The mounts of this moment. */
    public static Mounts now() {
        try {
            return of(Files.readString(TABLE, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return new Mounts(Set.of());
        }
    }

    /** Reads the kernel's table, where the second word of a line is a mount point; see {@code proc_mounts(5)}. */
    static Mounts of(String table) {
        Set<Path> points = new HashSet<>();
        for (String line : table.split("\n", -1)) {
            String[] words = line.split(" ", 3);
            if (words.length > 1 && words[1].startsWith("/") && words[1].length() > 1) {
                points.add(Path.of(unescaped(words[1])));
            }
        }
        return new Mounts(points);
    }

    /** Blanks and the like stand there as three octal digits. */
    private static String unescaped(String word) {
        byte[] bytes = new byte[word.length()];
        int length = 0;
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) == '\\' && i + 4 <= word.length()) {
                bytes[length++] = (byte) Integer.parseInt(word.substring(i + 1, i + 4), 8);
                i += 3;
            } else {
                bytes[length++] = (byte) word.charAt(i);
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** What is equal for two paths on one mount, and for no others; a path of another file system lies on that. */
    public Object of(Path path) {
        if (!path.getFileSystem().equals(FileSystems.getDefault())) {
            return path.getFileSystem();
        }
        return mount(path.toAbsolutePath().normalize(), LINKS);
    }

    private Path mount(Path path, int links) {
        Path at = path.getRoot();
        for (Path name : path) {
            at = at.resolve(name);
            if (points.contains(at)) {
                return deepest(path);
            }
            if (links > 0 && Files.isSymbolicLink(at)) {
                try {
                    Path target = at.resolveSibling(Files.readSymbolicLink(at));
                    return mount(target.resolve(at.relativize(path)).normalize(), links - 1);
                } catch (IOException e) {
                    return path.getRoot();
                }
            }
        }
        return path.getRoot();
    }

    private Path deepest(Path path) {
        for (Path at = path; at != null; at = at.getParent()) {
            if (points.contains(at)) {
                return at;
            }
        }
        return path.getRoot();
    }
}
