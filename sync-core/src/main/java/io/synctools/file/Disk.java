package io.synctools.file;

import io.synctools.internal.disk.NfsLitter;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.internal.retry.Failures;
import io.synctools.spi.RunContext;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;

/**
 * The operations by which we change a disk, in one place: what a crash can cut between, and what tests replace to make a
 * disk fail or a process stop there.
 *
 * <p>Thread-safe. Tests put a subclass into the context with {@link RunContext#shared} before anybody else asks.
 */
public class Disk {

    /** Something that writes a file's content. */
    @FunctionalInterface
    public interface Content {
        /** Writes all of it; need not flush or close. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** The disk as it is. */
    public Disk() {}

    /** The disk of a run. */
    public static Disk of(RunContext context) {
        return context.shared(Disk.class, s -> new Disk());
    }

    /** Writes all bytes at a position of a file. */
    public void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }

    /** Makes a file's content durable. */
    public void sync(FileChannel channel) throws IOException {
        channel.force(false);
    }

    /** Makes renames inside a folder durable; nothing where the platform cannot. */
    public void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            // Some network file systems refuse to sync a folder; their renames are synchronous.
            if (Failures.isBrokenDisk(e) || !Stat.isFolder(folder)) {
                throw e;
            }
        }
    }

    /**
     * Renames in one step, replacing a file (or an empty folder by a folder) of that name. Files get the rights of their
     * new folder. Where another mount lies between, what is there is copied beside its new name first.
     */
    public void rename(Path from, Path to) throws IOException {
        Rights.likeFolder(from, to.resolveSibling(""));
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            CrossMountMove.move(this, from, to);
        }
    }

    /** Makes a symbolic link; fails where the name is taken. */
    public void symlink(Path link, Path target) throws IOException {
        Files.createSymbolicLink(link, target);
    }

    /** Makes a hard link; fails where the name is taken or the file system has none. */
    public void hardLink(Path link, Path existing) throws IOException {
        Files.createLink(link, existing);
    }

    /** Deletes a file or an empty folder; false where there was none. */
    public boolean delete(Path path) throws IOException {
        return Files.deleteIfExists(path);
    }

    /**
     * Bytes that we may still write below a folder; -1 where the disk does not tell. Asked of the path, since the JVM finds
     * no mount for some folders (a chroot, some containers and automounts).
     */
    public long usableSpace(Path folder) throws IOException {
        File file = folder.toFile();
        return file.getTotalSpace() > 0 ? file.getUsableSpace() : -1;
    }

    /**
     * Writes a small file that is either old or new after a crash, never half: temporary file, sync, rename.
     *
     * @param temporary folder for the temporary file, on the same file system; made where absent
     */
    public final void replace(Path file, Path temporary, Content content) throws IOException {
        Rights.makeFolders(temporary);
        Path temp = temporary.resolve(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(temp, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                content.writeTo(out);
                out.flush();
                sync(channel);
            }
            rename(temp, file);
        } finally {
            Files.deleteIfExists(temp);
        }
    }

    /** Deletes a folder and all in it, without following links; nothing where there is none. */
    public final void deleteTree(Path folder) throws IOException {
        if (!Stat.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!NfsLitter.is(file)) {
                    delete(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path visited, java.io.@org.jspecify.annotations.Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                try {
                    delete(visited);
                } catch (DirectoryNotEmptyException notEmpty) {
                    if (!NfsLitter.isAllIn(visited)) {
                        throw notEmpty;
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
