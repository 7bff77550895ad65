package io.synctools.internal.disk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Gives what we make on a shared disk the rights that its folder gives to others: what a runner's umask takes away is no
 * policy for those who read there. Rights are only added, and never the right of all to write. Thread-safe.
 */
public final class Rights {
    private static final int OF_FOLDERS = 0775;
    private static final int OF_FILES = 0664;
    private static final int ALL_READ = 0444;

    private Rights() {}

    /** Makes a folder and those above it that are absent, each with the rights of the one above. */
    public static Path makeFolders(Path folder) throws IOException {
        if (!Stat.isFolder(folder)) {
            Path above = folder.getParent();
            if (above != null) {
                makeFolders(above);
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
            int wanted = mode(folder) & atMost;
            int had = mode(made);
            if ((wanted & ~had) != 0) {
                Files.setAttribute(made, "unix:mode", had | wanted);
            }
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return; // The platform knows no such rights.
        } catch (FileSystemException e) {
            if (!Reason.NOT_DONE_HERE.isOf(e)) {
                throw e;
            }
            // Somebody else made it, who decides; or this file system gives all the same rights.
        }
    }

    private static boolean hasOtherNames(Path file) throws IOException {
        try {
            return (Integer) Files.getAttribute(file, "unix:nlink") > 1;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return false; // The platform does not tell.
        }
    }

    /** Whether all whom a folder lets read may read a file. */
    public static boolean isReadableAs(Path file, Path folder) throws IOException {
        try {
            return (mode(folder) & ALL_READ & ~mode(file)) == 0;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return true; // The platform knows no such rights.
        }
    }

    private static int mode(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:mode") & 07777;
    }
}
