package io.synctools.file;

import io.synctools.internal.disk.Stat;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Moves what no rename can move, since another mount lies between. Thread-safe. */
final class CrossMountMove {
    private CrossMountMove() {}

    /** Copies beside the new name, syncs, renames there, and deletes what was copied. */
    static void move(Disk disk, Path from, Path to) throws IOException {
        Path folder = to.resolveSibling("");
        String prefix = "." + to.getFileName() + ".moving-";
        try (DirectoryStream<Path> left = Files.newDirectoryStream(
                folder, path -> path.getFileName().toString().startsWith(prefix))) {
            for (Path path : left) {
                disk.deleteTree(
                        path); // A process was killed here; one that lives finds its copy gone, and tries again.
            }
        }
        Path copy = folder.resolve(prefix + UUID.randomUUID());
        try {
            copy(disk, from, copy);
            Files.move(copy, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            disk.deleteTree(copy);
        }
        disk.deleteTree(from);
    }

    private static void copy(Disk disk, Path from, Path to) throws IOException {
        Files.copy(from, to, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
        if (Stat.isFile(to, LinkOption.NOFOLLOW_LINKS)) {
            try (FileChannel channel = FileChannel.open(to, StandardOpenOption.READ)) {
                disk.sync(channel);
            }
        } else if (Stat.isFolder(to, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(from)) {
                for (Path child : children) {
                    copy(disk, child, to.resolve(child.getFileName()));
                }
            }
            disk.syncFolder(to);
        }
    }
}
