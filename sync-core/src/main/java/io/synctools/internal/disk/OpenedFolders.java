package io.synctools.internal.disk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens folders before the names in them are believed. What an NFS client remembers is no look: for up to a minute it takes
 * what another host made for absent, and what another host removed or replaced for what it was. Opening a folder makes it ask
 * the server, once for each folder here. Thread-safe.
 */
public final class OpenedFolders {
    private final Path root;
    private final Set<Path> opened = ConcurrentHashMap.newKeySet();

    /** @param root absolute; folders above it are not opened */
    public OpenedFolders(Path root) {
        this.root = root;
    }

    /** Opens a folder at or below the root, after those above it; one that is not there is none. */
    public void open(Path folder) throws IOException {
        if (opened.contains(folder)) {
            return;
        }
        Path above = folder.getParent();
        if (!folder.equals(root) && above != null && above.startsWith(root)) {
            open(above);
        }
        look(folder);
        opened.add(folder);
    }

    /** Opens one folder. */
    @SuppressWarnings("try") // it is there for being opened
    public static void look(Path folder) throws IOException {
        try (DirectoryStream<Path> opened = Files.newDirectoryStream(folder)) {
            // Opening it is all that counts.
        } catch (NoSuchFileException | NotDirectoryException e) {
            return;
        } catch (FileSystemException e) {
            if (!Reason.NOTHING_CAN_BE_THERE.isOf(e)) {
                throw e;
            }
        }
    }
}
