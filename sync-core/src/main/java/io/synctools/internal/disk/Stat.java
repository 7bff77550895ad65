package io.synctools.internal.disk;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Says what is at a path. Other than the questions of {@link Files}, it does not take a disk that fails for one where
 * nothing is. Links are followed unless an option says otherwise. Thread-safe.
 */
public final class Stat {
    private Stat() {}

    /** What is known of it; empty where nothing is, or a link leads nowhere. */
    public static Optional<BasicFileAttributes> of(Path path, LinkOption... options) throws IOException {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class, options));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (FileSystemException e) {
            if (Reason.NOTHING_CAN_BE_THERE.isOf(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Whether anything is there. */
    public static boolean exists(Path path, LinkOption... options) throws IOException {
        return of(path, options).isPresent();
    }

    /** Whether a regular file is there. */
    public static boolean isFile(Path path, LinkOption... options) throws IOException {
        return of(path, options).filter(BasicFileAttributes::isRegularFile).isPresent();
    }

    /** Whether a folder is there. */
    public static boolean isFolder(Path path, LinkOption... options) throws IOException {
        return of(path, options).filter(BasicFileAttributes::isDirectory).isPresent();
    }

    /** Whether a symbolic link is there, wherever it leads. */
    public static boolean isLink(Path path) throws IOException {
        return of(path, LinkOption.NOFOLLOW_LINKS)
                .filter(BasicFileAttributes::isSymbolicLink)
                .isPresent();
    }

    /** Whether two folders lie on one disk, as far as the platform tells. */
    public static boolean isOneDisk(Path one, Path other) throws IOException {
        return device(one).equals(device(other));
    }

    /** What tells the disk of a path from others; the same for all where the platform does not tell. */
    public static Object device(Path path) throws IOException {
        try {
            return Files.getAttribute(path, "unix:dev");
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return "";
        }
    }
}
