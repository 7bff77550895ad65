package io.synctools.internal.disk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Gives what we make on a shared disk the rights that its folder gives to others: what a runner's umask takes away is no
 * policy for those who read there. Rights are only added, and never the right of all to write. Thread-safe.
 */
public final class Rights {
    private static final Set<PosixFilePermission> OF_FOLDERS =
            EnumSet.complementOf(EnumSet.of(PosixFilePermission.OTHERS_WRITE));
    private static final Set<PosixFilePermission> OF_FILES = EnumSet.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ);

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

    /** Gives a file of ours the rights of a folder; nothing where it is no file but a link or a folder. */
    public static void likeFolder(Path file, Path folder) throws IOException {
        if (Stat.isFile(file, LinkOption.NOFOLLOW_LINKS)) {
            add(file, folder, OF_FILES);
        }
    }

    private static void add(Path made, Path folder, Set<PosixFilePermission> atMost) throws IOException {
        try {
            Set<PosixFilePermission> wanted = new HashSet<>(permissions(folder));
            wanted.retainAll(atMost);
            Set<PosixFilePermission> had = permissions(made);
            if (!had.containsAll(wanted)) {
                wanted.addAll(had);
                Files.setAttribute(made, "posix:permissions", wanted);
            }
        } catch (UnsupportedOperationException e) {
            return; // The platform knows no such rights.
        } catch (FileSystemException e) {
            if (!String.valueOf(e.getReason()).contains("not permitted")) {
                throw e;
            }
            // Somebody else made it, who decides.
        }
    }

    private static Set<PosixFilePermission> permissions(Path path) throws IOException {
        return Files.readAttributes(path, PosixFileAttributes.class).permissions();
    }
}
