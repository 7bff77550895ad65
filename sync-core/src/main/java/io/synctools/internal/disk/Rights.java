package io.synctools.internal.disk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Gives what we make on a shared disk the rights that its folder gives to others: what a runner's umask takes away is no
 * policy for those who read there. Rights are only added, and never the right of all to write. Thread-safe.
 */
public final class Rights {
    private static final int OF_FOLDERS = 0775;
    private static final int OF_FILES = 0664;
    private static final int ALL_READ = 0444;
    /** So often a runner that leaves may remove, empty, what is being made; more often than that it is no such runner. */
    private static final int TRIES = 100;

    private Rights() {}

    /** Makes a folder and those above it that are absent, each with the rights of the one above. */
    public static Path makeFolders(Path folder) throws IOException {
        return whereFoldersComeAndGo(() -> makeAll(folder));
    }

    /** Makes something in folders that whoever leaves them may remove meanwhile, until they are empty no more. */
    public static <T> T whereFoldersComeAndGo(Making<T> making) throws IOException {
        for (int tries = 1; tries < TRIES; tries++) {
            try {
                return making.make();
            } catch (NoSuchFileException e) {
                // One more try, since it was there a moment ago.
            }
        }
        return making.make();
    }

    /** Makes what is wanted, and the folders that it needs. */
    @FunctionalInterface
    public interface Making<T> {
        /** Does it; {@link NoSuchFileException} where a folder is gone again. */
        T make() throws IOException;
    }

    private static Path makeAll(Path folder) throws IOException {
        if (!Stat.isFolder(folder)) {
            Path above = folder.getParent();
            if (above != null) {
                makeAll(above);
            }
            try {
                makeFolder(folder);
            } catch (FileAlreadyExistsException e) {
                if (!Stat.isFolder(folder)) {
                    throw e;
                }
            }
        }
        return folder;
    }

    /** Makes one folder; fails where the name is taken or nothing is above it. */
    public static Path makeFolder(Path folder) throws IOException {
        Files.createDirectory(folder);
        add(folder, folder.resolveSibling(""), OF_FOLDERS);
        return folder;
    }

    /**
     * Gives a file of ours the rights of a folder; nothing where it is no file but a link or a folder, or one that has
     * other names, which may be somebody else's.
     */
    public static void likeFolder(Path file, Path folder) throws IOException {
        if (Stat.isFile(file, LinkOption.NOFOLLOW_LINKS) && !hasOtherNames(file)) {
            add(file, folder, OF_FILES);
        }
    }

    /** Adds to the whole mode: with Java's sets of rights a folder would lose the bit that hands its group down. */
    private static void add(Path made, Path folder, int atMost) throws IOException {
        try {
            int wanted = unix(folder, "mode").orElse(0) & 07777 & atMost;
            int had = unix(made, "mode").orElse(0) & 07777;
            if ((wanted & ~had) != 0) {
                Files.setAttribute(made, "unix:mode", had | wanted);
            }
        } catch (FileSystemException e) {
            if (!Reason.NOT_DONE_HERE.isOf(e)) {
                throw e;
            }
            // Somebody else made it, who decides; or this file system gives all the same rights.
        }
    }

    private static boolean hasOtherNames(Path file) throws IOException {
        return unix(file, "nlink").orElse(1) > 1;
    }

    /** Whether all whom a folder lets read may read a file; all may where the platform knows no such rights. */
    public static boolean isReadableAs(Path file, Path folder) throws IOException {
        return (unix(folder, "mode").orElse(0) & ALL_READ & ~unix(file, "mode").orElse(ALL_READ)) == 0;
    }

    /** A number that Unix keeps of a file; empty where the platform is another, whose Java refuses the question. */
    private static OptionalInt unix(Path path, String attribute) throws IOException {
        try {
            return OptionalInt.of((Integer) Files.getAttribute(path, "unix:" + attribute));
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return OptionalInt.empty();
        }
    }
}
