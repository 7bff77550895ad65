package io.synctools.skopeo;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A temporary folder that only its owner can read, for files with secrets; gone when closed, and swept by the next run
 * where this one was killed.
 *
 * <p>Thread-safe.
 */
final class PrivateFolder implements Closeable {
    private static final String PREFIX = "sync-tools-skopeo-";
    private static final String LOCK = "lock";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    /** Those of this process: opening and closing their lock file here would end the lock. */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path folder;
    /** Tells sweepers, in this process and others, that the folder has an owner who is alive. */
    private final FileChannel owner;

    private PrivateFolder(Path folder, FileChannel owner) {
        this.folder = folder;
        this.owner = owner;
    }

    /** Makes one inside the folder for temporary files, and removes there what our killed runs have left. */
    static synchronized PrivateFolder create(Path temporary) throws IOException { // no sweep meets a half-made one
        Path folder = Files.createTempDirectory(
                temporary, PREFIX, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        OPEN.add(folder);
        FileChannel owner =
                FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        owner.lock();
        sweep(temporary, Files.getOwner(folder));
        return new PrivateFolder(folder, owner);
    }

    /** The path of a file in it. */
    Path resolve(String name) {
        return folder.resolve(name);
    }

    /** Writes a file that only its owner can read, also before it has content. */
    Path write(String name, byte[] content) throws IOException {
        Path file = Files.createFile(folder.resolve(name), PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        return Files.write(file, content);
    }

    @Override
    public void close() throws IOException {
        try {
            remove(folder);
        } finally {
            owner.close();
            OPEN.remove(folder);
        }
    }

    private static void sweep(Path temporary, UserPrincipal us) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(temporary, PREFIX + "*")) {
            for (Path folder : left) {
                if (!OPEN.contains(folder) && isLeftBy(us, folder)) {
                    remove(folder);
                }
            }
        }
    }

    private static boolean isLeftBy(UserPrincipal us, Path folder) {
        try {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    || !Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(us)) {
                return false;
            }
            try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE)) {
                return channel.tryLock() != null;
            }
        } catch (IOException e) {
            return false; // just being made or removed
        } catch (OverlappingFileLockException e) {
            return false; // held in this process, by ours of another class loader
        }
    }

    private static void remove(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            return;
        }
        Files.deleteIfExists(folder);
    }
}
